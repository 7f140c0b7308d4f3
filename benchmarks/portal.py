"""How long a member waits for a page of the portal while a hundred are asked for each second.

The portal runs in a process of its own, as an operator would run it, over a database with
eight releases of every statistic. Requests are sent at fixed moments whatever the answers do,
and a wait is counted from the moment at which its request was due: a portal that falls behind
cannot hide it. The floor is a style sheet, which needs no database.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from tests.support.postgres import find_binaries, postgres_server
from tests.support.published import publish
from tests.support.released_quarters import NETWORK

from foyer_coordinator.adapters.database import Database, sqlite_url
from foyer_coordinator.adapters.migrations import upgrade
from foyer_coordinator.app import now, open_books
from foyer_coordinator.config import Book, CoordinatorConfig, Network, Portal
from foyer_coordinator.portal import start_portal
from foyer_coordinator.portal.context import PLAIN_COOKIE
from foyer_coordinator.portal.sign_in import SignIn
from foyer_protocol.crypto.randomness import system_entropy
from foyer_web.assets import assets

A_SECOND, SECONDS, CONNECTIONS = 100, 20, 16
TARGET_MS = 50.0
VIEWS = (
    "/", "/explore", "/methods", "/rounds", "/rounds/q4-2025", "/statistics/volume.bookers",
    "/statistics/volume.bookers?view=time", "/statistics/geography.residence?view=map",
    "/statistics/money.average_ticket_price?round=q2-2025",
)  # fmt: skip
LANGUAGES = ("en", "da")


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A running portal and a signed-in session."""

    port: int
    cookie: str


def run() -> list[dict[str, object]]:
    """Return a row for each case. Takes about two minutes."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="foyer-bench-") as name:
        rows += _measure("SQLite", sqlite_url(Path(name) / "book.sqlite"), Path(name))
        binaries = find_binaries()
        if binaries is not None:
            with postgres_server(binaries) as server:
                rows += _measure("PostgreSQL", server.url(server.create()), Path(name))
    return rows


def _measure(engine: str, url: str, folder: Path) -> list[dict[str, object]]:
    upgrade(url)
    database = Database(url)
    publish(database)
    database.close()
    pages = [f"/{code}{view}" for code in LANGUAGES for view in VIEWS]
    sheet = [f"/static/{assets()['foyer.css'].name}"]
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.portal", url, str(folder)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as child:  # fmt: skip
        try:
            assert child.stdout is not None
            served = Served(**json.loads(child.stdout.readline()))
            first = [1000 * asyncio.run(_once(served, page)) for page in pages]
            floor = asyncio.run(_load(served, sheet))
            before = _processor_seconds(child.pid)
            waits = asyncio.run(_load(served, pages))
            each = 1000 * (_processor_seconds(child.pid) - before) / len(waits)
        finally:
            child.terminate()  # it only reads
    return [
        _row(f"first view of a page, {engine}: median", median(first), None, None),
        _row(f"first view of a page, {engine}: slowest", max(first), None, None),
        _row(f"processor time of a kept page, {engine}", each, None, None),
        _row(f"kept pages at {A_SECOND} a second, {engine}: median", median(waits), None, None),
        _row(f"kept pages at {A_SECOND} a second, {engine}: p95", _p95(waits), _p95(floor),
             TARGET_MS),
    ]  # fmt: skip


def _row(case: str, value: float, floor: float | None, target: float | None) -> dict[str, object]:
    return {
        "case": case,
        "value": round(value, 2),
        "unit": "ms",
        "floor": None if floor is None else round(floor, 2),
        "target": target,
        "met": None if target is None else value <= target,
    }


def _processor_seconds(pid: int) -> float:
    """What a process has used of the processors: the same however busy the machine is."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _p95(waits: list[float]) -> float:
    return quantiles(waits, n=20)[-1]


async def _load(served: Served, pages: list[str]) -> list[float]:
    """The waits, in milliseconds, of requests that are due at fixed moments."""
    due: asyncio.Queue[tuple[float, str]] = asyncio.Queue()
    waits: list[float] = []

    async def send() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        while True:
            moment, page = await due.get()
            await _get(reader, writer, served.cookie, page)
            waits.append(1000 * (perf_counter() - moment))
            due.task_done()

    senders = [asyncio.create_task(send()) for _ in range(CONNECTIONS)]
    begun = perf_counter()
    for number, page in enumerate(islice(cycle(pages), A_SECOND * SECONDS)):
        moment = begun + number / A_SECOND
        await asyncio.sleep(max(0.0, moment - perf_counter()))
        due.put_nowait((moment, page))
    await due.join()
    for sender in senders:
        sender.cancel()
    return waits


async def _once(served: Served, page: str) -> float:
    """How long one page takes, in seconds."""
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    begun = perf_counter()
    await _get(reader, writer, served.cookie, page)
    taken = perf_counter() - begun
    writer.close()
    return taken


async def _get(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, cookie: str, page: str
) -> None:
    """Ask for a page and read all of it; anything but 200 ends the benchmark."""
    lines = (f"GET {page} HTTP/1.1", "Host: 127.0.0.1", f"Cookie: {PLAIN_COOKIE}={cookie}", "", "")
    writer.write("\r\n".join(lines).encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    if " 200 " not in head.partition("\r\n")[0]:
        raise RuntimeError(f"{page} was answered with {head.partition(chr(13))[0]!r}")
    length = int(head.partition("content-length: ")[2].partition("\r")[0])
    await reader.readexactly(length)


def _serve(url: str, folder: Path) -> None:
    """Be the portal until the end: say the port and a session's cookie, then serve."""
    config = CoordinatorConfig(
        network=Network(slug=NETWORK), database=Book(url=url), portal=Portal(port=0), folder=folder
    )
    with open_books(config) as books:
        server = start_portal(config, books, now)
        desk = SignIn(
            book=books.sign_in, clock=now, entropy=system_entropy,
            link_seconds=60, session_seconds=3600,
        )  # fmt: skip
        cookie = desk.redeem(desk.invite("A. Reader"))
        print(json.dumps({"port": server.port, "cookie": cookie}), flush=True)
        sys.stdin.read()
        server.stop()


if __name__ == "__main__":
    _serve(sys.argv[1], Path(sys.argv[2]))
