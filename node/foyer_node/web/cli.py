"""`foyer-node user`: who may sign in to the pages. Light: `--help` needs it."""

import sys
from typing import Annotated

import typer

from foyer_node.console import HERE, As, Folder, Form, refusing, show

user_app = typer.Typer(
    no_args_is_help=True, help="Who may sign in to the pages on the house's network. Sends nothing."
)


@user_app.command("add")
def add_user(
    name: Annotated[str, typer.Argument(help="Small letters, digits, dots and dashes.")],
    role: Annotated[
        str, typer.Option(help="viewer reads the figures; steward imports and decides too.")
    ] = "viewer",
    folder: Folder = HERE,
) -> None:
    """Add an account, or change one; its password is asked for or read from a pipe.

    Accounts are asked for where the pages listen on more than this machine.

    Exits 0, or 10 if the name, role or password is not fit.
    """
    with refusing():
        from foyer_node.config import read_config
        from foyer_node.web.accounts import Accounts, Role
        from foyer_protocol.errors import ConfigError

        if role not in set(Role):
            raise ConfigError(
                f"{role!r} is no role; nothing was changed", hint="Roles are viewer and steward."
            )
        accounts = Accounts(read_config(folder).folder)
        if sys.stdin.isatty():
            password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        else:
            password = sys.stdin.readline().rstrip("\r\n")
        accounts.add(name, Role(role), password)
        typer.echo(f"{name} may sign in as {role}")


@user_app.command("remove")
def remove_user(
    name: Annotated[str, typer.Argument(help="An account.")], folder: Folder = HERE
) -> None:
    """Delete an account; a browser that is signed in by it is signed out.

    Exits 0, or 10 if there is none of this name.
    """
    with refusing():
        from foyer_node.config import read_config
        from foyer_node.web.accounts import Accounts

        Accounts(read_config(folder).folder).remove(name)
        typer.echo(f"{name} may no longer sign in")


@user_app.command("list")
def list_users(folder: Folder = HERE, form: As = Form.TEXT) -> None:
    """List the accounts and what each may do. Reads only.

    Exits 0, or 50 if the file cannot be read.
    """
    with refusing():
        from foyer_node.config import read_config
        from foyer_node.web.accounts import Accounts

        accounts = Accounts(read_config(folder).folder).all().values()
        record = [{"name": one.name, "role": one.role.value} for one in accounts]
        text = "\n".join(f"{one.name:24s} {one.role.value}" for one in accounts) or "no accounts"
        show(record, form, text)


def register(app: typer.Typer) -> None:
    """Add the commands about accounts."""
    app.add_typer(user_app, name="user")
