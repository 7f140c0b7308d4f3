"""From a release to what a reader sees of it. Pure; both faces call it, so that they agree.

Numbers are carried as released, unclamped, and beside them as they agree with each other;
only the kit's words clamp them.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from math import sqrt

from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.statistic import Statistic, Unit
from foyer_protocol.messages import release as published
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.messages.release import BANDS, Figure, Release
from foyer_protocol.rounds.agreeing import AgreedFigure, agreed_figures
from foyer_web.parts import Accord, PartsView
from foyer_web.telling import QuartileView, SpreadView
from foyer_web.views import (
    Band,
    CellView,
    FigureView,
    NoiseLine,
    Reason,
    RoundState,
    RoundView,
    Status,
    WithheldView,
    figure_of,
)

ABSENCES: dict[published.Reason, tuple[Status, Reason | None]] = {
    published.Reason.FEW_CONTRIBUTORS: (Status.WITHHELD, Reason.FEW_CONTRIBUTORS),
    published.Reason.DOMINANCE: (Status.WITHHELD, Reason.DOMINANCE),
    published.Reason.ROLLED_UP: (Status.WITHHELD, Reason.ROLLED_UP),
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
    """One published figure; None if this version's catalogue does not know it."""
    return _view(figure, release, {one.key: one for one in agreed_figures(release)})


def _view(
    figure: Figure, release: Release, agreed: Mapping[str, AgreedFigure]
) -> FigureView | None:
    statistic = CATALOGUE.get(figure.key)
    if statistic is None:
        return None
    view = replace(
        _agree(_figure(statistic, figure, release.currency), agreed.get(figure.key)),
        round_id=release.round_id,
        institutions=band_of(figure.contributors),
        parts=_parts(figure, release),
        spread=_spread(figure, release),
    )
    if view.cells or not view.shown:
        return view
    # The interval says what the noise leaves open and nothing else: all of it is noise.
    return replace(view, noise_half_width=(view.high - view.low) / 2)


def figure_views(release: Release) -> tuple[FigureView, ...]:
    """Every figure of `release` that this version's catalogue knows, in its order."""
    agreed = {one.key: one for one in agreed_figures(release)}
    views = (_view(figure, release, agreed) for figure in release.figures)
    return tuple(view for view in views if view is not None)


def release_view(
    release: Release, figures: tuple[FigureView, ...] | None = None, zone: tzinfo = UTC
) -> RoundView:
    """A released round with its provenance, around `figures`: its own where none are given.

    The day of the release is that of `zone`.
    """
    views = figure_views(release) if figures is None else figures
    return RoundView(
        round_id=release.round_id,
        starts=release.starts,
        ends=release.ends,
        state=RoundState.RELEASED,
        released_on=datetime.fromtimestamp(release.released_at, zone).date(),
        institutions=band_of(release.participants),
        rho=release.rho,
        epsilon=float(release.epsilon),
        delta=float(read_fraction(release.delta)),
        noise=_noise(release),
        plan_hash=release.plan,
        roster_hash=release.roster,
        roster_epoch=release.epoch,
        release_hash=release.digest,
        figures=views,
        withheld=tuple(
            WithheldView(key=view.key, title=view.title, status=view.status, reason=view.reason)
            for view in views
            if not view.shown
        ),
    )


def _agree(view: FigureView, agreed: AgreedFigure | None) -> FigureView:
    """Put the numbers that agree beside those released."""
    if agreed is None:
        return view
    by_code = {cell.code: cell for cell in agreed.cells}
    cells = tuple(
        replace(cell, adjusted=found.count, of_all=found.of_all)
        if (found := by_code.get(cell.code))
        else cell
        for cell in view.cells
    )
    return replace(view, adjusted=agreed.number, cells=cells)


def _spread(figure: Figure, release: Release) -> SpreadView | None:
    found = next((one for one in release.spreads if one.key == figure.key), None)
    if found is None:
        return None
    quartiles = tuple(
        QuartileView(
            low=float(one.low),
            high=None if one.high is None else float(one.high),
            estimate=None if one.estimate is None else float(one.estimate),
        )
        for one in found.quartiles
    )
    return SpreadView(quartiles=quartiles, reason=found.reason.value)


def _noise(release: Release) -> tuple[NoiseLine, ...]:
    return tuple(
        NoiseLine(
            family=scale.family.value,
            standard_deviation=sqrt(read_fraction(variance)),
            rho=scale.rho,
        )
        for scale, variance in zip(release.scales, release.variances, strict=True)
    )


def _parts(figure: Figure, release: Release) -> PartsView | None:
    check = next((one for one in release.checks if one.key == figure.key), None)
    if check is None:
        return None
    codes = (cell.code for cell in figure.cells)
    return PartsView(
        accord=Accord(check.outcome.value),
        count=release.groups,
        values=tuple(float(value) for value in check.values),
        allowed=None if check.allowed is None else float(check.allowed),
        middle=float(check.robust or 0),
        cells=tuple(zip(codes, map(float, check.cells), strict=False)),
    )


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
