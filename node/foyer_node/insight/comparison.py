"""Mine beside the peers': a release and a house's own figures, made into views for a page.

Pure. Peers is the noised figure of all who contributed, this house among them if it did;
mine is exact and unclipped and stays in the building. A figure that was withheld still
has mine beside it.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from foyer_node.insight.own_figures import Absence, OwnFigure
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.schema import Period, months_before
from foyer_protocol.catalogue.statistic import Unit
from foyer_protocol.dp.ledger import EntryKind, Ledger
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.messages.plan import Plan
from foyer_protocol.messages.release import Release
from foyer_web.releases import figure_views
from foyer_web.views import FigureView, OwnAbsence, RoundState, RoundView, figure_of, with_mine

Own = Mapping[str, OwnFigure]
"""A house's own figures, by the key of the statistic."""

OWN_MONTHS = 12

ABSENT: dict[Absence, OwnAbsence] = {
    Absence.SHORT_HISTORY: OwnAbsence.SHORT_HISTORY,
    Absence.NOTHING_TO_MEASURE: OwnAbsence.NOTHING_TO_MEASURE,
}


def compare_release(
    release: Release, own: Own, *, took_part: bool, currency: str
) -> tuple[FigureView, ...]:
    """Every figure of `release` that our catalogue knows, in its order, with mine beside it.

    `currency` is the house's own. Amounts in another one cannot be compared, so that
    mine is left out there.
    """
    same = currency == release.currency
    return tuple(
        _with_own(view, own.get(view.key), took_part, same) for view in figure_views(release)
    )


def not_asked(key: str, own: Own, currency: str) -> FigureView:
    """The figure of a statistic that no release holds: mine, and nobody beside it."""
    statistic = CATALOGUE[key]
    money = currency if statistic.unit is Unit.MONEY else ""
    return _with_own(figure_of(statistic, currency=money), own.get(key), False)


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
    charges = [
        entry
        for entry in ledger.entries
        if entry.kind is EntryKind.CHARGE and entry.round_id == release.round_id
    ]
    reported = next((entry for entry in charges if entry.job_id == release.job_id), None)
    if reported is None:
        return False
    gate = read_fraction(release.rho) - reported.rho
    return any(entry.job_id != release.job_id and entry.rho == gate for entry in charges)


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


def _with_own(
    figure: FigureView, own: OwnFigure | None, took_part: bool, same_currency: bool = True
) -> FigureView:
    if own is None:
        return figure
    if own.reason is not Absence.NONE:
        return replace(figure, mine_absent=ABSENT[own.reason])
    if figure.unit is Unit.MONEY and not same_currency:
        return replace(figure, mine_absent=OwnAbsence.OTHER_CURRENCY)
    cells = None if own.cells is None else {code: float(n) for code, n in own.cells.items()}
    return replace(with_mine(figure, own.value, cells), includes_mine=took_part and figure.shown)
