"""The same figure for houses of a kind: the cohorts of a release, as plain values."""

from dataclasses import dataclass

from foyer_protocol.messages.release import CohortFigures, Release
from foyer_web.trends import views_of
from foyer_web.views import FigureView


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortView:
    """One cohort's figure. `depth` is how many cohorts it is part of, below the whole.

    `rest`: it is what the cohorts beside it leave of the code.
    """

    code: str
    rest: bool
    depth: int
    figure: FigureView


def cohorts_of(key: str, release: Release | None) -> tuple[CohortView, ...]:
    """The figure `key` of every cohort of `release`, in its order; none where nobody was divided.

    Each is worked out from the cohort's own sum, as that of the whole is from its.
    """
    if release is None:
        return ()
    found = (
        (place, one, views_of(_alone(one, release)).get(key))
        for place, one in enumerate(release.cohorts)
    )
    return tuple(
        CohortView(code=one.code, rest=one.rest, depth=_depth(place, release), figure=figure)
        for place, one, figure in found
        if figure is not None
    )


def _alone(cohort: CohortFigures, release: Release) -> Release:
    """A cohort as if it had been released alone."""
    return release.model_copy(
        update={
            "figures": cohort.figures,
            "variances": cohort.variances,
            "noised": cohort.noised,
            "cohorts": (),
            "checks": (),
            "spreads": (),
        }
    )


def _depth(place: int, release: Release) -> int:
    depth, above = 0, release.cohorts[place].above
    while above >= 0:
        depth, above = depth + 1, release.cohorts[above].above
    return depth
