"""Asks helpers to promise never to answer a sum that is given up, before the round is over.

Enough promises make the certificate with which every node takes its charge back. A helper
that is away is asked again when it is here; one that answered cannot promise.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from foyer_coordinator.letters import read_reply, write_letter
from foyer_coordinator.ports import ClosingBook, Delivery, Exchange, GivenUp
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.errors import FoyerError
from foyer_protocol.messages.closing import AbortAsk, SignedPromise
from foyer_protocol.messages.envelope import Kind, Opened
from foyer_protocol.rounds.closing import certify, check_promise, needed

log = logging.getLogger("foyer.coordinator.closing")

LOOK_SECONDS = 0.25
"""How long to wait for news before looking at the clock."""

MOST_SECONDS = 60
"""A promise is one signature: a helper that is there gives it at once."""


@dataclass(slots=True, kw_only=True)
class Closer:
    """Collects promises over one exchange, until `seconds` after the question."""

    book: ClosingBook
    exchange: Exchange
    nudge: Callable[[Iterable[str]], object]
    identity: Identity = field(repr=False)
    clock: Callable[[], int]
    seconds: int
    should_stop: Callable[[], bool] = lambda: False

    def close_round(self, round_id: str) -> bool:
        """Ask about every aborted sum of a round; False if this process must stop first."""
        return all(self.close(one) for one in self.book.given_up(round_id))

    def close(self, sum_: GivenUp, only: frozenset[str] | None = None) -> bool:
        """Ask the helpers that said nothing yet (of `only`), and certify what comes.

        Returns False if this process must stop before time is over.
        """
        able = set(sum_.roster.committee) - sum_.answered
        asked = able - set(sum_.promises) if only is None else (able - set(sum_.promises)) & only
        if len(able) < needed(sum_.roster):
            log.info("job %s was answered too often to be given back", sum_.job_id[:8])
            return True
        promises = dict(sum_.promises)
        until = self.clock() + self.seconds
        waiting = self._ask(sum_, asked, until) if not self._certified(sum_, promises) else {}
        while waiting and self.clock() < until:
            if self.should_stop():
                return False
            self.exchange.wait(LOOK_SECONDS)
            for delivery in self.exchange.collect():
                if waiting.get(delivery.instruction_sha256) != delivery.institution:
                    continue  # about something that was asked before this
                del waiting[delivery.instruction_sha256]
                self._take(delivery, sum_, promises)
            if self._certified(sum_, promises):
                return True
        return True

    def _ask(self, sum_: GivenUp, helpers: set[str], until: int) -> dict[str, str]:
        """Who was asked, by the digest of the question."""
        ask = AbortAsk(job_id=sum_.job_id, roster=sum_.roster.digest)
        asked: dict[str, str] = {}
        for helper in sorted(helpers):
            payload = write_letter(
                ask.to_json(),
                self.identity,
                network=sum_.roster.network,
                receiver=helper,
                kind=Kind.ABORT_ASK,
                job_id=sum_.job_id,
                expires_at=until,
            )
            try:
                self.exchange.send(helper, payload, ttl_seconds=max(1, until - self.clock()))
            except FoyerError as refusal:  # it left the network since
                log.info("%s is not asked for its promise: %s", helper, refusal.message)
                continue
            asked[hashlib.sha256(payload).hexdigest()] = helper
        self.nudge(tuple(asked.values()))
        return asked

    def _take(self, delivery: Delivery, sum_: GivenUp, promises: dict[str, SignedPromise]) -> None:
        if not delivery.payload:
            return
        try:
            signed = _promise_in(read_reply(delivery.payload, sum_.roster, self.clock()))
            if signed is None:
                log.info("%s does not promise job %s", delivery.institution, sum_.job_id[:8])
                return
            helper = check_promise(signed, sum_.job_id, sum_.roster)
        except FoyerError as refusal:
            log.warning("ignored %s: %s", delivery.institution, refusal.message)
            return
        self.book.keep_promise(sum_.job_id, helper, signed)
        promises[helper] = signed

    def _certified(self, sum_: GivenUp, promises: dict[str, SignedPromise]) -> bool:
        certificate = certify(promises, sum_.roster)
        if certificate is None:
            return False
        self.book.keep_certificate(sum_.job_id, certificate, self.clock())
        log.info("job %s will never be answered; its charges go back", sum_.job_id[:8])
        return True


def _promise_in(opened: Opened) -> SignedPromise | None:
    """The promise in a reply, or None for a refusal."""
    if opened.header.kind is not Kind.ABORT_PROMISE:
        return None
    return SignedPromise.from_bytes(opened.body)
