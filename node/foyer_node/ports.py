"""What the node's logic needs from the outside, named after the need.

Adapters implement these; the logic never sees a file, a socket or a database.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from foyer_protocol.crypto.helper_key import HelperKey
from foyer_protocol.dp.ledger import Ledger, LedgerEntry
from foyer_protocol.messages.history import History, HistoryEntry
from foyer_protocol.rounds.helper import HelperState
from foyer_protocol.rounds.repeats import Asked

Cell = str | int | float | datetime | None
"""One cell: text, or a native value of a spreadsheet. `None` and `""` are empty."""

Cells = tuple[Cell, ...]


class Table(Protocol):
    """A header and rows that can be read more than once, in order."""

    @property
    def header(self) -> tuple[str, ...]:
        """Column names as written."""

    @property
    def layout(self) -> str:
        """How it was read (encoding and delimiter, or sheet), for the report."""

    def rows(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        """Rows below the header that are not blank, each with its line number in the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file: its digest and the tables in it (one, or one per sheet).

    A JSON file has no tables and a `document`, of which connectors make tables.
    """

    sha256: str
    tables: tuple[Table, ...]
    document: object = field(default=None, repr=False)
    size: int = 0  # bytes, of a file of text


ReadSource = Callable[[Path], Source]
"""Opens a file as tables, or raises `ConnectorError`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRecord:
    """One import that was applied."""

    batch_id: str
    file_sha256: str
    source_system: str
    connector: str
    applied_at: datetime
    rows: int
    rejected: int
    report: str


class RoundStore(Protocol):
    """Durable memory of rounds; see `adapters.round_files.RoundFiles`."""

    def ledger(self) -> Ledger: ...
    def append(self, entry: LedgerEntry) -> None: ...
    def questions(self) -> Sequence[Asked]: ...
    def note_question(self, asked: Asked) -> None: ...
    def note_repeat(self, asked: Asked, by: str) -> None:
        """Note, once, that round `by` was refused because of `asked`."""

    def answer_to(self, question: bytes) -> bytes | None: ...
    def journal(self, question: bytes, answer: bytes) -> None: ...
    def helper_state(self) -> HelperState: ...
    def remember_answer(self, job_id: str, state: HelperState) -> None: ...
    def remember_promise(self, job_id: str) -> None: ...
    def keep_job(self, job_id: str, job: bytes, roster: str, signed: bytes) -> None:
        """Keep a job with the signed roster (of digest `roster`) that it is charged under."""

    def job(self, job_id: str) -> tuple[bytes, bytes] | None:
        """A kept job and its signed roster."""

    def keep_abort(self, job_id: str, certificate: bytes) -> None: ...
    def abort(self, job_id: str) -> bytes | None: ...
    def keep_roster(self, epoch: int, signed: bytes) -> None: ...
    def roster(self) -> tuple[int, bytes] | None: ...
    def keep_plan(self, round_id: str, plan: bytes) -> None: ...
    def keep_release(self, round_id: str, release: bytes) -> None: ...


class HelperKeyring(Protocol):
    """Our helper keys; see `adapters.helper_key_files.HelperKeyFiles`."""

    def settle(self, named: str) -> HelperKey:
        """The key to open seeds with under a roster that names `named` for this node."""


class OpeningStore(Protocol):
    """Sealed openings by job, each until a day; see `adapters.opening_files.OpeningFiles`."""

    def keep(self, job_id: str, until: int, opening: bytes) -> None: ...
    def read(self, job_id: str) -> bytes | None: ...
    def forget(self, now: int) -> None: ...


class HistoryStore(Protocol):
    """Our copy of the network's history; see `adapters.history_files.HistoryFiles`."""

    def history(self) -> History: ...
    def extend_history(self, entries: Sequence[HistoryEntry]) -> None: ...
    def witnesses(self) -> Mapping[str, int]: ...
    def keep_witnesses(self, agreed: Mapping[str, int]) -> None: ...
    def alarm(self) -> str: ...
    def keep_alarm(self, found: str, evidence: bytes) -> None: ...


class Show(Protocol):
    """Records what is about to leave; see `adapters.outbox_files.Outbox.record`."""

    def __call__(
        self, content: bytes, *, channel: str, kind: str, round_id: str = "", rho: str = "0/1"
    ) -> object: ...
