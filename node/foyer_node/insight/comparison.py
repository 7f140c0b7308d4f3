"""Mine beside the peers': a release and a house's own figures, made into views for a page.

Pure. Peers is the noised figure of all who contributed, this house among them if it did;
mine is exact and unclipped and stays in the building. A figure that was withheld still
has mine beside it.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, tzinfo

from foyer_node.insight.own_figures import Absence, OwnFigure
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.schema import Period, months_before
from foyer_protocol.catalogue.statistic import Statistic, Unit
from foyer_protocol.dp.ledger import EntryKind, Ledger
from foyer_protocol.messages import release as released
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.messages.plan import Plan
from foyer_protocol.messages.release import Release
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
    with_mine,
)

Own = Mapping[str, OwnFigure]
"""A house's own figures, by the key of the statistic."""

OWN_MONTHS = 12
ABSENCES: dict[released.Reason, tuple[Status, Reason | None]] = {
    released.Reason.FEW_CONTRIBUTORS: (Status.WITHHELD, Reason.FEW_CONTRIBUTORS),
    released.Reason.DOMINANCE: (Status.WITHHELD, Reason.DOMINANCE),
    released.Reason.NO_ESTIMATE: (Status.TOO_UNCERTAIN, None),
}
"""How a figure that was not published is said: no estimate means that noise drowned it."""


def compare_release(
    release: Release, own: Own, *, took_part: bool, currency: str
) -> tuple[FigureView, ...]:
    """Every figure of `release` that our catalogue knows, in its order, with mine beside it.

    `currency` is the house's own. Amounts in another one cannot be compared, so that
    mine is left out there.
    """
    same = currency == release.currency
    return tuple(
        _with_own(_peers(figure, release), _comparable(own.get(figure.key), same), took_part)
        for figure in release.figures
        if figure.key in CATALOGUE
    )


def not_asked(key: str, own: Own, currency: str) -> FigureView:
    """The figure of a statistic that no release holds: mine, and nobody beside it."""
    statistic = CATALOGUE[key]
    money = currency if statistic.unit is Unit.MONEY else ""
    return _with_own(figure_of(statistic, currency=money), own.get(key), False)


def view_release(
    release: Release, figures: tuple[FigureView, ...], zone: tzinfo = UTC
) -> RoundView:
    """A released round with its provenance, around figures from `compare_release`."""
    return RoundView(
        round_id=release.round_id,
        starts=release.starts,
        ends=release.ends,
        state=RoundState.RELEASED,
        released_on=datetime.fromtimestamp(release.released_at, tz=zone).date(),
        institutions=read_band(release.participants),
        rho=release.rho,
        epsilon=float(release.epsilon),
        delta=float(read_fraction(release.delta)),
        noise=tuple(
            NoiseLine(
                family=scale.family.value,
                standard_deviation=math.sqrt(read_fraction(variance)),
                rho=scale.rho,
            )
            for scale, variance in zip(release.scales, release.variances, strict=True)
        ),
        plan_hash=release.plan,
        roster_hash=release.roster,
        roster_epoch=release.epoch,
        release_hash=release.digest,
        figures=figures,
        withheld=tuple(
            WithheldView(key=figure.key, title=figure.title, reason=figure.reason)
            for figure in figures
            if not figure.shown
        ),
    )


def view_plan(plan: Plan, state: RoundState) -> RoundView:
    """A round that has no release (yet)."""
    return RoundView(
        round_id=plan.round_id,
        starts=plan.starts,
        ends=plan.ends,
        state=state,
        plan_hash=plan.digest,
    )


def was_in_the_sum(release: Release, ledger: Ledger) -> bool:
    """Whether this house is in the sum behind `release`, as far as its ledger can tell.

    The veto is put to those whose reports are in the sum and to nobody else, so whoever
    paid for both jobs of the round is in it; a report that came too late paid for one.
    """
    gate = read_fraction(release.rho) - sum(read_fraction(scale.rho) for scale in release.scales)
    charges = [
        entry
        for entry in ledger.entries
        if entry.kind is EntryKind.CHARGE and entry.round_id == release.round_id
    ]
    reported = any(entry.job_id == release.job_id for entry in charges)
    asked = any(entry.job_id != release.job_id and entry.rho == gate for entry in charges)
    return reported and asked


def last_full_year(history_starts: date, data_until: date, today: date) -> Period:
    """The last twelve full months that the imported orders reach, for figures of one's own.

    A month counts as full on its last day. A house that holds less than one full month
    gets the running month as the last of the twelve, so that it sees something at once.

    >>> last_full_year(date(2023, 1, 1), date(2026, 7, 3), date(2026, 11, 24))
    Period(starts=datetime.date(2025, 7, 1), ends=datetime.date(2026, 7, 1))
    """
    reach = min(data_until, today)
    after = months_before(reach.replace(day=1), -1)
    ends = after if (after - reach).days == 1 else reach.replace(day=1)
    if ends <= history_starts:
        ends = after
    return Period(starts=months_before(ends, OWN_MONTHS), ends=ends)


def read_band(text: str) -> Band:
    """The band of a release as numbers.

    >>> read_band("5-9"), read_band("50 or more")
    (Band(least=5, most=9), Band(least=50, most=None))
    """
    least = 0
    for most, name in released.BANDS:
        if name == text:
            return Band(least=least, most=most)
        least = most + 1
    return Band(least=least)


def _peers(figure: released.Figure, release: Release) -> FigureView:
    view = replace(
        _published(figure, CATALOGUE[figure.key], release.currency),
        round_id=release.round_id,
        institutions=read_band(figure.contributors),
    )
    if view.cells or not view.shown:
        return view
    # The interval says what the noise leaves open and nothing else: all of it is noise.
    return replace(view, noise_half_width=(view.high - view.low) / 2)


def _published(figure: released.Figure, statistic: Statistic, currency: str) -> FigureView:
    money = currency if statistic.unit is Unit.MONEY else ""
    if figure.status is released.Status.WITHHELD:
        status, reason = ABSENCES.get(figure.reason, (Status.WITHHELD, None))
        return figure_of(statistic, status=status, reason=reason, currency=money)
    if figure.cells:
        return figure_of(statistic, cells=tuple(_cells(figure.cells)), currency=money)
    if figure.low is None or figure.estimate is None or figure.high is None:
        return figure_of(statistic, status=Status.TOO_UNCERTAIN, currency=money)
    interval = (float(figure.low), float(figure.estimate), float(figure.high))
    return figure_of(statistic, interval=interval, currency=money)


def _cells(cells: Iterable[released.Cell]) -> Iterable[CellView]:
    for cell in cells:
        yield CellView(
            code=cell.code,
            estimate=float(cell.estimate),
            low=float(cell.low),
            high=float(cell.high),
        )


def _comparable(own: OwnFigure | None, same_currency: bool) -> OwnFigure | None:
    if own is None or same_currency or CATALOGUE[own.key].unit is not Unit.MONEY:
        return own
    return None


def _with_own(figure: FigureView, own: OwnFigure | None, took_part: bool) -> FigureView:
    if own is None or own.reason is not Absence.NONE:
        return figure
    cells = None if own.cells is None else {code: float(n) for code, n in own.cells.items()}
    return replace(with_mine(figure, own.value, cells), includes_mine=took_part and figure.shown)
