"""`python -m benchmarks [NAME]`: what `make bench` runs.

Every module here that has `run()` is a benchmark. Each writes `results/NAME.json`, from
which the tables of the docs are drawn.
"""

import argparse
import importlib
import json
import pkgutil
from pathlib import Path

import benchmarks
from benchmarks.machine import describe_commit, describe_machine

RESULTS = Path(__file__).with_name("results")
COLUMNS = ("case", "value", "unit", "floor", "target", "met")


def names() -> list[str]:
    """Every benchmark, in alphabetical order."""
    found = sorted(one.name for one in pkgutil.iter_modules(benchmarks.__path__))
    return [name for name in found if "\ndef run(" in _source(name)]


def _source(name: str) -> str:
    return Path(__file__).with_name(f"{name}.py").read_text(encoding="utf-8")


def measure(name: str) -> Path:
    """Run one benchmark and keep its rows; the path of the file."""
    commit = describe_commit()
    rows = importlib.import_module(f"benchmarks.{name}").run()
    for row in rows:
        if tuple(row) != COLUMNS:
            raise ValueError(f"a row of {name} has the columns {tuple(row)}, not {COLUMNS}")
    record = {"name": name, "commit": commit, "machine": describe_machine(), "rows": rows}
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def main() -> None:
    """Run one or all, and say what was measured and which targets were missed."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("name", nargs="?", choices=names(), help="one of them; default: all")
    chosen = parser.parse_args().name
    for name in [chosen] if chosen else names():
        record = json.loads(measure(name).read_text(encoding="utf-8"))
        for row in record["rows"]:
            mark = {True: "met   ", False: "missed", None: "      "}[row["met"]]
            print(f"{mark} {name}: {row['case']}: {row['value']} {row['unit']}", flush=True)


if __name__ == "__main__":
    main()
