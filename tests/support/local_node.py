"""A node's folder with a small import whose every visitor is a canary, and a real release."""

import csv
from datetime import date, datetime, timedelta
from pathlib import Path

from tests.support.simulated_round import contribution_to

from foyer_node.adapters.round_files import RoundFiles
from foyer_node.app import reading_store
from foyer_node.config import NodeConfig, read_config
from foyer_node.engine.extract import Extractor
from foyer_node.setup import FileHints, import_export, make_node
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.schema import Period
from foyer_protocol.messages.plan import Plan
from foyer_protocol.messages.release import Release
from foyer_protocol.rounds.planning import Wish, make_plan
from foyer_protocol.simulate import make_network, run_round

CANARY = "canary-7f3a"
YEAR = Period(starts=date(2025, 7, 1), ends=date(2026, 7, 1))
TODAY = date(2026, 11, 24)

FACTS = {
    "slug": "kanal",
    "name": "Kanal & Kompagni",
    "country": "DK",
    "timezone": "Europe/Copenhagen",
    "type": "THEATRE",
    "size_band": "S",
    "currency": "EUR",
}


def write_canaries(path: Path) -> Path:
    """Sixty orders of twenty visitors, one every 25 days from July 2022, of 2 to 4 tickets."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["Order no", "Order date", "Event", "Event date", "Qty", "Amount", "E-mail",
             "Customer name", "Postcode", "Country", "Channel"]
        )  # fmt: skip
        for number in range(60):
            at = datetime(2022, 7, 2, 12) + timedelta(days=25 * number)
            event_at = at + timedelta(days=9)
            who = number % 20
            writer.writerow(
                [f"N{number}", at.isoformat(" "), "Evening", event_at.isoformat(" "),
                 2 + number % 3, "60.00", f"{CANARY}-{who}@example.org", f"{CANARY} {who}",
                 "2100", "DK", "web" if number % 2 else "box office"]
            )  # fmt: skip
    return path


def make_local_node(folder: Path) -> NodeConfig:
    """A node that has imported and is in no network."""
    make_node(folder / "node", **FACTS)
    config = read_config(folder / "node")
    import_export(config, write_canaries(folder / "export.csv"), apply=True, hints=FileHints())
    return config


def plan_for(round_id: str, period: Period = YEAR, currency: str = "EUR") -> Plan:
    """All of the catalogue."""
    return make_plan(
        Wish(
            round_id=round_id,
            network="simulated",
            statistics=tuple(CATALOGUE),
            period=period,
            currency=currency,
            minimum_cohort=4,
            colluding=1,
        )
    )


def release_with(config: NodeConfig, plan: Plan, *, taking_part: bool = True) -> Release:
    """A release of the node's own data and five others', and the charges in its ledger.

    Only the node and two others can answer for retention, so that it is withheld.
    """
    few = frozenset({"loyalty.retention_1y"})
    parts = {
        name: contribution_to(plan, 5000, few if name in ("mak", "smk", "vam") else frozenset())
        for name in ("aros", "ccb", "mak", "smk", "vam")
    }
    with reading_store(config) as store:
        own = Extractor(store).extract(plan.layout(), plan.period)
    name = config.institution.slug
    roster, parties = make_network(parts | ({name: own} if taking_part else {}))
    release = run_round(plan, roster, parties)
    assert isinstance(release, Release)
    files = RoundFiles(config.folder)
    files.keep_release(plan.round_id, release.to_json())
    for entry in parties[name].ledger.entries if taking_part else ():
        files.append(entry)
    return release
