"""The fixed consortium behind the vectors: five institutions, all helpers, one may be silent.

Every key and every draw is derived from names, so that the vectors are the same wherever
they are made. HPKE draws its ephemeral key inside the library; what was sealed once is
therefore kept in `seals.json` and found again by what was sealed, to whom and for what.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from unittest.mock import patch

import numpy as np

from foyer_protocol.catalogue.schema import Period
from foyer_protocol.crypto.digests import digest
from foyer_protocol.crypto.helper_key import HelperKey
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.crypto.randomness import Entropy
from foyer_protocol.crypto.sealing import seal
from foyer_protocol.dp.ledger import Ledger, charge
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.messages.plan import Job, Plan
from foyer_protocol.messages.report import Report
from foyer_protocol.messages.roster import (
    Member,
    Roster,
    SignedRoster,
    sign_helper_key,
    sign_roster,
)
from foyer_protocol.messages.unmask import UnmaskRequest
from foyer_protocol.rounds.kinds import figures
from foyer_protocol.rounds.node import make_report
from foyer_protocol.rounds.planning import Wish, make_plan
from foyer_protocol.version import PROTOCOL_VERSION

SEALS = Path(__file__).with_name("seals.json")
NAMES = ("aros", "brandts", "ccb", "dox", "ermitage")
NETWORK = "conformance"
NOON = 1_810_000_000
JOB_ID = "0f" * 16


def stream(name: str, count: int) -> bytes:
    """`count` bytes that belong to `name`."""
    return hashlib.shake_256(name.encode()).digest(count)


def entropy(name: str) -> Entropy:
    """An endless stream of bytes that belongs to `name`."""
    drawn = 0

    def take(count: int) -> bytes:
        nonlocal drawn
        drawn += 1
        return stream(f"{name}/{drawn}", count)

    return take


def identity(name: str) -> Identity:
    """The signing key of an institution, a governance signer or the coordinator."""
    return Identity.from_bytes(stream(f"identity/{name}", 32))


def helper_key(name: str) -> HelperKey:
    """The epoch key of a helper."""
    return HelperKey.from_bytes(stream(f"helper/{name}", 96))


def plan() -> Plan:
    """One narrow statistic."""
    wish = Wish(
        round_id="season-2026",
        network=NETWORK,
        statistics=("volume.bookers",),
        period=Period(starts=date(2026, 1, 1), ends=date(2027, 1, 1)),
        currency="EUR",
        minimum_cohort=4,
        colluding=1,
    )
    return make_plan(wish)


def roster() -> Roster:
    """Profile FIVE of `rounds.profiles`."""
    members = [
        Member(
            institution=name,
            signing_key=identity(name).public,
            helper_key=helper_key(name).public.hex(),
            helper_signature=sign_helper_key(helper_key(name).public, identity(name)).hex(),
        )
        for name in NAMES
    ]
    return Roster(
        protocol=PROTOCOL_VERSION,
        network=NETWORK,
        epoch=3,
        period="2026",
        coordinator_key=identity("coordinator").public,
        members=tuple(members),
        committee=NAMES,
        threshold=4,
        silent=1,
        corrupt=2,
        minimum_cohort=4,
        period_rho_cap="1/2",
    )


def signed_roster(*signers: str, of: Roster | None = None) -> SignedRoster:
    """A roster under the signatures of these governance signers."""
    signed, keys = of or roster(), [identity(signer) for signer in signers]
    return SignedRoster(
        roster=signed, signatures={key.public: sign_roster(signed, key) for key in keys}
    )


def job(job_id: str = JOB_ID) -> Job:
    """The figures of the plan."""
    return figures.make_job(
        plan(), roster(), job_id=job_id, reports_until=NOON, expires_at=NOON + 60
    )


def vector(name: str, width: int) -> np.ndarray:
    """A made-up noised vector with its canaries."""
    words = np.full(width, -1000 * (NAMES.index(name) + 1), np.int64)
    words[:4] = 1
    return words


def paid(job: Job, name: str) -> Ledger:
    """A ledger whose last entry is the charge of `job`."""
    return charge(
        Ledger(),
        job_id=job.job_id,
        round_id=job.plan.round_id,
        rho=read_fraction(job.rho),
        period=roster().period,
        cap=Fraction(1, 2),
    )


def report(name: str, about: Job | None = None) -> Report:
    """The report of one institution; only inside `kept_seals`."""
    asked = about or job()
    return make_report(
        asked,
        roster(),
        identity(name),
        name,
        vector(name, asked.width),
        paid(asked, name),
        entropy(f"report/{name}/{asked.job_id}"),
    )


def request(helper: str, names: tuple[str, ...] = NAMES, about: Job | None = None) -> UnmaskRequest:
    """What a helper is asked about the reports of `names`; only inside `kept_seals`."""
    asked = about or job()
    reports = [report(name, asked) for name in names]
    place = NAMES.index(helper)
    return UnmaskRequest(
        job=asked,
        headers=tuple(one.signed for one in reports),
        sealed=tuple(one.sealed[place] for one in reports),
    )


@dataclass(slots=True)
class Seals:
    """What was sealed before, by the digest of what, to whom and for what."""

    kept: dict[str, str]
    used: dict[str, str] = field(default_factory=dict)

    def seal(self, plaintext: bytes, public: bytes, info: bytes) -> bytes:
        """The seal that was made once."""
        name = digest("conformance/seal", plaintext, public, info).hex()
        if name not in self.kept:
            self.kept[name] = seal(plaintext, public, info).hex()
        self.used[name] = self.kept[name]
        return bytes.fromhex(self.kept[name])


@contextmanager
def kept_seals() -> Iterator[Callable[[bytes, bytes, bytes], bytes]]:
    """Seal as before; in the end what was sealed, and nothing older, is kept."""
    before = json.loads(SEALS.read_text(encoding="utf-8")) if SEALS.exists() else {}
    seals = Seals(kept=dict(before))
    with patch("foyer_protocol.rounds.masking.seal", seals.seal):
        yield seals.seal
    if seals.used != before:
        SEALS.write_text(json.dumps(seals.used, indent=1, sort_keys=True) + "\n", encoding="utf-8")
