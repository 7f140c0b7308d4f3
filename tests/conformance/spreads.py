"""How institutions are spread: its vectors and what they ask."""

from fractions import Fraction
from typing import Any

from tests.conformance import material as m

from foyer_protocol.catalogue.bins import GRIDS
from foyer_protocol.catalogue.statistic import Unit
from foyer_protocol.messages.plan import Plan
from foyer_protocol.rounds.kinds.spread import looks
from foyer_protocol.rounds.spreading import merge, quartiles

Fields = dict[str, Any]
Step = tuple[str, Fields, str]

VIOLATION = "protocol-violation"
COUNTS = {
    "three and more in each": [0] * 6 + [3, 5, 4] + [0] * 11,
    "one here and there": [1, 0, 2, 0, 0, 1, 1, 0, 1, 0, 0, 2, 1, 0, 0, 0, 0, 1, 0, 1],
    "all in one": [0] * 9 + [7] + [0] * 10,
    "too few": [1, 1, 1, 1, 1] + [0] * 15,
}


def place_values(given: Fields) -> Fields:
    """In which range of a unit's grid each value is."""
    grid = GRIDS[Unit(given["unit"])]
    return {"width": grid.width, "places": [grid.place(Fraction(one)) for one in given["values"]]}


def look(given: Fields) -> Fields:
    """Step and variance of each look that a plan pays for, in the order of its leaves."""
    plan = Plan.from_json(given["plan"].encode())
    found = looks(plan.layout(), Fraction(plan.spread_rho))
    return {"looks": [[one.step, str(one.variance)] for one in found.values()]}


def read_quartiles(given: Fields) -> Fields:
    """Merged ranges as first bin, bin beyond and count; quartiles as low, high and point."""
    counts = given["counts"]
    found = quartiles(counts, GRIDS[Unit(given["unit"])])
    told = [[str(end) for end in (one.low, one.high, one.estimate)] for one in found]
    return {"ranges": [list(one) for one in merge(counts)], "quartiles": told}


OPERATIONS = {"place-values": place_values, "looks": look, "quartiles": read_quartiles}


def vectors() -> dict[str, tuple[str, list[Step]]]:
    """A plan that asks, how a node looks at its values, and what is read off the counts."""
    asks = _text(_plan(spread_rho="1/50"))
    silent = _text(_plan())
    written = silent.replace('"starts"', '"spread_rho":"0/1","starts"')
    shares = [str(Fraction(point, 40)) for point in (-1, 0, 1, 2, 3, 13, 38, 39, 40, 41)]
    money = ["1/2", "1", "5/4", "1049/100", "1000", "5000"]
    return {
        "plan_with_spread": (
            "A plan that asks in which range institutions' own values lie.",
            [
                ("read-message", {"kind": "Plan", "text": asks}, ""),
                ("check-plan", {"plan": asks}, ""),
                ("plan-digest", {"plan": asks}, ""),
                ("looks", {"plan": asks}, ""),
            ],
        ),
        "bad_plan_spread_written": (
            "A price of nothing is not written.",
            [("read-message", {"kind": "Plan", "text": written}, VIOLATION)],
        ),
        "bad_plan_spread_price": (
            "A look with less noise than can be drawn.",
            [("check-plan", {"plan": _text(_plan(spread_rho="1000000/1"))}, "privacy")],
        ),
        "spread_ranges": (
            "A value on an edge is in the range above; ends are open.",
            [
                ("place-values", {"unit": "share", "values": shares}, ""),
                ("place-values", {"unit": "money", "values": money}, ""),
            ],
        ),
        "spread_quartiles": (
            "Ranges are merged from the lowest on until each hides who is in it.",
            [("quartiles", {"unit": "share", "counts": one}, "") for one in COUNTS.values()],
        ),
    }


def _plan(**changes: object) -> Plan:
    return Plan.model_validate({**m.plan().model_dump(), **changes})


def _text(plan: Plan) -> str:
    return plan.to_json().decode()
