"""The commands about data in this building: import, pull, refused rows, erasure and age."""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from foyer_node.console import HERE, As, Folder, Form, refusing, show
from foyer_node.words_cli import decide, words


class Dates(StrEnum):
    """How an ambiguous date such as 3/4/2026 is meant."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


class Decimal(StrEnum):
    """How 12,50 is meant."""

    COMMA = "comma"
    POINT = "point"


_MARKS = {None: None, Decimal.COMMA: ",", Decimal.POINT: "."}


def import_file(
    file: Annotated[Path, typer.Argument(help="A ticket export: CSV, TSV, XLSX, JSON or ZIP.")],
    apply: Annotated[
        bool, typer.Option("--apply/--preview", help="Load it, or only show what it would give.")
    ] = False,
    folder: Folder = HERE,
    connector: Annotated[str, typer.Option("--from", help="Name the export's system.")] = "",
    source: Annotated[
        str, typer.Option(help="A name of its own for files that do not replace each other.")
    ] = "",
    column: Annotated[
        list[str] | None, typer.Option(help="field='column name' for one not recognised; repeat.")
    ] = None,
    value: Annotated[
        list[str] | None, typer.Option(help="field='text' that holds for every row; repeat.")
    ] = None,
    dates: Annotated[Dates | None, typer.Option(help="Settle ambiguous dates.")] = None,
    decimal: Annotated[Decimal | None, typer.Option(help="Settle the decimal mark.")] = None,
    encoding: Annotated[str, typer.Option(help="Name the file's encoding.")] = "",
    delimiter: Annotated[str, typer.Option(help="Name the file's delimiter.")] = "",
    per_ticket: Annotated[
        bool, typer.Option("--amount-per-ticket", help="Amounts are for one ticket each.")
    ] = False,
    complete: Annotated[
        bool,
        typer.Option(
            "--complete", help="The file has every order of its days: delete those it lacks."
        ),
    ] = False,
    mapping: Annotated[
        Path | None, typer.Option(help="A mapping file; other options go over what it says.")
    ] = None,
    form: As = Form.TEXT,
) -> None:
    """Read a ticket export as it is; --apply loads it, --preview changes nothing.

    Works in the building only. A batch is taken whole or not at all; the same file twice
    changes nothing; refused rows are counted by reason and wait for correction.

    Exits 0 if read, 41 if the file cannot be read, 42 if too many rows were refused.
    """
    with refusing():
        from foyer_node.config import read_config
        from foyer_node.importing.report_text import describe
        from foyer_node.setup import FileHints, import_export

        hints = FileHints(
            connector=connector or None,
            source_system=source or None,
            columns=tuple(column or ()),
            constants=tuple(value or ()),
            day_first=None if dates is None else dates is Dates.DAY_FIRST,
            decimal=_MARKS[decimal],
            encoding=encoding or None,
            delimiter=delimiter or None,
            amount_per_ticket=per_ticket,
            is_complete=complete,
            mapping=mapping,
        )
        report = import_export(read_config(folder), file, apply=apply, hints=hints)
        show(json.loads(report.as_json()), form, describe(report))


def columns() -> None:
    """List the columns that a file of sales needs, and those it may have.

    Reads nothing and opens no connection. For whoever makes the export.
    """
    from foyer_node.connectors.six_columns import landing_list

    typer.echo(landing_list())


def refused(
    batch: Annotated[str, typer.Argument(help="An import, as this command lists it.")] = "",
    write: Annotated[
        Path | None, typer.Option(help="Write its refused rows there as CSV, to correct them.")
    ] = None,
    folder: Folder = HERE,
) -> None:
    """List imports with refused rows, or write those of one as CSV for correction.

    The file has visitors' data in it: keep it in the building, and delete it afterwards.

    Exits 0, or 41 if there are no refused rows of that import.
    """
    with refusing():
        from foyer_node.config import read_config
        from foyer_node.leaving import refused_batches, write_refused

        config = read_config(folder)
        if write is None:
            for one, source, rows in refused_batches(config):
                typer.echo(f"{one}  {source}: {rows} rows")
        else:
            typer.echo(f"{write_refused(config, batch, write)} rows to correct")


def replay(
    batch: Annotated[str, typer.Argument(help="An import, as `foyer-node refused` lists it.")],
    corrected: Annotated[
        Path | None, typer.Argument(help="Corrected rows, from `refused --write`.")
    ] = None,
    folder: Folder = HERE,
    status: Annotated[
        list[str] | None, typer.Option(help="'word of the file'=CODE for a status; repeat.")
    ] = None,
    dates: Annotated[Dates | None, typer.Option(help="Settle ambiguous dates.")] = None,
    decimal: Annotated[Decimal | None, typer.Option(help="Settle the decimal mark.")] = None,
) -> None:
    """Take refused rows after all: corrected, or read by another setting.

    They join the import they came with. Rows that are still refused go on waiting.

    Exits 0, 10 if the file is not of refused rows, 41 if there are none.
    """
    with refusing():
        from foyer_node.config import read_config
        from foyer_node.leaving import replay_refused
        from foyer_node.setup import named_pairs

        done = replay_refused(
            read_config(folder),
            batch,
            corrected,
            named_pairs("--status", tuple(status or ())),
            day_first=None if dates is None else dates is Dates.DAY_FIRST,
            decimal=_MARKS[decimal],
        )
        typer.echo(f"{done.taken} rows taken, {done.still_refused} still refused")


def erase(folder: Folder = HERE) -> None:
    """Take a visitor out of this node, who is asked for on the terminal or read from a pipe.

    Give the e-mail address, phone, card or customer number. Their sales stay as sales to
    nobody; an old file imported again does not bring them back; the next round is without
    them. A receipt that names nobody is written to `erasures/`. Opens no connection.

    Exits 0 if they are out, also if they never were in; 50 if the disk refused: run it again.
    """
    with refusing():
        from foyer_node.config import read_config
        from foyer_node.leaving import RECEIPTS, erase_visitor

        found, receipt = erase_visitor(read_config(folder), _asked("Whom to erase"))
        if found.was_known:
            typer.echo(f"erased; the receipt is {RECEIPTS}/{receipt}")
        elif found.was_erased_before:
            typer.echo(f"was erased on {found.erased_at:%Y-%m-%d}; see {RECEIPTS}/{receipt}")
        else:
            typer.echo("nobody is known by that; nothing was changed")


def object_to_use(folder: Folder = HERE) -> None:
    """Leave a visitor out of every figure, who is asked for as in `erase`. Their data stay.

    For an objection to statistics. Holds for later imports too. Opens no connection.

    Exits 0, also if nobody is known by that.
    """
    with refusing():
        from foyer_node.config import read_config
        from foyer_node.leaving import object_visitor

        known = object_visitor(read_config(folder), _asked("Who objects"))
        typer.echo("left out from now on" if known else "nobody is known by that")


def retain(folder: Folder = HERE) -> None:
    """Delete sales past the `retention_months` of node.toml, and who bought nothing since.

    An import does the same. Opens no connection.

    Exits 0, or 50 if the disk refused: run it again.
    """
    with refusing():
        from foyer_node.config import read_config
        from foyer_node.leaving import retain as delete_by_age

        kept_from = delete_by_age(read_config(folder))
        typer.echo(f"kept from {kept_from}" if kept_from else "nothing is deleted by age here")


def pull(
    names: Annotated[
        list[str] | None, typer.Argument(help="Sources of node.toml; none: all of them.")
    ] = None,
    folder: Folder = HERE,
    form: As = Form.TEXT,
) -> None:
    """Import what is new in the folders and shops under [[sources]], due or not.

    Reads the folders, and dials the shops' addresses with their own tokens; sends nothing
    but the question. Interrupted, it goes on where the last import ended.

    Exits 0 if all went well, 1 if a source could not be pulled, 10 if there is none.
    """
    with refusing():
        from foyer_node.config import read_config
        from foyer_node.pulls import describe, pull_now

        looked = pull_now(read_config(folder), tuple(names or ()))
        record, text = describe(looked)
        show(record, form, text)
        raise typer.Exit(1 if any(one.refusal for one in looked) else 0)


def register(app: typer.Typer) -> None:
    """Add these commands, in the order of the help."""
    app.command("import")(import_file)
    app.command("columns")(columns)
    app.command("pull")(pull)
    app.command("refused")(refused)
    app.command("replay")(replay)
    app.command("words")(words)
    app.command("decide")(decide)
    app.command("erase")(erase)
    app.command("object")(object_to_use)
    app.command("retain")(retain)


def _asked(question: str) -> str:
    """From a terminal without showing it, else one line of a pipe. Never an argument: those
    stay in the history of the shell and show in the list of processes."""
    if sys.stdin.isatty():
        return str(typer.prompt(question, hide_input=True, err=True))
    return sys.stdin.readline().strip()
