"""What dividing a cohort gives against one institution that reports nonsense, and what it costs.

Releases of made-up cohorts through the code that ships, but for masks, which change no sum
(`tests.support.poisoned_cohorts`). Seeds are fixed: the rows are the same on every machine.
"""

from collections.abc import Iterator

from tests.support.poisoned_cohorts import Kind, Rates, Scene, rates

RELEASES = 1_000
ALIKE = "all alike"
UNLIKE: tuple[tuple[str, float | None, float], ...] = (
    (ALIKE, None, 0.0),
    ("sizes 1", None, 1.0),
    ("likeness 100", 100, 0.0),
    ("likeness 30, sizes 1", 30, 1.0),
)
"""Concentration of Dirichlet and beta, and the deviation of the logarithm of sizes."""

POISONS: dict[Kind, tuple[float, ...]] = {
    Kind.SHAPE: (0, 0.5, 2),
    Kind.SHARE: (0, 10),
    Kind.TOTAL: (0, 100),
}


def run() -> list[dict[str, object]]:
    """A row a scene: how often it is flagged, and beside it the two errors. A minute."""
    return [_row(name, rates(scene, RELEASES)) for name, scene in _scenes()]


def _scenes() -> Iterator[tuple[str, Scene]]:
    for kind, poisons in POISONS.items():
        for unlike, likeness, spread in UNLIKE:
            if kind is Kind.TOTAL and likeness is not None:
                continue  # a total has no shape
            for poison in poisons:
                scene = Scene(kind=kind, likeness=likeness, spread=spread, poison=poison)
                yield f"{kind}, n = 20, G = 3, {unlike}, poison {poison:g}", scene
    for poison in POISONS[Kind.SHAPE]:
        scene = Scene(institutions=60, groups=5, poison=poison)
        yield f"{Kind.SHAPE}, n = 60, G = 5, {ALIKE}, poison {poison:g}", scene


def _row(name: str, found: Rates) -> dict[str, object]:
    return {
        "case": f"{name}; sum off by {found.plain:.1f} %, middle by {found.middle:.1f} %",
        "value": round(100 * found.flagged, 1),
        "unit": "% of releases flagged",
        "floor": None,
        "target": None,
        "met": None,
    }
