"""`foyer-governance`: what a holder of a governance key types. No network, no database.

Heavy parts are imported inside the commands, so that `--help` answers at once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from foyer_protocol.errors import FoyerError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="A governance signer's desk: it reads and writes files, and opens no connection.",
)
key = typer.Typer(no_args_is_help=True, help="The signer's own key.")
roster = typer.Typer(no_args_is_help=True, help="Who is admitted: read it, then sign it.")
app.add_typer(key, name="key")
app.add_typer(roster, name="roster")

Draft = Annotated[Path, typer.Argument(help="What `foyer-coordinator roster draw` wrote.")]
Last = Annotated[
    Path | None,
    typer.Option(help="The last signed roster, from `foyer-coordinator roster save`."),
]


@contextmanager
def refusing() -> Iterator[None]:
    """Turn a refusal into its message, its hint and its exit status."""
    try:
        yield
    except FoyerError as refusal:
        typer.echo(f"foyer-governance: {refusal.message}  [{refusal.code}]", err=True)
        if refusal.hint:
            typer.echo(f"  Next: {refusal.hint}", err=True)
        raise typer.Exit(refusal.exit_status) from None


@key.command("new")
def key_new(file: Annotated[Path, typer.Argument(help="Where to keep the key.")]) -> None:
    """Make a governance key that only this user can read, and print its public half.

    The public half is one line for the network's `governance.pub`. The file itself never
    leaves this machine; keep a copy of it in a safe, since rosters cannot be signed without.

    Exits 0, or 10 if the file is there already.
    """
    with refusing():
        from foyer_governance.files import make_key
        from foyer_protocol.crypto.identity import fingerprint

        public = make_key(file).public
        typer.echo(f"{public}\nfingerprint {fingerprint(public)}")


@key.command("show")
def key_show(file: Annotated[Path, typer.Argument(help="The key's file.")]) -> None:
    """Print the public half of a key and its fingerprint. Changes nothing.

    Exits 0, or 10 if it is no key.
    """
    with refusing():
        from foyer_governance.files import read_key
        from foyer_protocol.crypto.identity import fingerprint

        public = read_key(file).public
        typer.echo(f"{public}\nfingerprint {fingerprint(public)}")


@roster.command("show")
def roster_show(file: Draft, last: Last = None) -> None:
    """Show who is in, who is new or gone, who helps and under which limits. Signs nothing.

    With --last each member is marked: new, NEW KEY, rotated (its helper key), suspended or
    removed. Compare the fingerprints aloud with the institutions, and the digest with the
    other signers: all must see the same.

    Exits 0, or 10 if a file is not what it should be.
    """
    with refusing():
        from foyer_governance.files import read_draft, read_signed
        from foyer_governance.reading import describe_draft

        before = None if last is None else read_signed(last).roster
        typer.echo(describe_draft(read_draft(file), before))


@roster.command("sign")
def roster_sign(
    file: Draft,
    key_file: Annotated[Path, typer.Option("--key", help="The signer's key.")],
    out: Annotated[Path, typer.Option(help="Where to write the signature.")],
    last: Last = None,
) -> None:
    """Sign a roster and write the signature to a file to send back. Shows it first.

    Exits 0, or 10 if a file is not what it should be; then nothing was signed.
    """
    with refusing():
        from foyer_governance.files import read_draft, read_key, read_signed, write_signature
        from foyer_governance.reading import describe_draft
        from foyer_protocol.messages.roster_draft import sign_draft

        draft, signer = read_draft(file), read_key(key_file)
        before = None if last is None else read_signed(last).roster
        typer.echo(describe_draft(draft, before))
        write_signature(out, sign_draft(draft, signer))
        typer.echo(f"signed with {signer.public[:12]}; send {out} to the operator")


def main() -> None:
    """Entry point."""
    app()
