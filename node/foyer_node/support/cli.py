"""`foyer-node doctor` and `foyer-node support-bundle`. Light: `--help` needs it."""

from pathlib import Path
from typing import Annotated

import typer

from foyer_node.console import HERE, As, Folder, Form, refusing, show
from foyer_node.support.contents import CONTENTS, PROMISE

Json = Annotated[bool, typer.Option("--json", help="The same as --as json.")]


def doctor(folder: Folder = HERE, form: As = Form.TEXT, as_json: Json = False) -> None:
    """Check this node and say what to do, within ten seconds, in whatever state it is.

    Dials the coordinator's two ports with this node's certificate and asks one for the time;
    says nothing else there. If a name is not found, asks each name server for it. Changes
    nothing.

    Exits 0 if all is well, 1 if something should be looked at, 2 if rounds cannot work.
    """
    with refusing():
        from foyer_node.doctor import examine_folder

        findings = examine_folder(folder)
        show(findings.as_dict(), Form.JSON if as_json else form, findings.as_text())
        raise typer.Exit(findings.exit_status)


def support_bundle(
    folder: Folder = HERE,
    out: Annotated[
        Path | None, typer.Option(help="The ZIP to write; foyer-support-DATE.zip if not named.")
    ] = None,
    log: Annotated[
        Path | None, typer.Option(help="A file with the node's log, to keep times and codes of.")
    ] = None,
    addresses: Annotated[
        bool, typer.Option("--addresses", help="Keep addresses of coordinator, proxy and DNS.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Write it without asking.")] = False,
    form: As = Form.TEXT,
    as_json: Json = False,
) -> None:
    """Write a ZIP for whoever helps you, with nothing about a visitor in it. Sends nothing.

    Says first what will be inside and asks. Looks as `doctor` does, and works on a node that
    is broken. You send it yourself; read it before.

    Exits 0 if written, 1 if you said no, 10 if the file is there, 50 if the disk refused.
    """
    with refusing():
        is_text = not as_json and form is Form.TEXT
        if is_text:
            typer.echo(PROMISE)
            for name, what in CONTENTS.items():
                typer.echo(f"  {name:14s} {what}")
        if not yes:
            typer.confirm("Make it?", abort=True, err=True)
        from foyer_node.support.bundle import collect, write_bundle

        made = collect(folder, log=log, with_places=addresses)
        path = out or Path(f"foyer-support-{made.made:%Y%m%d-%H%M%S}.zip")
        size = write_bundle(made, path)
        record = {"file": str(path), "bytes": size, "members": CONTENTS, "promise": PROMISE}
        text = f"{path}: {size} bytes, which only you can read. Read it before you send it."
        show(record, Form.TEXT if is_text else Form.JSON, text)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("doctor")(doctor)
    app.command("support-bundle")(support_bundle)
