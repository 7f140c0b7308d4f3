"""A helper's part: it removes masks from one set of reports per job, once.

Whatever the coordinator does, an honest helper's pads are known to it for a single set
of at least the minimum cohort, so that all it can learn of the reports is that set's sum.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from foyer_protocol.crypto.helper_key import HelperKey
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.crypto.pads import SEED_BYTES, pad_key
from foyer_protocol.crypto.sealing import open_sealed
from foyer_protocol.errors import BudgetExhausted, CohortTooSmall, RemoteProtocolError
from foyer_protocol.messages.codec import read_fraction, unpack
from foyer_protocol.messages.plan import Job, JobKind
from foyer_protocol.messages.report import SignedHeader, content_digest, set_digest
from foyer_protocol.messages.roster import Roster
from foyer_protocol.messages.unmask import (
    ACK_PURPOSE,
    Ack,
    UnmaskAnswer,
    UnmaskRequest,
    pads_digest,
)
from foyer_protocol.rounds.cohorts import check_labels
from foyer_protocol.rounds.differencing import Seen, refuse_differencing, seen_of
from foyer_protocol.rounds.grouping import division
from foyer_protocol.rounds.masking import commit, context, seal_info, sum_pads
from foyer_protocol.rounds.rules import check_header, check_job


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a helper remembers of a job it answered."""

    set_digest: str
    members: tuple[str, ...]
    rho: Fraction
    period: str
    parent: str = ""  # of a veto: the sum it was about
    escrowed: tuple[str, ...] = ()  # the silent helpers whose shares were given, if any
    seen: Seen | None = None  # of figures: whose were summed together


@dataclass(frozen=True, slots=True, kw_only=True)
class HelperState:
    """A helper's memory. `counters[(institution, counter)]` is the job that used it.

    `promised` are the jobs that it swore never to answer.
    """

    answered: Mapping[str, Answered] = field(default_factory=dict)
    counters: Mapping[tuple[str, int], str] = field(default_factory=dict)
    promised: frozenset[str] = frozenset()

    def spent(self, period: str) -> Fraction:
        """zCDP that the network spent in `period`, as far as this helper answered."""
        charges = (a.rho for a in self.answered.values() if a.period == period)
        return sum(charges, Fraction(0))


def admit(state: HelperState, request: UnmaskRequest, roster: Roster) -> HelperState:
    """Decide whether to answer, and return the memory to make durable *before* answering.

    Raises:
        RemoteProtocolError: a job already answered or given up, a name twice, a stranger, a
            header of another job, a counter used before, or a veto about a set this helper
            did not answer.
        CohortTooSmall: fewer reports than the minimum cohort, or nearly the same as those
            of figures that this helper opened before.
        BudgetExhausted: the network's budget cannot pay.
    """
    job = request.job
    check_job(job, roster)
    if job.job_id in state.answered:
        raise RemoteProtocolError(f"job {job.job_id[:8]} was answered; a helper answers once")
    if job.job_id in state.promised:
        raise RemoteProtocolError(
            f"job {job.job_id[:8]} was given up, and this helper promised never to answer it"
        )
    names = tuple(sorted(signed.header.institution for signed in request.headers))
    if len(set(names)) != len(names):
        raise RemoteProtocolError("an institution stands twice among the reports")
    if len(names) < job.least:
        each = f" in each of {job.groups} groups" if job.groups > 1 else ""
        raise CohortTooSmall(
            f"{len(names)} institutions reported; the minimum is {job.plan.minimum_cohort}{each}"
        )
    counters = dict(state.counters)
    for signed in request.headers:
        check_header(signed, job, roster)
        place = (signed.header.institution, signed.header.counter)
        if counters.setdefault(place, job.job_id) != job.job_id:
            raise RemoteProtocolError(
                f"{place[0]!r} used ledger entry {place[1]} for two jobs",
                hint="That node may have been restored from an old backup.",
            )
    _check_parent(state, job, names, roster)
    if seen := seen_of(job, roster, names):
        refuse_differencing(seen, (past.seen for past in state.answered.values() if past.seen))
    rho, cap = read_fraction(job.rho), read_fraction(roster.period_rho_cap)
    if state.spent(roster.period) + rho > cap:
        raise BudgetExhausted(
            f"the job costs rho {float(rho):.6g}; the network has"
            f" {float(cap - state.spent(roster.period)):.6g} left in {roster.period}"
        )
    memory = Answered(
        set_digest=set_digest(job.digest, request.headers),
        members=names,
        rho=rho,
        period=roster.period,
        parent=job.parent or "",
        seen=seen,
    )
    return replace(state, answered={**state.answered, job.job_id: memory}, counters=counters)


