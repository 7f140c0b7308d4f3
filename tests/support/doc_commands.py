"""Reference pages of the command lines, from the commands themselves."""

import inspect
from collections.abc import Iterator
from typing import get_args

import click
import typer
from typer.main import get_command
from typer.models import ArgumentInfo

from foyer_coordinator import cli as coordinator_cli
from foyer_governance import cli as governance_cli
from foyer_node import cli as node_cli
from foyer_verify import cli as verify_cli

NOTE = "<!-- Generated from {module}; a test compares. Run `make docs` after editing it. -->"


def node_page() -> str:
    """`foyer-node`."""
    return _page(node_cli.app, "foyer-node", "foyer_node/cli.py")


def coordinator_page() -> str:
    """`foyer-coordinator`."""
    return _page(coordinator_cli.app, "foyer-coordinator", "foyer_coordinator/cli.py")


def governance_page() -> str:
    """`foyer-governance`."""
    return _page(governance_cli.app, "foyer-governance", "foyer_governance/cli.py")


def verify_page() -> str:
    """`foyer`."""
    return _page(verify_cli.app, "foyer", "foyer_verify/cli.py")


def commands(group: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with the words that call it."""
    if isinstance(group, click.Group):
        for name, command in group.commands.items():
            yield from commands(command, f"{path} {name}")
    else:
        yield path, group


def _page(app: typer.Typer, name: str, module: str) -> str:
    root = get_command(app)
    parts = [
        f"# `{name}`",
        NOTE.format(module=module),
        root.help or "",
        "Refusals are one message on standard error with a code in brackets, and an exit status"
        " of its own: see [problems](../../protocol/docs/problems.md). A wrong option or a"
        " missing argument exits with 2.",
    ]
    parts += [_section(path, command) for path, command in commands(root, name)]
    return "\n\n".join(parts) + "\n"


def _section(path: str, command: click.Command) -> str:
    arguments = [one for one in command.params if isinstance(one, click.Argument)]
    options = [one for one in command.params if isinstance(one, click.Option)]
    usage = " ".join([path, *map(_placeholder, arguments), *(["[OPTIONS]"] if options else [])])
    rows = [f"| `{_placeholder(one)}` | {_argument_help(command, one)} | |" for one in arguments]
    rows += [f"| {_spelling(one)} | {one.help or ''} | {_default(one)} |" for one in options]
    table = "\n".join(["| | | Default |", "|---|---|---|", *rows])
    return (
        f"## `{path}`\n\n```text\n{usage}\n```\n\n{inspect.cleandoc(command.help or '')}\n\n{table}"
    )


def _placeholder(argument: click.Argument) -> str:
    name = (argument.name or "").upper()
    name = f"{name}..." if argument.nargs == -1 else name
    return name if argument.required else f"[{name}]"


def _argument_help(command: click.Command, argument: click.Argument) -> str:
    """From the function, since click 8.5 forgets what typer 0.20 tells it of arguments."""
    callback = inspect.unwrap(command.callback) if command.callback else None
    if callback is None or argument.name is None:
        return ""
    annotation = inspect.signature(callback).parameters[argument.name].annotation
    told = [one.help for one in get_args(annotation) if isinstance(one, ArgumentInfo)]
    if told and told[0]:
        return told[0]
    formats = getattr(argument.type, "formats", ())
    return "A day, `YYYY-MM-DD`." if "%Y-%m-%d" in formats else ""


def _spelling(option: click.Option) -> str:
    words = [f"`{one}`" for one in (*option.opts, *option.secondary_opts)]
    spelled = ", ".join(words)
    if isinstance(option.type, click.Choice):
        return f"{spelled} " + " or ".join(f"`{one}`" for one in option.type.choices)
    return spelled


def _default(option: click.Option) -> str:
    if option.required:
        return "required"
    default = option.default
    if option.secondary_opts:
        return f"`{(option.opts if default else option.secondary_opts)[0]}`"
    if option.is_flag or default in (None, "", ()):
        shown = ""
    else:
        shown = f"`{getattr(default, 'value', default)}`"
    return f"{shown}, or `{option.envvar}`" if option.envvar else shown
