"""What was released and what it took of the privacy budget, as plain values."""

from dataclasses import dataclass

from foyer_web.views import RoundView


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One release, and how much of its period's budget was used with it. Amounts are zCDP."""

    round: RoundView
    cost: float
    used: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetPeriod:
    """One budget period: a year ("2026") or a month ("2026-03"). `lines` are newest first."""

    name: str
    used: float
    cap: float
    lines: tuple[LedgerLine, ...]

    @property
    def left(self) -> float:
        """What may still be spent."""
        return max(0.0, self.cap - self.used)
