"""The steward's commands: what is shared, which list is made, what a DPO takes away."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from foyer_node.console import HERE, Folder, refusing
from foyer_protocol.errors import ConfigError

Reason = Annotated[str, typer.Option(help="Why, for your own records; it is sent nowhere.")]
Round = Annotated[str, typer.Argument(help="A proposed round.")]
BY = "command line"


def list_stage(
    stage: Annotated[
        str,
        typer.Argument(help="new, once-before, convertee, active, super-active, stale or lapsed."),
    ],
    folder: Folder = HERE,
    yes: Annotated[
        bool, typer.Option("--yes", help="I know that the list holds personal data.")
    ] = False,
    bom: Annotated[
        bool, typer.Option("--bom", help="Begin with a byte order mark, for a spreadsheet.")
    ] = False,
) -> None:
    """Print the e-mail addresses of a lifecycle stage, for your own mail tool. Sends nothing.

    Only of visitors who agreed to be written to, or to whom the law lets you write about
    similar offers: the second column says which. Nobody who opted out, was erased or is
    staff; no organisation. The list is personal data: it is kept nowhere here, and only
    noted, without an address, in `lists.jsonl`. Asks first, unless `--yes`.

    Example:
      foyer-node list stale --yes > stale.csv

    Exits 0, 10 if there is no such stage or nobody confirmed, 40 if nothing was imported.
    """
    with refusing():
        from foyer_node.listing import list_here, stage_named

        chosen = stage_named(stage)
        _confirm(yes)
        for line in list_here(folder, chosen, by=BY, bom=bom):
            sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()


def pause(folder: Folder = HERE, reason: Reason = "") -> None:
    """Take part in no round from now on, until `resume`. Sends nothing.

    A running node obeys from the next question on, and tells the coordinator within seconds.
    Masks of rounds that others are in are still answered for as a helper: those would
    otherwise lose their round.

    Exits 0, or 50 if it could not be written down.
    """
    _decide("pause", folder, reason=reason)


def resume(folder: Folder = HERE, reason: Reason = "") -> None:
    """Take part again after `pause`. Sends nothing.

    `paused = true` in node.toml is not lifted by it.

    Exits 0, or 50 if it could not be written down.
    """
    _decide("resume", folder, reason=reason)


def approve(round_id: Round, folder: Folder = HERE, reason: Reason = "") -> None:
    """Let ROUND_ID be answered, or take a decline back. Sends nothing.

    Needed for each round where `ask_first` is set under [policy]; the rest of the policy and
    the budget still hold.

    Exits 0, 10 if no such round was proposed, 50 if it could not be written down.
    """
    _decide("approve", folder, round_id, reason)


def decline(round_id: Round, folder: Folder = HERE, reason: Reason = "") -> None:
    """Stay out of ROUND_ID. The network is told that this house stays out, and not why.

    Has no effect on what was already answered.

    Exits 0, 10 if no such round was proposed, 50 if it could not be written down.
    """
    _decide("decline", folder, round_id, reason)


def export_outbox(
    to: Annotated[Path, typer.Argument(help="The ZIP file to write.")],
    folder: Folder = HERE,
    language: Annotated[str, typer.Option(help="Of its README: en, fr, da, nl, sv or fi.")] = "en",
) -> None:
    """Write everything that ever left this building into one ZIP, for a data protection officer.

    Every payload as it was sent and explained, a table of contents, a README and the hashes
    to check it by. Reads local files; opens no connection.

    Exits 0, 10 if the file is there already, 50 if the disk refused.
    """
    with refusing():
        from foyer_node.sharing.dpo_export import write_export

        typer.echo(f"{write_export(folder, to, language)} messages in {to.name}")


def register(app: typer.Typer) -> None:
    """Add these commands, in the order of the help."""
    app.command("list")(list_stage)
    app.command("pause")(pause)
    app.command("resume")(resume)
    app.command("approve")(approve)
    app.command("decline")(decline)
    app.command("export-outbox")(export_outbox)


def _confirm(yes: bool) -> None:
    asked = not yes and sys.stdin.isatty()
    if yes or (asked and typer.confirm("The list is personal data. Print it?", err=True)):
        return
    raise ConfigError(
        "nobody confirmed that the list holds personal data; nothing was read",
        hint="Add `--yes` where nobody sits at the terminal.",
    )


def _decide(act: str, folder: Path, round_id: str = "", reason: str = "") -> None:
    with refusing():
        from foyer_node.config import read_config
        from foyer_node.decisions import Act
        from foyer_node.sharing.steering import decide

        decide(read_config(folder), Act(act), by=BY, round_id=round_id, reason=reason)
        typer.echo(f"{act}: {round_id}" if round_id else act)
