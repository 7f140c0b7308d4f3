"""Promise: nothing about a visitor leaves by accident: not in a message, log or exception.

Every visitor of one house is a canary in e-mail, name and order number. The house imports,
looks at its own figures, takes part in a whole round as reporter and helper, and crashes.
Then everything it said, sent, kept or raised is searched for the canary.
"""

import base64
import csv
import logging
import traceback
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.support.consortium import signed
from tests.support.local_node import FACTS, YEAR, plan_for
from tests.support.session_party import SessionParty
from tests.support.simulated_round import contribution_to

from foyer_node.app import Membership, keep_membership, open_node, reading_store
from foyer_node.config import NodeConfig, read_config
from foyer_node.engine.extract import Extractor
from foyer_node.following import Network
from foyer_node.importing.report_text import describe
from foyer_node.insight.own_figures import own_figures
from foyer_node.outbox import open_outbox, outbox_listing, outbox_message
from foyer_node.preview import ledger_listing, preview_round
from foyer_node.session import NodeSession
from foyer_node.setup import FileHints, import_export, make_node
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.errors import ConnectorError, FoyerError, QuarantineTooLarge
from foyer_protocol.messages.release import Release
from foyer_protocol.messages.roster import Roster
from foyer_protocol.simulate import NOON, Party, make_network, run_round

CANARY = "CANARY-7f3a"
LOCAL_PART = "canary-7f3a"
FORMS = [
    CANARY.lower().encode(),
    *(
        form
        for word in (CANARY, LOCAL_PART)
        for form in (word.encode().hex().encode(), base64.b64encode(word.encode())[:14].lower())
    ),
]
"""The canary in either case, as hexadecimal and as base 64."""

HEADER = [
    "Order no", "Order date", "Event", "Event date", "Qty", "Amount", "E-mail", "Customer name",
    "Postcode", "Country", "Channel",
]  # fmt: skip
OTHERS = ("mak", "smk", "tate", "uffizi", "vam")


def holds_canary(content: bytes | str) -> bool:
    raw = content.encode() if isinstance(content, str) else content
    return any(form in raw.lower() for form in FORMS)


