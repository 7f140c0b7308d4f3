"""The two private sums behind a release: who reported, who helped, and the sum done again."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from foyer_protocol.crypto.identity import verify
from foyer_protocol.errors import CohortTooSmall, RemoteProtocolError
from foyer_protocol.messages.bundle import Bundle, SumRecord
from foyer_protocol.messages.escrow import ESCROW_PURPOSE, EscrowAnswer, shares_digest
from foyer_protocol.messages.release import band
from foyer_protocol.messages.report import Report, content_digest, set_digest
from foyer_protocol.messages.roster import Roster
from foyer_protocol.messages.unmask import ACK_PURPOSE, pads_digest
from foyer_protocol.rounds.cohorts import cohorts_of
from foyer_protocol.rounds.grouping import canaries_hold, division, unmask_groups
from foyer_protocol.rounds.masking import total_of
from foyer_protocol.rounds.recovery import recover_keys
from foyer_protocol.rounds.rules import check_header
from foyer_protocol.verification.provenance import same


@dataclass(frozen=True, slots=True, kw_only=True)
class Redone:
    """Both sums, done again from masked reports and pads: signed, length `job.width`.

    `parts` are the figures by group.
    """

    figures: NDArray[np.int64]
    parts: tuple[NDArray[np.int64], ...]
    veto: NDArray[np.int64]


def check_headers(bundle: Bundle, roster: Roster) -> None:
    """Each institution signed one report to each job."""
    for part in (bundle.figures, bundle.veto):
        names = reporters(part)
        if names != sorted(set(names)):
            raise RemoteProtocolError(
                f"the reports to the {part.job.kind} are not in order, one for each institution"
            )
        for signed in part.headers:
            check_header(signed, part.job, roster)
    strangers = set(reporters(bundle.veto)) - set(reporters(bundle.figures))
    if strangers:
        raise RemoteProtocolError(f"{sorted(strangers)[0]!r} answered the veto without a report")


def check_ledgers(bundle: Bundle) -> None:
    """Each report names its institution's newest ledger entry, and the veto's came later.

    What a ledger holds is its institution's own: a bundle shows that it moved, not how.
    """
    before = {one.header.institution: one.header for one in bundle.figures.headers}
    for signed in bundle.veto.headers:
        later, earlier = signed.header, before.get(signed.header.institution)
        if earlier is None:
            continue
        if later.counter <= earlier.counter or later.ledger_head == earlier.ledger_head:
            raise RemoteProtocolError(
                f"{later.institution!r} charged the figures as ledger entry {earlier.counter}"
                f" and the veto as {later.counter}: one of them was not paid for"
            )


def check_cohort(bundle: Bundle, roster: Roster) -> None:
    """Enough institutions are in the sum, and nearly all of them could object."""
    job, count = bundle.figures.job, len(bundle.figures.headers)
    least = job.plan.minimum_cohort
    if count < max(least, roster.minimum_cohort) * job.groups:
        each = f" in each of {job.groups} groups" if job.groups > 1 else ""
        raise CohortTooSmall(f"{count} institutions reported; the minimum is {least}{each}")
    same("number of institutions", bundle.release.participants, band(count))
    cohorts = cohorts_of(roster, job.plan, reporters(bundle.figures))[1:]
    told = [(one.label, one.above, one.participants) for one in bundle.release.cohorts]
    expected = [((c.code, c.rest), c.parent - 1, band(len(c.members))) for c in cohorts]
    same("list of cohorts", told, expected)
    same(
        "list of cohorts of the veto",
        [c.label for c in bundle.veto.job.cohorts],
        [(c.code, c.rest) for c in cohorts],
    )
    asked = len(bundle.veto.headers)
    if asked < max(count - roster.silent, least):
        raise CohortTooSmall(
            f"{asked} of {count} institutions answered the veto; {roster.silent} may be silent"
        )


def check_sets(bundle: Bundle) -> None:
    """Release, veto and every helper speak of the same reports."""
    found = set_of(bundle.figures)
    same("set of reports", bundle.release.reports, found)
    same("set that the veto is about", bundle.veto.job.parent_set, found)


def check_acks(bundle: Bundle, roster: Roster) -> None:
    """Every helper signed for the set; the silent ones are few and were recovered by T others."""
    for part in (bundle.figures, bundle.veto):
        found = set_of(part)
        answered = [one.ack.helper for one in part.answers]
        if answered != sorted(set(answered)) or not set(answered) <= set(roster.committee):
            raise RemoteProtocolError("the acks are not in order, one for each helper")
        for one in part.answers:
            key = roster.member(one.ack.helper).signing_key
            verify(key, ACK_PURPOSE, one.ack.to_json(), one.signature)
            same(f"job that {one.ack.helper!r} answered", one.ack.job_id, part.job.job_id)
            same(f"set that {one.ack.helper!r} answered", one.ack.set, found)
        _check_escrow(part, roster, tuple(sorted(set(roster.committee) - set(answered))))


def _check_escrow(part: SumRecord, roster: Roster, silent: tuple[str, ...]) -> None:
    if len(silent) > roster.silent:
        raise RemoteProtocolError(
            f"helpers {', '.join(silent)} did not answer; {roster.silent} may be silent"
        )
    givers = [one.ack.helper for one in part.escrows]
    allowed = {one.ack.helper for one in part.answers}
    if givers != sorted(set(givers)) or not set(givers) <= allowed:
        raise RemoteProtocolError("escrow shares are not in order, one for each helper")
    if silent and len(givers) < roster.threshold:
        raise RemoteProtocolError(
            f"{len(givers)} helpers gave escrow shares; {roster.threshold} are needed"
        )
    for one in part.escrows:
        key = roster.member(one.ack.helper).signing_key
        verify(key, ESCROW_PURPOSE, one.ack.to_json(), one.signature)
        told = (one.ack.job_id, one.ack.set, one.ack.silent)
        if told != (part.job.job_id, set_of(part), silent):
            raise RemoteProtocolError(
                f"helper {one.ack.helper!r} gave shares for another set or dead set"
            )


def check_contents(bundle: Bundle) -> None:
    """The bulk is what was signed for."""
    for part in (bundle.figures, bundle.veto):
        if len(part.masked) != len(part.headers):
            raise RemoteProtocolError(
                f"{len(part.headers)} reports to the {part.job.kind} have"
                f" {len(part.masked)} masked vectors"
            )
        for signed, masked in zip(part.headers, part.masked, strict=True):
            if content_digest(masked) != signed.header.masked:
                name = signed.header.institution
                raise RemoteProtocolError(f"the masked vector of {name!r} was altered")
        for one in part.answers:
            if pads_digest(one.pads) != one.ack.pads:
                raise RemoteProtocolError(f"the pads of helper {one.ack.helper!r} were altered")
        for gift in part.escrows:
            if shares_digest(gift.shares) != gift.ack.shares:
                raise RemoteProtocolError(f"the escrow shares of {gift.ack.helper!r} were altered")


def redo_sums(bundle: Bundle, roster: Roster) -> Redone:
    """Take the masks off again. Call once headers, acks, jobs and contents have passed.

    Raises:
        RemoteProtocolError: canaries are wrong, shares do not give the committed seeds, or
            a slot that the release shows is another one.
    """
    parts = _redo(bundle.figures, roster)
    figures = total_of(bundle.figures.job, parts)
    veto = total_of(bundle.veto.job, _redo(bundle.veto, roster))
    shown = bundle.release.noised
    if len(shown) != len(figures):
        raise RemoteProtocolError(f"the release has {len(shown)} slots; the sum {len(figures)}")
    for slot, (claimed, found) in enumerate(zip(shown, figures.tolist(), strict=True)):
        if claimed not in (None, found):
            raise RemoteProtocolError(f"slot {slot} is given as {claimed}; the sum is {found}")
    return Redone(figures=figures, parts=parts, veto=veto)


def _redo(part: SumRecord, roster: Roster) -> tuple[NDArray[np.int64], ...]:
    """The sum of each group of one private sum."""
    reports = tuple(
        Report(signed=signed, masked=masked, sealed=())
        for signed, masked in zip(part.headers, part.masked, strict=True)
    )
    recovered: list[bytes] = []
    if len(part.answers) < len(roster.committee):
        answers = tuple(
            EscrowAnswer(ack=one.ack, signature=one.signature, shares=one.shares)
            for one in part.escrows
        )
        expected = len(part.headers) * len(part.escrows[0].ack.silent)
        if any(len(one.shares) != expected for one in answers):
            raise RemoteProtocolError(f"a helper gave other than {expected} escrow shares")
        recovered = recover_keys(part.job, roster, reports, answers)
    groups = division(part.job, roster, set_of(part), reporters(part))
    parts = unmask_groups(
        part.job,
        groups,
        dict(zip(reporters(part), part.masked, strict=True)),
        [one.pads for one in part.answers],
        recovered,
    )
    if not canaries_hold(parts, [len(group) for group in groups]):
        raise RemoteProtocolError(
            f"the canaries of the {part.job.kind} do not count {len(reports)} reports"
        )
    return parts


def reporters(part: SumRecord) -> list[str]:
    """Who reported, in the order of the bundle."""
    return [one.header.institution for one in part.headers]


def set_of(part: SumRecord) -> str:
    """The digest of the set of reports in a sum."""
    return set_digest(part.job.digest, part.headers)
