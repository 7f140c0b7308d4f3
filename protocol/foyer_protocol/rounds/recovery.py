"""Silent helpers: the others give escrow shares of their seeds, for one set and one dead set.

Every honest helper serves at most f silent ones per job, and only beside acks of all the
others on the very set that it answered itself. Then, whatever the coordinator and c
helpers do, there is an honest helper whose seeds stay out of reach for every other set
(T > c + f; the counting is in `protocol/README.md`).
"""

from dataclasses import replace
from itertools import combinations

from foyer_protocol.crypto.escrow import combine
from foyer_protocol.crypto.helper_key import HelperKey
from foyer_protocol.crypto.identity import Identity, verify
from foyer_protocol.crypto.pads import pad_key
from foyer_protocol.errors import RemoteProtocolError
from foyer_protocol.messages.escrow import (
    ESCROW_PURPOSE,
    EscrowAck,
    EscrowAnswer,
    EscrowRequest,
    shares_digest,
)
from foyer_protocol.messages.plan import Job
from foyer_protocol.messages.report import Report, set_digest
from foyer_protocol.messages.roster import Roster
from foyer_protocol.messages.unmask import ACK_PURPOSE
from foyer_protocol.rounds.helper import HelperState, open_packet
from foyer_protocol.rounds.masking import commit, context
from foyer_protocol.rounds.rules import check_job


def admit_escrow(
    state: HelperState, request: EscrowRequest, roster: Roster, helper: str
) -> HelperState:
    """Decide whether `helper` gives shares; the memory to make durable *before* giving them.

    Raises:
        RemoteProtocolError: this helper did not answer the job, answered another set, or is
            itself called silent; the silent are not exactly the helpers without an ack, or
            are more than f; an ack is of another set or not its helper's; another dead set
            was served; or the roster changed since, and with it the places and limits.
        and all of `check_job`.
    """
    job, silent = request.unmask.job, tuple(sorted(request.silent))
    check_job(job, roster)
    memory = state.answered.get(job.job_id)
    ours = set_digest(job.digest, request.unmask.headers)
    if memory is None or memory.set_digest != ours:
        raise RemoteProtocolError(f"job {job.job_id[:8]} was not answered for these reports")
    acked = tuple(one.ack.helper for one in request.acks)
    if not 1 <= len(silent) <= roster.silent:
        raise RemoteProtocolError(
            f"{len(silent)} helpers are called silent; the roster allows 1 to {roster.silent}"
        )
    if helper in silent:
        raise RemoteProtocolError(f"helper {helper!r} is called silent, and it answered")
    if sorted((*acked, *silent)) != sorted(roster.committee):
        raise RemoteProtocolError("the silent are not exactly the helpers who did not answer")
    for one in request.acks:
        if one.ack.job_id != job.job_id or one.ack.set != ours:
            raise RemoteProtocolError(f"helper {one.ack.helper!r} answered another set of reports")
        key = roster.member(one.ack.helper).signing_key
        verify(key, ACK_PURPOSE, one.ack.to_json(), one.signature)
    if memory.escrowed not in ((), silent):
        raise RemoteProtocolError(
            f"shares for job {job.job_id[:8]} were given while {', '.join(memory.escrowed)}"
            " were silent; there is one dead set for each job"
        )
    served = replace(memory, escrowed=silent)
    return replace(state, answered={**state.answered, job.job_id: served})


def answer_escrow(
    request: EscrowRequest, roster: Roster, helper: str, identity: Identity, key: HelperKey
) -> EscrowAnswer:
    """This helper's shares of the silent helpers' seeds. Call after `admit_escrow` is durable."""
    silent = tuple(sorted(request.silent))
    places = [roster.committee.index(name) for name in silent]
    unmask = request.unmask
    pairs = sorted(
        zip(unmask.headers, unmask.sealed, strict=True),
        key=lambda pair: pair[0].header.institution,
    )
    shares = tuple(
        packet.shares[place]
        for signed, sealed in pairs
        for packet in [open_packet(signed, sealed, unmask.job, roster, helper, key)]
        for place in places
    )
    ack = EscrowAck(
        job_id=unmask.job.job_id,
        helper=helper,
        set=set_digest(unmask.job.digest, unmask.headers),
        silent=silent,
        shares=shares_digest(shares),
    )
    return EscrowAnswer(
        ack=ack, signature=identity.sign(ESCROW_PURPOSE, ack.to_json()), shares=shares
    )


def recover_keys(
    job: Job, roster: Roster, reports: tuple[Report, ...], answers: tuple[EscrowAnswer, ...]
) -> list[bytes]:
    """The pad keys of every silent helper for every report, in no order that matters.

    `reports` are in institution order, as the helpers' shares are. The answers are at
    least T and about one dead set.

    Raises:
        RemoteProtocolError: no T shares give the committed seed; the message names the
            institution that dealt it. A share alone is not committed to, so that this is
            proof against the dealer only where T of the holders are known to be honest.
    """
    silent = answers[0].ack.silent
    keys = []
    for row, report in enumerate(reports):
        bound = context(job, report.signed.header.institution, _nonce(report))
        for column, name in enumerate(silent):
            at = row * len(silent) + column
            shares = {roster.committee.index(one.ack.helper) + 1: one.shares[at] for one in answers}
            committed = report.signed.header.seed_commitments[roster.committee.index(name)]
            seed = _seed_behind(shares, roster.threshold, bound, committed)
            if seed is None:
                raise RemoteProtocolError(
                    "no escrow shares give the seed that"
                    f" {report.signed.header.institution!r} committed to for helper {name!r}:"
                    " it dealt badly, or too many holders altered theirs"
                )
            keys.append(pad_key(seed, bound))
    return keys


def _nonce(report: Report) -> bytes:
    return bytes.fromhex(report.signed.header.nonce)


def _seed_behind(
    shares: dict[int, bytes], threshold: int, bound: bytes, committed: str
) -> bytes | None:
    """The committed seed from any T of the shares: one lying holder cannot prevent it if
    there are T others."""
    for chosen in combinations(sorted(shares), threshold):
        try:
            seed = combine({place: shares[place] for place in chosen}, threshold)
        except RemoteProtocolError:
            continue
        if commit(bound, seed) == committed:
            return seed
    return None
