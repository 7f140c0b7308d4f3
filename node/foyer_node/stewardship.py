"""The institution's own policy: what it takes part in, and why it would not."""

from fractions import Fraction

from foyer_node.config import Policy
from foyer_protocol.errors import CohortTooSmall, NotApproved
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.messages.plan import Plan
from foyer_protocol.messages.roster import Roster


def approve(plan: Plan, policy: Policy) -> None:
    """Hold a plan to the steward's policy.

    Raises:
        NotApproved: sharing is paused, or a statistic is not on the allow list.
        CohortTooSmall: fewer institutions than this one insists on.
    """
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


def period_cap(policy: Policy, roster: Roster) -> Fraction:
    """The budget of a period: the lower of the institution's and the network's."""
    return min(read_fraction(policy.period_rho_cap), read_fraction(roster.period_rho_cap))
