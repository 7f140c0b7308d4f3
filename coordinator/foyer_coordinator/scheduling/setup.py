"""What `schedule …` does. Each command opens the database, does one thing and closes it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from foyer_coordinator.adapters.database_schedule import DatabaseSchedule
from foyer_coordinator.app import Books, now, open_books
from foyer_coordinator.config import CoordinatorConfig, read_config
from foyer_coordinator.planning.calendar import question_of
from foyer_coordinator.planning.drafting import draft, roster_in_force
from foyer_coordinator.planning.people import name_of, need_second
from foyer_coordinator.planning.weighing import Stated, refuse_unreadable, weigh
from foyer_coordinator.schedule import KeptRule, Occurrence, Rule, Settled, occurrences
from foyer_protocol.errors import ConfigError
from foyer_protocol.rounds.lag import check_lag

AHEAD = 400 * 24 * 3600
"""Every rule comes at least once a year."""

OPTIONS = {
    "covers_months": "covers",
    "lag_months": "lag",
    "notice_days": "notice",
    "hour": "at",
    "minute": "at",
}
"""What a field of a rule is called on the command line, where it has another name."""


def read_rule(**words: object) -> Rule:
    """A rule from what was typed.

    Raises:
        ConfigError: it cannot be one; the message names the option.
    """
    try:
        return Rule.model_validate(words, strict=False)
    except ValidationError as failure:
        error = failure.errors(include_input=False, include_url=False)[0]
        place = str(error["loc"][0]) if error["loc"] else "zone"
        option = OPTIONS.get(place, place).replace("_", "-")
        raise ConfigError(f"--{option}: {error['msg']}; nothing was scheduled") from None


def add_schedule(folder: Path, rule: Rule, by: str) -> str:
    """Keep a schedule, which rests until a second person approves it.

    Where the settings do not ask for a second person it lives at once.

    Raises:
        ConfigError: there is one of this name, no roster was signed or nobody is named.
        CatalogueMismatch: a key that the catalogue does not define.
        PrivacyRefusal: its months are too few, or end too shortly before its rounds.
        Unreadable: its next round would say too little, and the rule does not insist.
    """
    config, who = read_config(folder), name_of(by)
    with open_books(config) as books:
        _weigh(config, books, rule)
        alone = not config.rounds.second_person
        DatabaseSchedule(books.database).add(
            KeptRule(
                rule=rule,
                proposed_by=who,
                approved_by=who if alone else "",
                paused=False,
                since=now(),
            )
        )
    then = f"comes next on {_local(rule, _next(rule))}"
    if alone:
        return f"schedule {rule.name}: {then}"
    return (
        f"schedule {rule.name}: {then}, once it is approved\n"
        f"  a second person approves it with `foyer-coordinator schedule approve {rule.name}`"
    )


def approve_schedule(folder: Path, name: str, by: str) -> str:
    """Let a schedule live from now on.

    Raises:
        ConfigError: there is no such schedule, or nobody is named.
        SecondPersonNeeded: whoever proposed it approves it.
    """
    config, who = read_config(folder), name_of(by)
    with open_books(config) as books:
        book = DatabaseSchedule(books.database)
        kept = _found(book, name)
        if kept.approved_by:
            return f"schedule {name} was approved before; nothing was changed"
        need_second(
            kept.proposed_by, who, f"schedule {name}", is_required=config.rounds.second_person
        )
        book.approve(name, who, now())
    return f"schedule {name} comes next on {_local(kept.rule, _next(kept.rule))}"


def pause_schedule(folder: Path, name: str, *, paused: bool) -> str:
    """Let a schedule rest, or live again from now on; what was due meanwhile stays undone.

    Raises:
        ConfigError: there is no such schedule.
    """
    with open_books(read_config(folder)) as books:
        book = DatabaseSchedule(books.database)
        kept = _found(book, name)
        book.pause(name, paused, now())
    if paused:
        return f"schedule {name} rests until `foyer-coordinator schedule resume {name}`"
    return f"schedule {name} comes next on {_local(kept.rule, _next(kept.rule))}"


def list_schedules(folder: Path, last: int) -> tuple[object, str]:
    """Every schedule with its next time and what became of its `last` ones."""
    with open_books(read_config(folder)) as books:
        book = DatabaseSchedule(books.database)
        known = [(one, book.settled(one.rule.name)) for one in book.schedules()]
    known = [(one, settled[-last:] if last else ()) for one, settled in known]
    records = [_record(kept, settled) for kept, settled in known]
    lines = [line for kept, settled in known for line in _lines(kept, settled)]
    return records, "\n".join(lines) or "nothing is scheduled"


def _weigh(config: CoordinatorConfig, books: Books, rule: Rule) -> None:
    """Hold the next round to what it will be held to when it is due."""
    roster = roster_in_force(books.members.roster())
    plan = draft(question_of(rule, _next(rule)), roster, config.network.currency)
    check_lag(plan, _next(rule).due_at)
    if not rule.accept_unreadable:
        refuse_unreadable(weigh(plan, roster, books.rounds, Stated(), Fraction(0)))


def _found(book: DatabaseSchedule, name: str) -> KeptRule:
    kept = book.schedule(name)
    if kept is None:
        raise ConfigError(
            f"no schedule is called {name!r}; nothing was changed",
            hint="`foyer-coordinator schedule list` names them.",
        )
    return kept


def _next(rule: Rule) -> Occurrence:
    start = now()
    return next(occurrences(rule, start, start + AHEAD))


def _local(rule: Rule, one: Occurrence) -> str:
    return f"{datetime.fromtimestamp(one.due_at, tz=ZoneInfo(rule.zone)):%Y-%m-%d %H:%M %Z}"


def _state(kept: KeptRule) -> str:
    if not kept.approved_by:
        return "waits for approval"
    return "paused" if kept.paused else "live"


def _lines(kept: KeptRule, settled: Sequence[Settled]) -> list[str]:
    rule = kept.rule
    done = [
        f"  {datetime.fromtimestamp(one.due_at, tz=UTC):%Y-%m-%d %H:%M} UTC  {one.outcome}"
        f"  {one.round_id or one.reason}"
        for one in settled
    ]
    head = f"{rule.name:28s} every {rule.every:8s} {_state(kept):20s}"
    return [f"{head} next {_local(rule, _next(rule))}", *done]


def _record(kept: KeptRule, settled: Sequence[Settled]) -> dict[str, object]:
    return {
        "rule": kept.rule.model_dump(mode="json"),
        "state": _state(kept),
        "next_due_at": _next(kept.rule).due_at,
        "times": [
            {
                "due_at": one.due_at,
                "outcome": one.outcome.value,
                "reason": one.reason,
                "round_id": one.round_id or None,
            }
            for one in settled
        ],
    }
