"""What every command of the operator shares: where the folder is, how to print, how to refuse."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from foyer_protocol.errors import AlreadyAnswered, FoyerError


class Form(StrEnum):
    """How to print."""

    TEXT = "text"
    JSON = "json"


Folder = Annotated[
    Path,
    typer.Option("--dir", envvar="FOYER_COORDINATOR_DIR", help="The coordinator's data folder."),
]
As = Annotated[Form, typer.Option("--as", help="Print for people or for machines.")]
GovernanceKey = Annotated[
    Path, typer.Option("--governance-key", help="File of a governance key, kept elsewhere.")
]
HERE = Path("foyer-coordinator")


@contextmanager
def refusing() -> Iterator[None]:
    """Turn a refusal into its message, its hint and its exit status."""
    try:
        yield
    except FoyerError as refusal:
        typer.echo(f"foyer-coordinator: {refusal.message}  [{refusal.code}]", err=True)
        if refusal.hint:
            typer.echo(f"  Next: {refusal.hint}", err=True)
        raise typer.Exit(refusal.exit_status) from None


@contextmanager
def showing_answer(folder: Path, form: Form) -> Iterator[None]:
    """Where the same was answered before, print that release before the refusal."""
    try:
        yield
    except AlreadyAnswered as before:
        from foyer_coordinator.setup import watch  # noqa: PLC0415 - heavy, and rarely needed

        record, text = watch(folder, before.round_id, 0)
        show(record, form, text)
        raise


def show(record: object, form: Form, text: str) -> None:
    """Print one answer."""
    typer.echo(json.dumps(record, indent=1, default=str) if form is Form.JSON else text)
