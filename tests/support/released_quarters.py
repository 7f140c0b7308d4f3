"""Releases of successive quarters with invented figures, as a coordinator would publish them.

No round is run: figures are made by formula, so that every test and picture sees the same.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from math import sin

from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.grid import Dimension
from foyer_protocol.catalogue.schema import Period
from foyer_protocol.catalogue.territories import TERRITORIES
from foyer_protocol.messages.plan import Plan
from foyer_protocol.messages.release import (
    Cell,
    CohortFigures,
    Figure,
    Quartile,
    Reason,
    Release,
    Spread,
    Status,
)
from foyer_protocol.rounds.planning import Wish, make_plan

NETWORK = "kulturnet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A figure's course: value of quarter n is `start + n * slope + wave * sin(n)`."""

    start: float
    slope: float
    wave: float
    half: float  # of the interval
    digits: int

    def at(self, n: int) -> tuple[str, str, str]:
        """Low, estimate and high of quarter `n`, as published."""
        middle = self.start + n * self.slope + self.wave * sin(n)
        return tuple(
            f"{x:.{self.digits}f}" for x in (middle - self.half, middle, middle + self.half)
        )  # type: ignore[return-value]  # three


CURVES: dict[str, Curve] = {
    "volume.attendances": Curve(start=118_000, slope=2_100, wave=6_000, half=820, digits=0),
    "volume.bookers": Curve(start=41_000, slope=450, wave=1_500, half=310, digits=0),
    "loyalty.first_time_share": Curve(start=0.41, slope=-0.008, wave=0.006, half=0.011, digits=5),
    "loyalty.retention_1y": Curve(start=0.29, slope=0.001, wave=0.004, half=0.014, digits=5),
    "money.average_ticket_price": Curve(start=16.2, slope=0.31, wave=0.2, half=0.24, digits=3),
    "booking.online_share": Curve(start=0.52, slope=0.012, wave=0.01, half=0.008, digits=5),
    "booking.lead_time": Curve(start=14.0, slope=-0.2, wave=0.6, half=1.1, digits=2),
    "maturity.capture_rate": Curve(start=0.63, slope=0.01, wave=0.0, half=0.009, digits=5),
}

LIVES = {"DK-2": 8200, "DK-1": 5100, "DK-8": 3900, "DK-5": 2300, "DK-4": 1900, "DK-9": 900,
         "SE-2": 1400, "SE-1": 600, "DE-2": 700, "NL-1": 450, "FI-0": 260, "GB-S": 210,
         "ELSEWHERE": 1100, "UNKNOWN": 6200}  # fmt: skip


def quarter(n: int) -> Period:
    """Quarter `n` from the first of 2024."""
    first, last = divmod(n, 4), divmod(n + 1, 4)
    return Period(
        starts=date(2024 + first[0], 1 + 3 * first[1], 1),
        ends=date(2024 + last[0], 1 + 3 * last[1], 1),
    )


def plan_of_quarter(n: int) -> Plan:
    """A plan that asks every statistic of quarter `n`."""
    when = quarter(n)
    wish = Wish(
        round_id=f"q{1 + (when.starts.month - 1) // 3}-{when.starts.year}",
        network=NETWORK,
        statistics=tuple(CATALOGUE),
        period=when,
        currency="EUR",
        minimum_cohort=5,
        colluding=1,
    )
    return make_plan(wish)


@cache
def release_of_quarter(n: int) -> Release:
    """The release of quarter `n`; retention is withheld in every third."""
    plan = plan_of_quarter(n)
    moment = datetime(plan.ends.year, plan.ends.month, 21, 9, tzinfo=UTC)
    return Release(
        round_id=plan.round_id,
        network=NETWORK,
        job_id=f"{n + 1:032x}",
        plan=plan.digest,
        roster="ab" * 32,
        epoch=1,
        reports="cd" * 32,
        starts=plan.starts,
        ends=plan.ends,
        currency=plan.currency,
        participants="20-49",
        variances=tuple("2500/1" for _ in plan.scales),
        rho="9/100",
        epsilon="2.1",
        delta="1/1000000",
        group_epsilon=("2.1", "3.1", "3.9", "5.3"),
        scales=plan.scales,
        figures=tuple(_figure(key, n) for key in plan.statistics),
        noised=(1, 2, None),
        released_at=int(moment.timestamp()),
    )


