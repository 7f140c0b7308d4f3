"""What a node must remember of rounds: ledger, journal, helper memory, rosters, releases.

Everything here is on the disk before the call returns. The journal keeps the very bytes
of each answer, so that a task delivered twice gets the same noise and costs nothing more.
"""

import hashlib
import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from foyer_node.adapters.durable import append_durably, read_lines, write_durably
from foyer_protocol.dp.ledger import Ledger, LedgerEntry, encode_entry, verify_chain
from foyer_protocol.errors import StorageError
from foyer_protocol.messages.codec import fraction_text, pack, read_fraction, unpack
from foyer_protocol.rounds.differencing import Seen
from foyer_protocol.rounds.helper import Answered, HelperState
from foyer_protocol.rounds.repeats import Asked


class RoundFiles:
    """One folder of a node. Not to be shared by two running nodes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ledger = folder / "ledger.jsonl"
        self._helper = folder / "helper.jsonl"
        self._questions = folder / "questions.jsonl"

    def ledger(self) -> Ledger:
        """Read the ledger and verify its chain.

        Raises:
            StorageError: an entry was altered or is missing.
        """
        return verify_chain([line.decode() for line in read_lines(self._ledger)])

    def append(self, entry: LedgerEntry) -> None:
        """Add one entry to the ledger, flushed."""
        append_durably(self._ledger, encode_entry(entry).encode())

    def questions(self) -> list[Asked]:
        """What this node was about to pay for, oldest first."""
        return [one for one, by in self._asked() if not by]

    def note_question(self, asked: Asked) -> None:
        """Note a question before its charge, flushed."""
        append_durably(self._questions, _question_line(asked, ""))

    def repeats(self) -> list[tuple[Asked, str]]:
        """Each question that was refused as a repeat, with the round that asked it again."""
        return [(one, by) for one, by in self._asked() if by]

    def note_repeat(self, asked: Asked, by: str) -> None:
        """Note, once, that round `by` was refused because of `asked`."""
        if (asked, by) not in self.repeats():
            append_durably(self._questions, _question_line(asked, by))

    def _asked(self) -> list[tuple[Asked, str]]:
        notes = (json.loads(line) for line in read_lines(self._questions))
        return [
            (Asked(question=note["question"], job_id=note["job"], round_id=note["round"]),
             note["refused"])
            for note in notes
        ]  # fmt: skip

    def answer_to(self, question: bytes) -> bytes | None:
        """The journalled answer to these very bytes, if they were answered before."""
        path = self._journal(question)
        return path.read_bytes() if path.exists() else None

    def journal(self, question: bytes, answer: bytes) -> None:
        """Keep the answer before it leaves."""
        write_durably(self._journal(question), answer)

    def _journal(self, question: bytes) -> Path:
        return self._folder / "journal" / f"{hashlib.sha256(question).hexdigest()}.answer"

    def helper_state(self) -> HelperState:
        """What this node remembers as a helper."""
        answered: dict[str, Answered] = {}
        counters: dict[tuple[str, int], str] = {}
        promised: set[str] = set()
        for line in read_lines(self._helper):
            note = json.loads(line)
            if "promised" in note:
                promised.add(note["promised"])
                continue
            answered[note["job"]] = Answered(
                set_digest=note["set"],
                members=tuple(name for name, _ in note["counters"]),
                rho=read_fraction(note["rho"]),
                period=note["period"],
                parent=note.get("parent", ""),
                escrowed=tuple(note.get("escrowed", ())),
                seen=_read_seen(note.get("seen")),
            )
            counters.update({(name, int(at)): note["job"] for name, at in note["counters"]})
        return HelperState(answered=answered, counters=counters, promised=frozenset(promised))

    def remember_answer(self, job_id: str, state: HelperState) -> None:
        """Make a helper's decision durable before its pads leave."""
        memory = state.answered[job_id]
        used = sorted(place for place, job in state.counters.items() if job == job_id)
        note = {
            "job": job_id,
            "set": memory.set_digest,
            "counters": [list(place) for place in used],
            "rho": fraction_text(memory.rho),
            "period": memory.period,
            "parent": memory.parent,
            "escrowed": list(memory.escrowed),
            "seen": None if memory.seen is None else asdict(memory.seen),
        }
        append_durably(self._helper, json.dumps(note, sort_keys=True, default=str).encode())

    def remember_promise(self, job_id: str) -> None:
        """Make it durable that this helper never answers a job, before it says so."""
        append_durably(self._helper, json.dumps({"promised": job_id}).encode())

    def keep_job(self, job_id: str, job: bytes, roster: str, signed: bytes) -> None:
        """Keep a job and its roster before it is charged; a roster is written once."""
        path = self._folder / "rosters" / f"{roster}.bin"
        if not path.exists():
            write_durably(path, signed)
        write_durably(self._folder / "jobs" / f"{job_id}.bin", pack(job, roster.encode()))

    def job(self, job_id: str) -> tuple[bytes, bytes] | None:
        """A job that was about to be charged, and its signed roster.

        Raises:
            StorageError: the file is damaged, or the roster is gone.
        """
        path = self._folder / "jobs" / f"{job_id}.bin"
        if not path.exists():
            return None
        parts = unpack(path.read_bytes())
        roster = self._folder / "rosters" / f"{parts[-1].decode('ascii', 'replace')}.bin"
        if len(parts) != 2 or not roster.exists():
            raise StorageError(f"{path.name} is damaged, or the roster that it names is gone")
        return parts[0], roster.read_bytes()

    def keep_abort(self, job_id: str, certificate: bytes) -> None:
        """Keep the certificate that a job will never be answered."""
        write_durably(self._folder / "aborts" / f"{job_id}.bin", certificate)

    def abort(self, job_id: str) -> bytes | None:
        """The certificate of a job that was given up, if it came."""
        path = self._folder / "aborts" / f"{job_id}.bin"
        return path.read_bytes() if path.exists() else None

    def keep_roster(self, epoch: int, signed: bytes) -> None:
        """Keep the roster that is followed now; the epoch never goes back."""
        write_durably(self._folder / "roster.bin", pack(str(epoch).encode(), signed))

    def roster(self) -> tuple[int, bytes] | None:
        """Epoch and bytes of the roster followed, if any."""
        path = self._folder / "roster.bin"
        if not path.exists():
            return None
        parts = unpack(path.read_bytes())
        if len(parts) != 2:
            raise StorageError("roster.bin is damaged; the node cannot tell which epoch it is in")
        return int(parts[0]), parts[1]

    def keep_plan(self, round_id: str, plan: bytes) -> None:
        """Keep a proposed plan for preview."""
        write_durably(self._folder / "plans" / f"{round_id}.json", plan)

    def plan(self, round_id: str) -> bytes | None:
        """A proposed plan, if it is known."""
        path = self._folder / "plans" / f"{round_id}.json"
        return path.read_bytes() if path.exists() else None

    def keep_release(self, round_id: str, release: bytes) -> None:
        """Keep a verified release."""
        write_durably(self._folder / "releases" / f"{round_id}.json", release)

    def releases(self) -> list[bytes]:
        """All releases, in the order of their round ids."""
        return [path.read_bytes() for path in sorted((self._folder / "releases").glob("*.json"))]


def _read_seen(note: dict[str, Any] | None) -> Seen | None:
    """What a helper noted of figures; nothing in notes from before it was noted."""
    if note is None:
        return None
    return Seen(
        kind=note["kind"],
        statistics=tuple(note["statistics"]),
        starts=date.fromisoformat(note["starts"]),
        ends=date.fromisoformat(note["ends"]),
        cohorts=tuple(tuple(cohort) for cohort in note["cohorts"]),
    )


def _question_line(asked: Asked, by: str) -> bytes:
    note = {
        "question": asked.question,
        "job": asked.job_id,
        "round": asked.round_id,
        "refused": by,
    }
    return json.dumps(note, sort_keys=True).encode()
