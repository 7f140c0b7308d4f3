"""What was shown and what was withheld, worked out anew from the noised sum."""

import numpy as np

from foyer_protocol.catalogue.statistic import Statistic
from foyer_protocol.errors import RemoteProtocolError
from foyer_protocol.messages.bundle import Bundle
from foyer_protocol.messages.plan import Plan
from foyer_protocol.messages.release import Figure, Release, Status
from foyer_protocol.messages.roster import Roster
from foyer_protocol.rounds.cohorts import cohorts_of, sum_cohorts
from foyer_protocol.rounds.estimating import Noised, read_noised
from foyer_protocol.rounds.kinds import veto
from foyer_protocol.rounds.publishing import make_figure, make_release
from foyer_protocol.rounds.publishing_cohorts import add_cohorts
from foyer_protocol.verification.provenance import same
from foyer_protocol.verification.sums import Redone, reporters

NUMBERS = ("estimate", "low", "high", "cells")


def release_again(bundle: Bundle, roster: Roster, redone: Redone) -> Release:
    """The release that an honest coordinator makes of these sums."""
    job, members = bundle.figures.job, reporters(bundle.figures)
    cohorts = sum_cohorts(job, roster, members, redone.parts)
    release = make_release(
        job,
        roster,
        redone.figures,
        parts=redone.parts,
        members=len(members),
        reports=bundle.release.reports,
        objected=veto.objections(job.plan, redone.veto),
        released_at=bundle.release.released_at,
    )
    return add_cohorts(release, job, cohorts, redone.figures, redone.veto)


def check_veto(bundle: Bundle, roster: Roster, redone: Redone) -> None:
    """It was asked about the totals of this very sum, and what was objected to is withheld."""
    job, plan = bundle.veto.job, bundle.figures.job.plan
    same("totals that the veto compares with", job.totals, veto.weights(plan, redone.figures))
    sums = sum_cohorts(bundle.figures.job, roster, reporters(bundle.figures), redone.parts)
    for asked, found in zip(job.cohorts, sums, strict=True):
        expected = veto.weights(plan, found.aggregate)
        same(f"totals of {asked.code} that the veto compares with", asked.totals, expected)
    for place, (name, figures, _) in enumerate(_shown_by(bundle.release)):
        objected = veto.objections(plan, redone.veto, place)
        for figure in figures:
            if figure.key in objected and figure.status is Status.SHOWN:
                raise RemoteProtocolError(
                    f"{figure.key}{name} is shown though an institution objected"
                )


def _shown_by(release: Release) -> list[tuple[str, tuple[Figure, ...], tuple[int | None, ...]]]:
    """Figures and slots of the whole and of each cohort, with how it is called in a reason."""
    return [
        ("", release.figures, release.noised),
        *((f" of {one.code}", one.figures, one.noised) for one in release.cohorts),
    ]


def check_withheld(release: Release, again: Release) -> None:
    """Each figure is shown or withheld, for the reason that follows; slots likewise."""
    for (name, told, slots), (_, found, expected) in zip(
        _shown_by(release), _shown_by(again), strict=True
    ):
        for claimed, right in zip(told, found, strict=True):
            if (claimed.status, claimed.reason) != (right.status, right.reason):
                raise RemoteProtocolError(
                    f"{claimed.key}{name} is {_say(claimed)} in the release"
                    f" and must be {_say(right)}"
                )
        for slot, (value, other) in enumerate(zip(slots, expected, strict=True)):
            if (value is None) != (other is None):
                raise RemoteProtocolError(
                    f"slot {slot} of the sum{name} is"
                    f" {'withheld' if value is None else 'published'} against the rules"
                )


def check_contributors(release: Release, again: Release) -> None:
    """The bands of contributors follow from the flags in the sum."""
    for (name, told, _), (_, found, _) in zip(_shown_by(release), _shown_by(again), strict=True):
        for claimed, right in zip(told, found, strict=True):
            same(f"band of {claimed.key}{name}", claimed.contributors, right.contributors)


def check_groups(release: Release, again: Release) -> None:
    """What is said of the groups follows from their sums; nothing is said where none are."""
    same("checks by group", [c.key for c in release.checks], [c.key for c in again.checks])
    for claimed, found in zip(release.checks, again.checks, strict=True):
        for name in ("outcome", "values", "allowed", "robust", "cells"):
            same(f"{name} by group of {claimed.key}", getattr(claimed, name), getattr(found, name))


def check_cohort_sums(release: Release, again: Release) -> None:
    """The slots and variances of every cohort are those of its own sum."""
    for claimed, found in zip(release.cohorts, again.cohorts, strict=True):
        same(f"variances of {claimed.code}", claimed.variances, found.variances)
        same(f"slots of {claimed.code}", claimed.noised, found.noised)


def check_spreads(release: Release, again: Release) -> None:
    """What is said of how institutions are spread follows from the ranges in the sum."""
    same("list of spreads", [s.key for s in release.spreads], [s.key for s in again.spreads])
    for claimed, found in zip(release.spreads, again.spreads, strict=True):
        same(f"spread of {claimed.key}", claimed, found)


def check_figures(bundle: Bundle, roster: Roster) -> None:
    """Every shown figure follows from the published slots alone; a withheld one is empty."""
    plan, names = bundle.figures.job.plan, reporters(bundle.figures)
    counts = [len(one.members) for one in cohorts_of(roster, plan, names)]
    for (name, figures, slots), count in zip(_shown_by(bundle.release), counts, strict=True):
        if len(slots) != bundle.figures.job.width:
            raise RemoteProtocolError(
                f"the release{name} has {len(slots)} slots; its job {bundle.figures.job.width}"
            )
        known = np.array([value or 0 for value in slots], dtype=np.int64)
        noised = read_noised(plan, known, count)
        for statistic, figure in zip(plan.layout().statistics, figures, strict=True):
            _check_figure(plan, statistic, figure, slots, noised, name)


def _check_figure(
    plan: Plan,
    statistic: Statistic,
    figure: Figure,
    slots: tuple[int | None, ...],
    noised: Noised,
    name: str,
) -> None:
    if figure.status is not Status.SHOWN:
        if any(getattr(figure, number) for number in NUMBERS):
            raise RemoteProtocolError(f"{figure.key}{name} is withheld and shows a number")
        return
    layout = plan.layout()
    if any(None in slots[layout.slots(leaf)] for leaf in statistic.leaves):
        raise RemoteProtocolError(f"{figure.key}{name} is shown and a slot of it is withheld")
    again = make_figure(statistic, noised, enough(statistic), objected=False)
    for number in NUMBERS:
        same(f"{number} of {figure.key}{name}", getattr(figure, number), getattr(again, number))


def enough(statistic: Statistic) -> int:
    """As many contributors as let a figure be shown."""
    return statistic.least_others + 1


def _say(figure: Figure) -> str:
    return f"{figure.status} ({figure.reason})" if figure.reason else str(figure.status)
