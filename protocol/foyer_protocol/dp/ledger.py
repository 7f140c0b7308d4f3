"""What has been spent: an append-only, hash-chained list of charges.

Charge before anything leaves, settle once the release is known; a charge that was never
settled counts as spent all the same. The one thing that gives a charge back is a refund, for
a job that enough helpers have sworn never to answer (`rounds.closing`). A reader that does
not know a kind of entry refuses the whole ledger rather than guess at it.

A ledger is a value. Each function returns the next one; after a refusal the old one is
still good. Prices are exact fractions and add up [BS16, lemma 1.7].
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from foyer_protocol.errors import BudgetExhausted, LocalProtocolError, StorageError
from foyer_protocol.ids import HEX32, HEX64, SLUG

GENESIS = "0" * 64
"""The `previous` of the first entry."""

PERIOD = r"^[0-9A-Za-z][0-9A-Za-z-]{0,62}$"
RATIONAL = r"^[0-9]{1,400}(/[0-9]{1,400})?$"


class EntryKind(StrEnum):
    """What an entry says."""

    CHARGE = "charge"  # rho was taken for a job
    SETTLE = "settle"  # the job's release is stored; costs nothing more
    REFUND = "refund"  # the job will never be answered; gives back what its charge took


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One line. `digest` covers every other field, and so, by `previous`, all lines before.

    `rho` is what a charge takes and a refund gives back, and 0 for a settlement. `release`
    is the SHA-256 of the release of a settled job, or of the certificate behind a refund;
    it is empty for a charge.
    """

    index: int
    previous: str
    kind: EntryKind
    job_id: str
    round_id: str
    rho: Fraction
    period: str
    release: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """All entries, oldest first."""

    entries: tuple[LedgerEntry, ...] = ()

    @property
    def head(self) -> str:
        """The last entry's digest, which commits to the whole ledger."""
        return self.entries[-1].digest if self.entries else GENESIS

    def spent(self, period: str) -> Fraction:
        """Rho charged in `period`, settled or not, less what was refunded."""
        return self._total(period, EntryKind.CHARGE) - self.refunded(period)

    def refunded(self, period: str) -> Fraction:
        """Rho that was charged in `period` and given back."""
        return self._total(period, EntryKind.REFUND)

    def _total(self, period: str, kind: EntryKind) -> Fraction:
        found = (one.rho for one in self.entries if (one.period, one.kind) == (period, kind))
        return sum(found, Fraction(0))

    def remaining(self, period: str, cap: Fraction) -> Fraction:
        """What `cap` leaves for `period`; below 0 if the cap was lowered since."""
        return cap - self.spent(period)

    def charge_of(self, job_id: str) -> LedgerEntry | None:
        """The charge of a job, if it was charged."""
        return self._entry_of(job_id, EntryKind.CHARGE)

    def settlement_of(self, job_id: str) -> LedgerEntry | None:
        """The settlement of a job, if it was settled."""
        return self._entry_of(job_id, EntryKind.SETTLE)

    def refund_of(self, job_id: str) -> LedgerEntry | None:
        """The refund of a job, if its charge was given back."""
        return self._entry_of(job_id, EntryKind.REFUND)

    def is_open(self, job_id: str) -> bool:
        """Whether a job was charged, and neither settled nor refunded since."""
        kinds = [entry.kind for entry in self.entries if entry.job_id == job_id]
        return kinds == [EntryKind.CHARGE]

    def _entry_of(self, job_id: str, kind: EntryKind) -> LedgerEntry | None:
        found = (entry for entry in self.entries if entry.job_id == job_id and entry.kind is kind)
        return next(found, None)


def charge(
    ledger: Ledger, *, job_id: str, round_id: str, rho: Fraction, period: str, cap: Fraction
) -> Ledger:
    """Take `rho` for a job out of what `cap` allows in `period`.

    Raises:
        BudgetExhausted: the period cannot pay; nothing was charged.
        LocalProtocolError: the job was charged before, or an argument is out of range.
    """
    left = ledger.remaining(period, cap)
    entry = LedgerEntry(
        index=len(ledger.entries),
        previous=ledger.head,
        kind=EntryKind.CHARGE,
        job_id=job_id,
        round_id=round_id,
        rho=rho,
        period=period,
    )
    after = _append(ledger, entry)
    if rho > left:
        raise BudgetExhausted(
            f"round {round_id} costs rho {_up(rho)}; the ledger has rho {_down(left)} left for "
            f"{period}. Nothing was charged and nothing was sent.",
            hint="Wait for the new period, or propose a cheaper plan.",
        )
    return after


def settle(ledger: Ledger, job_id: str, release_digest: str) -> Ledger:
    """Note that the release of a charged job is stored, by its SHA-256.

    Raises:
        LocalProtocolError: the job was never charged, was settled or refunded before, or
            the digest is not one; nothing was noted.
    """
    return _close(ledger, job_id, EntryKind.SETTLE, release_digest)


def refund(ledger: Ledger, job_id: str, certificate_digest: str) -> Ledger:
    """Give back exactly what a job took. `rounds.closing` decides whether it may be.

    The job stays burnt: it cannot be charged again.

    Raises:
        LocalProtocolError: the job was never charged, was settled or refunded before, or
            the digest is not one; nothing was given back.
    """
    return _close(ledger, job_id, EntryKind.REFUND, certificate_digest)


