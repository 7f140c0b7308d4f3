"""How a job ends without an answer, so that what nodes paid for it can be given back.

A helper signs one of two things about a job: "I answered the set S", or "I will never
answer". Promises of m − f helpers give the charge back: at most c of them lie, so at least
m − f − c > f honest helpers never answer. That is more than may ever be called silent, and
no honest helper gives escrow shares then; so no set of reports is ever unmasked, and the
reports stay uniform words (`protocol/README.md`, C1 and C4).
"""

from collections.abc import Mapping
from dataclasses import replace

from foyer_protocol.crypto.identity import Identity, verify
from foyer_protocol.dp.ledger import Ledger, refund
from foyer_protocol.errors import RemoteProtocolError
from foyer_protocol.messages.closing import (
    PROMISE_PURPOSE,
    AbortAsk,
    AbortCertificate,
    AbortPromise,
    SignedPromise,
)
from foyer_protocol.messages.roster import Roster
from foyer_protocol.rounds.helper import HelperState


def admit_promise(state: HelperState, ask: AbortAsk) -> HelperState:
    """Decide whether to promise; the memory to make durable *before* promising.

    Asked again, the memory is as it was and the promise may be repeated.

    Raises:
        RemoteProtocolError: the job was answered; a helper says one thing about a job.
    """
    if ask.job_id in state.answered:
        raise RemoteProtocolError(
            f"job {ask.job_id[:8]} was answered; nothing else can be promised about it"
        )
    return replace(state, promised=state.promised | {ask.job_id})


def promise(ask: AbortAsk, helper: str, identity: Identity) -> SignedPromise:
    """The signed promise. Call after `admit_promise` is durable."""
    word = AbortPromise(job_id=ask.job_id, roster=ask.roster, helper=helper)
    return SignedPromise(promise=word, signature=identity.sign(PROMISE_PURPOSE, word.to_json()))


def needed(roster: Roster) -> int:
    """How many promises give a charge back: m − f."""
    return len(roster.committee) - roster.silent


def check_promise(signed: SignedPromise, job_id: str, roster: Roster) -> str:
    """The helper that promised never to answer `job_id` under `roster`.

    Raises:
        RemoteProtocolError: another job, another roster, no helper of it, or a signature
            that does not hold.
    """
    word = signed.promise
    if word.job_id != job_id:
        raise RemoteProtocolError(
            f"the promise is about job {word.job_id[:8]}; job {job_id[:8]} was given up"
        )
    if word.roster != roster.digest or word.helper not in roster.committee:
        raise RemoteProtocolError(f"{word.helper!r} is no helper of the job's roster")
    key = roster.member(word.helper).signing_key
    verify(key, PROMISE_PURPOSE, word.to_json(), signed.signature)
    return word.helper


def certify(promises: Mapping[str, SignedPromise], roster: Roster) -> AbortCertificate | None:
    """The certificate of verified promises by helper, or None where they are too few."""
    if len(promises) < needed(roster):
        return None
    return AbortCertificate(promises=tuple(promises[name] for name in sorted(promises)))


def check_certificate(certificate: AbortCertificate, job_id: str, roster: Roster) -> None:
    """Hold a certificate to the roster that the job was charged under.

    Raises:
        RemoteProtocolError: a promise that does not count, a helper twice, or too few.
    """
    helpers = [check_promise(one, job_id, roster) for one in certificate.promises]
    if helpers != sorted(set(helpers)):
        raise RemoteProtocolError("the promises are not in order, once each")
    if len(helpers) < needed(roster):
        raise RemoteProtocolError(
            f"{len(helpers)} helpers promised never to answer job {job_id[:8]};"
            f" {needed(roster)} are needed; nothing was given back"
        )


def refund_by(ledger: Ledger, certificate: AbortCertificate, job_id: str, roster: Roster) -> Ledger:
    """Give back what `job_id` took. `roster` is the one the node charged it under.

    Raises:
        LocalProtocolError: the job has no open charge.
        and all of `check_certificate`.
    """
    check_certificate(certificate, job_id, roster)
    return refund(ledger, job_id, certificate.digest)
