"""The vectors: by name, what each is about and its steps. `bad_` ones end in a refusal."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from tests.conformance import material as m

from foyer_protocol.crypto.escrow import split
from foyer_protocol.dp.ledger import charge, encode_entry, settle
from foyer_protocol.messages.codec import pack
from foyer_protocol.messages.envelope import (
    COORDINATOR,
    EnvelopeHeader,
    Kind,
    seal_envelope,
)
from foyer_protocol.messages.escrow import EscrowRequest, SignedAck
from foyer_protocol.messages.plan import Job, Plan
from foyer_protocol.messages.report import Refusal
from foyer_protocol.messages.unmask import UnmaskRequest
from foyer_protocol.rounds.helper import answer
from foyer_protocol.rounds.masking import context, seal_info
from foyer_protocol.rounds.recovery import answer_escrow
from foyer_protocol.version import PROTOCOL_VERSION

Step = tuple[str, dict[str, Any], str]
"""An operation, its inputs, and the code of the expected refusal or nothing."""

VIOLATION, MISUSE = "protocol-violation", "protocol-misuse"
SEED = "11" * 32
CONTEXT = "22" * 32
P = 2**255 - 19


def codec() -> dict[str, tuple[str, list[Step]]]:
    """Bytes, canonical JSON and digests."""
    plan, refusal = m.plan().to_json().decode(), _refusal()
    spaced = refusal.replace(":", ": ", 1)
    unknown = refusal[:-1] + ',"why":"no"}'
    return {
        "codec": (
            "Parts after their lengths, eight little-endian bytes each.",
            [
                ("pack", {"parts": ["", "61", "6262"]}, ""),
                ("unpack", {"bytes": pack(b"", b"a", b"bb").hex()}, ""),
                ("unpack", {"bytes": ""}, ""),
            ],
        ),
        "bad_codec_cut": (
            "A length runs past the end.",
            [("unpack", {"bytes": pack(b"abc")[:-1].hex()}, VIOLATION)],
        ),
        "bad_codec_huge_length": (
            "A part claims 2 GiB of which nothing follows.",
            [("unpack", {"bytes": (2**31).to_bytes(8, "little").hex()}, VIOLATION)],
        ),
        "bad_codec_half_length": (
            "The bytes end inside a length.",
            [("unpack", {"bytes": "030000"}, VIOLATION)],
        ),
        "bad_codec_too_many_parts": (
            "More parts than any message has.",
            [("unpack", {"bytes": "00" * 8 * 4097}, VIOLATION)],
        ),
        "canonical_json": (
            "Keys in order, no blanks, no floats; other characters than ASCII as themselves.",
            [
                ("read-message", {"kind": "Plan", "text": plan}, ""),
                ("read-message", {"kind": "Job", "text": _job()}, ""),
                ("read-message", {"kind": "Roster", "text": _roster()}, ""),
                ("read-message", {"kind": "Refusal", "text": refusal}, ""),
            ],
        ),
        "bad_canonical_json_blank": (
            "The same message with a blank in it.",
            [("read-message", {"kind": "Refusal", "text": spaced}, VIOLATION)],
        ),
        "bad_canonical_json_unknown_field": (
            "A field that this version does not know.",
            [("read-message", {"kind": "Refusal", "text": unknown}, VIOLATION)],
        ),
        "bad_canonical_json_deep": (
            "Lists in lists without end.",
            [("read-message", {"kind": "Plan", "text": "[" * 2000}, VIOLATION)],
        ),
        "digests": (
            "SHA-256 over length-prefixed purpose and parts.",
            [
                ("digest", {"purpose": "a", "parts": ["6263"]}, ""),
                ("digest", {"purpose": "ab", "parts": ["63"]}, ""),
                ("digest", {"purpose": "foyer/content/v1", "parts": [""]}, ""),
                ("plan-digest", {"plan": plan}, ""),
                ("job-digest", {"job": _job()}, ""),
            ],
        ),
    }


def masks() -> dict[str, tuple[str, list[Step]]]:
    """The ring, pads and escrow."""
    dealt = split(bytes.fromhex(SEED), 4, 5, m.entropy("escrow"))
    shares = {str(place): share.hex() for place, share in enumerate(dealt, 1)}
    three = {place: shares[place] for place in ("1", "3", "5")}
    high = {**shares, "2": P.to_bytes(32, "little").hex()}
    split_it = {"secret": SEED, "threshold": 3, "holders": 5, "entropy": "07" * 128}
    pad = {"seed": SEED, "context": CONTEXT}
    limits = [-1, 0, 2**63 - 1, -(2**63)]
    vectors = ["ff" * 8 + "00" * 8, "02" + "00" * 15]
    return {
        "ring": (
            "Two's complement in little-endian words; sums wrap.",
            [
                ("to-ring", {"values": limits, "bits": 64}, ""),
                ("to-ring", {"values": limits, "bits": 32}, ""),
                ("sum-vectors", {"width": 2, "bits": 64, "vectors": vectors}, ""),
                ("sum-vectors", {"width": 4, "bits": 32, "vectors": vectors}, ""),
            ],
        ),
        "bad_ring_short_vector": (
            "A vector that is not a whole number of its words.",
            [("sum-vectors", {"width": 2, "bits": 64, "vectors": ["00" * 15]}, VIOLATION)],
        ),
        "bad_ring_word": (
            "A ring that nobody agreed to.",
            [("to-ring", {"values": [1], "bits": 24}, MISUSE)],
        ),
        "pad": (
            "HKDF-SHA256 (salt: the context, info: `foyer/pad/v1`), then AES-256-CTR from zero.",
            [
                ("pad", {**pad, "width": 8, "bits": 64}, ""),
                ("pad", {**pad, "width": 8, "bits": 32}, ""),
                ("pad", {**pad, "context": "23" * 32, "width": 2, "bits": 64}, ""),
            ],
        ),
        "bad_pad_seed": (
            "A seed of 31 bytes.",
            [("pad", {**pad, "seed": "11" * 31, "width": 1, "bits": 64}, MISUSE)],
        ),
        "escrow": (
            "Shamir modulo 2^255 - 19; a coefficient is 64 bytes of entropy, modulo it.",
            [
                ("escrow-split", split_it, ""),
                ("escrow-combine", {"shares": shares, "threshold": 4}, ""),
                ("escrow-combine", {"shares": _without(shares, "1"), "threshold": 4}, ""),
            ],
        ),
        "bad_escrow_too_few": (
            "Three shares where four are needed.",
            [("escrow-combine", {"shares": three, "threshold": 4}, MISUSE)],
        ),
        "bad_escrow_share": (
            "A share that is the prime itself.",
            [("escrow-combine", {"shares": high, "threshold": 4}, VIOLATION)],
        ),
        "bad_escrow_secret": (
            "A secret that is no field element cannot be shared.",
            [("escrow-split", {**split_it, "secret": "ff" * 32}, MISUSE)],
        ),
    }


def names() -> dict[str, tuple[str, list[Step]]]:
    """Signatures, envelopes, seals and rosters."""
    signed = m.identity("aros").sign("foyer/report/v1", b"message")
    sign = {"private": m.stream("identity/aros", 32).hex(), "purpose": "foyer/report/v1"}
    check = {
        "public": m.identity("aros").public,
        "purpose": "foyer/report/v1",
        "message": b"message".hex(),
        "signature": signed.hex(),
    }
    good = {
        "roster": m.signed_roster("first", "second").to_bytes().hex(),
        "network": m.NETWORK,
        "governance": [m.identity(name).public for name in ("first", "second", "third")],
        "quorum": 2,
        "lowest_epoch": 3,
    }
    single = m.signed_roster("first").to_bytes().hex()
    foreign = m.signed_roster("first", "stranger").to_bytes().hex()
    return {
        "signature": (
            "Ed25519 over the digest of the purpose, then the message.",
            [("sign", {**sign, "message": b"message".hex()}, ""), ("verify", check, "")],
        ),
        "bad_signature_purpose": (
            "A report's signature shown as a roster's.",
            [("verify", {**check, "purpose": "foyer/roster/v1"}, VIOLATION)],
        ),
        "roster": (
            "Two of three governance keys; every helper's key is its institution's own.",
            [("verify-roster", good, "")],
        ),
        "bad_roster_quorum": (
            "One governance signature where two are needed.",
            [("verify-roster", {**good, "roster": single}, VIOLATION)],
        ),
        "bad_roster_stranger": (
            "The second signature is by a key that nobody pinned.",
            [("verify-roster", {**good, "roster": foreign}, VIOLATION)],
        ),
        "bad_roster_epoch": (
            "An epoch below the one followed.",
            [("verify-roster", {**good, "lowest_epoch": 4}, VIOLATION)],
        ),
        "bad_roster_threshold": (
            "c + f < T does not hold.",
            [
                (
                    "read-message",
                    {"kind": "Roster", "text": _roster().replace('"corrupt":2', '"corrupt":3')},
                    VIOLATION,
                )
            ],
        ),
        "bad_roster_helper_key": (
            "Governance slipped in a helper key that its institution did not sign.",
            [("verify-roster", {**good, "roster": _substituted()}, VIOLATION)],
        ),
        **_envelopes(),
    }


def _envelopes() -> dict[str, tuple[str, list[Step]]]:
    header = EnvelopeHeader(
        protocol=PROTOCOL_VERSION,
        network=m.NETWORK,
        sender=COORDINATOR,
        receiver="aros",
        kind=Kind.OFFER,
        job_id=m.JOB_ID,
        expires_at=m.NOON + 60,
    )
    raw = seal_envelope(header, b"body", m.identity(COORDINATOR))
    good = {
        "envelope": raw.hex(),
        "network": m.NETWORK,
        "receiver": "aros",
        "sender_keys": {COORDINATOR: m.identity(COORDINATOR).public},
        "now": m.NOON,
    }
    newer = seal_envelope(
        header.model_copy(update={"protocol": PROTOCOL_VERSION + 1}),
        b"body",
        m.identity(COORDINATOR),
    )
    bad = {
        "bad_envelope_receiver": ("For another institution.", {"receiver": "dox"}, VIOLATION),
        "bad_envelope_stranger": ("From nobody we know.", {"sender_keys": {}}, VIOLATION),
        "bad_envelope_late": ("It has just expired.", {"now": m.NOON + 60}, VIOLATION),
        "bad_envelope_body": (
            "One bit of the body was turned.",
            {"envelope": (raw[:-1] + bytes([raw[-1] ^ 1])).hex()},
            VIOLATION,
        ),
        "bad_envelope_version": (
            "Of the next version of the protocol.",
            {"envelope": newer.hex()},
            "version-mismatch",
        ),
    }
    return {
        "envelope": ("Header, signature over both, body.", [("open-envelope", good, "")]),
        **{
            name: (about, [("open-envelope", {**good, **change}, code)])
            for name, (about, change, code) in bad.items()
        },
    }


def rules() -> dict[str, tuple[str, list[Step]]]:
    """Plans, jobs, ledgers and phases."""
    plan, job = m.plan(), m.job()
    cheap = _replace_scale(plan, rho="1/1000")
    loose = _replace_scale(plan, squared_sensitivity=4)
    held = {"job": _job(), "roster": _roster()}
    ledger = m.paid(job, "aros")
    after = charge(
        settle(ledger, job.job_id, "ab" * 32),
        job_id="1f" * 16,
        round_id="season-2027",
        rho=Fraction(1, 7),
        period="2027",
        cap=Fraction(1, 2),
    )
    lines = [encode_entry(entry) for entry in after.entries]
    periods = ["2026", "2027"]
    happy = ["launched", "reports_closed", "masks_removed", "reviewed"]
    silent = ["launched", "reports_closed", "helpers_silent", "masks_removed", "reviewed"]
    return {
        "plan": ("Noise that pays for its price.", [("check-plan", {"plan": _text(plan)}, "")]),
        "bad_plan_price": (
            "Less noise than its price claims.",
            [("check-plan", {"plan": cheap}, "privacy")],
        ),
        "bad_plan_sensitivity": (
            "A bound on one visitor that is not the catalogue's.",
            [("check-plan", {"plan": loose}, "privacy")],
        ),
        "job": ("A job under its roster.", [("check-job", held, "")]),
        "bad_job_roster": (
            "It names another roster.",
            [("check-job", {**held, "job": _job(roster="cd" * 32)}, VIOLATION)],
        ),
        "bad_job_width": (
            "One slot more than its plan has.",
            [("check-job", {**held, "job": _job(width=job.width + 1)}, VIOLATION)],
        ),
        "bad_job_price": (
            "It claims to cost less than its plan.",
            [("check-job", {**held, "job": _job(rho="1/1000")}, VIOLATION)],
        ),
        "bad_job_expired": (
            "Its last epoch is over.",
            [("check-job", {**held, "job": _job(expires_epoch=2)}, VIOLATION)],
        ),
        "ledger": (
            "A charge, its settlement, and a charge in the next period.",
            [
                ("ledger", {"lines": lines, "periods": periods}, ""),
                ("ledger", {"lines": [], "periods": periods}, ""),
            ],
        ),
        "bad_ledger_gap": (
            "A line was taken out.",
            [("ledger", {"lines": [lines[0], lines[2]], "periods": periods}, "storage")],
        ),
        "bad_ledger_price": (
            "A price was lowered afterwards.",
            [
                (
                    "ledger",
                    {"lines": [*lines[:2], lines[2].replace('"1/7"', '"1/8"')], "periods": periods},
                    "storage",
                )
            ],
        ),
        "phases": (
            "The happy path, silent helpers, and giving up.",
            [
                ("phases", {"events": happy}, ""),
                ("phases", {"events": silent}, ""),
                ("phases", {"events": [*happy[:2], "aborted"]}, ""),
            ],
        ),
        "bad_phases_order": (
            "Masks come off before the reports are closed.",
            [("phases", {"events": ["launched", "masks_removed"]}, MISUSE)],
        ),
        "bad_phases_final": (
            "A released sum is not given up any more.",
            [("phases", {"events": [*happy, "aborted"]}, MISUSE)],
        ),
    }


def sums(seal: Callable[[bytes, bytes, bytes], bytes]) -> dict[str, tuple[str, list[Step]]]:
    """Reports, helpers' answers and what comes off."""
    job, report = m.job(), m.report("aros")
    signed, masked = report.signed, bytes(report.masked)
    held = {"header": signed.to_bytes().hex(), "job": _job(), "roster": _roster()}
    renamed = replace(signed, header=signed.header.model_copy(update={"institution": "dox"}))
    swapped = replace(report, sealed=(report.sealed[1], report.sealed[0], *report.sealed[2:]))
    bound = context(job, "aros", bytes.fromhex(signed.header.nonce))
    sealed = {
        "sealed": seal(
            b"a seed", m.helper_key("brandts").public, seal_info(bound, "brandts")
        ).hex(),
        "private": m.helper_key("brandts").to_bytes().hex(),
        "info": seal_info(bound, "brandts").hex(),
    }
    binding = {
        "job": _job(),
        "institution": "aros",
        "nonce": signed.header.nonce,
        "helper": "brandts",
        "seed": SEED,
    }
    altered = replace(report, masked=bytes([masked[0] ^ 1]) + masked[1:])
    elsewhere = {**held, "job": _job(job_id="2f" * 16)}
    return {
        "binding": ("Context, HPKE info and commitment.", [("binding", binding, "")]),
        "seal": (
            "HPKE with ML-KEM-768 + X25519, HKDF-SHA256 and AES-256-GCM.",
            [("helper-key", {"private": sealed["private"]}, ""), ("open-sealed", sealed, "")],
        ),
        "bad_seal_info": (
            "A seal moved to another helper's place.",
            [
                (
                    "open-sealed",
                    {**sealed, "info": seal_info(bound, "ccb").hex()},
                    VIOLATION,
                )
            ],
        ),
        "report": (
            "A signed header and the bulk it commits to.",
            [
                ("read-report", {"report": report.to_bytes().hex()}, ""),
                ("check-header", held, ""),
            ],
        ),
        "bad_report_vector": (
            "One bit of the masked vector was turned.",
            [("read-report", {"report": altered.to_bytes().hex()}, VIOLATION)],
        ),
        "bad_report_seals": (
            "Two sealed seeds changed places.",
            [("read-report", {"report": swapped.to_bytes().hex()}, VIOLATION)],
        ),
        "bad_report_name": (
            "A report copied under another institution's name.",
            [("check-header", {**held, "header": renamed.to_bytes().hex()}, VIOLATION)],
        ),
        "bad_report_job": (
            "A report shown for another job.",
            [("check-header", elsewhere, VIOLATION)],
        ),
        **_answers(),
    }


