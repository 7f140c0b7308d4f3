"""`foyer verify`: checks an exported release. Reads one file, opens no connection.

Heavy parts are imported inside the commands, so that `--help` answers at once.
"""

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from foyer_protocol.messages.bundle import Bundle
    from foyer_protocol.verification.verdict import Verdict

REJECTED = 21
"""The exit status of a protocol violation, which is what a rejected bundle shows."""

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Checks what a network has released, offline, from an exported bundle.",
)


class Form(StrEnum):
    """How to print."""

    TEXT = "text"
    JSON = "json"


@app.callback()
def foyer() -> None:
    """Keep `verify` a word of its own: Typer drops the name of an only command."""


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="A bundle that a coordinator exported.")],
    governance: Annotated[
        list[str],
        typer.Option(help="A governance key, repeated; 64 hexadecimal digits, from elsewhere."),
    ],
    quorum: Annotated[int, typer.Option(min=1, help="Governance signatures that are needed.")] = 1,
    whole: Annotated[
        bool, typer.Option("--whole", help="Also reject what the bundle leaves unshown.")
    ] = False,
    form: Annotated[Form, typer.Option("--as", help="Print for people or for machines.")] = (
        Form.TEXT
    ),
) -> None:
    """Check a release against its bundle. Reads FILE and opens no connection.

    Signatures, rosters, plan, noise, price, reports, helpers, the sum, and every figure that
    follows from it. The governance keys must come from another source than the bundle.

    Exits 0 if it is accepted, 21 if it is rejected; each failed check is one line.
    """
    from foyer_protocol.errors import FoyerError
    from foyer_protocol.messages.bundle import Bundle
    from foyer_protocol.verification.verify import verify_bundle

    try:
        bundle = Bundle.from_bytes(file.read_bytes())
    except OSError as failure:
        typer.echo(f"foyer: {file} cannot be read: {failure.strerror}  [storage]", err=True)
        raise typer.Exit(50) from None
    except FoyerError as refusal:
        _say({"accepted": False, "reason": refusal.message}, f"bundle: {refusal.message}", form)
        raise typer.Exit(REJECTED) from None
    verdict = verify_bundle(bundle, frozenset(governance), quorum)
    good = verdict.complete if whole else verdict.accepted
    _say(_record(bundle, verdict, good), _text(bundle, verdict, good), form)
    raise typer.Exit(0 if good else REJECTED)


def _record(bundle: "Bundle", verdict: "Verdict", good: bool) -> dict[str, object]:
    return {
        "accepted": good,
        "complete": verdict.complete,
        "round_id": bundle.release.round_id,
        "release": bundle.release.digest,
        "checks": [
            {"name": check.name, "outcome": check.outcome, "reason": check.reason}
            for check in verdict.checks
        ],
    }


def _text(bundle: "Bundle", verdict: "Verdict", good: bool) -> str:
    release = bundle.release
    lines = [f"{check.name}: {check.reason}" for check in verdict.failed]
    lines += [
        f"{check.name}: {check.outcome}, {check.reason}"
        for check in verdict.checks
        if check.reason and check not in verdict.failed
    ]
    word = "accepted" if good else "rejected"
    passed = sum(not check.reason for check in verdict.checks)
    lines.append(
        f"{word}: round {release.round_id} of {release.network}, release {release.digest[:16]},"
        f" {passed} of {len(verdict.checks)} checks passed"
    )
    return "\n".join(lines)


def _say(record: object, text: str, form: Form) -> None:
    typer.echo(json.dumps(record, indent=1) if form is Form.JSON else text)


def main() -> None:
    """Entry point."""
    app()
