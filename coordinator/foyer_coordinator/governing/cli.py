"""`foyer-coordinator roster …` and `member …`: who is in, and who signed for it."""

from pathlib import Path
from typing import Annotated

import typer

from foyer_coordinator.terminal import HERE, As, Folder, Form, GovernanceKey, refusing, show

roster = typer.Typer(no_args_is_help=True, help="Who is admitted, signed by governance.")
members = typer.Typer(
    no_args_is_help=True, help="What a member is; shut one out, or let it in again."
)

Period = Annotated[str, typer.Option(help="Budget period, e.g. 2026.")]
MinimumCohort = Annotated[int, typer.Option(help="Fewest institutions in a sum.")]
Cap = Annotated[str, typer.Option(help="zCDP budget of the period, as a fraction.")]
Helpers = Annotated[
    list[str] | None,
    typer.Option(help="A helper, repeated; default: the first in alphabetical order."),
]
Profile = Annotated[
    str,
    typer.Option(
        help="three, five, eight, ten or sixteen; default: the largest that fits,"
        " or with --helper: all but --silent are needed."
    ),
]
Silent = Annotated[
    int, typer.Option(min=0, help="How many of those named with --helper may be away in a round.")
]
Slug = Annotated[str, typer.Argument(help="The institution's short name.")]
DraftFile = Annotated[Path, typer.Argument(help="A file for the signers, or from them.")]


@roster.command("sign")
def roster_sign(
    governance_key: GovernanceKey,
    period: Period,
    folder: Folder = HERE,
    minimum_cohort: MinimumCohort = 5,
    cap: Cap = "1/2",
    helper: Helpers = None,
    profile: Profile = "",
    silent: Silent = 0,
) -> None:
    """Draw up the next roster and sign it at once, where one signature is enough.

    Nodes follow it as soon as they hear of it. Where the network needs more signatures
    than one: `roster draw`, then each signer's `foyer-governance roster sign`, then
    `roster add`.

    Exits 0, or 10 if there are too few institutions, no such profile, the key is not
    governance's or one signature is not enough.
    """
    with refusing():
        from foyer_coordinator.governing.setup import sign_next_roster

        typer.echo(
            sign_next_roster(
                folder,
                governance_key,
                period=period,
                minimum_cohort=minimum_cohort,
                cap=cap,
                helpers=tuple(helper or ()),
                profile=profile,
                silent=silent,
            )
        )


@roster.command("draw")
def roster_draw(
    file: DraftFile,
    period: Period,
    folder: Folder = HERE,
    minimum_cohort: MinimumCohort = 5,
    cap: Cap = "1/2",
    helper: Helpers = None,
    profile: Profile = "",
    silent: Silent = 0,
) -> None:
    """Write the next roster, unsigned, to a file for the governance signers. Changes nothing.

    Exits 0, or 10 if there are too few institutions or no such profile.
    """
    with refusing():
        from foyer_coordinator.governing.setup import draw_roster, terms_from

        terms = terms_from(
            period=period,
            minimum_cohort=minimum_cohort,
            cap=cap,
            helpers=tuple(helper or ()),
            profile=profile,
            silent=silent,
        )
        typer.echo(draw_roster(folder, file, terms))


@roster.command("add")
def roster_add(
    file: DraftFile,
    signature: Annotated[list[Path], typer.Argument(help="Signature files of the signers.")],
    folder: Folder = HERE,
) -> None:
    """Take a drawn roster with its signatures; nodes follow it as soon as they hear of it.

    Exits 0, 10 if a file cannot be read, or 21 if the signatures are too few, of another
    roster or of keys that are not governance's; then nothing was changed.
    """
    with refusing():
        from foyer_coordinator.governing.setup import add_roster

        typer.echo(add_roster(folder, file, signature))


@roster.command("save")
def roster_save(file: DraftFile, folder: Folder = HERE) -> None:
    """Write the newest signed roster to a file, for signers to compare the next one with.

    Exits 0, or 10 if none was signed yet.
    """
    with refusing():
        from foyer_coordinator.governing.setup import save_roster

        typer.echo(save_roster(folder, file))


@members.command("suspend")
def member_suspend(institution: Slug, folder: Folder = HERE) -> None:
    """Refuse a member's node at once, and leave it out of the next roster.

    Governance must sign that roster: until then rounds still count on the member.

    Exits 0, or 20 if it is not enrolled.
    """
    with refusing():
        from foyer_coordinator.governing.setup import suspend_member

        typer.echo(suspend_member(folder, institution, suspended=True))


@members.command("reinstate")
def member_reinstate(institution: Slug, folder: Folder = HERE) -> None:
    """Let a suspended member's node in again, and put it on the next roster.

    Exits 0, or 20 if it is not enrolled.
    """
    with refusing():
        from foyer_coordinator.governing.setup import suspend_member

        typer.echo(suspend_member(folder, institution, suspended=False))


@members.command("facts")
def member_facts(
    institution: Slug,
    folder: Folder = HERE,
    discipline: Annotated[str, typer.Option(help="What it plays or shows, e.g. THEATRE.")] = "",
    size: Annotated[str, typer.Option(help="Admissions a year: XS, S, M, L or XL.")] = "",
    house_type: Annotated[str, typer.Option("--type", help="E.g. MUSEUM_ART.")] = "",
    territory: Annotated[
        str, typer.Option(help="Of its venue: a NUTS 2 or 1 region, or a country.")
    ] = "",
    form: As = Form.TEXT,
) -> None:
    """Say where and what a member is, or with no option show it; `-` takes a fact back.

    These public facts decide with whom it is compared in a round by cohort. They count
    once governance has signed the next roster.

    Exits 0, 10 if a code is not on the grid, or 20 if it is not enrolled.
    """
    with refusing():
        from foyer_coordinator.governing.facts import tell_facts
        from foyer_protocol.catalogue.grid import Dimension

        told = {
            Dimension.DISCIPLINE: discipline,
            Dimension.SIZE: size,
            Dimension.TYPE: house_type,
            Dimension.TERRITORY: territory,
        }
        record, text = tell_facts(folder, institution, told)
        show(record, form, text)


@members.command("remove")
def member_remove(institution: Slug, folder: Folder = HERE) -> None:
    """Forget a member with its invitations; only a new invitation brings it back.

    Its node is refused at once. What it took part in stays, in rosters and releases.

    Exits 0, or 20 if it is not enrolled.
    """
    with refusing():
        from foyer_coordinator.governing.setup import remove_member

        typer.echo(remove_member(folder, institution))
