"""What a node follows: rosters that governance signed, plans and releases of the coordinator.

Whatever arrives is verified before it is kept, and an epoch never goes back.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from foyer_node.histories import Chronicle
from foyer_node.ports import HistoryStore, RoundStore
from foyer_node.refunds import give_back, refuse_refunded
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.dp.ledger import EntryKind, Ledger, settle
from foyer_protocol.errors import NotApproved, RemoteProtocolError
from foyer_protocol.messages.closing import AbortCertificate
from foyer_protocol.messages.envelope import COORDINATOR, Kind, Opened, open_envelope
from foyer_protocol.messages.history import HistoryKind, head_of, sign_witness
from foyer_protocol.messages.plan import Plan
from foyer_protocol.messages.release import Release
from foyer_protocol.messages.roster import Roster, SignedRoster, verify_roster


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """What was pinned at enrolment and never changes by itself."""

    slug: str
    institution: str
    coordinator_key: str
    governance_keys: tuple[str, ...]
    governance_quorum: int = 1


@dataclass(slots=True, kw_only=True)
class Follower:
    """The part of a node's session that listens. Safe to call from several threads."""

    network: Network
    identity: Identity = field(repr=False)
    store: RoundStore
    history: HistoryStore
    clock: Callable[[], int]
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _chronicle: Chronicle = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Hold the coordinator to one history from the start."""
        self._chronicle = Chronicle(
            slug=self.network.slug,
            coordinator_key=self.network.coordinator_key,
            store=self.history,
        )

    def _open(self, raw: bytes) -> Opened:
        return open_envelope(
            raw,
            network=self.network.slug,
            receiver=self.network.institution,
            sender_keys={COORDINATOR: self.network.coordinator_key},
            now=self.clock(),
        )

    def roster(self) -> Roster:
        """The roster followed now.

        Raises:
            NotApproved: governance has not admitted this institution yet.
        """
        kept = self.store.roster()
        if kept is None:
            raise NotApproved("no roster has arrived yet, so that no round can be joined")
        return SignedRoster.from_bytes(kept[1]).roster

    def follow_roster(self, raw: bytes) -> Roster:
        """Verify a roster that arrived, keep it and follow it from now on.

        Raises:
            RemoteProtocolError: governance did not sign it, or it is older than ours.
        """
        with self._turn:
            return self._follow(raw)

    def _follow(self, raw: bytes) -> Roster:
        kept = self.store.roster()
        if kept is not None and kept[1] == raw:
            followed = SignedRoster.from_bytes(raw).roster
            self._renew(followed)
            return followed
        roster = verify_roster(
            SignedRoster.from_bytes(raw),
            network=self.network.slug,
            governance=frozenset(self.network.governance_keys),
            quorum=self.network.governance_quorum,
            lowest_epoch=kept[0] if kept else 1,
        )
        if roster.coordinator_key != self.network.coordinator_key:
            raise RemoteProtocolError(
                f"roster epoch {roster.epoch} names another coordinator than the one enrolled with"
            )
        if kept and kept[0] == roster.epoch and roster.digest != self.roster().digest:
            raise RemoteProtocolError(
                f"two different rosters were signed for epoch {roster.epoch}",
                hint="Keep both and call the network's governance.",
            )
        self.store.keep_roster(roster.epoch, raw)
        self._renew(roster)
        return roster

    def _renew(self, roster: Roster) -> None:
        """Do what a followed roster asks of our own keys; it is kept already."""

    def follow_head(self, raw: bytes) -> bytes:
        """Follow the network's history; returns our witness of it if there is a new one.

        Raises:
            RemoteProtocolError: it does not extend what we have, or another member was
                shown another history.
        """
        with self._turn:
            roster = self.roster() if self.store.roster() else None
            history = self._chronicle.follow(raw, roster)
        if history is None:
            return b""
        seen = head_of(history, self.network.slug)
        return sign_witness(seen, self.network.institution, self.identity).to_json()

    def follow_plan(self, raw: bytes) -> Plan:
        """Keep a proposed plan (a signed envelope), so that `preview` can show it.

        Raises:
            RemoteProtocolError: not from the coordinator, not a plan, or not announced to all.
        """
        opened = self._expect(raw, Kind.PROPOSAL)
        plan = Plan.from_json(opened.body)
        self._chronicle.require(HistoryKind.PLAN, plan.digest, plan.round_id)
        self.store.keep_plan(plan.round_id, opened.body)
        return plan

    def follow_release(self, raw: bytes) -> Release:
        """Keep a release (a signed envelope) and settle what this node paid for it.

        Raises:
            RemoteProtocolError: not from the coordinator, not a release, or not announced to
                all.
        """
        opened = self._expect(raw, Kind.RELEASE)
        release = Release.from_json(opened.body)
        self._chronicle.require(HistoryKind.RELEASE, release.digest, release.round_id)
        with self._turn:
            ledger = self.store.ledger()
            refuse_refunded(ledger, release.job_id)
            for job_id in paid_for(release, ledger):
                ledger = settle(ledger, job_id, release.digest)
                self.store.append(ledger.entries[-1])
            self.store.keep_release(release.round_id, opened.body)
        return release

    def follow_abort(self, raw: bytes) -> str:
        """Take what an aborted job cost back (a signed envelope); returns the job's id.

        Whoever is told of a job that it has no open charge for owes nothing either.

        Raises:
            RemoteProtocolError: not from the coordinator, or as `refunds.give_back`.
        """
        opened = self._expect(raw, Kind.ABORTED)
        certificate, job_id = AbortCertificate.from_bytes(opened.body), opened.header.job_id
        with self._turn:
            followed = self.roster() if self.store.roster() else None
            give_back(self.store, job_id, certificate, followed)
        return job_id

    def _expect(self, raw: bytes, kind: Kind) -> Opened:
        opened = self._open(raw)
        if opened.header.kind is not kind:
            raise RemoteProtocolError(f"expected {kind!r}; {opened.header.kind!r} came")
        return opened


def paid_for(release: Release, ledger: Ledger) -> list[str]:
    """The open charges that `release` settles: none, where our report came too late for it.

    The veto is put to those whose reports are in the sum and to nobody else, so whoever
    paid for both jobs of the round is in it.
    """
    charged = [
        entry.job_id
        for entry in ledger.entries
        if entry.kind is EntryKind.CHARGE and entry.round_id == release.round_id
    ]
    if release.job_id not in charged or len(charged) < 2:
        return []
    return [job_id for job_id in charged if ledger.is_open(job_id)]
