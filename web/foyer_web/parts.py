"""What the parts of a divided cohort say of one figure, as plain values."""

from dataclasses import dataclass
from enum import StrEnum


class Accord(StrEnum):
    """Whether the parts of a cohort that was divided by lot say the same."""

    AGREE = "agree"
    DIFFER = "differ"
    NOT_COMPARED = "not-compared"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsView:
    """What the parts of a divided cohort say of one figure, as released.

    `values` ascend, each brought to the size of the whole; of a histogram they are distances
    from the middle shape, and `cells` are the middle one's, by code.
    """

    accord: Accord
    count: int
    values: tuple[float, ...] = ()
    allowed: float | None = None
    middle: float = 0.0
    cells: tuple[tuple[str, float], ...] = ()
