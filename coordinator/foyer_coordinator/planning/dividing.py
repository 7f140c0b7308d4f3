"""Which cohorts a plan makes of the roster, and how many members would unlock another."""

from foyer_protocol.catalogue.cohorts import finest
from foyer_protocol.messages.plan import Plan
from foyer_protocol.messages.roster import Roster
from foyer_protocol.rounds.cohorts import missing_members, planned_cohorts

MOST_MISSING = 2
"""Who lacks more members than that is not near enough to be told."""


def cohort_lines(plan: Plan, roster: Roster) -> list[str]:
    """What to print; nothing for a plan that is not by cohort."""
    if plan.cohorts is None:
        return []
    cohorts = planned_cohorts(roster, plan)
    parts = [cohorts[place] for place in finest(cohorts) if place > 0]
    named = [
        f"{'the rest of ' if one.rest else ''}{one.code} ({len(one.members)})" for one in parts
    ]
    lines = [
        f"  by {plan.cohorts}, if all report: {', '.join(named)}"
        if named
        else f"  by {plan.cohorts} nothing is divided: no cohort would have {plan.minimum_cohort}"
    ]
    missing = missing_members(roster, plan.cohorts)
    lines += [
        f"  {count} more {'member' if count == 1 else 'members'} would make {code} a cohort"
        for code, count in missing.items()
        if count <= MOST_MISSING
    ]
    return lines
