"""The views that only a node has: its overview, its health, and what left the building."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from foyer_node.adapters.outbox_files import Sent
from foyer_node.doctor import Finding, Mark
from foyer_node.insight.comparison import (
    Own,
    compare_release,
    not_asked,
    view_plan,
)
from foyer_node.outbox import explain
from foyer_node.ports import BatchRecord
from foyer_node.web.ports import LocalNode
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.schema import Period
from foyer_protocol.messages.plan import Plan
from foyer_protocol.messages.release import Release
from foyer_web.checks import check_view
from foyer_web.local_views import CheckView, NodeStatusView, SentView, SourceView
from foyer_web.releases import release_view
from foyer_web.views import Band, FigureView, OverviewView, RoundState, RoundView
from foyer_web.words import Words

STILL_LOOKING = Finding(name="doctor", mark=Mark.LOOK, text="still looking", code="still-looking")
HEX_LINE = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Figures of one period with mine beside them. `released` tells whether peers are there."""

    round: RoundView
    own: Own = field(repr=False)
    released: bool

    def figure(self, key: str) -> FigureView | None:
        """One of its figures."""
        return next((figure for figure in self.round.figures if figure.key == key), None)


def zone_of(node: LocalNode) -> ZoneInfo:
    """The venue's clock."""
    return ZoneInfo(node.config.institution.timezone)


def show_release(node: LocalNode, release: Release) -> Shown:
    """A release with mine beside every figure."""
    keys = tuple(figure.key for figure in release.figures)
    own = node.own(keys, Period(starts=release.starts, ends=release.ends))
    figures = compare_release(
        release,
        own,
        took_part=node.took_part(release),
        currency=node.config.institution.currency,
    )
    return Shown(round=release_view(release, figures, zone_of(node)), own=own, released=True)


def show_own(node: LocalNode, period: Period) -> Shown:
    """Mine alone, in the place where a release would stand."""
    own = node.own(tuple(CATALOGUE), period)
    currency = node.config.institution.currency
    figures = tuple(not_asked(key, own, currency) for key in CATALOGUE)
    view = RoundView(
        round_id="",
        starts=period.starts,
        ends=period.ends,
        state=RoundState.PLANNED,
        figures=figures,
    )
    return Shown(round=view, own=own, released=False)


def show_latest(node: LocalNode) -> Shown | None:
    """The latest release, else mine of the last year, else nothing."""
    if releases := node.releases():
        return show_release(node, releases[0])
    period = node.last_year()
    return show_own(node, period) if period else None


def show_statistic(node: LocalNode, key: str, round_id: str) -> tuple[Shown, FigureView] | None:
    """One statistic in `round_id`, or (empty) in its latest release; mine alone without one.

    None where the catalogue does not know the statistic, or the round has no release.
    """
    if key not in CATALOGUE:
        return None
    holding = releases_with(node, key)
    if round_id:
        holding = tuple(release for release in holding if release.round_id == round_id)
        if not holding:
            return None
    if holding:
        shown = show_release(node, holding[0])
        figure = shown.figure(key)
        return (shown, figure) if figure else None
    period = node.last_year()
    if period is None:
        return None
    shown = show_own(node, period)
    figure = shown.figure(key)
    return (shown, figure) if figure else None


def releases_with(node: LocalNode, key: str) -> tuple[Release, ...]:
    """The releases in which a statistic was asked, latest first."""
    return tuple(
        release
        for release in node.releases()
        if any(figure.key == key for figure in release.figures)
    )


def overview_of(node: LocalNode, shown: Shown | None) -> OverviewView:
    """The first page around `shown`."""
    members = node.members()
    return OverviewView(
        figures=shown.round.figures if shown else (),
        latest=shown.round if shown else None,
        taking_part=Band(least=members, most=members) if members else None,
        institution=node.config.institution.name,
        own_only=shown is not None and not shown.released,
    )


def rounds_of(node: LocalNode) -> tuple[RoundView, ...]:
    """Proposed rounds, then released ones."""
    proposed = tuple(view_plan(plan, _state_of(node, plan, paid)) for plan, paid in node.plans())
    released = tuple(release_view(release, (), zone_of(node)) for release in node.releases())
    return proposed + released


def _state_of(node: LocalNode, plan: Plan, paid: bool) -> RoundState:
    """What this node can tell of a round without a release."""
    if node.given_back(plan.round_id):
        return RoundState.ABORTED
    return RoundState.RUNNING if paid else RoundState.PLANNED


def round_of(node: LocalNode, round_id: str) -> RoundView | None:
    """One round; a released one with mine beside its figures."""
    for release in node.releases():
        if release.round_id == round_id:
            return show_release(node, release).round
    return next((view for view in rounds_of(node) if view.round_id == round_id), None)


def status_of(node: LocalNode, address: str, words: Words) -> NodeStatusView:
    """Health at a glance. The budget is in zCDP, to three digits."""
    sent, findings = node.sent(), node.findings()
    used, cap = node.budget()
    looked_at = findings.all if findings else (STILL_LOOKING,)
    return NodeStatusView(
        institution=node.config.institution.name,
        working=findings is not None and findings.exit_status < 2,
        last_sent=_moment(sent[-1], node) if sent else None,
        listens_on=address,
        checks=tuple(_check(found, words) for found in looked_at),
        sources=tuple(_source(batch) for batch in node.batches()),
        budget_used=words.short(float(used)),
        budget_total=words.short(float(cap)),
    )


def sent_view(sent: Sent, node: LocalNode, content: bytes | None = None) -> SentView:
    """One message that left; with its `content`, whole: explained first, then every byte."""
    view = SentView(
        number=sent.number,
        at=_moment(sent, node),
        channel=sent.channel,
        kind=sent.kind,
        round_id=sent.round_id,
        octets=sent.size,
        recipient=sent.receiver,
        rho="" if sent.rho == "0/1" else sent.rho,
        digest=sent.sha256,
    )
    if content is None:
        return view
    pretty = json.dumps(explain(sent, content), indent=1, ensure_ascii=False)
    digits = content.hex()
    lines = [digits[at : at + HEX_LINE] for at in range(0, len(digits), HEX_LINE)]
    return replace(view, payload=pretty, raw="\n".join(lines))


def _check(found: Finding, words: Words) -> CheckView:
    return check_view(
        found.name,
        well=found.mark is Mark.GOOD,
        code=found.code,
        values=found.values,
        text=found.text,
        words=words,
    )


def _moment(sent: Sent, node: LocalNode) -> datetime:
    return datetime.fromtimestamp(sent.at, tz=UTC).astimezone(zone_of(node))


def _source(batch: BatchRecord) -> SourceView:
    report = json.loads(batch.report)
    return SourceView(
        name=batch.source_system,
        rows=batch.rows,
        quarantined=batch.rejected,
        first=_day(report.get("first_order")),
        last=_day(report.get("last_order")),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
