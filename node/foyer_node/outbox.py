"""What left the building, put so that a data protection officer can read it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import DecodeError

from foyer_node.adapters.outbox_files import Outbox, Sent
from foyer_node.app import now
from foyer_node.config import NodeConfig
from foyer_protocol.control_pb2 import EnrolRequest, NodeFrame
from foyer_protocol.errors import ConfigError, FoyerError
from foyer_protocol.messages.closing import SignedPromise
from foyer_protocol.messages.codec import unpack
from foyer_protocol.messages.envelope import EnvelopeHeader, Kind
from foyer_protocol.messages.escrow import EscrowAnswer
from foyer_protocol.messages.report import Report
from foyer_protocol.messages.unmask import UnmaskAnswer


def open_outbox(config: NodeConfig) -> Outbox:
    """The outbox of this node."""
    return Outbox(config.path("outbox"), now)


def describe(sent: Sent) -> dict[str, object]:
    """One line of the index, for machines."""
    return {
        "number": sent.number,
        "at": datetime.fromtimestamp(sent.at, tz=UTC).isoformat(),
        "channel": sent.channel,
        "kind": sent.kind,
        "round": sent.round_id,
        "receiver": sent.receiver,
        "bytes": sent.size,
        "sha256": sent.sha256,
        "rho": sent.rho,
    }


def explain(sent: Sent, content: bytes) -> dict[str, object]:
    """What is inside one message, part by part. Bulk bytes are shown by size and start."""
    if sent.channel != "fleet":
        note = {"note": f"a {sent.kind} message of the control plane"}
        return note | _frame(sent.channel, content)
    try:
        head, signature, body = unpack(content)
        header = EnvelopeHeader.from_json(head)
    except (FoyerError, ValueError):
        return {"unreadable": "no envelope of this version", "hex": content.hex()}
    return {
        "envelope": header.model_dump(mode="json"),
        "signature": signature.hex(),
        "body": _body(header.kind, body),
    }


def _frame(channel: str, content: bytes) -> dict[str, object]:
    """What is in a message of the control plane, by the names of its protocol."""
    form = EnrolRequest if channel == "enrolment" else NodeFrame
    try:
        return MessageToDict(form.FromString(content), preserving_proto_field_name=True)
    except DecodeError:
        return {"unreadable": "no message of this version", "hex": content.hex()}


def _body(kind: Kind, body: bytes) -> dict[str, object]:
    try:
        match kind:
            case Kind.REPORT:
                report = Report.from_bytes(body)
                return {
                    "header": report.signed.header.model_dump(mode="json"),
                    "masked_vector": _bulk(report.masked),
                    "sealed_seeds": [_bulk(part) for part in report.sealed],
                }
            case Kind.ANSWER:
                answer = UnmaskAnswer.from_bytes(body)
                return {
                    "ack": answer.ack.model_dump(mode="json"),
                    "sum_of_pads": _bulk(answer.pads),
                }
            case Kind.ABORT_PROMISE:
                sworn = SignedPromise.from_bytes(body)
                return {
                    "promise": sworn.promise.model_dump(mode="json"),
                    "signature": sworn.signature.hex(),
                }
            case Kind.SHARES:
                given = EscrowAnswer.from_bytes(body)
                return {
                    "ack": given.ack.model_dump(mode="json"),
                    "signature": given.signature.hex(),
                    "escrow_shares": [_bulk(share) for share in given.shares],
                }
            case _:
                return {"text": body.decode()}
    except (FoyerError, ValueError) as refusal:
        why = refusal.message if isinstance(refusal, FoyerError) else "it is no text"
        return {"unreadable": why, "hex": body.hex()}


def _bulk(content: bytes | memoryview) -> str:
    return f"{len(content)} bytes: {content[:24].hex()}…"


def outbox_listing(config: NodeConfig) -> tuple[list[dict[str, object]], str]:
    """All messages, for machines and for people."""
    messages = open_outbox(config).list()
    lines = [
        f"{sent.number:6d}  {datetime.fromtimestamp(sent.at, tz=UTC):%Y-%m-%d %H:%M:%S}"
        f"  {sent.channel:9s} {sent.kind:8s} {sent.size:8d} bytes  rho {sent.rho:7s}"
        f" {sent.round_id}"
        for sent in messages
    ]
    return [describe(sent) for sent in messages], "\n".join(lines) or "nothing has left yet"


def outbox_message(config: NodeConfig, number: int) -> tuple[dict[str, object], str]:
    """One message whole.

    Raises:
        ConfigError: there is no such message.
    """
    box = open_outbox(config)
    found = next((sent for sent in box.list() if sent.number == number), None)
    if found is None:
        raise ConfigError(f"no message {number} ever left this node")
    content = box.content(number)
    record = {**describe(found), "parts": explain(found, content), "hex": content.hex()}
    return record, "\n".join(_lines(record))


def _lines(record: Mapping[str, object], indent: str = "") -> Iterator[str]:
    """A message part by part, what is inside a part further to the right."""
    for key, value in record.items():
        name = f"{indent}{key.replace('_', ' ')}:"
        match value:
            case dict():
                yield name
                yield from _lines(value, indent + "  ")
            case list() | tuple():
                yield f"{name} {len(value)}"
                yield from _lines({str(i): part for i, part in enumerate(value, 1)}, indent + "  ")
            case None | "":
                yield f"{name} none"
            case _:
                yield f"{name} {value}"
