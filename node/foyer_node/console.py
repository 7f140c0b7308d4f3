"""How every command prints and refuses, and the options they share. Light: `--help` needs it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from foyer_protocol.errors import FoyerError


class Form(StrEnum):
    """How to print."""

    TEXT = "text"
    JSON = "json"


Folder = Annotated[
    Path,
    typer.Option("--dir", envvar="FOYER_NODE_DIR", help="The node's data folder."),
]
As = Annotated[Form, typer.Option("--as", help="Print for people or for machines.")]
HERE = Path("foyer-node")


@contextmanager
def refusing() -> Iterator[None]:
    """Turn a refusal into its message, its hint and its exit status."""
    try:
        yield
    except FoyerError as refusal:
        typer.echo(f"foyer-node: {refusal.message}  [{refusal.code}]", err=True)
        if refusal.hint:
            typer.echo(f"  Next: {refusal.hint}", err=True)
        raise typer.Exit(refusal.exit_status) from None


def show(record: object, form: Form, text: str) -> None:
    """Print one answer."""
    typer.echo(json.dumps(record, indent=1, default=str) if form is Form.JSON else text)
