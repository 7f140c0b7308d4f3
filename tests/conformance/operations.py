"""What a conformance vector can ask for: an operation's name, its inputs and its output.

Inputs and outputs are JSON: bytes as hexadecimal, messages as their canonical JSON text.
An operation returns a JSON object, or raises a `FoyerError` whose code the vector names.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from tests.conformance import refunds, spreads
from tests.conformance.division import cohorts, divide_names, open_groups

from foyer_protocol.crypto.digests import digest
from foyer_protocol.crypto.escrow import combine, split
from foyer_protocol.crypto.helper_key import HelperKey
from foyer_protocol.crypto.identity import Identity, fingerprint, verify
from foyer_protocol.crypto.pads import add_pads, pad_key
from foyer_protocol.crypto.ring import (
    add_in_place,
    from_bytes,
    to_bytes,
    to_ring,
    to_signed,
    zeros,
)
from foyer_protocol.crypto.sealing import open_sealed
from foyer_protocol.dp.ledger import verify_chain
from foyer_protocol.messages.codec import pack, unpack
from foyer_protocol.messages.envelope import EnvelopeHeader, open_envelope
from foyer_protocol.messages.escrow import EscrowAnswer, EscrowRequest
from foyer_protocol.messages.plan import Job, Plan
from foyer_protocol.messages.report import Refusal, Report, ReportHeader, SignedHeader
from foyer_protocol.messages.roster import Roster, SignedRoster, verify_roster
from foyer_protocol.messages.unmask import Ack, UnmaskAnswer, UnmaskRequest
from foyer_protocol.rounds.helper import HelperState, admit, answer
from foyer_protocol.rounds.masking import commit, context, seal_info, unmask
from foyer_protocol.rounds.phases import Phase, advance
from foyer_protocol.rounds.recovery import admit_escrow, answer_escrow
from foyer_protocol.rounds.rules import check_header, check_job, check_plan

Fields = dict[str, Any]
MESSAGES = {
    kind.__name__: kind for kind in (EnvelopeHeader, Plan, Job, ReportHeader, Refusal, Ack, Roster)
}


def entropy_of(stream: bytes) -> Callable[[int], bytes]:
    """Hand out `stream` from its start; running dry is a fault of the vector."""
    rest = bytearray(stream)

    def take(count: int) -> bytes:
        if len(rest) < count:
            raise ValueError(f"the vector's entropy ends {count - len(rest)} bytes too early")
        taken = bytes(rest[:count])
        del rest[:count]
        return taken

    return take


def _hex(parts: tuple[bytes, ...]) -> list[str]:
    return [part.hex() for part in parts]


def _parts(values: list[str]) -> list[bytes]:
    return [bytes.fromhex(value) for value in values]


def _pack(given: Fields) -> Fields:
    return {"bytes": pack(*_parts(given["parts"])).hex()}


def _unpack(given: Fields) -> Fields:
    return {"parts": _hex(unpack(bytes.fromhex(given["bytes"])))}


def _read_message(given: Fields) -> Fields:
    message = MESSAGES[given["kind"]].from_json(given["text"].encode())
    return {"text": message.to_json().decode()}


def _digest(given: Fields) -> Fields:
    return {"digest": digest(given["purpose"], *_parts(given["parts"])).hex()}


def _plan_digest(given: Fields) -> Fields:
    return {"digest": Plan.from_json(given["plan"].encode()).digest}


def _job_digest(given: Fields) -> Fields:
    return {"digest": Job.from_json(given["job"].encode()).digest.hex()}


def _to_ring(given: Fields) -> Fields:
    return {"bytes": to_bytes(to_ring(np.array(given["values"], np.int64), given["bits"])).hex()}


def _sum_vectors(given: Fields) -> Fields:
    total = zeros(given["width"], given["bits"])
    for raw in _parts(given["vectors"]):
        add_in_place(total, from_bytes(raw, given["bits"], given["width"]))
    return {"bytes": to_bytes(total).hex(), "signed": to_signed(total).tolist()}


def _pad(given: Fields) -> Fields:
    key = pad_key(bytes.fromhex(given["seed"]), bytes.fromhex(given["context"]))
    words = zeros(given["width"], given["bits"])
    add_pads(words, [key])
    return {"key": key.hex(), "pad": to_bytes(words).hex()}


def _escrow_split(given: Fields) -> Fields:
    shares = split(
        bytes.fromhex(given["secret"]),
        given["threshold"],
        given["holders"],
        entropy_of(bytes.fromhex(given["entropy"])),
    )
    return {"shares": _hex(shares)}


def _escrow_combine(given: Fields) -> Fields:
    shares = {int(place): bytes.fromhex(share) for place, share in given["shares"].items()}
    return {"secret": combine(shares, given["threshold"]).hex()}


def _binding(given: Fields) -> Fields:
    job = Job.from_json(given["job"].encode())
    bound = context(job, given["institution"], bytes.fromhex(given["nonce"]))
    return {
        "context": bound.hex(),
        "info": seal_info(bound, given["helper"]).hex(),
        "commitment": commit(bound, bytes.fromhex(given["seed"])),
    }


def _sign(given: Fields) -> Fields:
    identity = Identity.from_bytes(bytes.fromhex(given["private"]))
    signature = identity.sign(given["purpose"], bytes.fromhex(given["message"]))
    return {
        "public": identity.public,
        "fingerprint": fingerprint(identity.public),
        "signature": signature.hex(),
    }


def _verify(given: Fields) -> Fields:
    signature, message = bytes.fromhex(given["signature"]), bytes.fromhex(given["message"])
    verify(given["public"], given["purpose"], message, signature)
    return {}


def _helper_key(given: Fields) -> Fields:
    return {"public": HelperKey.from_bytes(bytes.fromhex(given["private"])).public.hex()}


def _open_sealed(given: Fields) -> Fields:
    key = HelperKey.from_bytes(bytes.fromhex(given["private"]))
    sealed, info = bytes.fromhex(given["sealed"]), bytes.fromhex(given["info"])
    return {"plaintext": open_sealed(sealed, key, info).hex()}


def _open_envelope(given: Fields) -> Fields:
    opened = open_envelope(
        bytes.fromhex(given["envelope"]),
        network=given["network"],
        receiver=given["receiver"],
        sender_keys=given["sender_keys"],
        now=given["now"],
    )
    return {"header": opened.header.to_json().decode(), "body": opened.body.hex()}


def _verify_roster(given: Fields) -> Fields:
    roster = verify_roster(
        SignedRoster.from_bytes(bytes.fromhex(given["roster"])),
        network=given["network"],
        governance=frozenset(given["governance"]),
        quorum=given["quorum"],
        lowest_epoch=given["lowest_epoch"],
    )
    return {"digest": roster.digest}


def _check_plan(given: Fields) -> Fields:
    check_plan(Plan.from_json(given["plan"].encode()))
    return {}


def _check_job(given: Fields) -> Fields:
    check_job(Job.from_json(given["job"].encode()), _roster(given))
    return {}


def _check_header(given: Fields) -> Fields:
    signed = SignedHeader.from_bytes(bytes.fromhex(given["header"]))
    check_header(signed, Job.from_json(given["job"].encode()), _roster(given))
    return {"institution": signed.header.institution}


def _read_report(given: Fields) -> Fields:
    report = Report.from_bytes(bytes.fromhex(given["report"]))
    return {
        "header": report.signed.header.to_json().decode(),
        "signature": report.signed.signature.hex(),
        "masked": bytes(report.masked).hex(),
        "sealed": _hex(report.sealed),
    }


def _unmask_answer(given: Fields) -> Fields:
    """Each of `requests` in turn, by one helper that remembers; the last one's answer."""
    roster, state = _roster(given), HelperState()
    for raw in _parts(given["requests"]):
        request = UnmaskRequest.from_bytes(raw)
        state = admit(state, request, roster)
        answered = answer(request, roster, given["helper"], *_keys(given))
    return {"answer": answered.to_bytes().hex()}