def _answers() -> dict[str, tuple[str, list[Step]]]:
    request = m.request("brandts")
    asked = {"roster": _roster(), "helper": "brandts", **_private("brandts")}
    raw = request.to_bytes().hex()
    fewer = m.request("brandts", m.NAMES[:4]).to_bytes().hex()
    small = m.request("brandts", m.NAMES[:3]).to_bytes().hex()
    twice = UnmaskRequest(
        job=request.job,
        headers=(*request.headers[:4], request.headers[0]),
        sealed=(*request.sealed[:4], request.sealed[0]),
    )
    again = m.request("brandts", about=m.job("3f" * 16)).to_bytes().hex()
    answers = [
        answer(m.request(name), m.roster(), name, m.identity(name), m.helper_key(name))
        for name in m.NAMES
    ]
    reports = [m.report(name).to_bytes().hex() for name in m.NAMES]
    opened = {"job": _job(), "reports": reports}
    return {
        "unmask_answer": (
            "The sum of one helper's pads, and its signed word on the set.",
            [("unmask-answer", {**asked, "requests": [raw]}, "")],
        ),
        "unmask": (
            "All masked vectors less all pads.",
            [("unmask", {**opened, "answers": [a.to_bytes().hex() for a in answers]}, "")],
        ),
        "bad_unmask_twice": (
            "The same job again, for one report less.",
            [("unmask-answer", {**asked, "requests": [raw, fewer]}, VIOLATION)],
        ),
        "bad_unmask_small": (
            "Three reports where the plan's minimum is four.",
            [("unmask-answer", {**asked, "requests": [small]}, "cohort-too-small")],
        ),
        "bad_unmask_repeated": (
            "One institution twice.",
            [("unmask-answer", {**asked, "requests": [twice.to_bytes().hex()]}, VIOLATION)],
        ),
        "bad_unmask_counter": (
            "The nodes used one ledger entry for two jobs.",
            [("unmask-answer", {**asked, "requests": [raw, again]}, VIOLATION)],
        ),
        **_escrow_answers(request, asked),
    }


