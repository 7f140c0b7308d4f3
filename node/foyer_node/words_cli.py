"""The commands about words of exports that no code list knows."""

from typing import Annotated

import typer

from foyer_node.console import HERE, Folder, refusing
from foyer_node.ruling_kinds import RulingKind


def words(folder: Folder = HERE) -> None:
    """List words of imported sales that no code list knows, and how many tickets wait on each.

    Opens no connection. Settle one with `foyer-node decide`.

    Exits 0.
    """
    with refusing():
        from foyer_node.config import read_config
        from foyer_node.leaving import undecided_words

        for one in undecided_words(read_config(folder)):
            typer.echo(f"{one.source_system}  {one.kind.value}  {one.label!r}  {one.tickets}")


def decide(
    source: Annotated[str, typer.Argument(help="The source system, as `words` lists it.")],
    kind: Annotated[RulingKind, typer.Argument(help="What the word is of.")],
    label: Annotated[str, typer.Argument(help="The word, as the export has it.")],
    code: Annotated[str, typer.Argument(help="What it means, a code of the data model.")],
    folder: Folder = HERE,
) -> None:
    """Say what a word of an export means, for sales that are there and to come.

    A channel, a kind of price, the discipline of a show, whether an event counts or took place.

    Exits 0, or 10 if there is no such code.
    """
    with refusing():
        from foyer_node.config import read_config
        from foyer_node.importing.rulings import Ruling
        from foyer_node.leaving import decide_word

        ruling = Ruling(source_system=source, kind=kind, label=label, meaning=code)
        decide_word(read_config(folder), ruling)
        typer.echo("decided")
