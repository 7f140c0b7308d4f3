"""What one private sum costs a node, a helper and the coordinator, beside the AES that it needs.

Timed with the code that runs in life, from and to the bytes that travel, without network
and disk: a node's report (masks, escrow shares, seals, hashes, signature); a helper's
answer (every signature, every seal, the sum of its pads, its own signature); the
coordinator's work (every report and answer read, hashed and verified, then the sum).
Noise is timed by itself, since it is drawn before any of this. Of several the median.

The floors are one fused loop of AES-256-CTR and numpy's addition, 64 KiB at a time, over
m * d words for a node and n * d for a helper, and n + m additions of d words for the
coordinator; 64-bit words throughout. The helpers are 16, of which 3 may be silent; of ten
institutions all ten help and 2 may be silent.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from statistics import median
from time import perf_counter

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from foyer_protocol.catalogue.contribution import Contribution
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.layout import CANARIES
from foyer_protocol.catalogue.schema import Period
from foyer_protocol.crypto.randomness import system_entropy
from foyer_protocol.dp.discrete_gaussian import draw
from foyer_protocol.dp.ledger import Ledger, charge
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.messages.plan import Job, Plan
from foyer_protocol.messages.report import Report
from foyer_protocol.messages.roster import Roster
from foyer_protocol.messages.unmask import UnmaskAnswer, UnmaskRequest
from foyer_protocol.rounds.coordinator import SumState, step
from foyer_protocol.rounds.events import AnswerArrived, AskHelpers, Launched, ReportArrived, Summed
from foyer_protocol.rounds.helper import answer
from foyer_protocol.rounds.kinds import figures
from foyer_protocol.rounds.node import make_report
from foyer_protocol.rounds.planning import Wish, make_plan
from foyer_protocol.rounds.rules import check_header
from foyer_protocol.simulate import NOON, Party, make_network

NODES = (10, 50, 200, 1000)
WIDTHS = (1_000, 100_000, 1_000_000)
WORD_BYTES = 8
MOST_MEMORY = 4 * 2**30
"""Reports are held twice, as they came and as they were read."""

CHUNK = 1 << 16
NODE_TARGET = 1.5
NOISE_TARGET = 0.5
COORDINATOR_TARGET = 3.0
TARGETED = (1000, 100_000)
TIMES = 5
NODE_TIMES = 31
DRAWS = 1_000_000

Row = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One network and one job in it."""

    nodes: int
    width: int
    job: Job
    roster: Roster
    parties: dict[str, Party] = field(repr=False)

    @property
    def helpers(self) -> int:
        """m."""
        return len(self.roster.committee)

    def case(self, who: str) -> str:
        """How its rows are called."""
        return f"{who}, n={self.nodes:,}, d={self.width:,}, m={self.helpers}"


def run() -> list[Row]:
    """A row per part, size and family. Takes about two minutes on two cores."""
    rows: list[Row] = []
    for nodes in NODES:
        for width in WIDTHS:
            rows += _sum_rows(nodes, width)
    return [*rows, _node_against_floor(), *_noise_rows()]


def _plan() -> Plan:
    return make_plan(
        Wish(
            round_id="speed",
            network="simulated",
            statistics=tuple(CATALOGUE),
            period=Period(starts=date(2026, 1, 1), ends=date(2027, 1, 1)),
            currency="EUR",
            minimum_cohort=4,
            colluding=1,
        )
    )


def _setting(nodes: int, width: int) -> Setting:
    helpers, silent = (10, 2) if nodes == 10 else (16, 3)
    empty = Contribution(values={}, contributes={})
    names = (f"house-{number:04d}" for number in range(nodes))
    roster, parties = make_network(dict.fromkeys(names, empty), helpers=helpers, silent=silent)
    job = figures.make_job(
        _plan(), roster, job_id=system_entropy(16).hex(), reports_until=NOON, expires_at=NOON + 60
    )
    # Wider than any plan of today's catalogue: what is measured here is the arithmetic.
    wide = Job.model_validate({**job.model_dump(), "width": width})
    return Setting(nodes=nodes, width=width, job=wide, roster=roster, parties=parties)


def _sum_rows(nodes: int, width: int) -> list[Row]:
    setting = _setting(nodes, width)
    rows = [_node_row(setting)]
    if 2 * nodes * width * WORD_BYTES > MOST_MEMORY:
        reason = "not measured: the reports pass 4 GiB"
        rows += [
            _row(f"{setting.case(who)} ({reason})", None, None) for who in ("helper", "coordinator")
        ]
        return rows
    reports = [_report(setting, name).to_bytes() for name in setting.parties]
    taking, state, requests = _take_reports(setting, reports)
    helping, answers = _help(setting, requests)
    adding = _take_answers(state, answers)
    rows.append(_row(setting.case("helper"), helping, _expand_floor(nodes, width)))
    coordinating = (taking + adding) * 1000
    rows.append(
        _row(
            setting.case("coordinator"),
            coordinating,
            _add_floor(setting),
            COORDINATOR_TARGET * 1000 if (nodes, width) == TARGETED else None,
        )
    )
    return rows


def _row(case: str, value: float | None, floor: float | None, target: float | None = None) -> Row:
    return {
        "case": case,
        "value": None if value is None else round(value, 1),
        "unit": "ms",
        "floor": None if floor is None else round(floor, 1),
        "target": target,
        "met": None if target is None or value is None else value < target,
    }


def _report(setting: Setting, name: str) -> Report:
    return _reporting(setting, name)()


