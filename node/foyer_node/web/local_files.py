"""The port `LocalNode` over one node's folder. Needs no membership and writes nothing."""

import json
import logging
import threading
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from foyer_node.adapters.key_files import read_keys
from foyer_node.adapters.outbox_files import Outbox, Sent
from foyer_node.adapters.round_files import RoundFiles
from foyer_node.app import now, open_openings, read_membership, reading_store
from foyer_node.config import NodeConfig
from foyer_node.doctor import Findings, examine
from foyer_node.engine.extract import Extractor
from foyer_node.holdings import STORE_NAME
from foyer_node.insight.comparison import last_full_year, was_in_the_sum
from foyer_node.insight.house import House, look_at_house
from foyer_node.insight.own_figures import OwnFigure, own_figures
from foyer_node.ports import BatchRecord
from foyer_node.sharing.before_noise import BeforeNoise, before_noise, job_of_report
from foyer_node.stewardship import period_cap
from foyer_node.web.findings import KeptFindings
from foyer_protocol.catalogue.contribution import Contribution
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.layout import lay_out
from foyer_protocol.catalogue.schema import Period
from foyer_protocol.dp.ledger import EntryKind, Ledger, verify_chain
from foyer_protocol.errors import ConfigError, FoyerError, NothingImported, StorageError
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.messages.plan import Job, Plan
from foyer_protocol.messages.release import Release
from foyer_protocol.messages.roster import Roster, SignedRoster
from foyer_protocol.rounds.opening import Opening

if TYPE_CHECKING:
    from foyer_node.adapters.duckdb_store import DuckDBStore

log = logging.getLogger("foyer.node.web")

KEPT_ANSWERS = 128
"""Answers kept in memory: some 3 kB each."""

Answer = TypeVar("Answer")


