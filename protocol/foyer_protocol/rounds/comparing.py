"""Do the groups of a divided cohort say the same? The check beside each shown figure.

Everything here is post-processing of the groups' noised sums. A group's figure is brought
to the size of the whole cohort; the *middle* one is the median of them, and no one group
can move it far. A figure whose groups lie further from the middle than noise and ordinary
differences between institutions explain is flagged, never withheld: a flag says that
somebody may be wrong, or unlike the others, and not who [protocol.md 6].

How much institutions differ cannot be learnt from a handful of groups, so it is stated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import pi, sqrt

import numpy as np
from numpy.typing import NDArray

from foyer_protocol.catalogue.measures import Distribution, Leaf, Total
from foyer_protocol.catalogue.statistic import Statistic, Unit
from foyer_protocol.dp.accuracy import LEAST_DEVIATIONS, Z95, Interval
from foyer_protocol.errors import LocalProtocolError
from foyer_protocol.messages.codec import decimal_text
from foyer_protocol.messages.plan import Plan
from foyer_protocol.messages.release import Agreement, Figure, GroupCheck, Status
from foyer_protocol.rounds.estimating import Noised, estimate, read_noised
from foyer_protocol.rounds.grouping import sizes
from foyer_protocol.rounds.kinds.figures import contributors

NOISE_DEVIATIONS = 5
"""Noise alone passes this once in 1.7 million comparisons."""

STANDS_APART = 3
"""A group is flagged only if it is this many times as far from the middle as the groups' middle
distance: where institutions are unlike, all groups are far from it; where one lies, one is."""

SHAPE_ALLOWANCE = 0.05
"""Of a histogram's whole, how much may stand in other cells than in the middle shape."""

ALLOWANCES: Mapping[Unit, float] = {
    Unit.TICKETS: 2.0,
    Unit.VISITORS: 2.0,
    Unit.MONEY: 0.5,
    Unit.DAYS: 0.5,
}
"""Of a total, a mean or a median, how far a group may be from the middle: in middles. Large
institutions are many times as large as small ones, so that totals differ most."""

SHARE_ALLOWANCE = 0.15
"""Of a share: 15 points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """The groups' values in ascending order, the robust figure, and the widest difference allowed.

    Of a histogram, values are each group's distance from the middle shape (half of the sum
    of absolute differences, 0 to 1), and `robust` has a number for each cell.
    """

    values: tuple[float, ...]
    robust: tuple[float, ...]
    allowed: float
    differ: bool


def make_checks(
    plan: Plan, parts: Sequence[NDArray[np.int64]], members: int, figures: Sequence[Figure]
) -> tuple[GroupCheck, ...]:
    """A check for each shown figure, where the plan divides its reporters; else none.

    `parts` are the groups' sums over `members` reports. Groups in which too few contributed
    for a figure of their own are not compared: their values would be nearly one institution's.

    Raises:
        LocalProtocolError: there is not one sum for each group.
    """
    if plan.groups == 1:
        return ()
    if len(parts) != plan.groups:
        raise LocalProtocolError(f"{len(parts)} sums were given for {plan.groups} groups")
    each = sizes(members, plan.groups)
    noised = [read_noised(plan, part, size) for part, size in zip(parts, each, strict=True)]
    counts = [contributors(plan, part) for part in parts]
    shown = {figure.key for figure in figures if figure.status is Status.SHOWN}
    return tuple(
        _check(
            statistic,
            compare(statistic, noised, each)
            if all(count[statistic.key] > statistic.least_others for count in counts)
            else None,
        )
        for statistic in plan.layout().statistics
        if statistic.key in shown
    )


def _check(statistic: Statistic, found: Compared | None) -> GroupCheck:
    if found is None:
        return GroupCheck(key=statistic.key, outcome=Agreement.NOT_COMPARED)
    robust = tuple(decimal_text(value) for value in found.robust)
    is_histogram = isinstance(statistic.measure, Distribution)
    return GroupCheck(
        key=statistic.key,
        outcome=Agreement.DIFFER if found.differ else Agreement.AGREE,
        values=tuple(decimal_text(value) for value in found.values),
        allowed=decimal_text(found.allowed),
        robust=None if is_histogram else robust[0],
        cells=robust if is_histogram else (),
    )


def compare(statistic: Statistic, groups: Sequence[Noised], each: Sequence[int]) -> Compared | None:
    """Compare the noised totals of groups of `each` many members; None if one is unreadable."""
    scales = [sum(each) / size for size in each]
    if isinstance(statistic.measure, Distribution):
        return _compare_shapes(statistic.measure.of, groups, scales)
    found = [estimate(statistic, one) for one in groups]
    if not all(isinstance(one, Interval) for one in found):
        return None
    intervals = [one for one in found if isinstance(one, Interval)]
    if not isinstance(statistic.measure, Total):
        scales = [1.0] * len(scales)
    values = [one.estimate * scale for one, scale in zip(intervals, scales, strict=True)]
    deviation = max(
        max(one.high - one.estimate, one.estimate - one.low) / Z95 * scale
        for one, scale in zip(intervals, scales, strict=True)
    )
    middle = float(np.median(values))
    if statistic.unit is Unit.SHARE:
        allowed = SHARE_ALLOWANCE
    else:
        allowed = ALLOWANCES[statistic.unit] * abs(middle)
    # The middle is itself noised, and no more than a group: twice the variance.
    allowed += NOISE_DEVIATIONS * sqrt(2) * deviation
    distances = [abs(value - middle) for value in values]
    allowed = max(allowed, _usual(distances))
    return Compared(
        values=tuple(sorted(values)),
        robust=(middle,),
        allowed=allowed,
        differ=max(distances) > allowed,
    )


def _usual(distances: Sequence[float]) -> float:
    """What groups of institutions as unlike as these may differ by; 0 where two cannot tell."""
    return STANDS_APART * float(np.median(distances)) if len(distances) > 2 else 0.0


def _compare_shapes(
    leaf: Leaf, groups: Sequence[Noised], scales: Sequence[float]
) -> Compared | None:
    cells = np.array([[float(value) for value in one.values[leaf]] for one in groups])
    wholes = cells.sum(axis=1)
    width = cells.shape[1]
    deviations = [sqrt(one.variances[leaf]) for one in groups]
    least = [LEAST_DEVIATIONS * sqrt(width) * deviation for deviation in deviations]
    if np.any(wholes <= least):
        return None
    shapes = cells / wholes[:, np.newaxis]
    distances = np.abs(shapes - np.median(shapes, axis=0)).sum(axis=1) / 2
    noise = sqrt(2) * max(d / whole for d, whole in zip(deviations, wholes, strict=True))
    # Half of a sum of `width` absolute values of normals: its mean and its deviation.
    spread = width * sqrt(2 / pi) + NOISE_DEVIATIONS * sqrt(width * (1 - 2 / pi))
    allowed = max(SHAPE_ALLOWANCE + noise * spread / 2, _usual(list(distances)))
    return Compared(
        values=tuple(sorted(float(one) for one in distances)),
        robust=tuple(float(x) for x in np.median(cells.T * np.array(scales), axis=1)),
        allowed=float(allowed),
        differ=bool(distances.max() > allowed),
    )
