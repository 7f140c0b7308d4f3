"""How often a published 95 % interval holds the exact pooled figure, over whole rounds.

Every round is a real one (see `tests.support.covered_rounds`). The target allows for what
the noise of so many rounds leaves open, not for a wrong interval: at 1,000 rounds one
standard deviation of a statistic's coverage is 0.7 %.
"""

from collections.abc import Iterator

from tests.support.covered_rounds import LARGEST, RESIDENCE, Tally, know, measure

ROUNDS = 1_000
PROCESSES = 2
BAND = (92.0, 98.0)


def run() -> list[dict[str, object]]:
    """Return one row per statistic. Takes about two minutes on two cores."""
    tally = measure(know(1.0), ROUNDS, PROCESSES)
    rows = [_row(name, tally.share(case), tally.shown[case]) for name, case in _cases(tally)]
    worst = min(
        (case for case in tally.shown if case.startswith(f"{RESIDENCE}#")),
        key=lambda case: -abs(tally.share(case) - 95),
    )
    name = f"{RESIDENCE}, worst of the {LARGEST} largest cells"
    return [*rows, _row(name, tally.share(worst), tally.shown[worst])]


def _cases(tally: Tally) -> Iterator[tuple[str, str]]:
    for case in tally.shown:
        if "#" not in case:
            yield (f"{case}, all cells" if case == RESIDENCE else case), case


def _row(name: str, value: float, intervals: int) -> dict[str, object]:
    return {
        "case": f"{name}; {intervals:,} intervals",
        "value": round(value, 2),
        "unit": "% of intervals hold the truth",
        "floor": None,
        "target": "92-98",
        "met": BAND[0] <= value <= BAND[1],
    }
