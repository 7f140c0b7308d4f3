"""What was shown and what was withheld, worked out anew from the noised sum."""

import numpy as np

from foyer_protocol.catalogue.statistic import Statistic
from foyer_protocol.errors import RemoteProtocolError
from foyer_protocol.messages.bundle import Bundle
from foyer_protocol.messages.release import Figure, Release, Status
from foyer_protocol.messages.roster import Roster
from foyer_protocol.rounds.estimating import read_noised
from foyer_protocol.rounds.kinds import veto
from foyer_protocol.rounds.kinds.figures import totals
from foyer_protocol.rounds.publishing import make_figure, make_release
from foyer_protocol.verification.provenance import same
from foyer_protocol.verification.sums import Redone

NUMBERS = ("estimate", "low", "high", "cells")


def release_again(bundle: Bundle, roster: Roster, redone: Redone) -> Release:
    """The release that an honest coordinator makes of these sums."""
    return make_release(
        bundle.figures.job,
        roster,
        redone.figures,
        parts=redone.parts,
        members=len(bundle.figures.headers),
        reports=bundle.release.reports,
        objected=veto.objections(bundle.figures.job.plan, redone.veto),
        released_at=bundle.release.released_at,
    )


def check_veto(bundle: Bundle, redone: Redone) -> None:
    """It was asked about the totals of this very sum, and what was objected to is withheld."""
    plan = bundle.figures.job.plan
    by_leaf = totals(plan, redone.figures)
    expected = tuple(veto.weigh(s.weight, by_leaf[s.weight]) for s in plan.layout().statistics)
    same("totals that the veto compares with", bundle.veto.job.totals, expected)
    objected = veto.objections(plan, redone.veto)
    for figure in bundle.release.figures:
        if figure.key in objected and figure.status is Status.SHOWN:
            raise RemoteProtocolError(f"{figure.key} is shown though an institution objected")


def check_withheld(release: Release, again: Release) -> None:
    """Each figure is shown or withheld, for the reason that follows; slots likewise."""
    for claimed, found in zip(release.figures, again.figures, strict=True):
        told = (claimed.status, claimed.reason)
        if told != (found.status, found.reason):
            raise RemoteProtocolError(
                f"{claimed.key} is {_say(claimed)} in the release and must be {_say(found)}"
            )
    for slot, (value, expected) in enumerate(zip(release.noised, again.noised, strict=True)):
        if (value is None) != (expected is None):
            raise RemoteProtocolError(
                f"slot {slot} of the sum is {'withheld' if value is None else 'published'}"
                " against the rules"
            )


def check_contributors(release: Release, again: Release) -> None:
    """The bands of contributors follow from the flags in the sum."""
    for claimed, found in zip(release.figures, again.figures, strict=True):
        same(f"band of {claimed.key}", claimed.contributors, found.contributors)


def check_groups(release: Release, again: Release) -> None:
    """What is said of the groups follows from their sums; nothing is said where none are."""
    same("checks by group", [c.key for c in release.checks], [c.key for c in again.checks])
    for claimed, found in zip(release.checks, again.checks, strict=True):
        for name in ("outcome", "values", "allowed", "robust", "cells"):
            same(f"{name} by group of {claimed.key}", getattr(claimed, name), getattr(found, name))


def check_figures(bundle: Bundle) -> None:
    """Every shown figure follows from the published slots alone; a withheld one is empty."""
    plan, release = bundle.figures.job.plan, bundle.release
    layout = plan.layout()
    if len(release.noised) != bundle.figures.job.width:
        raise RemoteProtocolError(
            f"the release has {len(release.noised)} slots; its job {bundle.figures.job.width}"
        )
    known = np.array([value or 0 for value in release.noised], dtype=np.int64)
    noised = read_noised(plan, known, len(bundle.figures.headers))
    for statistic, figure in zip(layout.statistics, release.figures, strict=True):
        if figure.status is not Status.SHOWN:
            if any(getattr(figure, name) for name in NUMBERS):
                raise RemoteProtocolError(f"{figure.key} is withheld and shows a number")
            continue
        hidden = [leaf for leaf in statistic.leaves if None in release.noised[layout.slots(leaf)]]
        if hidden:
            raise RemoteProtocolError(f"{figure.key} is shown and a slot of it is withheld")
        again = make_figure(statistic, noised, enough(statistic), objected=False)
        for name in NUMBERS:
            same(f"{name} of {figure.key}", getattr(figure, name), getattr(again, name))


def enough(statistic: Statistic) -> int:
    """As many contributors as let a figure be shown."""
    return statistic.least_others + 1


def _say(figure: Figure) -> str:
    return f"{figure.status} ({figure.reason})" if figure.reason else str(figure.status)