def _check_parent(state: HelperState, job: Job, names: tuple[str, ...], roster: Roster) -> None:
    """A veto is asked of those whose figures it is about; at most f of them may be missing."""
    if job.kind is not JobKind.VETO:
        return
    parent = state.answered.get(job.parent or "")
    if parent is None or parent.set_digest != job.parent_set:
        raise RemoteProtocolError("the veto is about a set of reports this helper did not answer")
    if any(past.parent == job.parent for past in state.answered.values()):
        # Each veto lets the asker choose what a node's weight is compared with.
        raise RemoteProtocolError(f"a veto about job {str(job.parent)[:8]} was answered before")
    left_out = len(parent.members) - len(names)
    if not set(names) <= set(parent.members) or left_out > roster.silent:
        raise RemoteProtocolError("the veto leaves out an institution whose figures it is about")
    check_labels(job, roster, parent.members)


def answer(
    request: UnmaskRequest, roster: Roster, helper: str, identity: Identity, key: HelperKey
) -> UnmaskAnswer:
    """Open the sealed seeds and return the sum of their pads. Call after `admit` is durable.

    Where the job divides its reporters there is one sum for each group, one after the other.

    Raises:
        RemoteProtocolError: a seed that does not open or is not the one committed to; the
            message names its dealer.
    """
    job = request.job
    keys = {
        signed.header.institution: pad_key(
            packet.seed, context(job, signed.header.institution, _nonce(signed))
        )
        for signed, sealed in zip(request.headers, request.sealed, strict=True)
        for packet in [open_packet(signed, sealed, job, roster, helper, key)]
    }
    answered = set_digest(job.digest, request.headers)
    pads = b"".join(
        sum_pads(job, [keys[name] for name in group])
        for group in division(job, roster, answered, keys)
    )
    ack = Ack(job_id=job.job_id, helper=helper, set=answered, pads=pads_digest(pads))
    return UnmaskAnswer(ack=ack, signature=identity.sign(ACK_PURPOSE, ack.to_json()), pads=pads)


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """What one node sealed to one helper. `shares` is empty where no helper may be silent."""

    seed: bytes = field(repr=False)
    shares: tuple[bytes, ...] = field(repr=False)


def open_packet(
    signed: SignedHeader, sealed: bytes, job: Job, roster: Roster, helper: str, key: HelperKey
) -> Packet:
    """Open a sealed seed with its escrow shares, and hold it to its commitment.

    Raises:
        RemoteProtocolError: it was altered, does not open, has another shape or is not what
            was committed to; the message names its dealer.
    """
    header, position = signed.header, roster.committee.index(helper)
    if content_digest(sealed) != header.sealed[position]:
        raise RemoteProtocolError(f"the seed sealed by {header.institution!r} was altered")
    bound = context(job, header.institution, _nonce(signed))
    parts = unpack(open_sealed(sealed, key, seal_info(bound, helper)))
    expected = 1 + (len(roster.committee) if roster.silent else 0)
    if len(parts) != expected or any(len(part) != SEED_BYTES for part in parts):
        raise RemoteProtocolError(f"the seed sealed by {header.institution!r} has another shape")
    if commit(bound, parts[0]) != header.seed_commitments[position]:
        raise RemoteProtocolError(
            f"the seed sealed by {header.institution!r} is not the one it committed to"
        )
    return Packet(seed=parts[0], shares=parts[1:])


def _nonce(signed: SignedHeader) -> bytes:
    return bytes.fromhex(signed.header.nonce)
