"""From a house's own insight to what its pages show."""

from collections.abc import Mapping
from datetime import UTC, datetime

from foyer_node.adapters.list_log import ListLog
from foyer_node.insight.comparison import not_asked
from foyer_node.insight.house import House
from foyer_node.insight.maturity import Maturity
from foyer_node.insight.monday import MondayView, Number
from foyer_node.insight.weeks import WEEK
from foyer_node.web.node_views import zone_of
from foyer_node.web.ports import LocalNode
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.statistic import Unit
from foyer_web import insight_views as views
from foyer_web.sharing_views import ListView

TILL_FIGURES = ("volume.attendances", "money.average_ticket_price", "booking.lead_time")
"""What a house with a till and nothing else gets, beside the parts of the day."""

UNITS = {
    Number.TICKETS: Unit.TICKETS,
    Number.REVENUE: Unit.MONEY,
    Number.AHEAD: Unit.TICKETS,
    Number.KNOWN_SHARE: Unit.SHARE,
    Number.NEW_VISITORS: Unit.VISITORS,
}
_MINOR_UNITS = 100


def monday_of(node: LocalNode, house: House) -> views.MondayView:
    """Last week and the last twelve months."""
    currency = node.config.institution.currency
    own = node.own(TILL_FIGURES, house.year)
    return views.MondayView(
        week=_week(house.monday, currency) if house.monday else None,
        starts=house.year.starts,
        ends=house.year.ends,
        figures=tuple(not_asked(key, own, currency) for key in TILL_FIGURES),
        dayparts=_parts({part.value: count for part, count in house.dayparts.items()}),
        knows_nobody=house.knows_nobody,
        next_step=house.next_step.value,
        ladders=_ladders(house.maturity),
    )


def lifecycle_of(house: House) -> views.LifecycleView:
    """The seven stages."""
    parts = _parts({stage.value: count for stage, count in house.stages.items()})
    before = {stage.value: count for stage, count in house.stages_before.items()}
    return views.LifecycleView(
        stages=tuple(
            views.StageView(
                name=part.name, count=part.count, share=part.share, before=before[part.name]
            )
            for part in parts
        ),
        stale_months=house.limits.stale_months,
        lapsed_months=house.limits.lapsed_months,
    )


def maturity_of(house: House) -> views.MaturityView:
    """The five ladders, and what is worth collecting."""
    return views.MaturityView(
        starts=house.year.starts,
        ends=house.year.ends,
        total=house.maturity.total,
        ladders=_ladders(house.maturity),
        next_step=house.next_step.value,
        advice=tuple(
            views.AdviceView(
                need=one.need.value,
                burden=int(one.burden),
                unlocks=tuple(CATALOGUE[key].title for key in one.unlocks),
                opens_way_to=tuple(CATALOGUE[key].title for key in one.opens_way_to),
            )
            for one in house.advice
        ),
    )


def lists_of(node: LocalNode) -> tuple[ListView, ...]:
    """The lists of addresses that were made here, latest first."""
    return tuple(
        ListView(
            at=datetime.fromtimestamp(made.at, tz=UTC).astimezone(zone_of(node)),
            stage=made.stage,
            addresses=made.addresses,
            by=made.by,
        )
        for made in reversed(ListLog(node.config.folder).made())
    )


def _week(monday: MondayView, currency: str) -> views.WeekView:
    return views.WeekView(
        starts=monday.week.starts,
        ends=monday.week.starts + WEEK,
        numbers=tuple(_number(name, value, currency) for name, value in monday.numbers.items()),
        changes=tuple(_number(one.number, one.now, currency, one.before) for one in monday.changes),
        action=monday.action.value,
    )


def _number(
    name: Number, value: float, currency: str, before: float | None = None
) -> views.NumberView:
    part = _MINOR_UNITS if name is Number.REVENUE else 1
    return views.NumberView(
        name=name.value,
        value=value / part,
        unit=UNITS[name],
        currency=currency if name is Number.REVENUE else "",
        before=None if before is None else before / part,
    )


def _parts(counts: Mapping[str, int]) -> tuple[views.PartView, ...]:
    whole = sum(counts.values())
    return tuple(
        views.PartView(name=name, count=count, share=count / whole if whole else 0.0)
        for name, count in counts.items()
    )


def _ladders(maturity: Maturity) -> tuple[views.LadderView, ...]:
    return tuple(
        views.LadderView(
            name=one.axis.value, score=one.score, share=one.share, next_share=one.next_share
        )
        for one in maturity.standings
    )
