"""`foyer-coordinator schedule …`: rounds that come by themselves."""

from typing import Annotated

import typer

from foyer_coordinator.planning.cli import (
    Accepting,
    By,
    Cohorts,
    Colluding,
    Groups,
    Prices,
    Statistics,
    whoever,
)
from foyer_coordinator.terminal import HERE, As, Folder, Form, refusing, show

schedules = typer.Typer(no_args_is_help=True, help="Rounds that come every month or year.")

Name = Annotated[str, typer.Argument(help="The schedule's short name, e.g. season.")]


@schedules.command("add")
def schedule_add(
    name: Name,
    every: Annotated[str, typer.Option(help="year, quarter or month.")],
    day: Annotated[int, typer.Option(help="The day; 31 is the last of every month.")],
    at: Annotated[str, typer.Option(help="Local time, HH:MM.")],
    zone: Annotated[str, typer.Option(help="IANA time zone, e.g. Europe/Copenhagen.")],
    folder: Folder = HERE,
    month: Annotated[int, typer.Option(help="The first month of a year in which it comes.")] = 1,
    covers: Annotated[
        int, typer.Option(help="Whole months asked about; default: as many as between two rounds.")
    ] = 0,
    lag: Annotated[int, typer.Option(help="Whole months left out before the round's own.")] = 3,
    quorum: Annotated[
        int, typer.Option(help="Members that must be online; default: the minimum cohort.")
    ] = 0,
    wait_minutes: Annotated[
        int, typer.Option(help="How long it waits for them before it is given up.")
    ] = 720,
    notice: Annotated[
        int, typer.Option(help="Days before at which stewards are shown the plan.")
    ] = 7,
    statistic: Statistics = None,
    colluding: Colluding = 1,
    groups: Groups = 1,
    cohorts: Cohorts = None,
    price: Prices = None,
    accept_unreadable: Accepting = False,
    by: By = "",
) -> None:
    """Keep a recurring round; it rests until a second person approves it. Launches nothing.

    A time that clocks jump over comes as much later, and one that comes twice counts once.
    Each time the round is held to what `round propose` holds it to, and to the budget.

    Exits 0, 10 if a word cannot be one or the name is taken, 23 if a key is not in the
    catalogue, 30 if its lag is too short for its figures, 35 if the next round would say too
    little.
    """
    with refusing():
        from foyer_coordinator.planning.drafting import read_prices
        from foyer_coordinator.schedule import STRIDES, Every
        from foyer_coordinator.scheduling.setup import add_schedule, read_rule
        from foyer_protocol.messages.codec import fraction_text

        hour, _, minute = at.partition(":")
        rule = read_rule(
            name=name,
            every=every,
            month=month,
            day=day,
            hour=hour,
            minute=minute,
            zone=zone,
            covers_months=covers or (STRIDES[Every(every)] if every in tuple(Every) else 1),
            lag_months=lag,
            quorum=quorum,
            wait_minutes=wait_minutes,
            notice_days=notice,
            statistics=tuple(statistic or ()),
            colluding=colluding,
            groups=groups,
            cohorts=None if cohorts is None else cohorts.value,
            prices={one: fraction_text(rho) for one, rho in read_prices(price or ()).items()},
            accept_unreadable=accept_unreadable,
        )
        typer.echo(add_schedule(folder, rule, whoever(by)))


@schedules.command("approve")
def schedule_approve(name: Name, folder: Folder = HERE, by: By = "") -> None:
    """Let a schedule launch its rounds from now on, as the second person.

    Exits 0, 10 if there is no such schedule, 36 if whoever proposed it approves it.
    """
    with refusing():
        from foyer_coordinator.scheduling.setup import approve_schedule

        typer.echo(approve_schedule(folder, name, whoever(by)))


@schedules.command("pause")
def schedule_pause(name: Name, folder: Folder = HERE) -> None:
    """Let a schedule rest; a round that it has launched goes on.

    Exits 0, or 10 if there is no such schedule.
    """
    with refusing():
        from foyer_coordinator.scheduling.setup import pause_schedule

        typer.echo(pause_schedule(folder, name, paused=True))


@schedules.command("resume")
def schedule_resume(name: Name, folder: Folder = HERE) -> None:
    """Let a paused schedule live again; what was due meanwhile stays undone.

    Exits 0, or 10 if there is no such schedule.
    """
    with refusing():
        from foyer_coordinator.scheduling.setup import pause_schedule

        typer.echo(pause_schedule(folder, name, paused=False))


@schedules.command("list")
def schedule_list(
    folder: Folder = HERE,
    last: Annotated[int, typer.Option(min=0, help="Show what became of so many times.")] = 3,
    form: As = Form.TEXT,
) -> None:
    """List every schedule, its next time and what became of the last. Reads the database only."""
    with refusing():
        from foyer_coordinator.scheduling.setup import list_schedules

        record, text = list_schedules(folder, last)
        show(record, form, text)
