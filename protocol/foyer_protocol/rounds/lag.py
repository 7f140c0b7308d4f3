"""When figures may be asked for: some time after their period, and never ahead of it.

What competitors sell now, or will sell, is for nobody to read [governance G.2]. The day that
counts is the one on which a job's reports are due; a node looks at its own clock as well.
Nothing that is paid or opened depends on any of it: only whether there is a round.
"""

from datetime import date

from foyer_protocol.catalogue.schema import months_after
from foyer_protocol.errors import PrivacyRefusal
from foyer_protocol.messages.plan import Job, Plan

DAY = 86_400
FIRST_DAY = date(1970, 1, 1)


def earliest_day(plan: Plan) -> date:
    """The first day on which every figure of a plan may be asked for: the longest lag decides."""
    lag = max(statistic.lag_months for statistic in plan.layout().statistics)
    return months_after(plan.ends, lag)


def check_lag(plan: Plan, moment: int) -> None:
    """Hold a plan to the lag and the shortest period of its statistics at `moment` (seconds, UTC).

    Raises:
        PrivacyRefusal: its period is too short, has just ended, or lies ahead.
    """
    least = max(statistic.least_months for statistic in plan.layout().statistics)
    if plan.ends < months_after(plan.starts, least):
        raise PrivacyRefusal(
            f"the plan's period has {plan.period.days} days; its figures need {least} months",
            hint="Ask for a longer period, or leave out prices.",
        )
    earliest = earliest_day(plan)
    if moment < (earliest - FIRST_DAY).days * DAY:
        raise PrivacyRefusal(
            f"the plan's period ends on {plan.ends}; its figures may be asked from {earliest} on,"
            " and this round is earlier",
            hint="What is sold now, or will be, is shared with nobody. Launch it later.",
        )


def check_due(job: Job) -> None:
    """Hold a job to the lag on the day by which its reports are due.

    Raises:
        PrivacyRefusal: as `check_lag`.
    """
    check_lag(job.plan, job.reports_until)
