"""The institution's own policy: what it takes part in, and why it would not."""

from fractions import Fraction

from foyer_node.config import Policy
from foyer_node.decisions import Act, Decisions
from foyer_protocol.errors import CohortTooSmall, NotApproved
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.messages.plan import Plan
from foyer_protocol.messages.roster import Roster

NOBODY_DECIDED = Decisions()


def approve(plan: Plan, policy: Policy, decisions: Decisions = NOBODY_DECIDED) -> None:
    """Hold a plan to the steward's policy, and to what was decided about this very round.

    Raises:
        NotApproved: sharing is paused, the round was declined or waits for an approval, or
            a statistic is not on the allow list.
        CohortTooSmall: fewer institutions than this one insists on.
    """
    _hold_to_decisions(plan, policy, decisions)
    if policy.paused:
        raise NotApproved(
            f"round {plan.round_id} was declined: sharing is paused; nothing was computed",
            hint="Set `paused = false` under [policy] in node.toml to take part again.",
        )
    barred = [key for key in plan.statistics if policy.statistics and key not in policy.statistics]
    if barred:
        raise NotApproved(
            f"round {plan.round_id} asks for {', '.join(barred)}, which the policy does not allow",
            hint="Add it to `statistics` under [policy] in node.toml to take part.",
        )
    if plan.minimum_cohort < policy.minimum_cohort:
        raise CohortTooSmall(
            f"round {plan.round_id} would release {plan.minimum_cohort} institutions;"
            f" this one insists on {policy.minimum_cohort}"
        )


def _hold_to_decisions(plan: Plan, policy: Policy, decisions: Decisions) -> None:
    if decisions.pause:
        raise NotApproved(
            f"round {plan.round_id} was declined: sharing is paused; nothing was computed",
            hint="`foyer-node resume`, or the page of what left the building, ends the pause.",
        )
    decided = decisions.of(plan.round_id)
    if decided is not None and decided.act is Act.DECLINE:
        raise NotApproved(
            f"round {plan.round_id} was declined by a steward; nothing was computed",
            hint=f"`foyer-node approve {plan.round_id}` takes that back.",
        )
    if policy.ask_first and decided is None:
        raise NotApproved(
            f"round {plan.round_id} waits for a steward's approval; nothing was computed",
            hint=f"`foyer-node approve {plan.round_id}`, or the round's page, gives it.",
        )


def period_cap(policy: Policy, roster: Roster) -> Fraction:
    """The budget of a period: the lower of the institution's and the network's."""
    return min(read_fraction(policy.period_rho_cap), read_fraction(roster.period_rho_cap))
