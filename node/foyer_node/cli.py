"""`foyer-node`: what the institution's IT and data steward type.

Heavy parts are imported inside the commands, so that `--help` answers at once.
"""

import os
import sys
from typing import Annotated

import typer

from foyer_node.console import HERE, As, Folder, Form, refusing, show
from foyer_node.data_cli import register
from foyer_node.renewing.cli import rotate_helper_key
from foyer_node.sharing.cli import register as register_steward
from foyer_node.support.cli import register as register_doctor
from foyer_node.web.cli import register as register_users
from foyer_node.wizard.cli import register as register_wizard

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="One institution's node: it keeps visitor data in the building and only dials out.",
)


@app.command()
def init(
    slug: Annotated[
        str, typer.Argument(help="The institution's short name, as in the invitation.")
    ],
    name: Annotated[str, typer.Option(help="The institution's name.")],
    country: Annotated[str, typer.Option(help="ISO 3166-1, two letters.")],
    timezone: Annotated[str, typer.Option(help="IANA zone of the venue's clock.")],
    folder: Folder = HERE,
    kind: Annotated[
        str, typer.Option("--type", help="Institution type of the data model.")
    ] = "OTHER",
    size_band: Annotated[str, typer.Option(help="XS, S, M, L or XL by yearly admissions.")] = "M",
    currency: Annotated[str, typer.Option(help="ISO 4217 of the box office.")] = "EUR",
) -> None:
    """Make a new node's folder, settings and keys. Opens no connection.

    The keys are made here and never leave. Running it again keeps what is there.

    Exits 0 if the node can be enrolled, 10 if a setting is impossible.
    """
    with refusing():
        from foyer_node.setup import make_node

        made = make_node(
            folder,
            slug=slug,
            name=name,
            country=country,
            timezone=timezone,
            type=kind,
            size_band=size_band,
            currency=currency,
        )
        typer.echo(f"node of {slug}: {made}")


@app.command()
def enrol(
    invitation: Annotated[str, typer.Argument(help="The line that the operator gave you.")],
    folder: Folder = HERE,
) -> None:
    """Spend a one-time invitation and join its network. Dials the address in it.

    Sends public keys and the public facts of `node.toml`, and nothing else. Shows the
    fingerprints of the coordinator and of governance: compare them aloud.

    Exits 0 if enrolled, 11 if the code is wrong, used, expired or of another server.
    """
    with refusing():
        from foyer_node.config import read_config
        from foyer_node.setup import enrol_node

        typer.echo(enrol_node(read_config(folder), invitation))


register(app)
register_steward(app)


@app.command()
def run(folder: Folder = HERE) -> None:
    """Take part in rounds until stopped. Dials out only; pages on the loopback address.

    Exits 0 when stopped by a signal, 10 if the node is not enrolled.
    """
    with refusing():
        import logging
        import signal
        import threading

        logging.basicConfig(
            level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(name)s %(message)s"
        )
        from foyer_node.app import run_node
        from foyer_node.config import read_config
        from foyer_node.data_status import status_aside
        from foyer_node.pulls import keep_pulling
        from foyer_node.web.server import serve_pages

        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        run_node(read_config(folder), stop, serve_pages, status_aside, keep_pulling)


@app.command()
def pages(folder: Folder = HERE) -> None:
    """Show own figures and import exports in a browser, enrolled or not. Sends nothing.

    Listens on the address under [web] in node.toml, the loopback address by default, and
    prints it, and a link that signs a browser in once, to import. Its status page looks
    whether the coordinator can be reached.

    Exits 0 when stopped by a signal, 10 if the port is taken.
    """
    with refusing():
        import signal
        import threading

        from foyer_node.config import read_config
        from foyer_node.web.server import serve_local

        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        serve_local(
            read_config(folder),
            stop,
            announce=typer.echo,
            announce_link=lambda link: typer.echo(f"sign in once, to import: {link}"),
        )


@app.command()
def preview(
    round_id: Annotated[str, typer.Argument(help="A proposed round.")],
    folder: Folder = HERE,
    form: As = Form.TEXT,
) -> None:
    """Show exactly what ROUND_ID would send, and send nothing.

    Prints each statistic, this institution's exact value before noise and masks, the
    bound on one visitor, and the price. Reads local files; opens no connection.

    Exits 0 if the node would take part, 31 if the ledger cannot pay, 32 if the cohort is
    too small, 33 if the policy says no, 34 if it answered the same before, 40 if nothing was
    imported.
    """
    with refusing():
        from foyer_node.config import read_config
        from foyer_node.preview import preview_round

        seen = preview_round(read_config(folder), round_id)
        show(seen.as_dict(), form, seen.as_text())
        seen.refuse_if_it_would()


@app.command()
def outbox(
    number: Annotated[int | None, typer.Argument(help="Show one message whole.")] = None,
    folder: Folder = HERE,
    form: As = Form.TEXT,
) -> None:
    """List every message that ever left this building, or show one. Reads local files only.

    Exits 0, or 10 if there is no such message.
    """
    with refusing():
        from foyer_node.config import read_config
        from foyer_node.outbox import outbox_listing, outbox_message

        config = read_config(folder)
        record, text = outbox_listing(config) if number is None else outbox_message(config, number)
        show(record, form, text)


@app.command()
def ledger(folder: Folder = HERE, form: As = Form.TEXT) -> None:
    """Show what was spent of the privacy budget, after verifying the chain. Reads only.

    Exits 0, or 50 if the ledger was altered.
    """
    with refusing():
        from foyer_node.config import read_config
        from foyer_node.preview import ledger_listing

        record, text = ledger_listing(read_config(folder))
        show(record, form, text)


@app.command()
def audit_report(
    job_id: Annotated[str, typer.Argument(help="The job of a report, as in the outbox.")],
    folder: Folder = HERE,
    form: As = Form.TEXT,
) -> None:
    """Open one report to this institution's own auditor and say what holds. Sends nothing.

    Recomputes the masked vector from the kept seeds, noise and figures, checks the signed
    header and its commitments, and computes the figures from the data here again. Prints no
    figure. Works only while `keep_openings_days` under [policy] keeps what it needs.

    Exits 0 if all holds, 1 if something does not, 10 if nothing is kept, 50 if it is damaged.
    """
    with refusing():
        from foyer_node.app import audit_report_of
        from foyer_node.config import read_config

        audit = audit_report_of(read_config(folder), job_id)
        show(audit.as_dict(), form, audit.as_text())
        raise typer.Exit(0 if audit.passed else 1)


register_doctor(app)
app.command()(rotate_helper_key)
register_wizard(app)
register_users(app)


def main() -> None:
    """Entry point: private files, and Flower's telemetry off before anything imports it."""
    os.umask(0o077)  # whatever this node writes is for its own user only
    os.environ.setdefault("FLWR_TELEMETRY_ENABLED", "0")
    app()
