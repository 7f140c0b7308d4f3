"""Everything that reads what somebody else wrote, each with bytes that it accepts.

`READERS[name]` is a pair: good bytes, and the function that reads such bytes. For files the
function writes them to a folder of its own first.
"""

import io
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from google.protobuf.message import DecodeError
from tests.support.committees import a_committee, asked_of, house, shares_of
from tests.support.consortium import EXPIRES, pay, signed
from tests.support.simulated_round import simulated_round

from foyer_coordinator.config import CONFIG_NAME as COORDINATOR_CONFIG
from foyer_coordinator.config import Network
from foyer_coordinator.config import read_config as read_coordinator_config
from foyer_coordinator.config import render_config as render_coordinator_config
from foyer_node.adapters.table_files import read_source
from foyer_node.config import CONFIG_NAME as NODE_CONFIG
from foyer_node.config import Institution
from foyer_node.config import read_config as read_node_config
from foyer_node.config import render_config as render_node_config
from foyer_node.enrolment import read_invitation
from foyer_protocol import control_pb2 as wire
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.dp.ledger import Ledger, decode_entry, encode_entry
from foyer_protocol.errors import RemoteProtocolError, StorageError
from foyer_protocol.messages.closing import AbortAsk, AbortCertificate, SignedPromise
from foyer_protocol.messages.envelope import (
    COORDINATOR,
    EnvelopeHeader,
    Kind,
    open_envelope,
    seal_envelope,
)
from foyer_protocol.messages.escrow import EscrowAnswer, EscrowRequest
from foyer_protocol.messages.plan import Job, Plan
from foyer_protocol.messages.release import Release
from foyer_protocol.messages.report import Refusal, Report
from foyer_protocol.messages.roster import Roster, SignedRoster
from foyer_protocol.messages.unmask import UnmaskAnswer, UnmaskRequest
from foyer_protocol.rounds.closing import certify, promise
from foyer_protocol.rounds.profiles import FIVE
from foyer_protocol.simulate import NOON
from foyer_protocol.version import PROTOCOL_VERSION

Read = Callable[[bytes], object]
Reader = tuple[bytes, Read]

SENDER = Identity.generate()
CSV = (
    "Order;Date;Event;Qty;Paid;E-mail\n"
    "A1;2026-03-01 12:00;2026-03-09 19:00;2;240,50;ada@example.org\n"
    'A2;2026-03-02 09:30;2026-03-09 19:00;1;"120,00";bø@example.org\n'
) * 20


@cache
def readers() -> dict[str, Reader]:
    """All of them, by the name that a failing test shows."""
    return {**_packed(), **_json(), **_frames(), **_files(), **_closing()}


@cache
def json_readers() -> dict[str, Reader]:
    """Those that read one JSON document."""
    return _json()


def _packed() -> dict[str, Reader]:
    here = a_committee(FIVE, "volume.attendances", others=1)
    job = here.job()
    reports = here.reports(job, [house(n) for n in range(6)])
    silent = here.roster.committee[-1]
    request = here.request(job, reports, house(0))
    escrow = asked_of(here, job, reports, (silent,))[house(0)]
    governance = Identity.generate()
    answer = UnmaskAnswer.to_bytes(_any_answer(here, job, reports))
    return {
        "envelope": (_envelope(), _open),
        "signed roster": (signed(here.roster, governance).to_bytes(), SignedRoster.from_bytes),
        "report": (reports[house(0)].to_bytes(), Report.from_bytes),
        "unmask request": (request.to_bytes(), UnmaskRequest.from_bytes),
        "unmask answer": (answer, UnmaskAnswer.from_bytes),
        "escrow request": (escrow.to_bytes(), EscrowRequest.from_bytes),
        "escrow answer": (
            shares_of(here, escrow, house(0)).to_bytes(),
            EscrowAnswer.from_bytes,
        ),
    }


def _any_answer(here, job, reports) -> UnmaskAnswer:
    other = here.job()
    return here.answer(here.request(other, here.reports(other, reports), house(1)), house(1))


