"""`foyer-coordinator`: what the network's operator types.

Heavy parts are imported inside the commands, so that `--help` answers at once.
"""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from foyer_coordinator.governing.cli import members, roster
from foyer_coordinator.people.cli import audit, users
from foyer_coordinator.planning.cli import (
    budget,
    round_launch,
    round_preview,
    round_propose,
    round_release,
)
from foyer_coordinator.scheduling.cli import schedules
from foyer_coordinator.terminal import (
    HERE,
    As,
    Folder,
    Form,
    GovernanceKey,
    refusing,
    show,
)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="A network's coordinator: it launches rounds and learns noised sums, nothing else.",
)
rounds = typer.Typer(no_args_is_help=True, help="Propose, launch and watch rounds.")
app.add_typer(rounds, name="round")
rounds.command("preview")(round_preview)
rounds.command("propose")(round_propose)
rounds.command("launch")(round_launch)
rounds.command("release")(round_release)
app.add_typer(schedules, name="schedule")
app.add_typer(roster, name="roster")
app.command()(budget)
app.add_typer(members, name="member")
app.add_typer(users, name="user")
app.command()(audit)


@app.command()
def init(
    network: Annotated[str, typer.Argument(help="The network's short name.")],
    governance_key: GovernanceKey,
    folder: Folder = HERE,
    title: Annotated[str, typer.Option(help="What pages call the network.")] = "",
    currency: Annotated[str, typer.Option(help="ISO 4217, one for the whole network.")] = "EUR",
) -> None:
    """Make a new coordinator's folder, settings and database. Opens no connection.

    Registers the public half of the governance key, making the key if there is none.
    Running it again keeps what is there.

    Exits 0, or 10 if a setting is impossible.
    """
    with refusing():
        from foyer_coordinator.setup import make_coordinator

        typer.echo(make_coordinator(folder, network, governance_key, title, currency))


@app.command()
def serve(folder: Folder = HERE) -> None:
    """Serve nodes and members until stopped; brings interrupted rounds to their end first.

    Listens on the ports of `coordinator.toml`. Prints `ready` once all are open.

    Exits 0 when stopped by a signal, 10 if a port is taken.
    """
    with refusing():
        import logging
        import signal
        import threading

        logging.basicConfig(
            level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(name)s %(message)s"
        )
        logging.getLogger("alembic").setLevel(logging.WARNING)
        from foyer_coordinator.config import read_config
        from foyer_coordinator.serving import run_coordinator

        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        run_coordinator(read_config(folder), stop, ready=lambda: typer.echo("ready"))


@app.command()
def invite(
    institution: Annotated[list[str], typer.Argument(help="Short names of institutions.")],
    folder: Folder = HERE,
) -> None:
    """Print a one-time invitation for each institution. It is shown once and good for a day.

    Exits 0, or 10 if a name cannot be one.
    """
    with refusing():
        from foyer_coordinator.setup import make_invitations

        for line in make_invitations(folder, institution):
            typer.echo(line)


@app.command()
def nodes(folder: Folder = HERE, form: As = Form.TEXT) -> None:
    """List the enrolled institutions and when each was last seen. Reads the database only."""
    with refusing():
        from foyer_coordinator.setup import list_nodes

        show(*_spread(list_nodes(folder), form))


@app.command("sign-in-link")
def sign_in_link(
    reader: Annotated[str, typer.Argument(help="Who will read: an account's name, or a new one.")],
    folder: Folder = HERE,
) -> None:
    """Print a link that signs one browser in, once.

    Whoever has no account by that name gets one, as a viewer of the network.

    Exits 0, or 10 if that account is shut.
    """
    with refusing():
        from foyer_coordinator.setup import make_link

        typer.echo(make_link(folder, reader))


@rounds.command("watch")
def round_watch(
    round_id: Annotated[str, typer.Argument(help="A launched round.")],
    folder: Folder = HERE,
    seconds: Annotated[int, typer.Option(help="Give up watching after this long.")] = 600,
    form: As = Form.TEXT,
) -> None:
    """Wait for a round's end and print its release, or why there is none.

    Exits 0 with a release, 25 if it was aborted or is not over yet.
    """
    with refusing():
        from foyer_coordinator.setup import watch

        show(*_spread(watch(folder, round_id, seconds), form))


@rounds.command("abort")
def round_abort(
    round_id: Annotated[str, typer.Argument(help="A round that was only proposed.")],
    folder: Folder = HERE,
) -> None:
    """Withdraw a proposed round. One that runs ends by its own deadline.

    Exits 0, or 20 if it is past withdrawing.
    """
    with refusing():
        from foyer_coordinator.setup import withdraw

        typer.echo(withdraw(folder, round_id))


@rounds.command("export")
def round_export(
    round_id: Annotated[str, typer.Argument(help="A released round.")],
    file: Annotated[Path, typer.Argument(help="Where to write; must not be there yet.")],
    folder: Folder = HERE,
    with_vectors: Annotated[
        bool,
        typer.Option(
            "--open", help="Put in what redoes the sum; it also shows what the release withholds."
        ),
    ] = False,
) -> None:
    """Write everything behind a release to one file, for `foyer verify`.

    The file names the institutions that took part: it is for members and auditors.

    Exits 0, or 10 if there is no such release or the file is there already.
    """
    with refusing():
        from foyer_coordinator.exporting import export_round

        typer.echo(export_round(folder, round_id, file, is_open=with_vectors))


def _spread(answer: tuple[object, str], form: Form) -> tuple[object, Form, str]:
    record, text = answer
    return record, form, text


def main() -> None:
    """Entry point: private files, and Flower's telemetry off before anything imports it."""
    os.umask(0o077)  # whatever this coordinator writes is for its own user only
    os.environ.setdefault("FLWR_TELEMETRY_ENABLED", "0")
    app()