def _reporting(setting: Setting, name: str) -> Callable[[], Report]:
    job, party = setting.job, setting.parties[name]
    ledger = charge(
        Ledger(),
        job_id=job.job_id,
        round_id=job.plan.round_id,
        rho=read_fraction(job.rho),
        period=setting.roster.period,
        cap=Fraction(10),
    )
    vector = np.ones(setting.width, np.int64)
    return lambda: make_report(
        job, setting.roster, party.identity, name, vector, ledger, system_entropy
    )


def _node_row(setting: Setting) -> Row:
    make = _reporting(setting, next(iter(setting.parties)))
    value = median(_milliseconds(lambda: make().to_bytes()) for _ in range(TIMES))
    return _row(setting.case("node"), value, _expand_floor(setting.helpers, setting.width))


def _node_against_floor() -> Row:
    """Alternating, so that a busy machine slows both."""
    setting = _setting(50, 1_000_000)
    make = _reporting(setting, next(iter(setting.parties)))
    floor = _fused(setting.helpers, setting.width)
    pairs = [(_milliseconds(make), _milliseconds(floor)) for _ in range(NODE_TIMES)]
    ratio = median(above / below for above, below in pairs)
    return {
        "case": "node's report over its floor, d=1,000,000, m=16",
        "value": round(ratio, 2),
        "unit": "× expand-and-add",
        "floor": 1.0,
        "target": NODE_TARGET,
        "met": ratio <= NODE_TARGET,
    }


def _take_reports(
    setting: Setting, raw: list[bytes]
) -> tuple[float, SumState, dict[str, UnmaskRequest]]:
    """Seconds from the reports' bytes to the helpers' requests. Empties `raw`."""
    state = SumState(job=setting.job, roster=setting.roster, invited=tuple(setting.parties))
    state, _ = step(state, Launched())
    start = perf_counter()
    while raw:
        report = Report.from_bytes(raw.pop())
        sender = report.signed.header.institution
        state, effects = step(state, ReportArrived(sender=sender, report=report))
    seconds = perf_counter() - start
    (asked,) = effects
    if not isinstance(asked, AskHelpers):
        raise RuntimeError("the reports were not all taken")
    return seconds, state, dict(asked.requests)


def _help(setting: Setting, requests: dict[str, UnmaskRequest]) -> tuple[float, list[bytes]]:
    """Milliseconds of the median helper, and everybody's answer as bytes."""
    times, answers = [], []
    for helper, request in requests.items():
        raw, party = request.to_bytes(), setting.parties[helper]

        def help_once(
            raw: bytes = raw, helper: str = helper, party: Party = party
        ) -> Iterator[bytes]:
            asked = UnmaskRequest.from_bytes(raw)
            for signed in asked.headers:
                check_header(signed, asked.job, setting.roster)
            yield answer(asked, setting.roster, helper, party.identity, party.helper_key).to_bytes()

        start = perf_counter()
        answers += help_once()
        times.append((perf_counter() - start) * 1000)
    return median(times), answers


def _take_answers(state: SumState, raw: list[bytes]) -> float:
    """Seconds from the answers' bytes to the sum, which is checked."""
    start = perf_counter()
    for one in raw:
        read = UnmaskAnswer.from_bytes(one)
        state, effects = step(state, AnswerArrived(sender=read.ack.helper, answer=read))
    seconds = perf_counter() - start
    (summed,) = effects
    if not isinstance(summed, Summed) or int(summed.aggregate[CANARIES]) != len(state.chosen):
        raise RuntimeError("the sum is not the sum")
    return seconds


def _fused(pads: int, width: int) -> Callable[[], None]:
    total = np.zeros(width, np.uint64)
    buffer, nothing = bytearray(CHUNK), memoryview(bytes(CHUNK))
    pad = np.frombuffer(buffer, np.uint64)
    words = len(pad)

    def expand_and_add() -> None:
        for _ in range(pads):
            stream = Cipher(algorithms.AES256(bytes(32)), modes.CTR(bytes(16))).encryptor()
            for start in range(0, width, words):
                part = total[start : start + words]
                stream.update_into(nothing[: part.nbytes], buffer)
                np.add(part, pad[: len(part)], out=part)

    return expand_and_add


def _expand_floor(pads: int, width: int) -> float:
    work = _fused(pads, width)
    return median(_milliseconds(work) for _ in range(TIMES))


def _add_floor(setting: Setting) -> float:
    total = np.zeros(setting.width, np.uint64)
    # Eight vectors in turn: more would only be more memory, fewer would stay in the cache.
    vectors = np.ones((8, setting.width), np.uint64)

    def add() -> None:
        for number in range(setting.nodes + setting.helpers):
            np.add(total, vectors[number % len(vectors)], out=total)

    return median(_milliseconds(add) for _ in range(TIMES))


def _noise_rows() -> list[Row]:
    rows: list[Row] = []
    for scale in _plan().scales:
        variance = read_fraction(scale.share_variance)
        draw(variance, 1, system_entropy)  # the table is made once and kept
        each = median(
            _milliseconds(lambda v=variance: draw(v, DRAWS, system_entropy)) for _ in range(TIMES)
        )
        value, deviation = each * 1000 / DRAWS, float(variance) ** 0.5
        rows.append(
            {
                "case": f"noise of {scale.family.value}, σ = {deviation:.0f} grid units",
                "value": round(value, 3),
                "unit": "µs a coordinate",
                "floor": None,
                "target": NOISE_TARGET,
                "met": value <= NOISE_TARGET,
            }
        )
    return rows


def _milliseconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return (perf_counter() - start) * 1000