def _json() -> dict[str, Reader]:
    done = simulated_round()
    refusal = Refusal(job_id="0" * 32, institution="mak", code="not-approved")
    return {
        "roster": (done.signed.roster.to_json(), Roster.from_json),
        "plan": (done.plan.to_json(), Plan.from_json),
        "job": (done.figures.job.to_json(), Job.from_json),
        "veto job": (done.veto.job.to_json(), Job.from_json),
        "release": (done.release.to_json(), Release.from_json),
        "refusal": (refusal.to_json(), Refusal.from_json),
        "envelope header": (_header().to_json(), EnvelopeHeader.from_json),
    }


def _closing() -> dict[str, Reader]:
    """What is said of a job that is given up; a certificate cut short is one of fewer promises."""
    here = a_committee(FIVE)
    ask = AbortAsk(job_id="0f" * 16, roster=here.roster.digest)
    sworn = {n: promise(ask, n, here.parties[n].identity) for n in here.roster.committee}
    certificate = certify(sworn, here.roster)
    assert certificate is not None
    return {
        "abort ask": (ask.to_json(), AbortAsk.from_json),
        "abort promise": (sworn[house(0)].to_bytes(), SignedPromise.from_bytes),
        "abort certificate": (certificate.to_bytes(), AbortCertificate.from_bytes),
    }


def _header() -> EnvelopeHeader:
    return EnvelopeHeader(
        protocol=PROTOCOL_VERSION,
        network="simulated",
        sender="aros",
        receiver=COORDINATOR,
        kind=Kind.REPORT,
        job_id="0" * 32,
        expires_at=EXPIRES,
    )


def _envelope() -> bytes:
    return seal_envelope(_header(), b'{"any":"body"}' * 20, SENDER)


def _open(raw: bytes) -> object:
    return open_envelope(
        raw,
        network="simulated",
        receiver=COORDINATOR,
        sender_keys={"aros": SENDER.public},
        now=NOON,
    )


def _frames() -> dict[str, Reader]:
    """Protobuf's own reader: gRPC ends a stream at its `DecodeError`, before any of our code."""
    up = wire.NodeFrame(hello=wire.Hello())
    down = wire.CoordinatorFrame(roster=b"\x01" * 200)
    asked = wire.EnrolRequest(code="X" * 24, protocol_version=1, helper_key=b"\x02" * 100)
    return {
        f"frame {type(frame).__name__}": (frame.SerializeToString(), _decoder(type(frame)))
        for frame in (up, down, asked)
    }


def _decoder(kind: type) -> Read:
    def read(raw: bytes) -> object:
        try:
            return kind.FromString(raw)
        except DecodeError:
            raise RemoteProtocolError("gRPC ended the stream") from None

    return read


def _files() -> dict[str, Reader]:
    node = render_node_config(Institution(slug="mak", name="MAK", country="AT", type="MUSEUM"))
    coordinator = render_coordinator_config(Network(slug="simulated", currency="EUR"))
    entries = _a_ledger_line()
    invitation = f"foyer1:coordinator.example.org:8443:ABCD-EFGH-JKMN-PQRS-TVWX:{'0' * 32}"
    return {
        "invitation": (invitation.encode(), lambda raw: read_invitation(_text(raw))),
        "node.toml": (
            node.encode(),
            _from_file(NODE_CONFIG, lambda at: read_node_config(at.parent)),
        ),
        "coordinator.toml": (
            coordinator.encode(),
            _from_file(COORDINATOR_CONFIG, lambda at: read_coordinator_config(at.parent)),
        ),
        "ledger line": (entries, lambda raw: decode_entry(_text(raw))),
        "CSV": (CSV.encode("cp1252"), _from_file("export.csv", _whole_table)),
        "XLSX": (_workbook(), _from_file("export.xlsx", _whole_table)),
    }


def _a_ledger_line() -> bytes:
    done = simulated_round()
    return encode_entry(pay(Ledger(), done.figures.job, done.signed.roster).entries[0]).encode()


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise StorageError("not text; a ledger's file is opened as UTF-8") from None


def _whole_table(path: Path) -> object:
    return [list(table.rows()) for table in read_source(path).tables]


def _from_file(name: str, read: Callable[[Path], object]) -> Read:
    def from_bytes(raw: bytes) -> object:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(raw)
            return read(path)

    return from_bytes


def _workbook() -> bytes:
    import openpyxl  # noqa: PLC0415 - slow to import

    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in (["Order", "Date", "Qty"], ["A1", "2026-03-01", 2], ["A2", "2026-03-02", 1.5]):
        book.active.append(row)
    book.save(out)
    return out.getvalue()
