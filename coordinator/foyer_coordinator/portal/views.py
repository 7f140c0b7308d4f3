"""What a release looks like to a reader: from protocol messages to the page kit's values.

Pure. Numbers are carried as released, unclamped; only the kit's words clamp them. There
is no figure of one institution here, since the coordinator never has one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from math import sqrt

from foyer_coordinator.ports import Institution, RoundRow
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.statistic import Statistic, Unit
from foyer_protocol.messages import release as published
from foyer_protocol.messages.codec import fraction_text, read_fraction
from foyer_protocol.messages.plan import Plan
from foyer_protocol.messages.release import BANDS, Figure, Release
from foyer_protocol.rounds.phases import Phase
from foyer_web.views import (
    Band,
    CellView,
    FigureView,
    FilterView,
    NoiseLine,
    OverviewView,
    Reason,
    RoundState,
    RoundView,
    Status,
    WithheldView,
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

ABSENCES: dict[published.Reason, tuple[Status, Reason | None]] = {
    published.Reason.FEW_CONTRIBUTORS: (Status.WITHHELD, Reason.FEW_CONTRIBUTORS),
    published.Reason.DOMINANCE: (Status.WITHHELD, Reason.DOMINANCE),
    published.Reason.NO_ESTIMATE: (Status.TOO_UNCERTAIN, None),
}
"""How a figure that was not published is said: no estimate means that noise drowned it."""

_LEAST = (0, *(most + 1 for most, _ in BANDS))
_BANDS: dict[str, Band] = {
    name: Band(least=least, most=most) for least, (most, name) in zip(_LEAST, BANDS, strict=False)
}


def band_of(text: str) -> Band:
    """Read a band as it was published.

    >>> band_of("5-9"), band_of("50 or more")
    (Band(least=5, most=9), Band(least=50, most=None))
    """
    return _BANDS.get(text, Band(least=_LEAST[-1]))


def figure_view(figure: Figure, release: Release) -> FigureView | None:
    """One published figure; None if this version's catalogue no longer knows it."""
    statistic = CATALOGUE.get(figure.key)
    if statistic is None:
        return None
    view = replace(
        _figure(statistic, figure, release.currency),
        round_id=release.round_id,
        institutions=band_of(figure.contributors),
    )
    if view.cells or not view.shown:
        return view
    # The interval says what the noise leaves open and nothing else: all of it is noise.
    return replace(view, noise_half_width=(view.high - view.low) / 2)


def _figure(statistic: Statistic, figure: Figure, currency: str) -> FigureView:
    money = currency if statistic.unit is Unit.MONEY else ""
    if figure.status is published.Status.WITHHELD:
        status, reason = ABSENCES.get(figure.reason, (Status.WITHHELD, None))
        return figure_of(statistic, status=status, reason=reason, currency=money)
    if figure.cells:
        cells = tuple(
            CellView(
                code=cell.code,
                estimate=float(cell.estimate),
                low=float(cell.low),
                high=float(cell.high),
            )
            for cell in figure.cells
        )
        return figure_of(statistic, cells=cells, currency=money)
    if figure.low is None or figure.estimate is None or figure.high is None:
        return figure_of(statistic, status=Status.TOO_UNCERTAIN, currency=money)
    interval = (float(figure.low), float(figure.estimate), float(figure.high))
    return figure_of(statistic, interval=interval, currency=money)


def figure_in(key: str, release: Release | None) -> FigureView | None:
    """The figure `key` of a release, or that it was not asked; None for an unknown key."""
    statistic = CATALOGUE.get(key)
    if statistic is None:
        return None
    for figure in release.figures if release else ():
        if release and figure.key == key:
            return figure_view(figure, release)
    return replace(figure_of(statistic), round_id=release.round_id if release else "")


def release_view(release: Release) -> RoundView:
    """A released round with its figures and its provenance."""
    views = [view for figure in release.figures if (view := figure_view(figure, release))]
    return RoundView(
        round_id=release.round_id,
        starts=release.starts,
        ends=release.ends,
        state=RoundState.RELEASED,
        released_on=day_of(release.released_at),
        institutions=band_of(release.participants),
        rho=release.rho,
        epsilon=float(release.epsilon),
        delta=float(Fraction(release.delta)),
        noise=tuple(
            NoiseLine(
                family=scale.family.value,
                standard_deviation=sqrt(Fraction(variance)),
                rho=scale.rho,
            )
            for scale, variance in zip(release.scales, release.variances, strict=True)
        ),
        plan_hash=release.plan,
        roster_hash=release.roster,
        roster_epoch=release.epoch,
        release_hash=release.digest,
        figures=tuple(views),
        withheld=tuple(
            WithheldView(key=view.key, title=view.title, reason=view.reason)
            for view in views
            if not view.shown
        ),
    )


def round_view(row: RoundRow, release: Release | None) -> RoundView:
    """A round: what was published, or where it stands and what it would cost."""
    if release is not None:
        return release_view(release)
    return RoundView(
        round_id=row.plan.round_id,
        starts=row.plan.starts,
        ends=row.plan.ends,
        state=STATES[row.phase],
        rho=fraction_text(price_of(row.plan)),
        plan_hash=row.plan.digest,
    )


def overview(releases: Sequence[Release], institutions: Iterable[Institution]) -> OverviewView:
    """The first page: the latest release's figures, and how many take part, as a band."""
    members = sum(not one.suspended for one in institutions)
    latest = release_view(releases[-1]) if releases else None
    return OverviewView(
        figures=latest.figures if latest else (),
        latest=latest,
        taking_part=band_of(published.band(members)) if members else None,
    )


def with_figure(key: str, releases: Sequence[Release]) -> list[Release]:
    """The releases in which `key` was asked, newest first."""
    return [one for one in reversed(releases) if any(figure.key == key for figure in one.figures)]


def round_filter(releases: Sequence[Release], chosen: str, words: Words) -> tuple[FilterView, ...]:
    """A choice among releases, newest first; nothing where there is no choice."""
    if len(releases) < 2:
        return ()
    options = tuple((one.round_id, words.period(one.starts, one.ends)) for one in releases)
    return (FilterView(name="round", label="Period", options=options, chosen=chosen),)


def price_of(plan: Plan) -> Fraction:
    """What a round costs in zCDP: its figures and the look at dominance."""
    return plan.figures_rho + read_fraction(plan.gate_rho)


def day_of(at: int) -> date:
    """The day of a moment, in UTC."""
    return datetime.fromtimestamp(at, UTC).date()
