"""`foyer-coordinator round preview`, `round propose` and `budget`: before anybody pays."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from foyer_coordinator.terminal import HERE, As, Folder, Form, refusing, show, showing_answer

if TYPE_CHECKING:
    from foyer_coordinator.planning.drafting import Question

Name = Annotated[str, typer.Argument(help="A short name, e.g. season-2026.")]
Day = Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"])]
Statistics = Annotated[
    list[str] | None, typer.Option(help="A statistic's key, repeated; default: all.")
]
Colluding = Annotated[int, typer.Option(help="Nodes whose noise is not counted on.")]
Groups = Annotated[
    int,
    typer.Option(
        min=1,
        max=8,
        help="Divide the institutions by lot and compare; each part needs a whole cohort.",
    ),
]
Prices = Annotated[
    list[str] | None,
    typer.Option(help="What a family pays in zCDP, e.g. visits=3/100, repeated."),
]
Institutions = Annotated[
    int | None, typer.Option(min=1, help="How many will take part; default: the roster's members.")
]
Visits = Annotated[
    int | None,
    typer.Option(min=0, help="Tickets of all together in the period; default: the last release."),
]


def round_preview(
    round_id: Name,
    starts: Day,
    ends: Day,
    folder: Folder = HERE,
    statistic: Statistics = None,
    colluding: Colluding = 1,
    groups: Groups = 1,
    price: Prices = None,
    institutions: Institutions = None,
    visits: Visits = None,
    dry_run: Annotated[
        int,
        typer.Option(min=0, max=1000, help="Also run so many rounds in memory, on invented data."),
    ] = 0,
    form: As = Form.TEXT,
) -> None:
    """Show what a round would cost and the interval of every figure. Keeps nothing, asks nobody.

    What is expected comes from the newest release of each figure, or else from public
    constants of the sector. A figure is too uncertain where its 95 % interval reaches
    further than half of it to each side, a share where it reaches further than 10 points.

    Exits 0 if every figure can be read, 10 without a roster, 23 if a key is not in the
    catalogue, 35 if a figure would say too little.
    """
    with refusing():
        from foyer_coordinator.planning.setup import preview
        from foyer_coordinator.planning.weighing import Stated, refuse_unreadable

        question = _question(round_id, starts, ends, statistic, colluding, groups, price)
        stated = Stated(institutions=institutions, visits=visits)
        record, text, weighed = preview(folder, question, stated, dry_run)
        show(record, form, text)
        refuse_unreadable(weighed)


def round_propose(
    round_id: Name,
    starts: Day,
    ends: Day,
    folder: Folder = HERE,
    statistic: Statistics = None,
    colluding: Colluding = 1,
    groups: Groups = 1,
    price: Prices = None,
    institutions: Institutions = None,
    visits: Visits = None,
    accept_unreadable: Annotated[
        bool,
        typer.Option("--accept-unreadable", help="Propose it though figures would say too little."),
    ] = False,
    form: As = Form.TEXT,
) -> None:
    """Work out a plan, show its price, and let nodes read it. Takes nothing yet.

    Where the same was asked of the same members before, whatever it was called, that
    release is printed instead: nothing is proposed and nobody is charged.

    Exits 0, 10 without a roster, 20 if another round asks the same, 23 if a key is not in the
    catalogue, 34 if the release is there already, 35 if a figure would say too little.
    """
    with refusing(), showing_answer(folder, form):
        from foyer_coordinator.planning.setup import propose
        from foyer_coordinator.planning.weighing import Stated

        question = _question(round_id, starts, ends, statistic, colluding, groups, price)
        stated = Stated(institutions=institutions, visits=visits)
        record, text = propose(folder, question, stated, accept_unreadable=accept_unreadable)
        show(record, form, text)


def budget(folder: Folder = HERE, form: As = Form.TEXT) -> None:
    """Show what this period's budget has left, by family. Reads the database only.

    Counted for a node that took part in every round; each node's own ledger decides.

    Exits 0, or 10 without a roster.
    """
    with refusing():
        from foyer_coordinator.planning.setup import show_budget

        record, text = show_budget(folder)
        show(record, form, text)


def _question(
    round_id: str,
    starts: datetime,
    ends: datetime,
    statistic: list[str] | None,
    colluding: int,
    groups: int,
    price: list[str] | None,
) -> "Question":
    from foyer_coordinator.planning.drafting import Question, read_prices

    return Question(
        round_id=round_id,
        starts=starts.date(),
        ends=ends.date(),
        statistics=tuple(statistic or ()),
        colluding=colluding,
        groups=groups,
        prices=read_prices(price or ()),
    )