def _close(ledger: Ledger, job_id: str, kind: EntryKind, proof: str) -> Ledger:
    charged = ledger.charge_of(job_id)
    if charged is None:
        raise LocalProtocolError(f"job {job_id} was never charged; there is nothing to {kind}")
    entry = replace(
        charged,
        index=len(ledger.entries),
        previous=ledger.head,
        kind=kind,
        rho=charged.rho if kind is EntryKind.REFUND else Fraction(0),
        release=proof,
    )
    return _append(ledger, entry)


def encode_entry(entry: LedgerEntry) -> str:
    """One line of canonical JSON, without the line's end."""
    return _canonical({**_facts(entry), "digest": entry.digest})


def decode_entry(line: str) -> LedgerEntry:
    """The entry that `encode_entry` wrote.

    Raises:
        StorageError: the line is not one that `encode_entry` writes, or was altered.
    """
    try:
        fields = json.loads(line)
        texts = [value for name, value in fields.items() if name != "index"]
        if type(fields["index"]) is not int or not all(isinstance(text, str) for text in texts):
            raise TypeError
        if not re.fullmatch(RATIONAL, fields["rho"]):
            raise ValueError
        kind, rho = EntryKind(fields["kind"]), Fraction(fields["rho"])
        entry = LedgerEntry(**{**fields, "kind": kind, "rho": rho})
        if encode_entry(entry) != line or _digest(entry) != entry.digest:
            raise ValueError
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError):
        raise StorageError("the line is not a ledger's, or it was altered") from None
    return entry


def verify_chain(lines: Iterable[str]) -> Ledger:
    """The ledger that `lines` hold, each checked against all before it.

    Raises:
        StorageError: a line is altered, missing, out of place or against the rules; the
            message names its index, counted from 0. Nothing may be charged on top.
    """
    ledger = Ledger()
    for index, line in enumerate(lines):
        try:
            entry = decode_entry(line)
            ledger = _append(ledger, entry)
        except (StorageError, LocalProtocolError) as error:
            raise StorageError(
                f"entry {index} of the privacy ledger does not follow from the {index} before it: "
                f"{error.message}. The ledger was not opened.",
                hint="Restore the ledger from its newest copy; do not edit or shorten it.",
            ) from None
    return ledger


def _append(ledger: Ledger, entry: LedgerEntry) -> Ledger:
    """The only way into a ledger: every rule of it is checked here."""
    if (entry.index, entry.previous) != (len(ledger.entries), ledger.head):
        raise LocalProtocolError(
            f"it says it is entry {entry.index} after {entry.previous[:12]}, "
            f"the chain is at {len(ledger.entries)} after {ledger.head[:12]}"
        )
    _check_shapes(entry)
    _check_order(ledger, entry)
    return Ledger(entries=(*ledger.entries, replace(entry, digest=_digest(entry))))


def _check_order(ledger: Ledger, entry: LedgerEntry) -> None:
    """A job is charged once; it is settled or refunded, once, and as what it was."""
    charged = ledger.charge_of(entry.job_id)
    if entry.kind is EntryKind.CHARGE:
        if charged is not None:
            raise LocalProtocolError(
                f"job {entry.job_id} was charged before, in entry {charged.index}"
            )
        return
    if charged is None or not ledger.is_open(entry.job_id):
        raise LocalProtocolError(f"job {entry.job_id} has no open charge to {entry.kind}")
    if entry.kind is EntryKind.REFUND and entry.rho != charged.rho:
        raise LocalProtocolError(
            f"job {entry.job_id} took rho {charged.rho}; a refund of {entry.rho} is another price"
        )
    if (entry.round_id, entry.period) != (charged.round_id, charged.period):
        raise LocalProtocolError(
            f"job {entry.job_id} was charged to {charged.round_id} in {charged.period}, "
            f"not to {entry.round_id} in {entry.period}"
        )


def _check_shapes(entry: LedgerEntry) -> None:
    """Refuse what could not be read back, and prices of the wrong sign."""
    charges, settles = (entry.kind is kind for kind in (EntryKind.CHARGE, EntryKind.SETTLE))
    expected = {
        "job_id": (HEX32, entry.job_id),
        "round_id": (SLUG, entry.round_id),
        "period": (PERIOD, entry.period),
        "release": (r"" if charges else HEX64, entry.release),
        "rho": (RATIONAL, str(entry.rho)),
    }
    for name, (pattern, text) in expected.items():
        if re.fullmatch(pattern, text) is None:
            raise LocalProtocolError(f"the {name} {text!r} does not belong in a ledger entry")
    if (entry.rho == 0) != settles:
        raise LocalProtocolError(f"a {entry.kind} cannot have the price rho {entry.rho}")


def _facts(entry: LedgerEntry) -> dict[str, str | int]:
    return {
        "index": entry.index,
        "previous": entry.previous,
        "kind": entry.kind.value,
        "job_id": entry.job_id,
        "round_id": entry.round_id,
        "rho": str(entry.rho),
        "period": entry.period,
        "release": entry.release,
    }


def _digest(entry: LedgerEntry) -> str:
    return hashlib.sha256(_canonical(_facts(entry)).encode()).hexdigest()


def _canonical(fields: dict[str, str | int]) -> str:
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def _up(rho: Fraction) -> str:
    """Six decimals, rounded up; with `_down` so that a refusal never shows equal numbers."""
    return f"{-(-rho * 10**6 // 1) / 10**6:.6f}"


def _down(rho: Fraction) -> str:
    return f"{rho * 10**6 // 1 / 10**6:.6f}"
