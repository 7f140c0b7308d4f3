"""Ten million ticket rows at one node: importing them, asking a round of them, one day more.

Each case runs in a process of its own, so that its peak memory is its own. The floor of the
import is DuckDB's raw load of the same file into typed columns of a plain file: no keys, no
rules, no encryption, no order kept apart from its tickets.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from time import perf_counter, sleep

import duckdb

from benchmarks.bounding import YEAR, compare
from benchmarks.engine import SCAN
from benchmarks.peak import peak_mib
from foyer_node.app import reading_store
from foyer_node.config import read_config
from foyer_node.engine.extract import Extractor
from foyer_node.setup import FileHints, import_export, make_node
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.layout import lay_out

ROWS = 10_000_000
VISITORS = 1_600_000
TIMES_FLOOR = 3.0
EXTRACT_TARGET, DAY_TARGET, MEMORY_TARGET, IDLE_TARGET = 15.0, 2.0, 2048, 150
FACTS = {"slug": "house", "name": "A house", "country": "DK", "timezone": "Europe/Copenhagen"}

_SALES = """
    SELECT 'A' || lpad((i // 2)::VARCHAR, 8, '0') AS "Order no",
        strftime(TIMESTAMP '2022-01-01' + to_seconds((hash(i // 2) % 126144000)::BIGINT),
            '%Y-%m-%d %H:%M:%S') AS "Order date",
        'Show ' || hash(i // 2, 1) % 400 AS "Event",
        strftime(TIMESTAMP '2022-01-01 20:00:00' + to_days((hash(i // 2, 1) % 400 * 4)::INT),
            '%Y-%m-%d %H:%M:%S') AS "Event date",
        1 + hash(i, 2) % 3 AS "Qty",
        printf('%d.%02d', (5 + hash(i, 3) % 80)::INT, (hash(i, 4) % 100)::INT) AS "Amount",
        CASE WHEN hash(i // 2, 5) % 10 < 7
            THEN 'visitor' || hash(i // 2, 6) % {visitors} || '@mail.example' END AS "Email",
        lpad((1000 + hash(i // 2, 7) % 8999)::VARCHAR, 4, '0') AS "Postcode",
        ['Web', 'Box office', 'Phone', 'App'][1 + (hash(i // 2, 8) % 4)::INT] AS "Channel",
        ['Adult', 'Student', 'Senior', 'Child'][1 + (hash(i, 9) % 4)::INT] AS "Ticket type"
    FROM range({first}, {last}) t(i)"""


def run() -> list[dict[str, object]]:
    """Return a row for each case. Takes up to half an hour and 4 GB of disk."""
    with tempfile.TemporaryDirectory(prefix="foyer-bench-") as name:
        folder = Path(name)
        write_sales(folder / "all.csv", 0, ROWS)
        write_sales(folder / "day.csv", ROWS, ROWS + 14_000)
        cases = ("load", "import", "extract", "day", "idle")
        found = {case: _measure(case, folder) for case in cases}
        compared = compare(folder / "node")
    load, taken = found["load"]["seconds"], found["import"]["seconds"]
    return [
        _row(f"import {ROWS:,} rows", taken, "s", load, TIMES_FLOOR * load),
        _row("peak memory of that import", found["import"]["mib"], "MiB", None, MEMORY_TARGET),
        _row("all current statistics over them", found["extract"]["seconds"], "s",
             found["extract"]["floor"], EXTRACT_TARGET),
        _row("peak memory of that", found["extract"]["mib"], "MiB", None, MEMORY_TARGET),
        _row("one day's file of 14,000 rows more", found["day"]["seconds"], "s", None, DAY_TARGET),
        _row("a node's pages with nothing to do", found["idle"]["mib"], "MiB", None, IDLE_TARGET),
        *_beside(compared),
    ]  # fmt: skip


def _beside(compared: Mapping[str, Mapping[str, float]]) -> Iterator[dict[str, object]]:
    """The same sums by others: nothing to meet, and a floor to nobody."""
    for name, one in compared.items():
        for what, unit in (("seconds", "s"), ("mib", "MiB")):
            case = "peak memory of that" if unit == "MiB" else f"the same clipped sums by {name}"
            yield {"case": case, "value": round(one[what], 1), "unit": unit, "floor": None,
                   "target": None, "met": None}  # fmt: skip


def write_sales(path: Path, first: int, last: int) -> None:
    """Write made-up order lines `first` to `last`."""
    sql = _SALES.format(visitors=VISITORS, first=first, last=last)
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({sql}) TO '{path}' (HEADER, DELIMITER ',')")


def _row(
    case: str, value: float, unit: str, floor: float | None, target: float
) -> dict[str, object]:
    return {
        "case": case,
        "value": round(value, 1),
        "unit": unit,
        "floor": None if floor is None else round(floor, 1),
        "target": round(target, 1),
        "met": value <= target,
    }


def _measure(case: str, folder: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.node", case, str(folder)],
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _load(folder: Path) -> dict[str, float]:
    with duckdb.connect(str(folder / "raw.duckdb"), config={"threads": 2}) as connection:
        start = perf_counter()
        connection.execute(f"CREATE TABLE raw AS SELECT * FROM read_csv('{folder}/all.csv')")
        return {"seconds": perf_counter() - start}


def _import(folder: Path, name: str = "all.csv") -> dict[str, float]:

    make_node(folder / "node", **FACTS)
    start = perf_counter()
    import_export(read_config(folder / "node"), folder / name, apply=True, hints=FileHints())
    return {"seconds": perf_counter() - start}


def _extract(folder: Path) -> dict[str, float]:

    with reading_store(read_config(folder / "node")) as store:
        start = perf_counter()
        store.execute_measure(SCAN, ())
        floor = perf_counter() - start
    start = perf_counter()
    with reading_store(read_config(folder / "node")) as store:
        Extractor(store).extract(lay_out(tuple(CATALOGUE.values())), YEAR)
    return {"seconds": perf_counter() - start, "floor": floor}


def _idle(folder: Path) -> dict[str, float]:
    """Resident memory of `foyer-node pages` half a minute after it said where it is."""
    node = folder / "idle"

    make_node(node, **FACTS)
    settings = node / "node.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + "\nport = 0\n", encoding="utf-8")
    command = [sys.executable, "-m", "foyer_node", "pages", "--dir", str(node)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        sleep(30)
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
        process.terminate()
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return {"mib": int(line.split()[1]) / 1024}


def _case(case: str, folder: Path) -> None:
    found = {
        "load": _load,
        "import": _import,
        "extract": _extract,
        "day": lambda folder: _import(folder, "day.csv"),
        "idle": _idle,
    }[case](folder)
    print(json.dumps({"mib": peak_mib(), **found}))


if __name__ == "__main__":
    _case(sys.argv[1], Path(sys.argv[2]))
