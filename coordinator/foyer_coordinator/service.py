"""What the coordinator does by itself: greet nodes, run launched rounds, hand out releases.

One thread looks at the database, which is the only truth: a round that the command line
launched, or that a crash interrupted, is found there and brought to its end.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from foyer_coordinator.closing import Closer
from foyer_coordinator.doors import Doors
from foyer_coordinator.heralds import Herald
from foyer_coordinator.letters import write_letter
from foyer_coordinator.memberships import renew_helper_key
from foyer_coordinator.ports import (
    ClosingBook,
    Exchange,
    MemberBook,
    Owed,
    RoundBook,
    RoundRow,
)
from foyer_coordinator.session import Deadlines, RoundRunner
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.errors import FoyerError, InternalError
from foyer_protocol.messages.envelope import Kind
from foyer_protocol.messages.roster import SignedRoster
from foyer_protocol.rounds.phases import Phase, is_final

log = logging.getLogger("foyer.coordinator")

GREETING_SECONDS = 24 * 3600
"""How long a plan or release that was handed out may travel."""

LATE_SECONDS = 10
"""How long a helper that came back may take to promise: other rounds wait for it."""

NO_JOB = "0" * 32


class ControlPlane(Protocol):
    """The streams to the nodes; a push to a node that is away is dropped."""

    def connected(self) -> Iterable[str]: ...
    def nudge(self, institutions: Iterable[str]) -> object: ...
    def send_roster(self, institution: str, signed: bytes) -> None: ...
    def send_head(self, institution: str, update: bytes) -> None: ...
    def send_proposal(self, institution: str, signed: bytes) -> None: ...
    def send_release(self, institution: str, signed: bytes) -> None: ...
    def send_aborted(self, institution: str, signed: bytes) -> None: ...


@dataclass(slots=True, kw_only=True)
class Service:
    """The coordinator's own life. `run` in a thread of its own."""

    network: str
    members: MemberBook
    rounds: RoundBook
    closings: ClosingBook
    control: ControlPlane
    doors: Doors
    herald: Herald
    open_exchange: Callable[[], AbstractContextManager[Exchange]]
    identity: Identity = field(repr=False)
    clock: Callable[[], int]
    deadlines: Deadlines
    look_seconds: float = 0.3
    keep_calendar: Callable[[threading.Event], object] | None = None
    _back: set[str] = field(default_factory=set, repr=False)
    _told: set[tuple[str, str]] = field(default_factory=set, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _telling: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def run(self, stop: threading.Event) -> None:
        """Until `stop`: tell nodes what is new, and run what was launched."""
        threading.Thread(target=self.doors.keep, args=(stop,), name="doors", daemon=True).start()
        if self.keep_calendar is not None:
            keep = self.keep_calendar
            threading.Thread(target=keep, args=(stop,), name="calendar", daemon=True).start()
        while not stop.wait(self.look_seconds):
            try:
                self.tell_all()
                for row in self.rounds.rounds():
                    if row.phase is not Phase.PLANNED and not is_final(row.phase):
                        self._run_round(row, stop)
                self._close_late(stop)
            except FoyerError as refusal:
                log.error("%s [%s]", refusal.message, refusal.code)

    def _run_round(self, row: RoundRow, stop: threading.Event) -> None:
        signed = self.members.roster()
        if signed is None:
            log.error("round %s waits for a signed roster", row.plan.round_id)
            return
        try:
            with self.open_exchange() as exchange:
                runner = RoundRunner(
                    rounds=self.rounds,
                    closings=self.closings,
                    exchange=exchange,
                    nudge=self.control.nudge,
                    signed=signed,
                    identity=self.identity,
                    clock=self.clock,
                    deadlines=self.deadlines,
                    should_stop=stop.is_set,
                )
                runner.run(row.plan)
        except Exception:
            # A bug must not leave a round open for ever, nor stop the others.
            log.exception("round %s failed", row.plan.round_id)
            self.rounds.move_round(
                row.plan.round_id, Phase.ABORTED, self.clock(), InternalError.code
            )
            with self._lock:
                self._back.update(self.control.connected())  # it may still be given back
        self.tell_all()

    def _close_late(self, stop: threading.Event) -> None:
        """Ask helpers that came back about the rounds that ended while they were away."""
        with self._lock:
            back, self._back = frozenset(self._back), set()
        for one in self.closings.given_up() if back else ():
            if not back & (set(one.roster.committee) - one.answered - set(one.promises)):
                continue
            with self.open_exchange() as exchange:
                Closer(
                    book=self.closings,
                    exchange=exchange,
                    nudge=self.control.nudge,
                    identity=self.identity,
                    clock=self.clock,
                    seconds=LATE_SECONDS,
                    should_stop=stop.is_set,
                ).close(one, only=back)

    def on_hello(self, institution: str, *facts: object) -> None:
        """A node said hello: note it, and tell it everything again."""
        with self._lock:
            self._told = {told for told in self._told if told[0] != institution}
            self._back.add(institution)
        self.herald.forget(institution)
        self.members.note_seen(institution, self.clock())
        log.info("%s connected (%s)", institution, ", ".join(str(fact)[:12] for fact in facts))
        self.tell(institution)

    def on_status(self, institution: str, state: str, data_until: date | None) -> None:
        """A node told how fresh its data are."""
        self.members.note_seen(institution, self.clock(), data_until)
        log.info("%s is %s", institution, state)

    def on_witness(self, institution: str, signed: bytes) -> None:
        """A node told what it has seen of the history: the others are told so.

        Raises:
            RemoteProtocolError: it did not sign that; its stream is ended.
        """
        known = self.members.institution(institution)
        self.herald.note(institution, known.signing_key if known else "", signed)

    def on_helper_key(self, institution: str, public: bytes, signature: bytes) -> None:
        """A node has a new helper key: the next roster that is drawn up will name it.

        Raises:
            RemoteProtocolError: it is no helper key, or not that institution's word.
        """
        if renew_helper_key(self.members, institution, public, signature):
            log.info("%s has a new helper key; the next roster will name it", institution)

    def on_refunded(self, institution: str, job_id: str) -> None:
        """A node has kept the certificate of a job: it is not told of it again."""
        self.closings.note_receipt(job_id, institution, self.clock())

    def on_refusal(self, institution: str, round_id: str, code: str) -> None:
        """A node declined a proposal before it was launched."""
        log.info("%s declined %s [%s]", institution, round_id, code)

    def tell_all(self) -> None:
        """Tell every connected node what it was not told yet."""
        connected = tuple(self.control.connected())
        if connected:
            signed, rows = self.members.roster(), self.rounds.rounds()
            owed = self.closings.owed()
            for institution in connected:
                self._tell(institution, signed, rows, owed)

    def tell(self, institution: str) -> None:
        """Hand one node the roster, open proposals and releases that it was not given yet."""
        rows, owed = self.rounds.rounds(), self.closings.owed()
        self._tell(institution, self.members.roster(), rows, owed)

    def _tell(
        self,
        institution: str,
        signed: SignedRoster | None,
        rows: Sequence[RoundRow],
        owed: Sequence[Owed],
    ) -> None:
        # The history is read last and sent before what it announces, whoever else is telling.
        with self._telling:
            if signed is not None and self._first_time(institution, signed.roster.digest):
                self.control.send_roster(institution, signed.to_bytes())
            update = self.herald.news_for(institution)
            if update is not None:
                self.control.send_head(institution, update)
            self._tell_rounds(institution, rows)
            self._tell_owed(institution, owed)

    def _tell_rounds(self, institution: str, rows: Sequence[RoundRow]) -> None:
        for row in rows:
            if not self._first_time(institution, f"{row.plan.digest} {row.phase}"):
                continue
            if row.phase is Phase.PLANNED:
                body = row.plan.to_json()
                self.control.send_proposal(
                    institution, self._sealed(institution, Kind.PROPOSAL, body)
                )
            release = (
                self.rounds.release(row.plan.round_id) if row.phase is Phase.RELEASED else None
            )
            if release is not None:
                body = release.to_json()
                self.control.send_release(
                    institution, self._sealed(institution, Kind.RELEASE, body, release.job_id)
                )

    def _tell_owed(self, institution: str, owed: Sequence[Owed]) -> None:
        for one in owed:
            if institution in one.to and self._first_time(institution, f"aborted {one.job_id}"):
                body = one.certificate.to_bytes()
                self.control.send_aborted(
                    institution, self._sealed(institution, Kind.ABORTED, body, one.job_id)
                )

    def _first_time(self, institution: str, what: str) -> bool:
        with self._lock:
            if (institution, what) in self._told:
                return False
            self._told.add((institution, what))
            return True

    def _sealed(self, institution: str, kind: Kind, body: bytes, job_id: str = NO_JOB) -> bytes:
        return write_letter(
            body,
            self.identity,
            network=self.network,
            receiver=institution,
            kind=kind,
            job_id=job_id,
            expires_at=self.clock() + GREETING_SECONDS,
        )
