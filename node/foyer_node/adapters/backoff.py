"""How long a node waits before it dials again."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """How long to wait before the next try: doubled each time, and jittered to 50-100 %.

    The jitter keeps a network's nodes from all coming back in the same second.
    """

    first_seconds: float = 0.5
    most_seconds: float = 60.0

    def after(self, failures: int, chance: float) -> float:
        """Return seconds to wait after so many failures in a row; `chance` is in [0, 1).

        >>> Backoff().after(1, 0.0), Backoff().after(3, 0.0), Backoff().after(99, 0.0)
        (0.25, 1.0, 30.0)
        """
        ceiling = min(self.most_seconds, self.first_seconds * 2.0 ** min(failures - 1, 30))
        return ceiling * (0.5 + chance / 2)
