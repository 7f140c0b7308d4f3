"""What the planner's commands do. Each opens the database, does one thing and closes it."""

from fractions import Fraction
from pathlib import Path

from foyer_coordinator.adapters.database_charges import DatabaseCharges
from foyer_coordinator.app import Books, now, open_books
from foyer_coordinator.config import read_config
from foyer_coordinator.planning.budget import Budget, draw_budget
from foyer_coordinator.planning.drafting import Question, draft, roster_in_force
from foyer_coordinator.planning.rehearsing import rehearse
from foyer_coordinator.planning.tables import (
    advice_lines,
    budget_lines,
    budget_record,
    forecast_lines,
    forecast_record,
)
from foyer_coordinator.planning.weighing import Stated, Weighed, refuse_unreadable, weigh
from foyer_coordinator.repeats import refuse_asked
from foyer_protocol.errors import LocalProtocolError
from foyer_protocol.messages.roster import Roster

NOBODY_SAID = Stated()


def preview(
    folder: Path, question: Question, stated: Stated = NOBODY_SAID, rehearsals: int = 0
) -> tuple[dict[str, object], str, Weighed]:
    """What a round would cost and show. Keeps nothing and asks nobody.

    Raises:
        ConfigError, CatalogueMismatch, LocalProtocolError: as `draft`, or too few institutions
            for a dry run.
    """
    config = read_config(folder)
    with open_books(config) as books:
        roster = roster_in_force(books.members.roster())
        plan = draft(question, roster, config.network.currency)
        budget = _budget(books, roster)
        weighed = weigh(plan, roster, books.rounds, stated, max(Fraction(0), budget.cap))
    lines = [
        *forecast_lines(plan, weighed.forecast),
        *advice_lines(weighed.forecast, weighed.advice, budget.left),
    ]
    record = forecast_record(plan, weighed.forecast, weighed.advice)
    record["budget"] = budget_record(budget)
    if rehearsals:
        done = rehearse(plan, weighed.expectation, rehearsals)
        record["dry_run"] = {"rounds": done.rounds, "shown": done.shown, "held": done.held}
        lines.append(
            f"  dry run of {done.rounds} rounds: {done.held} of {done.shown} intervals held the"
            f" invented truth, {done.withheld} figures withheld"
        )
    return record, "\n".join([*lines, *budget_lines(budget)]), weighed


def show_budget(folder: Path) -> tuple[object, str]:
    """What this period's budget has left.

    Raises:
        ConfigError: no roster was signed yet.
    """
    with open_books(read_config(folder)) as books:
        budget = _budget(books, roster_in_force(books.members.roster()))
    return budget_record(budget), "\n".join(budget_lines(budget))


def propose(
    folder: Path,
    question: Question,
    stated: Stated = NOBODY_SAID,
    *,
    accept_unreadable: bool = False,
) -> tuple[object, str]:
    """Keep a plan for nodes to read.

    Raises:
        ConfigError, CatalogueMismatch: as `draft`.
        AlreadyAnswered, LocalProtocolError: as `repeats.refuse_asked`, or the name is taken.
        Unreadable: a figure would say too little and nobody insists; nothing was kept.
    """
    config = read_config(folder)
    with open_books(config) as books:
        roster = roster_in_force(books.members.roster())
        plan = draft(question, roster, config.network.currency)
        if books.rounds.round(plan.round_id) is not None:
            raise LocalProtocolError(
                f"round {plan.round_id!r} is planned already; nothing was changed"
            )
        refuse_asked(plan, roster, books.rounds, books.members)
        weighed = weigh(plan, roster, books.rounds, stated, Fraction(0))
        if not accept_unreadable:
            refuse_unreadable(weighed)
        books.rounds.add_round(plan, now())
    seen = weighed.forecast
    each = f" in each of {plan.groups} groups" if plan.groups > 1 else ""
    readable = len(plan.statistics) - len(seen.unreadable)
    return plan.model_dump(mode="json"), (
        f"round {plan.round_id}: {len(plan.statistics)} statistics, {plan.starts} to {plan.ends},"
        f" rho {float(seen.rho):.4f} (epsilon {seen.epsilon:.2f} at delta 1e-6),"
        f" minimum cohort {plan.minimum_cohort}{each}, {readable} readable\n"
        f"  launch it with `foyer-coordinator round launch {plan.round_id}`"
    )


def _budget(books: Books, roster: Roster) -> Budget:
    return draw_budget(roster, books.rounds.rounds(), DatabaseCharges(books.database).charges())
