"""What members may hold us to: the ledger of releases, the definitions, a round's notice. Pure."""

from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version

from foyer_coordinator.portal.views import price_of
from foyer_coordinator.ports import RoundRow
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.fingerprint import catalogue_fingerprint
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.messages.release import Release
from foyer_protocol.messages.roster import Roster
from foyer_protocol.version import PROTOCOL_VERSION
from foyer_web.columns_read import columns_read
from foyer_web.releases import release_view
from foyer_web.sharing_views import NoticeView
from foyer_web.trust import BudgetPeriod, LedgerLine
from foyer_web.views import FigureView, figure_of
from foyer_web.words import Words


def budget_of(releases: Sequence[Release], rosters: Sequence[Roster]) -> tuple[BudgetPeriod, ...]:
    """Each budget period with its releases and what they took of the cap, newest first.

    A release is paid for in the period of the roster it was made under; the cap is that of
    the period's last roster. A release whose roster is not here is in no period.
    """
    by_epoch = {roster.epoch: roster for roster in rosters}
    caps = {roster.period: float(read_fraction(roster.period_rho_cap)) for roster in rosters}
    spent: dict[str, list[LedgerLine]] = {}
    for release in releases:
        roster = by_epoch.get(release.epoch)
        if roster is None:
            continue
        lines = spent.setdefault(roster.period, [])
        cost = float(read_fraction(release.rho))
        before = lines[-1].used if lines else 0.0
        lines.append(LedgerLine(round=release_view(release, ()), cost=cost, used=before + cost))
    return tuple(
        BudgetPeriod(name=name, used=lines[-1].used, cap=caps[name], lines=tuple(reversed(lines)))
        for name, lines in sorted(spent.items(), reverse=True)
    )


def definitions(currency: str) -> tuple[FigureView, ...]:
    """Every statistic of the catalogue, without a number."""
    return tuple(figure_of(statistic, currency=currency) for statistic in CATALOGUE.values())


def notice_of(row: RoundRow, left: float, words: Words) -> NoticeView:
    """A round that is proposed or running, as a member reads it; deciding is for the node."""
    plan = row.plan
    known = tuple(key for key in plan.statistics if key in CATALOGUE)
    return NoticeView(
        round_id=plan.round_id,
        statistics=known,
        unknown=tuple(key for key in plan.statistics if key not in CATALOGUE),
        columns=columns_read(known),
        starts=plan.starts,
        ends=plan.ends,
        cost=words.short(float(price_of(plan))),
        left=words.short(left),
        minimum_cohort=plan.minimum_cohort,
        groups=plan.groups,
        answered=False,
        asks_first=True,
    )


def left_of(budget: Sequence[BudgetPeriod], roster: Roster | None) -> float:
    """What the present roster's period still has."""
    if roster is None:
        return 0.0
    now = next((period for period in budget if period.name == roster.period), None)
    return now.left if now else float(read_fraction(roster.period_rho_cap))


def versions() -> Mapping[str, str]:
    """What runs here, by the names of `portal_words.VERSIONS`."""
    try:
        software = version("foyer")
    except PackageNotFoundError:  # run from a folder that was never installed
        software = "0"
    return {
        "software": software,
        "protocol": str(PROTOCOL_VERSION),
        "catalogue": catalogue_fingerprint(),
    }
