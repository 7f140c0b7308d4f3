"""Which of two numbers people are told: the one that agrees with the others."""

from foyer_protocol.rounds.agreeing import AgreedNumber


class Told:
    """A released number with its interval and, where there is one, what it was adjusted to."""

    __slots__ = ()

    low: float
    estimate: float
    high: float
    adjusted: AgreedNumber | None

    @property
    def told(self) -> tuple[float, float, float]:
        """Low, estimate and high: the adjusted estimate, in the interval that noise leaves open.

        The interval stays that of the release, so that rounding shows no more than is known,
        and reaches to the estimate where that was moved out of it.
        """
        agreed = self.adjusted.estimate if self.adjusted else self.estimate
        return min(self.low, agreed), agreed, max(self.high, agreed)
