"""Vectors of sums that are given up: promises, certificates and the refund in a ledger."""

from collections.abc import Callable
from typing import Any

from tests.conformance import material as m

from foyer_protocol.crypto.identity import Identity
from foyer_protocol.dp.ledger import charge, encode_entry, refund
from foyer_protocol.messages.closing import AbortAsk, AbortCertificate, SignedPromise
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.messages.roster import Roster
from foyer_protocol.messages.unmask import UnmaskRequest
from foyer_protocol.rounds.closing import admit_promise, check_certificate, needed, promise
from foyer_protocol.rounds.helper import HelperState, admit

Fields = dict[str, Any]
VIOLATION = "protocol-violation"
OTHER = "2f" * 16


def promise_of(given: Fields) -> Fields:
    """The signed promise of a helper that answered `answered` first, and nothing else."""
    state, roster = HelperState(), Roster.from_json(given["roster"].encode())
    for raw in given["answered"]:
        state = admit(state, UnmaskRequest.from_bytes(bytes.fromhex(raw)), roster)
    ask = AbortAsk.from_json(given["ask"].encode())
    admit_promise(state, ask)
    identity = Identity.from_bytes(bytes.fromhex(given["identity"]))
    return {"promise": promise(ask, given["helper"], identity).to_bytes().hex()}


def admit_after_promise(given: Fields) -> Fields:
    """What a helper that promised makes of a request about the same job."""
    roster = Roster.from_json(given["roster"].encode())
    state = admit_promise(HelperState(), AbortAsk.from_json(given["ask"].encode()))
    request = UnmaskRequest.from_bytes(bytes.fromhex(given["request"]))
    return {"answered": sorted(admit(state, request, roster).answered)}


def certificate_of(given: Fields) -> Fields:
    """Hold a certificate to a job and a roster; the digest that a refund names."""
    certificate = AbortCertificate.from_bytes(bytes.fromhex(given["certificate"]))
    check_certificate(certificate, given["job_id"], Roster.from_json(given["roster"].encode()))
    return {"digest": certificate.digest}


OPERATIONS: dict[str, Callable[[Fields], Fields]] = {
    "promise": promise_of,
    "promise-after-answer": promise_of,
    "admit-after-promise": admit_after_promise,
    "check-certificate": certificate_of,
}

OF_THE_CATALOGUE = frozenset({"promise-after-answer", "admit-after-promise"})
"""These admit a request, and with it its plan."""


def _word(name: str, job_id: str = m.JOB_ID, signer: str = "") -> SignedPromise:
    ask = AbortAsk(job_id=job_id, roster=m.roster().digest)
    return promise(ask, name, m.identity(signer or name))


def _shown(*words: SignedPromise, job_id: str = m.JOB_ID) -> Fields:
    return {
        "certificate": AbortCertificate(promises=words).to_bytes().hex(),
        "job_id": job_id,
        "roster": m.roster().to_json().decode(),
    }


def _ledger(words: list[SignedPromise]) -> Fields:
    job, period = m.job(), m.roster().period
    ledger = charge(
        m.paid(m.job(OTHER), "aros"), job_id=job.job_id, round_id="again", period=period,
        rho=read_fraction(job.rho), cap=read_fraction(job.rho) * 2,
    )  # fmt: skip
    proof = AbortCertificate(promises=tuple(words)).digest
    entries = refund(ledger, job.job_id, proof).entries
    return {"lines": [encode_entry(entry) for entry in entries], "periods": [period]}


def vectors() -> dict[str, tuple[str, list[tuple[str, Fields, str]]]]:
    """Every file, as `cases` makes them."""
    helpers = m.roster().committee
    words = [_word(name) for name in helpers[: needed(m.roster())]]
    first, *rest = words
    kept, last = _ledger(words), words[-1]
    cheaper = [*kept["lines"][:2], kept["lines"][2].replace('"index":2', '"index":3')]
    ask = AbortAsk(job_id=m.JOB_ID, roster=m.roster().digest).to_json().decode()
    asked = {
        "ask": ask,
        "helper": "brandts",
        "roster": m.roster().to_json().decode(),
        "identity": m.identity("brandts").to_bytes().hex(),
        "answered": [],
    }
    request = m.request("brandts").to_bytes().hex()
    sworn = {"ask": ask, "roster": asked["roster"], "request": request}
    return {
        "promise": ("A helper's signed word never to answer a job.", [("promise", asked, "")]),
        "bad_promise_after_answer": (
            "The job was answered before.",
            [("promise-after-answer", {**asked, "answered": [request]}, VIOLATION)],
        ),
        "bad_answer_after_promise": (
            "A request about a job that the helper promised never to answer.",
            [("admit-after-promise", sworn, VIOLATION)],
        ),
        "abort_certificate": (
            "Promises of m - f helpers, in name order, and what a refund names.",
            [
                ("check-certificate", _shown(*words), ""),
                ("check-certificate", _shown(*map(_word, helpers)), ""),
                ("ledger", kept, ""),
            ],
        ),
        "bad_certificate_thin": (
            "One promise too few.",
            [("check-certificate", _shown(*rest), VIOLATION)],
        ),
        "bad_certificate_twice": (
            "One helper twice.",
            [("check-certificate", _shown(first, first, *rest[1:]), VIOLATION)],
        ),
        "bad_certificate_order": (
            "The promises are not in name order.",
            [("check-certificate", _shown(*reversed(words)), VIOLATION)],
        ),
        "bad_certificate_job": (
            "It is about another job.",
            [("check-certificate", _shown(*words, job_id=OTHER), VIOLATION)],
        ),
        "bad_certificate_signer": (
            "One promise is signed by another helper.",
            [
                (
                    "check-certificate",
                    _shown(*words[:-1], _word(last.promise.helper, signer="aros")),
                    VIOLATION,
                )
            ],
        ),
        "bad_ledger_refund": (
            "A refund's line was moved.",
            [("ledger", {**kept, "lines": cheaper}, "storage")],
        ),
    }
