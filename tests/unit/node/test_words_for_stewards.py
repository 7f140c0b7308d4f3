"""Promise: `preview` and `outbox N` speak in words, and no part of a program stands in them."""

import re

from tests.support.boundary_readers import SENDER, readers

from foyer_node.adapters.outbox_files import Outbox
from foyer_node.config import Institution, read_config, render_config
from foyer_node.leaf_words import name_of
from foyer_node.outbox import outbox_message
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.layout import lay_out
from foyer_protocol.messages.envelope import (
    COORDINATOR,
    EnvelopeHeader,
    Kind,
    seal_envelope,
)
from foyer_protocol.messages.report import Report
from foyer_protocol.version import PROTOCOL_VERSION

LEAVES = lay_out(tuple(CATALOGUE.values())).leaves


def test_every_block_of_numbers_has_a_line_of_its_own():
    lines = [name_of(leaf) for leaf in LEAVES]
    assert len(set(lines)) == len(LEAVES)
    for line in lines:
        assert not re.search(r"[(){}<>=_\[\]]|True|False", line), line


def sent_report(folder) -> tuple[str, dict]:
    """What `outbox 1` says after a report left, as text and as a record."""
    (folder / "node.toml").write_text(
        render_config(Institution(slug="aros", name="ARoS", country="DK", type="MUSEUM_ART"))
    )
    header = EnvelopeHeader(
        protocol=PROTOCOL_VERSION,
        network="simulated",
        sender="aros",
        receiver=COORDINATOR,
        kind=Kind.REPORT,
        job_id="0" * 32,
        expires_at=0,
    )
    raw = seal_envelope(header, readers()["report"][0], SENDER)
    config = read_config(folder)
    Outbox(config.path("outbox"), lambda: 0).record(raw, channel="fleet", kind="report")
    record, text = outbox_message(config, 1)
    return text, record


def test_a_message_is_shown_part_by_part(tmp_path):
    text, record = sent_report(tmp_path)
    lines = text.splitlines()
    assert not re.search(r"[{}'\[\]]", text)
    report = Report.from_bytes(readers()["report"][0])
    assert f"sealed seeds: {len(report.sealed)}" in [line.strip() for line in lines]
    assert f"      nonce: {report.signed.header.nonce}" in lines
    assert lines[-1] == f"hex: {record['hex']}"


def test_machines_get_the_same_parts_as_people(tmp_path):
    text, record = sent_report(tmp_path)
    shown = text.replace(" ", "")

    def holds(value) -> bool:
        if isinstance(value, dict):
            return all(holds(one) for one in value.values())
        if isinstance(value, list | tuple):
            return all(holds(one) for one in value)
        return value in (None, "") or str(value).replace(" ", "") in shown

    assert holds(record)
