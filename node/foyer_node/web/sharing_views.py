"""From decisions, plans and openings to what a steward sees of them."""

from datetime import UTC, datetime

from foyer_node.decisions import Decision, Decisions
from foyer_node.sharing.before_noise import BeforeNoise
from foyer_node.web.node_views import zone_of
from foyer_node.web.ports import LocalNode
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.messages.codec import read_fraction
from foyer_web import sharing_views as views
from foyer_web.columns_read import columns_read
from foyer_web.words import Words


def sharing_of(node: LocalNode, decisions: Decisions) -> views.SharingView:
    """Whether anything is shared."""
    return views.SharingView(
        pause=_decision(node, decisions.pause), by_settings=node.config.policy.paused
    )


def notice_of(
    node: LocalNode, decisions: Decisions, round_id: str, words: Words
) -> views.NoticeView | None:
    """A proposed round to read and to decide about; None where there is no such proposal."""
    found = next(((plan, paid) for plan, paid in node.plans() if plan.round_id == round_id), None)
    if found is None:
        return None
    plan, paid = found
    used, cap = node.budget()
    cost = plan.figures_rho + read_fraction(plan.gate_rho)
    known = tuple(key for key in plan.statistics if key in CATALOGUE)
    return views.NoticeView(
        round_id=round_id,
        statistics=known,
        unknown=tuple(key for key in plan.statistics if key not in CATALOGUE),
        columns=columns_read(known),
        starts=plan.starts,
        ends=plan.ends,
        cost=words.short(float(cost)),
        left=words.short(max(0.0, float(cap - used))),
        minimum_cohort=plan.minimum_cohort,
        groups=plan.groups,
        answered=paid,
        asks_first=node.config.policy.ask_first,
        decision=_decision(node, decisions.of(round_id)),
    )


def before_of(before: BeforeNoise) -> views.BeforeView:
    """A report before its noise."""
    return views.BeforeView(
        leaves=tuple(
            views.LeafBeforeView(leaf=one.leaf, exact=one.exact, noise=one.noise)
            for one in before.leaves
        ),
        lack=before.lack.value,
    )


def rounds_sent(node: LocalNode) -> tuple[str, ...]:
    """The rounds in which something left, latest first."""
    return tuple(dict.fromkeys(one.round_id for one in node.sent()[::-1] if one.round_id))


def _decision(node: LocalNode, decision: Decision | None) -> views.DecisionView | None:
    if decision is None:
        return None
    return views.DecisionView(
        act=decision.act.value,
        at=datetime.fromtimestamp(decision.at, tz=UTC).astimezone(zone_of(node)),
        by=decision.by,
        reason=decision.reason,
    )
