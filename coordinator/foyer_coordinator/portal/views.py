"""What the network's books look like to a reader: rows and releases as the page kit's values.

Pure. There is no figure of one institution here, since the coordinator never has one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from foyer_coordinator.ports import Institution, RoundRow
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.messages.codec import fraction_text, read_fraction
from foyer_protocol.messages.plan import Plan
from foyer_protocol.messages.release import Release, band
from foyer_protocol.rounds.phases import Phase
from foyer_web.releases import band_of, release_view
from foyer_web.trends import views_of
from foyer_web.views import (
    Ending,
    FigureView,
    FilterView,
    OverviewView,
    RoundState,
    RoundView,
    figure_of,
)
from foyer_web.words import Words

STATES: dict[Phase, RoundState] = {
    Phase.PLANNED: RoundState.PLANNED,
    Phase.REPORTING: RoundState.RUNNING,
    Phase.UNMASKING: RoundState.RUNNING,
    Phase.RECOVERING: RoundState.RUNNING,
    Phase.REVIEWING: RoundState.RUNNING,
    Phase.RELEASED: RoundState.RELEASED,
    Phase.ABORTED: RoundState.ABORTED,
}


HEADLINES = (
    "volume.attendances",
    "loyalty.retention_1y",
    "money.average_ticket_price",
    "loyalty.first_time_share",
    "volume.bookers",
)
"""What the first page prefers to say, in this order: how many, who came back, at what price."""

MOST_HEADLINES = 3

COMING = frozenset({RoundState.PLANNED, RoundState.RUNNING})


def figure_in(key: str, release: Release | None) -> FigureView | None:
    """The figure `key` of a release, or that it was not asked; None for an unknown key."""
    statistic = CATALOGUE.get(key)
    if statistic is None:
        return None
    if release and (found := views_of(release).get(key)):
        return found
    return replace(figure_of(statistic), round_id=release.round_id if release else "")


def shown(release: Release) -> RoundView:
    """A release with its figures."""
    return release_view(release, tuple(views_of(release).values()))


def round_view(row: RoundRow, release: Release | None) -> RoundView:
    """A round: what was published, or where it stands and what it would cost."""
    if release is not None:
        return shown(release)
    return RoundView(
        round_id=row.plan.round_id,
        starts=row.plan.starts,
        ends=row.plan.ends,
        state=STATES[row.phase],
        rho=fraction_text(price_of(row.plan)),
        plan_hash=row.plan.digest,
        ending=_ending(row.reason) if row.phase is Phase.ABORTED else None,
    )


def overview(
    releases: Sequence[Release],
    institutions: Iterable[Institution],
    rows: Sequence[RoundRow] = (),
) -> OverviewView:
    """The first page: the latest release, how many take part, as a band, and what comes next."""
    members = sum(not one.suspended for one in institutions)
    latest = shown(releases[-1]) if releases else None
    return OverviewView(
        figures=latest.figures if latest else (),
        latest=latest,
        taking_part=band_of(band(members)) if members else None,
        next_round=next(
            (round_view(row, None) for row in rows if STATES[row.phase] in COMING), None
        ),
    )


def headlines(figures: Sequence[FigureView]) -> tuple[FigureView, ...]:
    """The three to begin with: shown ones first, the preferred ones among them first."""
    place = {key: at for at, key in enumerate(HEADLINES)}
    wanted = sorted(figures, key=lambda one: (not one.shown, place.get(one.key, len(place))))
    return tuple(wanted[:MOST_HEADLINES])


def with_figure(key: str, releases: Sequence[Release]) -> list[Release]:
    """The releases in which `key` was asked, newest first."""
    return [one for one in reversed(releases) if any(figure.key == key for figure in one.figures)]


def round_filter(releases: Sequence[Release], chosen: str, words: Words) -> tuple[FilterView, ...]:
    """A choice among releases, newest first; nothing where there is no choice."""
    if len(releases) < 2:
        return ()
    names = [words.short_period(one.starts, one.ends) for one in releases]
    options = tuple(
        (one.round_id, name if names.count(name) == 1 else f"{name} ({one.round_id})")
        for one, name in zip(releases, names, strict=True)
    )
    return (FilterView(name="round", label="Period", options=options, chosen=chosen),)


def _ending(reason: str) -> Ending:
    """A reason that this version does not know can only be a fault of ours."""
    known = {ending.value: ending for ending in Ending}
    return known.get(reason, Ending.INTERNAL)


def price_of(plan: Plan) -> Fraction:
    """What a round costs in zCDP: its figures and the look at dominance."""
    return plan.figures_rho + read_fraction(plan.gate_rho)
