"""`foyer-coordinator round preview|propose|launch|release` and `budget`: a round before it runs."""

import getpass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from foyer_coordinator.terminal import HERE, As, Folder, Form, refusing, show, showing_answer

if TYPE_CHECKING:
    from foyer_coordinator.planning.drafting import Question


class Cut(StrEnum):
    """The dimensions of the grid (`foyer_protocol.catalogue.grid`), for `--help` alone."""

    DISCIPLINE = "discipline"
    SIZE = "size"
    TYPE = "type"
    TERRITORY = "territory"


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
Cohorts = Annotated[
    Cut | None, typer.Option(help="Compare houses of a kind: each cohort of the grid on its own.")
]
Prices = Annotated[
    list[str] | None,
    typer.Option(help="What a family pays in zCDP, e.g. visits=3/100, repeated."),
]
Spread = Annotated[
    str,
    typer.Option(
        help="What sorting each institution's own values into ranges costs in zCDP, e.g. 1/50;"
        " it gives medians and quartiles of institutions."
    ),
]
Institutions = Annotated[
    int | None, typer.Option(min=1, help="How many will take part; default: the roster's members.")
]
Visits = Annotated[
    int | None,
    typer.Option(min=0, help="Tickets of all together in the period; default: the last release."),
]

Accepting = Annotated[
    bool, typer.Option("--accept-unreadable", help="Take figures that would say too little.")
]
By = Annotated[
    str,
    typer.Option("--by", envvar="FOYER_OPERATOR", help="Who does this; default: your account."),
]
Proposed = Annotated[str, typer.Argument(help="A proposed round.")]


def whoever(by: str) -> str:
    """The name that was given, or that of the account the command runs in."""
    try:
        return by or getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in some containers
        return ""


def round_preview(
    round_id: Name,
    starts: Day,
    ends: Day,
    folder: Folder = HERE,
    statistic: Statistics = None,
    colluding: Colluding = 1,
    groups: Groups = 1,
    cohorts: Cohorts = None,
    price: Prices = None,
    spread: Spread = "0",
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

        question = _question(
            round_id, starts, ends, statistic, colluding, groups, price, cohorts, spread
        )
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
    cohorts: Cohorts = None,
    price: Prices = None,
    spread: Spread = "0",
    institutions: Institutions = None,
    visits: Visits = None,
    accept_unreadable: Accepting = False,
    by: By = "",
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

        question = _question(
            round_id, starts, ends, statistic, colluding, groups, price, cohorts, spread
        )
        stated = Stated(institutions=institutions, visits=visits)
        record, text = propose(
            folder, question, stated, by=whoever(by), accept_unreadable=accept_unreadable
        )
        show(record, form, text)


def round_launch(round_id: Proposed, folder: Folder = HERE, by: By = "") -> None:
    """Launch a round that somebody else proposed. Nodes are charged when they answer.

    The serving coordinator runs it.

    Exits 0, 20 if it or another that asks the same was launched before, 34 if the same was
    answered since: its release is printed, nothing is launched and nobody is charged. 30 if
    its period is too new, 36 if whoever proposed it launches it.
    """
    with refusing(), showing_answer(folder, Form.TEXT):
        from foyer_coordinator.planning.setup import launch

        typer.echo(launch(folder, round_id, whoever(by)))


def round_release(
    round_id: Proposed,
    folder: Folder = HERE,
    by: By = "",
    seconds: Annotated[int, typer.Option(help="Give up waiting after this long.")] = 600,
    form: As = Form.TEXT,
) -> None:
    """Launch a round that somebody else proposed, and wait for its release.

    One that was launched before is only waited for. Nothing is held back once it is there:
    see the decision on two people.

    Exits as `round launch`, or 25 if it was aborted or is not over yet.
    """
    with refusing(), showing_answer(folder, form):
        from foyer_coordinator.planning.setup import release

        record, text = release(folder, round_id, whoever(by), seconds)
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
    cohorts: Cut | None,
    spread: str,
) -> "Question":
    from foyer_coordinator.planning.drafting import Question, read_prices, read_spread
    from foyer_protocol.catalogue.grid import Dimension

    return Question(
        round_id=round_id,
        starts=starts.date(),
        ends=ends.date(),
        statistics=tuple(statistic or ()),
        colluding=colluding,
        groups=groups,
        cohorts=None if cohorts is None else Dimension(cohorts),
        prices=read_prices(price or ()),
        spread=read_spread(spread),
    )