class LocalFiles:
    """Reads the folder of `config`. Answers about the data are kept until the data change."""

    def __init__(
        self,
        config: NodeConfig,
        *,
        today: Callable[[], date],
        look: Callable[[NodeConfig], Findings] = examine,
    ) -> None:
        self.config = config
        self._today = today
        self._files = RoundFiles(config.folder)
        self._outbox = Outbox(config.path("outbox"), now)
        self._findings = KeptFindings(lambda: look(config))
        self._answers: dict[tuple[object, ...], object] = {}
        self._turn = threading.Lock()

    def network(self) -> str:
        """Its slug; empty before enrolment."""
        try:
            return read_membership(self.config).network.slug
        except ConfigError:
            return ""

    def members(self) -> int:
        """As on the roster."""
        roster = self._roster()
        return len(roster.members) if roster else 0

    def releases(self) -> tuple[Release, ...]:
        """Those that this version can read."""
        found = [release for raw in self._files.releases() if (release := _read_release(raw))]
        return tuple(sorted(found, key=lambda r: (r.ends, r.released_at), reverse=True))

    def plans(self) -> tuple[tuple[Plan, bool], ...]:
        """Latest period first."""
        released = {release.round_id for release in self.releases()}
        paid = {entry.round_id for entry in self._ledger().entries}
        files = sorted(self.config.path("plans").glob("*.json"))
        found = [_read_plan(path.read_bytes()) for path in files if path.stem not in released]
        plans = [plan for plan in found if plan is not None]
        plans.sort(key=lambda plan: plan.ends, reverse=True)
        return tuple((plan, plan.round_id in paid) for plan in plans)

    def given_back(self, round_id: str) -> bool:
        """By the ledger."""
        entries = self._ledger().entries
        return any(e.kind is EntryKind.REFUND and e.round_id == round_id for e in entries)

    def took_part(self, release: Release) -> bool:
        """By the ledger."""
        return was_in_the_sum(release, self._ledger())

    def last_year(self) -> Period | None:
        """Kept until the next import, or until midnight."""
        return self._ask(("year", self._today()), self._last_year, None)

    def own(self, keys: tuple[str, ...], period: Period) -> Mapping[str, OwnFigure]:
        """Computed once for each set of statistics, period and state of the data."""
        known = tuple(key for key in keys if key in CATALOGUE)
        if not known:
            return {}
        question = ("own", known, period.starts, period.ends)
        return self._ask(question, lambda store: _compute(store, known, period), {})

    def house(self) -> House | None:
        """Kept until the next import, or until midnight."""
        return self._ask(("house", self._today()), self._house, None)

    def batches(self) -> tuple[BatchRecord, ...]:
        """Latest first."""
        return self._ask(("batches",), lambda store: tuple(reversed(store.batches())), ())

    def findings(self) -> Findings | None:
        """At most a minute old."""
        return self._findings.latest()

    def budget(self) -> tuple[Fraction, Fraction]:
        """Of the roster's period; without a roster nothing can have been spent."""
        roster = self._roster()
        if roster is None:
            return Fraction(0), read_fraction(self.config.policy.period_rho_cap)
        spent = self._ledger().spent(roster.period)
        return spent, period_cap(self.config.policy, roster)

    def sent(self) -> list[Sent]:
        """From the outbox's index."""
        index = whole_lines(self.config.path("outbox", "index.jsonl"))
        return [Sent(**json.loads(line)) for line in index]

    def content(self, number: int) -> bytes:
        """From the outbox."""
        return self._outbox.content(number)

    def today(self) -> date:
        """As it was told to tell."""
        return self._today()

    def before_noise(self, number: int) -> BeforeNoise | None:
        """By the kept opening, else by the data of today."""
        job_id = job_of_report(self._outbox.content(number))
        if job_id is None:
            return None
        kept = self._files.job(job_id)
        job = Job.from_json(kept[0]) if kept else None
        return before_noise(job, self._opening(job_id), self._contribution)

    def _opening(self, job_id: str) -> Opening | None:
        if not self.config.policy.keep_openings_days:
            return None
        try:
            return open_openings(self.config, read_keys(self.config.path("keys"))).read(job_id)
        except FoyerError as refusal:
            log.warning("an opening cannot be read for a page [%s]", refusal.code)
            return None

    def _contribution(self, plan: Plan) -> Contribution | None:
        def answer(store: "DuckDBStore") -> Contribution:
            return Extractor(store).extract(plan.layout(), plan.period)

        return self._ask(("contribution", plan.content), answer, None)

    def _roster(self) -> Roster | None:
        try:
            kept = self._files.roster()
            return SignedRoster.from_bytes(kept[1]).roster if kept else None
        except FoyerError as refusal:
            log.warning("the roster cannot be read for a page [%s]", refusal.code)
            return None

    def _ledger(self) -> Ledger:
        """The verified ledger; an empty one where it is damaged, which the doctor will say."""
        try:
            lines = whole_lines(self.config.path("ledger.jsonl"))
            return verify_chain([line.decode() for line in lines])
        except FoyerError as refusal:
            log.warning("the ledger cannot be read for a page [%s]", refusal.code)
            return Ledger()

    def _ask(
        self,
        question: tuple[object, ...],
        answer: "Callable[[DuckDBStore], Answer]",
        without: Answer,
    ) -> Answer:
        """`answer`, asked of the data once for each state of them, or `without`."""
        key = (*question, self._state_of_data())
        with self._turn:
            if key not in self._answers:
                try:
                    with reading_store(self.config) as store:
                        found = answer(store)
                except NothingImported:
                    return without
                except StorageError as refusal:  # an import is running: the next reader asks again
                    log.info("own data could not be read for a page [%s]", refusal.code)
                    return without
                while len(self._answers) >= KEPT_ANSWERS:
                    del self._answers[next(iter(self._answers))]
                self._answers[key] = found
            return self._answers[key]  # type: ignore[return-value]  # kept under its question

    def _state_of_data(self) -> tuple[int, ...]:
        """Changes with every import. Asked of the file, since opening it would bar an import."""
        state: list[int] = []
        for name in (STORE_NAME, f"{STORE_NAME}.wal"):
            path = self.config.path(name)
            if path.exists():
                found = path.stat()
                state += [found.st_mtime_ns, found.st_size]
        return tuple(state)

    def _last_year(self, store: "DuckDBStore") -> Period | None:
        starts, until = store.history_starts(), store.data_until()
        if starts is None or until is None:
            return None
        return last_full_year(starts, until, self._today())

    def _house(self, store: "DuckDBStore") -> House | None:
        year, facts = self._last_year(store), self.config.institution
        if year is None:
            return None
        return look_at_house(
            store.own(),
            store.facts(),
            today=self._today(),
            year=year,
            institution_type=facts.type,
            zone=ZoneInfo(facts.timezone),
        )


def _compute(store: "DuckDBStore", keys: tuple[str, ...], period: Period) -> dict[str, OwnFigure]:
    layout = lay_out(tuple(CATALOGUE[key] for key in keys))
    totals = Extractor(store.own()).extract_exact(layout, period)
    return {own.key: own for own in own_figures(layout, totals, period, store.facts())}


def whole_lines(path: Path) -> list[bytes]:
    """The whole lines of a file to which the running node may be adding one right now.

    A last line without its end is left alone: it is the node's to finish or to cut off.
    """
    try:
        whole, _, _ = path.read_bytes().rpartition(b"\n")
    except FileNotFoundError:
        return []
    return whole.split(b"\n") if whole else []


@lru_cache(maxsize=64)
def _read_plan(raw: bytes) -> Plan | None:
    try:
        return Plan.from_json(raw)
    except FoyerError as refusal:
        log.warning("a plan of another version is left out [%s]", refusal.code)
        return None


@lru_cache(maxsize=64)
def _read_release(raw: bytes) -> Release | None:
    try:
        return Release.from_json(raw)
    except FoyerError as refusal:
        log.warning("a release of another version is left out [%s]", refusal.code)
        return None
