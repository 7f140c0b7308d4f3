"""Which cohorts a set of institutions makes: the grid, rolled up until each is large enough.

A pure function of public facts, so that everybody works out the same cohorts and whoever
proposes a round cannot choose them. The finest cohorts divide the institutions; the others
are unions of these, up to the whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from foyer_protocol.catalogue.grid import WHOLE

Paths = Mapping[str, tuple[str, ...]]
"""By institution: its codes from the top of the grid down; see `grid.path_of`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """Institutions that are compared: those of a code, or the `rest` of it.

    The rest of a code are those who are in none of the cohorts below it. `parent` is the
    position of the cohort one step up, in the order of `roll_up`, and -1 for the whole.
    """

    code: str
    rest: bool
    parent: int
    members: tuple[str, ...]  # in alphabetical order


def roll_up(paths: Paths, least: int) -> tuple[Cohort, ...]:
    """Every cohort of at least `least` institutions, the whole first and parents before children.

    What is too small by itself joins the rest of the code above. A rest that is still too
    small takes in the smallest cohorts beside it (of equal ones, the first by name) until it
    is large enough, or nothing is left beside it: then the code above is not divided. Only
    the whole may be smaller than `least`.

    >>> paths = {f"m{n}": ("MUSEUM",) for n in range(5)} | {f"t{n}": ("THEATRE",) for n in range(6)}
    >>> [(c.code, c.rest, len(c.members)) for c in roll_up({**paths, "x": ()}, 5)]
    [('ALL', False, 12), ('ALL', True, 6), ('THEATRE', False, 6)]
    """
    names = tuple(sorted(paths))
    found = [Cohort(code=WHOLE, rest=False, parent=-1, members=names)]
    _divide(found, 0, 0, paths, least)
    return tuple(found)


def _divide(found: list[Cohort], place: int, depth: int, paths: Paths, least: int) -> None:
    """Add the cohorts below `found[place]`, whose members agree on `depth` codes."""
    above = found[place]
    below: dict[str, list[str]] = {}
    for name in above.members:
        below.setdefault(paths[name][depth] if len(paths[name]) > depth else "", []).append(name)
    loose = below.pop("", [])
    for code in [code for code, names in below.items() if len(names) < least]:
        loose += below.pop(code)
    while loose and len(loose) < least and below:
        loose += below.pop(min(below, key=lambda code: (len(below[code]), code)))
    if not below:
        return
    if len(below) == 1 and not loose:  # all of it is of one code, which says more
        (code,) = below
        if above.parent >= 0:
            found[place] = replace(above, code=code)
        _divide(found, place, depth + 1, paths, least)
        return
    parts = [(code, False, names) for code, names in below.items()]
    parts += [(above.code, True, loose)] if loose else []
    for code, rest, names in sorted(parts):
        found.append(Cohort(code=code, rest=rest, parent=place, members=tuple(sorted(names))))
        if not rest:
            _divide(found, len(found) - 1, depth + 1, paths, least)


def finest(cohorts: Sequence[Cohort]) -> tuple[int, ...]:
    """The positions of the cohorts that divide the institutions: those with none below."""
    parents = {cohort.parent for cohort in cohorts}
    return tuple(place for place in range(len(cohorts)) if place not in parents)


def parts_of(cohorts: Sequence[Cohort], place: int) -> tuple[int, ...]:
    """The positions of the finest cohorts that make up the one at `place`."""
    return tuple(part for part in finest(cohorts) if place in set(_upwards(cohorts, part)))


def _upwards(cohorts: Sequence[Cohort], place: int) -> Iterator[int]:
    while place >= 0:
        yield place
        place = cohorts[place].parent


def cohorts_with(labels: Sequence[tuple[str, bool]], path: tuple[str, ...]) -> tuple[int, ...]:
    """Which of the cohorts called `labels` (code, rest) hold an institution of this path.

    It follows without knowing the other institutions: one of a code is in every cohort of
    that code, and in the rest of it where no cohort further down has its codes.

    >>> cohorts_with([("DK", False), ("DK", True), ("DK01", False)], ("DK", "DK02"))
    (0, 1)
    >>> cohorts_with([("DK", False), ("DK", True), ("DK01", False)], ("DK", "DK01"))
    (0, 2)
    """
    depths = {code: depth for depth, code in enumerate((WHOLE, *path))}
    deepest = max([depths[code] for code, rest in labels if not rest and code in depths], default=0)
    return tuple(
        place
        for place, (code, rest) in enumerate(labels)
        if code in depths and (not rest or depths[code] >= deepest)
    )


def lacking(paths: Paths, least: int) -> dict[str, int]:
    """How many more members each code lacks before it is a cohort by itself, by code.

    A code that nobody has yet is not named. This is what "2 more members unlock this" says.

    >>> lacking({"a": ("DK", "DK01"), "b": ("DK", "DK01"), "c": ("DK", "DK02")}, 3)
    {'DK01': 1, 'DK02': 2}
    """
    counts: dict[str, int] = {}
    for codes in paths.values():
        for code in codes:
            counts[code] = counts.get(code, 0) + 1
    return {code: least - count for code, count in sorted(counts.items()) if count < least}
