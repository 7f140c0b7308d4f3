"""What several rounds say together: no institution is left when sums are added and subtracted.

One round never shows fewer than its minimum cohort. Two rounds about the same days, one with
and one without an institution, would: their difference is that institution's own figure, to
within noise that hides visitors and not institutions. So whoever would take part in the second
looks at what was summed before. The rule is exact: of all sums that were opened of a figure,
no combination may leave one institution, also not to a member that takes its own part away
[governance G.2, differencing guard; a query-set audit as of Chin, Özsoyoğlu 1982].
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from foyer_protocol.catalogue.cohorts import finest
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.measures import Leaf
from foyer_protocol.errors import CohortTooSmall
from foyer_protocol.messages.plan import Job, JobKind
from foyer_protocol.messages.roster import Roster
from foyer_protocol.rounds.cohorts import cohorts_of

SAME_DAYS = Fraction(9, 10)
"""Periods that share more than this part of the longer one are about the same days: moving one
end by a day is no other question. A year that rolls on by a quarter is."""

Row = list[Fraction]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Whose figures were summed together: the finest cohorts of one private sum."""

    kind: str
    statistics: tuple[str, ...]
    starts: date
    ends: date
    cohorts: tuple[tuple[str, ...], ...]

    @property
    def leaves(self) -> frozenset[Leaf]:
        """What was summed; of statistics that our catalogue no longer has, nothing."""
        known = (CATALOGUE[key] for key in self.statistics if key in CATALOGUE)
        return frozenset(leaf for statistic in known for leaf in statistic.leaves)


def seen_of(job: Job, roster: Roster, reporters: Iterable[str]) -> Seen | None:
    """What a job sums, if `reporters` report; None for a veto, which sums no figures."""
    if job.kind is JobKind.VETO:
        return None
    cohorts = cohorts_of(roster, job.plan, reporters)
    return Seen(
        kind=job.kind.value,
        statistics=job.plan.statistics,
        starts=job.plan.starts,
        ends=job.plan.ends,
        cohorts=tuple(cohorts[place].members for place in finest(cohorts)),
    )


def alike(one: Seen, other: Seen) -> bool:
    """Whether two sums are about the same figures of the same days."""
    shared = (min(one.ends, other.ends) - max(one.starts, other.starts)).days
    longer = max((one.ends - one.starts).days, (other.ends - other.starts).days)
    return (
        one.kind == other.kind
        and shared > SAME_DAYS * longer
        and not one.leaves.isdisjoint(other.leaves)
    )


def refuse_differencing(now: Seen, before: Iterable[Seen]) -> None:
    """Refuse a sum that, with those opened before, would leave one institution by itself.

    What either leaves by itself is for the minimum cohort to rule out, not for this.

    Raises:
        CohortTooSmall: it would. Nothing was answered.
    """
    earlier = [one for one in before if alike(one, now)]
    opened = [frozenset(cohort) for one in earlier for cohort in one.cohorts]
    asked = [frozenset(cohort) for cohort in now.cohorts]
    if set(asked) <= set(opened):
        return
    if left := exposed([*opened, *asked]) - exposed(opened) - exposed(asked):
        raise CohortTooSmall(
            f"figures of {now.starts} to {now.ends} were summed before of other institutions;"
            f" the difference would leave {len(left)} of them with fewer than two others."
            " Nothing was answered",
            hint="Ask the same institutions, or of other days; or wait until three have changed.",
        )


def exposed(cohorts: Iterable[frozenset[str]]) -> frozenset[str]:
    """Whose own figure follows from the sums of `cohorts`, for a member or anybody.

    Institutions that are in the same cohorts are one unknown. Alone in it, or two of them,
    are exposed where that unknown follows from the sums (one of two knows the other); and so
    are two unknowns of one institution each, of which one gives the other.

    >>> sorted(exposed([frozenset("abcdefg"), frozenset("abcdef")]))
    ['g']
    >>> sorted(exposed([frozenset("abcdefg"), frozenset("abcde")]))
    ['f', 'g']
    >>> exposed([frozenset("abcdefgh"), frozenset("abcde")])
    frozenset()
    """
    rows = list(dict.fromkeys(cohorts))
    unknowns: dict[tuple[bool, ...], list[str]] = {}
    for name in sorted(frozenset().union(*rows)):
        unknowns.setdefault(tuple(name in row for row in rows), []).append(name)
    matrix = [[Fraction(at[place]) for at in unknowns] for place in range(len(rows))]
    reduced = _reduce(matrix)
    found: set[str] = set()
    directions: dict[tuple[Fraction, ...], list[str]] = {}
    for place, names in enumerate(unknowns.values()):
        if len(names) > 2:
            continue
        left = _residue([Fraction(at == place) for at in range(len(unknowns))], reduced)
        first = next((value for value in left if value), None)
        if first is None:
            found.update(names)
        elif len(names) == 1:
            directions.setdefault(tuple(value / first for value in left), []).extend(names)
    for names in directions.values():
        found.update(names if len(names) > 1 else ())
    return frozenset(found)


def _reduce(matrix: Sequence[Row]) -> list[tuple[int, Row]]:
    """The reduced rows of a matrix, each with the position of its leading 1."""
    reduced: list[tuple[int, Row]] = []
    for row in matrix:
        left = _residue(row, reduced)
        lead = next((at for at, value in enumerate(left) if value), None)
        if lead is None:
            continue
        scaled = [value / left[lead] for value in left]
        reduced = [
            (at, [value - other[lead] * new for value, new in zip(other, scaled, strict=True)])
            for at, other in reduced
        ]
        reduced.append((lead, scaled))
    return reduced


def _residue(row: Row, reduced: Sequence[tuple[int, Row]]) -> Row:
    """What is left of `row` once every reduced row was taken out of it."""
    left = list(row)
    for lead, other in reduced:
        factor = left[lead]
        if factor:
            left = [value - factor * known for value, known in zip(left, other, strict=True)]
    return left
