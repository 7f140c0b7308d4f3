"""`foyer-coordinator user …` and `audit`: who has an account in the portal, and what was done."""

from typing import Annotated

import typer

from foyer_coordinator.portal.roles import Role
from foyer_coordinator.terminal import HERE, As, Folder, Form, refusing, show

users = typer.Typer(no_args_is_help=True, help="Invite people to the portal, or shut them out.")

Login = Annotated[str, typer.Argument(help="What the person signs in with, e.g. an address.")]


@users.command("invite")
def user_invite(
    login: Login,
    role: Annotated[Role, typer.Option(help="What the person may do.")] = Role.VIEWER,
    institution: Annotated[
        str, typer.Option(help="The member whose person it is; without one, the network's own.")
    ] = "",
    name: Annotated[str, typer.Option(help="What pages call the person; default: LOGIN.")] = "",
    folder: Folder = HERE,
) -> None:
    """Print a link on which one person chooses how to sign in, once; it is good for a week.

    Somebody who has lost their passkey or password is invited again, as what they are. A
    link that was printed before and not used stops working. Sends nothing.

    Exits 0, or 10 if the role needs an institution, is not for one, or the account is open
    with another role.
    """
    with refusing():
        from foyer_coordinator.people.setup import invite_person

        typer.echo(invite_person(folder, login, role, institution, name))


@users.command("list")
def user_list(folder: Folder = HERE, form: As = Form.TEXT) -> None:
    """List everybody who has or had an account. Reads the database only."""
    with refusing():
        from foyer_coordinator.people.setup import list_people

        record, text = list_people(folder)
        show(record, form, text)


@users.command("disable")
def user_disable(login: Login, folder: Folder = HERE) -> None:
    """Shut one account at once: ends every session, forgets every way in and unused link.

    `user invite` opens it again, with any role and nothing to sign in with.

    Exits 0, or 10 if no open account has this name.
    """
    with refusing():
        from foyer_coordinator.people.setup import disable_person

        typer.echo(disable_person(folder, login))


def audit(
    folder: Folder = HERE,
    last: Annotated[int, typer.Option(min=0, help="Print only so many, the newest; 0 is all.")] = 0,
    form: As = Form.TEXT,
) -> None:
    """Check the whole audit log and print it, oldest first. Reads the database only.

    The last line is the head's digest: kept elsewhere, it shows later that nothing before it
    was changed.

    Exits 0, or 50 if an entry does not follow from the one before it.
    """
    with refusing():
        from foyer_coordinator.people.setup import read_audit

        record, text = read_audit(folder, last)
        show(record, form, text)
