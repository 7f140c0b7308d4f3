"""What the planner's commands do. Each opens the database, does one thing and closes it."""

from fractions import Fraction
from pathlib import Path

from foyer_coordinator.adapters.database_charges import DatabaseCharges
from foyer_coordinator.adapters.database_schedule import DatabaseSchedule
from foyer_coordinator.app import Books, now, open_books
from foyer_coordinator.config import read_config
from foyer_coordinator.planning.budget import Budget, draw_budget
from foyer_coordinator.planning.calendar import still_to_come
from foyer_coordinator.planning.dividing import cohort_lines
from foyer_coordinator.planning.drafting import Question, draft, roster_in_force
from foyer_coordinator.planning.people import name_of, need_second
from foyer_coordinator.planning.rehearsing import rehearse
from foyer_coordinator.planning.tables import (
    advice_lines,
    budget_lines,
    budget_record,
    cell_lines,
    cell_record,
    forecast_lines,
    forecast_record,
)
from foyer_coordinator.planning.weighing import Stated, Weighed, refuse_unreadable, weigh
from foyer_coordinator.repeats import refuse_asked
from foyer_coordinator.setup import watch
from foyer_protocol.errors import ConfigError, LocalProtocolError
from foyer_protocol.messages.roster import Roster
from foyer_protocol.rounds.lag import check_lag
from foyer_protocol.rounds.phases import Phase

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
        budget = _budget(books, roster, config.network.currency)
        weighed = weigh(plan, roster, books.rounds, stated, max(Fraction(0), budget.cap))
    lines = [
        *forecast_lines(plan, weighed.forecast),
        *cohort_lines(plan, roster),
        *cell_lines(plan, weighed.cohorts),
        *advice_lines(weighed.forecast, weighed.advice, budget.left),
    ]
    record = forecast_record(plan, weighed.forecast, weighed.advice)
    record["cohorts"] = [cell_record(one) for one in weighed.cohorts]
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
    config = read_config(folder)
    with open_books(config) as books:
        roster = roster_in_force(books.members.roster())
        budget = _budget(books, roster, config.network.currency)
    return budget_record(budget), "\n".join(budget_lines(budget))


def propose(
    folder: Path,
    question: Question,
    stated: Stated = NOBODY_SAID,
    *,
    by: str,
    accept_unreadable: bool = False,
) -> tuple[object, str]:
    """Keep a plan for nodes to read, proposed `by` somebody.

    Raises:
        ConfigError, CatalogueMismatch: as `draft`, or nobody is named.
        AlreadyAnswered, LocalProtocolError: as `repeats.refuse_asked`, or the name is taken.
        Unreadable: a figure would say too little and nobody insists; nothing was kept.
    """
    config, who = read_config(folder), name_of(by)
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
        books.rounds.add_round(plan, now(), who)
    seen = weighed.forecast
    second = ", by a second person" if config.rounds.second_person else ""
    each = f" in each of {plan.groups} groups" if plan.groups > 1 else ""
    readable = len(plan.statistics) - len(seen.unreadable)
    return plan.model_dump(mode="json"), (
        f"round {plan.round_id}: {len(plan.statistics)} statistics, {plan.starts} to {plan.ends},"
        f" rho {float(seen.rho):.4f} (epsilon {seen.epsilon:.2f} at delta 1e-6),"
        f" minimum cohort {plan.minimum_cohort}{each}, {readable} readable\n"
        + "".join(f"{line}\n" for line in cohort_lines(plan, roster))
        + f"  launch it with `foyer-coordinator round launch {plan.round_id}`{second}"
    )


def launch(folder: Path, round_id: str, by: str) -> str:
    """Hand a proposed round to the serving coordinator.

    Raises:
        ConfigError: there is no such round, or nobody is named.
        LocalProtocolError: it was launched before, or another that asks the same.
        SecondPersonNeeded: whoever proposed it launches it.
        PrivacyRefusal: its period is too short or too new; nodes would refuse it.
        AlreadyAnswered: as `repeats.refuse_asked`; nothing was launched.
    """
    config, who = read_config(folder), name_of(by)
    with open_books(config) as books:
        row = books.rounds.round(round_id)
        if row is None:
            raise ConfigError(f"no round is called {round_id!r}")
        if row.phase is not Phase.PLANNED:
            raise LocalProtocolError(f"round {round_id} is {row.phase}; it was not launched again")
        need_second(
            row.proposed_by, who, f"round {round_id}", is_required=config.rounds.second_person
        )
        signed = books.members.roster()
        if signed is not None:  # members may have come and gone since it was proposed
            refuse_asked(row.plan, signed.roster, books.rounds, books.members)
        check_lag(row.plan, now())  # last, for what was answered is shown however new it is
        books.rounds.move_round(round_id, Phase.REPORTING, now(), by=who)
    return f"round {round_id} launched"


def release(folder: Path, round_id: str, by: str, seconds: int) -> tuple[object, str]:
    """Launch a proposed round as the second person, and wait for its release.

    A round that was launched already is only waited for.

    Raises:
        RoundAborted: it ended without one, or has not ended in time.
        and all of `launch`.
    """
    with open_books(read_config(folder)) as books:
        row = books.rounds.round(round_id)
    if row is None or row.phase is Phase.PLANNED:
        launch(folder, round_id, by)
    return watch(folder, round_id, seconds)


def _budget(books: Books, roster: Roster, currency: str) -> Budget:
    kept, rows = DatabaseSchedule(books.database).schedules(), books.rounds.rounds()
    known = frozenset(row.plan.round_id for row in rows)
    return draw_budget(
        roster,
        rows,
        DatabaseCharges(books.database).charges(),
        still_to_come(kept, roster, currency, now(), known),
    )