def _figure(key: str, n: int) -> Figure:
    if key == "loyalty.retention_1y" and n % 3 == 2:
        return Figure(key=key, status=Status.WITHHELD, reason=Reason.FEW_CONTRIBUTORS,
                      contributors="3-4")  # fmt: skip
    if key in CURVES:
        low, estimate, high = CURVES[key].at(n)
        return Figure(key=key, status=Status.SHOWN, contributors="20-49",
                      low=low, estimate=estimate, high=high)  # fmt: skip
    cells = tuple(
        Cell(code=code, estimate=str(middle), low=str(middle - 95), high=str(middle + 95))
        for code in TERRITORIES
        for middle in [LIVES.get(code, -12) + 40 * n * (code in LIVES)]
    )
    return Figure(key=key, status=Status.SHOWN, contributors="20-49", cells=cells)


def quarters(count: int = 8) -> list[Release]:
    """The first `count` quarters, oldest first."""
    return [release_of_quarter(n) for n in range(count)]


def _scaled(figure: Figure, part: float, contributors: str) -> Figure:
    """The figure of a cohort that is a part of the whole: totals shrink, levels differ a little."""
    if figure.status is Status.WITHHELD or figure.cells:
        return figure.model_copy(update={"contributors": contributors})
    total = figure.key.startswith("volume.")
    low, estimate, high = (
        float(text or 0) * (part if total else 0.9 + part / 2)
        for text in (figure.low, figure.estimate, figure.high)
    )
    numbers = {"low": f"{low:.5f}", "estimate": f"{estimate:.5f}", "high": f"{high:.5f}"}
    return figure.model_copy(update={**numbers, "contributors": contributors})


def release_by_kind() -> tuple[Release, Plan]:
    """The last quarter once more, divided by what the houses are, and the plan of it."""
    whole = release_of_quarter(7)
    plan = plan_of_quarter(7).model_copy(
        update={"round_id": "q4-2025-by-kind", "cohorts": Dimension.TYPE}
    )
    parts = (("MUSEUM", False, -1, 0.4), ("MUSEUM_ART", False, 0, 0.25),
             ("MUSEUM", True, 0, 0.15), ("THEATRE", False, -1, 0.35),
             ("ALL", True, -1, 0.25))  # fmt: skip
    rolled = Figure(key="loyalty.retention_1y", status=Status.WITHHELD, reason=Reason.ROLLED_UP,
                    contributors="5-9")  # fmt: skip
    cohorts = tuple(
        CohortFigures(
            code=code, rest=rest, above=above, participants="5-9", variances=whole.variances,
            figures=tuple(
                rolled if above >= 0 and one.key == rolled.key else _scaled(one, part, "5-9")
                for one in whole.figures
            ),
            noised=whole.noised,
        )
        for code, rest, above, part in parts
    )  # fmt: skip
    quartiles = tuple(
        Quartile(low=low, high=high, estimate=middle)
        for low, middle, high in (("0.50", "0.525", "0.55"), ("0.60", "0.618", "0.65"),
                                  ("0.70", "0.722", "0.75"))
    )  # fmt: skip
    spread = Spread(key="booking.online_share", status=Status.SHOWN, institutions="20-49",
                    quartiles=quartiles)  # fmt: skip
    changed = {"round_id": plan.round_id, "plan": plan.digest, "dimension": Dimension.TYPE,
               "cohorts": cohorts, "spreads": (spread,),
               "released_at": whole.released_at + 60}  # fmt: skip
    return Release.from_json(whole.model_copy(update=changed).to_json()), plan