def _escrow_answers(
    request: UnmaskRequest, asked: dict[str, Any]
) -> dict[str, tuple[str, list[Step]]]:
    acks = []
    for name in m.NAMES:
        made = answer(m.request(name), m.roster(), name, m.identity(name), m.helper_key(name))
        acks.append(SignedAck(ack=made.ack, signature=made.signature))

    def silent(gone: str) -> EscrowRequest:
        others = tuple(one for one in acks if one.ack.helper != gone)
        return EscrowRequest(unmask=request, acks=others, silent=(gone,))

    good = silent("ermitage")
    shares = answer_escrow(
        good, m.roster(), "brandts", m.identity("brandts"), m.helper_key("brandts")
    ).to_bytes()
    cut = shares[:-1] + bytes([shares[-1] ^ 1])
    raw, other = good.to_bytes().hex(), silent("dox").to_bytes().hex()
    itself = silent("brandts").to_bytes().hex()
    fewer = replace(good, acks=good.acks[1:]).to_bytes().hex()
    return {
        "escrow_answer": (
            "Shares of the one silent helper's seeds, in institution order.",
            [
                ("escrow-answer", {**asked, "requests": [raw]}, ""),
                ("escrow-answer", {**asked, "requests": [raw, raw]}, ""),
                ("read-escrow-answer", {"answer": shares.hex()}, ""),
            ],
        ),
        "bad_escrow_second_dead_set": (
            "Another helper is called silent later.",
            [("escrow-answer", {**asked, "requests": [raw, other]}, VIOLATION)],
        ),
        "bad_escrow_itself": (
            "The helper asked is called silent.",
            [("escrow-answer", {**asked, "requests": [itself]}, VIOLATION)],
        ),
        "bad_escrow_acks": (
            "One of the others has not answered and is not called silent.",
            [("escrow-answer", {**asked, "requests": [fewer]}, VIOLATION)],
        ),
        "bad_escrow_altered": (
            "A share was altered on its way.",
            [("read-escrow-answer", {"answer": cut.hex()}, VIOLATION)],
        ),
    }


def _refusal() -> str:
    return Refusal(job_id=m.JOB_ID, institution="aros", code="budget-exhausted").to_json().decode()


def _roster() -> str:
    return m.roster().to_json().decode()


def _text(plan: Plan) -> str:
    return plan.to_json().decode()


def _job(**changes: object) -> str:
    return Job.model_validate({**m.job().model_dump(), **changes}).to_json().decode()


def _replace_scale(plan: Plan, **changes: object) -> str:
    scales = (plan.scales[0].model_copy(update=changes), *plan.scales[1:])
    return _text(plan.model_copy(update={"scales": scales}))


def _substituted() -> str:
    honest = m.signed_roster("first", "second").roster
    first = honest.members[0].model_copy(update={"helper_key": m.helper_key("evil").public.hex()})
    forged = honest.model_copy(update={"members": (first, *honest.members[1:])})
    return m.signed_roster("first", "second", of=forged).to_bytes().hex()


def _private(name: str) -> dict[str, str]:
    return {
        "identity": m.identity(name).to_bytes().hex(),
        "helper_key": m.helper_key(name).to_bytes().hex(),
    }


def _without(shares: dict[str, str], place: str) -> dict[str, str]:
    return {key: value for key, value in shares.items() if key != place}