def write_export(path: Path, orders: int = 80, *, bad: bool = False) -> Path:
    """`bad`: every date is a canary too, so that every row is refused."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(orders):
            at = datetime(2022, 7, 2, 12) + timedelta(days=18 * number)
            ordered = f"{CANARY} {number}" if bad and number else f"{at}"
            writer.writerow(
                [f"{CANARY}-{number}", ordered, "Evening", f"{at + timedelta(days=9)}",
                 1 + number % 3, "30.00", f"{LOCAL_PART}-{number % 20}@example.org",
                 f"{CANARY} {number % 20}", "2100", "DK", "web"]
            )  # fmt: skip
    return path


@dataclass(slots=True, kw_only=True)
class Said:
    """Everything that the house said, by where it was said."""

    texts: dict[str, str | bytes] = field(default_factory=dict, repr=False)

    def hear(self, where: str, what: object) -> None:
        self.texts[where] = what if isinstance(what, bytes) else f"{what}\n{what!r}"

    def hear_refusal(self, where: str, refusal: BaseException) -> None:
        self.hear(where, "".join(traceback.format_exception(refusal)))
        if isinstance(refusal, FoyerError):
            self.hear(f"{where}, hint", refusal.hint)


@dataclass(slots=True, kw_only=True)
class House:
    """A node, the round it is in, and what it said."""

    config: NodeConfig
    said: Said
    roster: Roster
    parties: dict[str, Party | SessionParty] = field(repr=False)

    @property
    def ours(self) -> SessionParty:
        found = self.parties[FACTS["slug"]]
        assert isinstance(found, SessionParty)
        return found


def import_all(config: NodeConfig, folder: Path, said: Said) -> None:
    good, bad = write_export(folder / "good.csv"), write_export(folder / "bad.csv", bad=True)
    for apply in (False, True):
        report = import_export(config, good, apply=apply, hints=FileHints())
        said.hear(f"import report {apply}", describe(report) + report.as_json())
    with pytest.raises((QuarantineTooLarge, ConnectorError)) as refused:
        import_export(config, bad, apply=True, hints=FileHints())
    said.hear_refusal("refused import", refused.value)
    nonsense = folder / "nonsense.csv"
    nonsense.write_text(f"{CANARY}\n{CANARY} {LOCAL_PART}@example.org\n", encoding="utf-8")
    with pytest.raises(ConnectorError) as unreadable:
        import_export(config, nonsense, apply=True, hints=FileHints())
    said.hear_refusal("unreadable file", unreadable.value)


def join(config: NodeConfig, said: Said) -> House:
    """A round with five others; the house is among its helpers."""
    plan, name = plan_for("season-2026"), config.institution.slug
    with reading_store(config) as store:
        own = Extractor(store).extract(plan.layout(), plan.period)
        totals = Extractor(store).extract_exact(plan.layout(), plan.period)
        facts = store.facts()
    said.hear("own figures", own_figures(plan.layout(), totals, plan.period, facts))
    said.hear("contribution", own)
    parts = {other: contribution_to(plan, 5000) for other in OTHERS}
    made, parties = make_network(parts | {name: own})
    coordinator, governance = Identity.generate(), Identity.generate()
    roster = made.model_copy(update={"coordinator_key": coordinator.public})
    config.path("keys", "identity.key").write_bytes(parties[name].identity.to_bytes())
    config.path("keys", "helper.key").write_bytes(parties[name].helper_key.to_bytes())
    network = Network(
        slug="simulated",
        institution=name,
        coordinator_key=coordinator.public,
        governance_keys=(governance.public,),
    )
    keep_membership(config, Membership(network=network, control_address="a:1", fleet_address="a:2"))
    ours = SessionParty(
        session=open_node(config, clock=lambda: NOON - 60).session,
        coordinator=coordinator,
        signed=signed(roster, governance),
    )
    return House(config=config, said=said, roster=roster, parties={**parties, name: ours})


def play(house: House) -> Release:
    """Proposal, preview, round, release; and one round whose computation crashes."""
    plan = plan_for("season-2026")
    house.ours.propose(plan)
    house.ours.session.follow_roster(house.ours.signed.to_bytes())
    seen = preview_round(house.config, plan.round_id)
    house.said.hear("preview", f"{seen.as_text()}{seen.as_dict()}{seen!r}")
    release = run_round(plan, house.roster, house.parties)  # type: ignore[arg-type]  # SessionParty
    assert isinstance(release, Release)
    house.ours.release(release)
    crash(house)
    for number, raw in enumerate(house.ours.replies):
        house.said.hear(f"reply {number}", raw)
    for sent in open_outbox(house.config).list():
        house.said.hear(f"outbox {sent.number}", outbox_message(house.config, sent.number))
    house.said.hear("outbox", outbox_listing(house.config))
    house.said.hear("ledger", ledger_listing(house.config))
    return release


def crash(house: House) -> None:
    def compute(plan: object) -> None:
        raise ValueError(f"cannot read the row of {LOCAL_PART}@example.org, {CANARY}")

    session = open_node(house.config, clock=lambda: NOON - 60).session
    broken = NodeSession(
        **{
            name: getattr(session, name)
            for name in (
                "network",
                "policy",
                "identity",
                "helper_key",
                "store",
                "history",
                "show",
                "clock",
            )
        },
        compute=compute,
    )
    crashing = SessionParty(
        session=broken, coordinator=house.ours.coordinator, signed=house.ours.signed
    )
    parties = {**house.parties, FACTS["slug"]: crashing}
    other = plan_for("crash-2026", period=YEAR.previous())  # of the same days it would refuse
    release = run_round(other, house.roster, parties)  # type: ignore[arg-type]
    house.said.hear("release after a crash", release)
    for number, raw in enumerate(crashing.replies):
        house.said.hear(f"reply of a crash {number}", raw)


class EveryRecord(logging.Handler):
    """Keeps every log record as it would be printed, its traceback included."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(logging.Formatter().format(record) + repr(record.args))


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    folder = tmp_path_factory.mktemp("canary")
    records, root = EveryRecord(), logging.getLogger()
    level = root.level
    root.addHandler(records)
    root.setLevel(logging.DEBUG)
    try:
        make_node(folder / "node", **FACTS)
        config, said = read_config(folder / "node"), Said()
        import_all(config, folder, said)
        house = join(config, said)
        play(house)
    finally:
        root.removeHandler(records)
        root.setLevel(level)
    for number, line in enumerate(records.lines):
        said.hear(f"log record {number}", line)
    return house


def test_the_canary_would_be_found():
    assert holds_canary(f"<{CANARY}@example.org>")
    assert holds_canary(LOCAL_PART.encode().hex())
    assert not holds_canary("a canary that is another bird")


def test_the_house_took_part_and_spoke(house):
    kinds = [sent.kind for sent in open_outbox(house.config).list()]
    assert kinds.count("report") == 2
    assert kinds.count("answer") == 4, "it helps in the round in which it crashes"
    assert "refusal" in kinds
    assert any("failed on" in str(text) for text in house.said.texts.values())


def test_nothing_that_was_said_or_sent_or_raised_names_a_visitor(house):
    assert [where for where, text in house.said.texts.items() if holds_canary(text)] == []


def test_no_file_of_the_node_holds_a_visitor_in_clear(house):
    files = [path for path in house.config.folder.rglob("*") if path.is_file()]
    assert {"store.duckdb", "vault.duckdb", "ledger.jsonl", "index.jsonl"} <= {
        path.name for path in files
    }
    assert [path.name for path in files if holds_canary(path.read_bytes())] == []


def test_the_store_has_no_visitor_in_any_cell(house):
    with reading_store(house.config) as store:
        tables = store.execute_measure("SELECT table_name FROM duckdb_tables()", ())
        assert len(tables) > 3
        for (table,) in tables:
            rows = store.execute_measure(f'SELECT * FROM "{table}"', ())
            assert not holds_canary(repr(rows)), table


def test_the_store_can_still_count_its_visitors(house):
    with reading_store(house.config) as store:
        found = Extractor(store).extract(plan_for("season-2026").layout(), YEAR)
    assert any(sum(values) for values in found.values.values())
