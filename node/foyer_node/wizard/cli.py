"""`foyer-node mapping`: the wizard's first step on the command line."""

from pathlib import Path
from typing import Annotated

import typer

from foyer_node.console import HERE, As, Folder, Form, refusing, show

mapping_app = typer.Typer(no_args_is_help=True, help="Describe an unknown export. Sends nothing.")


@mapping_app.command("show")
def show_mapping(
    file: Annotated[Path, typer.Argument(help="An export: CSV, TSV, XLSX, ODS, JSON or ZIP.")],
    write: Annotated[
        Path | None, typer.Option(help="Write the proposal there as a mapping file, to edit it.")
    ] = None,
    folder: Folder = HERE,
    form: As = Form.TEXT,
) -> None:
    """Say which column of FILE may be which, how surely, and what it unlocks. Imports nothing.

    Values of the file are printed as examples. A file written with --write is what
    `foyer-node import --mapping` takes; it holds no row.

    Exits 0 if the file is a table, 41 if it is not.
    """
    with refusing():
        from foyer_node.config import read_config
        from foyer_node.wizard.describing import describe_file

        record, text = describe_file(read_config(folder), file, write)
        show(record, form, text)


def register(app: typer.Typer) -> None:
    """Add the commands about mappings."""
    app.add_typer(mapping_app, name="mapping")
