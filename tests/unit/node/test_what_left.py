"""Promise: every message that can leave is explained, and an officer can take all of it away."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime

import pytest
from tests.support.local_node import FACTS

from foyer_node.adapters.outbox_files import Outbox
from foyer_node.config import read_config
from foyer_node.outbox import explain
from foyer_node.setup import make_node
from foyer_node.sharing.dpo_export import pack_outbox, write_export
from foyer_protocol.control_pb2 import NodeFrame, Status
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.errors import ConfigError
from foyer_protocol.messages.envelope import COORDINATOR, EnvelopeHeader, Kind, seal_envelope
from foyer_protocol.messages.escrow import EscrowAck, EscrowAnswer, shares_digest
from foyer_protocol.version import PROTOCOL_VERSION
from foyer_web.languages import LANGUAGES
from foyer_web.sending import KINDS, named_kind
from foyer_web.words import words

LEAVING = {Kind.REPORT, Kind.REFUSAL, Kind.ANSWER, Kind.SHARES, Kind.ABORT_PROMISE}
JOB = "0a" * 16
MADE_AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def box(tmp_path):
    return Outbox(tmp_path / "outbox", lambda: 1_796_000_000)


def enveloped(kind, body):
    header = EnvelopeHeader(
        protocol=PROTOCOL_VERSION, network="simulated", sender="dox", receiver=COORDINATOR,
        kind=kind, job_id=JOB, expires_at=1_796_000_000,
    )  # fmt: skip
    return seal_envelope(header, body, Identity.generate())


def shares_of():
    given = (b"\x00\xffshare-one", b"\x80share-two")
    ack = EscrowAck(
        job_id=JOB, helper="dox", set="0b" * 32, silent=("mak",), shares=shares_digest(given)
    )
    return EscrowAnswer(ack=ack, signature=b"s" * 64, shares=given)


def test_every_kind_that_a_node_sends_has_plain_words():
    said = {kind for channel, kind in KINDS if channel == "fleet"}
    assert said == {kind.value for kind in LEAVING}
    frames = {field.name for field in NodeFrame.DESCRIPTOR.oneofs_by_name["body"].fields}
    assert {kind for channel, kind in KINDS if channel == "control"} == frames


def test_a_kind_without_words_is_shown_by_its_technical_name():
    assert named_kind("fleet", "wave", words("da")) == "fleet: wave"


def test_shares_are_explained_by_whom_they_are_about_and_not_as_text(box):
    content = enveloped(Kind.SHARES, shares_of().to_bytes())
    sent = box.record(content, channel="fleet", kind="shares")
    body = explain(sent, content)["body"]
    assert body["ack"]["silent"] == ["mak"]
    assert len(body["escrow_shares"]) == 2


@pytest.mark.parametrize("kind", sorted(LEAVING))
def test_what_cannot_be_read_is_shown_as_it_is_and_stops_nothing(box, kind):
    content = enveloped(kind, b"\xff\xfe damaged")
    sent = box.record(content, channel="fleet", kind=kind)
    assert "hex" in explain(sent, content)["body"]
    assert "hex" in explain(sent, b"\x01")


def test_a_status_is_explained_field_by_field(box):
    content = NodeFrame(status=Status(data_until="2026-06-01")).SerializeToString()
    sent = box.record(content, channel="control", kind="status")
    assert explain(sent, content)["status"] == {"data_until": "2026-06-01"}


def archived(box, language="en"):
    pieces = pack_outbox(
        box.list(), box.content, institution="Kanal", language=language, made_at=MADE_AT
    )
    return zipfile.ZipFile(io.BytesIO(b"".join(pieces)))


def test_an_archive_holds_every_payload_as_it_left_with_its_hash(box):
    contents = [enveloped(Kind.SHARES, shares_of().to_bytes()), b"\x00raw", b""]
    for content in contents:
        box.record(content, channel="fleet", kind="shares", round_id="r1", rho="1/200")
    archive = archived(box)
    assert archive.testzip() is None
    names = [f"payloads/{number:08d}.bin" for number in (1, 2, 3)]
    assert [archive.read(name) for name in names] == contents
    sums = dict(line.split("  ")[::-1] for line in archive.read("SHA256SUMS").decode().splitlines())
    assert sums == {
        name: hashlib.sha256(content).hexdigest()
        for name, content in zip(names, contents, strict=True)
    }
    rows = list(csv.DictReader(io.StringIO(archive.read("index.csv").decode("utf-8-sig"))))
    assert [row["file"] for row in rows] == names
    assert {(row["round"], row["privacy_cost"], row["intact"]) for row in rows} == {
        ("r1", "1/200", "yes")
    }
    assert json.loads(archive.read("explained/00000001.json"))["body"]["ack"]["helper"] == "dox"


def test_a_payload_that_was_changed_since_is_told(box, tmp_path):
    box.record(b"as it left", channel="control", kind="status")
    (tmp_path / "outbox" / "00000001.bin").write_bytes(b"something else")
    (row,) = csv.DictReader(io.StringIO(archived(box).read("index.csv").decode("utf-8-sig")))
    assert row["intact"] == "no"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_readme_is_in_the_reader_s_language(box, language):
    box.record(b"x", channel="control", kind="status")
    text = archived(box, language).read("README.txt").decode()
    assert words(language).say("its size") in text
    assert "%(" not in text


def test_an_archive_replaces_no_file(tmp_path):
    make_node(tmp_path / "node", **FACTS)
    read_config(tmp_path / "node")
    to = tmp_path / "all.zip"
    assert write_export(tmp_path / "node", to, "da") == 0
    with pytest.raises(ConfigError, match="is there already"):
        write_export(tmp_path / "node", to, "da")
    with pytest.raises(ConfigError, match="'xx'"):
        write_export(tmp_path / "node", tmp_path / "more.zip", "xx")
    assert not (tmp_path / "more.zip").exists()
