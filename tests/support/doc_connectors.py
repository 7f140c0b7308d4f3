"""The reference of connectors, from their guides, their modules and their golden exports."""

import importlib
import inspect
import pkgutil
from pathlib import Path

from tests.support.doc_commands import NOTE
from tests.support.exports import usual

import foyer_node.connectors
from foyer_node.adapters.table_files import read_source
from foyer_node.connectors.connector import Connector, Plan
from foyer_node.connectors.guides import GUIDES
from foyer_node.connectors.records import RecordKind
from foyer_node.connectors.registry import CONNECTORS, choose
from foyer_node.mapping.unlocks import possible
from foyer_protocol.catalogue.entries import CATALOGUE

EXPORTS = Path(__file__).parents[1] / "connectors"
OF_KIND = {
    RecordKind.COUNTERS: "visits where nobody buys a ticket; never visitors",
    RecordKind.MEMBERSHIPS: "who is a member, and since when, in this house's own figures",
    RecordKind.DONATIONS: "gifts, in this house's own figures",
    RecordKind.TOUCHPOINTS: "the way to a visit, in this house's own figures",
}
EXTRAS = {
    "consents": "consents", "capacity": "capacity", "scanned_at": "scans", "fee": "booking fees",
    "fees": "booking fees", "face": "price before reductions", "gender": "gender",
    "birth_year": "age", "venue": "venue", "promo": "promotions", "card": "cards",
    "settlement": "what a scheme pays", "due": "part payments", "valid_days": "passes",
    "consent_marketing_email": "consents",
}  # fmt: skip


def page() -> str:
    """`node/docs/connectors.md`."""
    parts = [
        "# Connectors",
        NOTE.format(module="foyer_node/connectors"),
        "A file is recognised by its columns; `foyer-node import FILE --preview` says as what,"
        " and changes nothing. Name the system with `--from NAME` if it is taken for another."
        " What `[[sources]]` in node.toml names is imported by itself, as"
        " [the settings](reference-settings.md) say. JSON files may have 256 MB."
        " “Statistics” counts those of the catalogue that the sample export feeds; a shorter"
        " export feeds fewer.",
        _overview(),
    ]
    parts += [_section(name, connector) for name, connector in CONNECTORS.items()]
    return "\n\n".join(parts) + "\n"


def _overview() -> str:
    rows = [
        f"| [{GUIDES[name].title}](#{_anchor(GUIDES[name].title)}) | `{name}` |"
        f" {GUIDES[name].files} | {_statistics(name, connector)} |"
        for name, connector in CONNECTORS.items()
    ]
    return "\n".join(["| System | Name | Files | Statistics |", "|---|---|---|---|", *rows])


def _section(name: str, connector: Connector) -> str:
    guide = GUIDES[name]
    lines = [f"## {guide.title}", f"*How to export.* {guide.export}", _unlocks(name, connector)]
    known = inspect.cleandoc(_module_of(connector).__doc__ or "").partition("\n")[2].strip()
    if known:
        lines.append(f"*To know.* {known}")
    return "\n\n".join(lines)


def _unlocks(name: str, connector: Connector) -> str:
    if connector.kind is not RecordKind.SALES:
        return f"*What it gives.* {OF_KIND[connector.kind].capitalize()}."
    columns = _columns(name)
    extras = sorted({word for field, word in EXTRAS.items() if field in columns})
    also = f" It also gives {', '.join(extras)}." if extras else ""
    return f"*What it gives.* {_statistics(name, connector)} statistics.{also}"


def _statistics(name: str, connector: Connector) -> str:
    if connector.kind is not RecordKind.SALES:
        return "–"
    statistics = tuple(CATALOGUE.values())
    return f"{len(possible(_columns(name), statistics))} of {len(statistics)}"


def _columns(name: str) -> frozenset[str]:
    """Every field that one of the connector's golden exports has a column for."""
    found: set[str] = set()
    for file in sorted((EXPORTS / name).iterdir()):
        if file.is_file() and "expected" not in file.name:
            found |= set(_plan(file, name).columns)
    return frozenset(found or _columns_of_tables(name))


def _plan(file: Path, name: str) -> Plan:
    connector, table = choose(read_source(file), name)
    return connector.plan(table, usual().reading)


def _columns_of_tables(name: str) -> set[str]:
    """Of an export of several tables, which are joined from one archive."""
    cases = importlib.import_module("tests.connectors.test_connectors").CASES
    found: set[str] = set()
    for case in cases:
        if case.connector == name:
            found |= set(_plan(case.path, name).columns)
    return found


def _module_of(connector: Connector) -> object:
    for one in pkgutil.iter_modules(foyer_node.connectors.__path__):
        module = importlib.import_module(f"foyer_node.connectors.{one.name}")
        own = one.name not in {"registry", "layouts"}
        if own and any(value is connector for value in vars(module).values()):
            return module
    return inspect.getmodule(type(connector)) or connector


def _anchor(title: str) -> str:
    kept = "".join(c for c in title.lower() if c.isalnum() or c in " -_")
    return kept.strip().replace(" ", "-")