def _escrow_answer(given: Fields) -> Fields:
    """As a helper that answered the request inside, then each of `requests` in turn."""
    roster, state = _roster(given), HelperState()
    requests = [EscrowRequest.from_bytes(raw) for raw in _parts(given["requests"])]
    state = admit(state, requests[0].unmask, roster)
    for request in requests:
        state = admit_escrow(state, request, roster, given["helper"])
        shares = answer_escrow(request, roster, given["helper"], *_keys(given))
    return {"answer": shares.to_bytes().hex()}


def _read_escrow_answer(given: Fields) -> Fields:
    answered = EscrowAnswer.from_bytes(bytes.fromhex(given["answer"]))
    return {"ack": answered.ack.to_json().decode(), "shares": _hex(answered.shares)}


def _unmask(given: Fields) -> Fields:
    answers = [UnmaskAnswer.from_bytes(raw) for raw in _parts(given["answers"])]
    reports = [Report.from_bytes(raw) for raw in _parts(given["reports"])]
    job = Job.from_json(given["job"].encode())
    total = unmask(job, [one.masked for one in reports], [one.pads for one in answers])
    return {"sum": total.tolist()}


def _ledger(given: Fields) -> Fields:
    ledger = verify_chain(given["lines"])
    spent = {period: str(ledger.spent(period)) for period in given["periods"]}
    return {"head": ledger.head, "spent": spent}


def _phases(given: Fields) -> Fields:
    phase = Phase.PLANNED
    for event in given["events"]:
        phase = advance(phase, event)
    return {"phase": phase.value}


def _roster(given: Fields) -> Roster:
    return Roster.from_json(given["roster"].encode())


def _keys(given: Fields) -> tuple[Identity, HelperKey]:
    identity, helper_key = bytes.fromhex(given["identity"]), bytes.fromhex(given["helper_key"])
    return Identity.from_bytes(identity), HelperKey.from_bytes(helper_key)


OPERATIONS: dict[str, Callable[[Fields], Fields]] = {
    "pack": _pack,
    "unpack": _unpack,
    "read-message": _read_message,
    "digest": _digest,
    "plan-digest": _plan_digest,
    "job-digest": _job_digest,
    "to-ring": _to_ring,
    "sum-vectors": _sum_vectors,
    "pad": _pad,
    "escrow-split": _escrow_split,
    "escrow-combine": _escrow_combine,
    "binding": _binding,
    "sign": _sign,
    "verify": _verify,
    "helper-key": _helper_key,
    "open-sealed": _open_sealed,
    "open-envelope": _open_envelope,
    "verify-roster": _verify_roster,
    "check-plan": _check_plan,
    "check-job": _check_job,
    "check-header": _check_header,
    "read-report": _read_report,
    "unmask-answer": _unmask_answer,
    "escrow-answer": _escrow_answer,
    "read-escrow-answer": _read_escrow_answer,
    "unmask": _unmask,
    "divide": divide_names,
    "unmask-groups": open_groups,
    "cohorts": cohorts,
    **spreads.OPERATIONS,
    **refunds.OPERATIONS,
    "ledger": _ledger,
    "phases": _phases,
}

OF_THE_CATALOGUE = refunds.OF_THE_CATALOGUE | frozenset(
    {"check-plan", "check-job", "unmask-answer", "escrow-answer", "looks"}
)
"""These hold a plan to the installed catalogue: under another one they only have to refuse
it as `catalogue-mismatch`, whatever the vector expected."""
