"""The tables of what was measured, from `benchmarks/results/*.json`."""

import json
from pathlib import Path

RESULTS = Path(__file__).parents[2] / "benchmarks" / "results"

HEADINGS = {
    "rounds": "How long a round takes",
    "masking": "What masking costs a node",
    "secure_sum": "What a private sum costs each party",
    "engine": "What a plan costs a node",
    "importing": "How fast an export is imported",
    "node": "Ten million rows at one node",
    "coverage": "How often an interval holds the truth",
    "poisoning": "What a divided cohort shows of one liar",
}
"""In the order of the page; a benchmark that is not named here comes last."""

BESIDE = {
    "secure_sum": (
        "Beside it SecAgg+ [Bell, Bonawitz, Gascón, Lepoint, Raykova, CCS 2020], as the protocol's"
        " specification counts and measures it (section 1.5: the same AES on a shared machine of"
        " two cores, ±50 %; 20 % corrupt, 10 % dropped out, failure 2⁻⁴⁰; servers beyond 400 pads"
        " extrapolated). Its four round trips for everybody are not in the times; here a node"
        " needs one and a helper one.\n\n"
        "| n | d | Neighbours | SecAgg+ node, ms | SecAgg+ server, ms |\n"
        "|--:|--:|--:|--:|--:|\n"
        "| 50 | 1,000,000 | 16 | 86.5 | 494 |\n"
        "| 200 | 1,000,000 | 46 | 244.0 | 4,928 |\n"
        "| 1,000 | 100,000 | 67 | 53.9 | 3,456 |\n"
        "| 1,000 | 1,000,000 | 67 | 241.7 | 23,146 |"
    )
}
"""What others' work costs, by benchmark: read or estimated, never measured by `make bench`."""

MET = {True: "yes", False: "**no**", None: ""}
"""Where nothing was aimed at, nothing was met or missed."""

NOTE = (
    "<!-- Generated from benchmarks/results; a test compares."
    " `make bench` measures, `make docs` writes this. -->"
)


def page() -> str:
    """One table per benchmark that has been measured."""
    found = {path.stem: path for path in sorted(RESULTS.glob("*.json"))}
    names = [name for name in HEADINGS if name in found]
    names += [name for name in found if name not in HEADINGS]
    parts = [
        "# Measured",
        NOTE,
        "`make bench` measures all of this again on your machine, `make bench NAME=rounds` one"
        " part. What is timed and what is left out is said at the head of `benchmarks/NAME.py`."
        " A floor is what no implementation of that part can pass on the same machine.",
    ]
    return "\n\n".join([*parts, *(_table(found[name]) for name in names)]) + "\n"


def _table(path: Path) -> str:
    record = json.loads(path.read_text(encoding="utf-8"))
    rows = ["| Case | Value | Unit | Floor | Target | Met |", "|---|--:|---|--:|--:|:-:|"]
    for row in record["rows"]:
        value, floor, target = (_number(row[key]) for key in ("value", "floor", "target"))
        met = MET[row["met"]]
        rows.append(f"| {row['case']} | {value} | {row['unit']} | {floor} | {target} | {met} |")
    heading = HEADINGS.get(record["name"], record["name"])
    where = f"`benchmarks/{record['name']}.py`, commit `{record['commit']}`, {record['machine']}."
    beside = [BESIDE[record["name"]]] if record["name"] in BESIDE else []
    return "\n\n".join([f"## {heading}", where, "\n".join(rows), *beside])


def _number(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return "" if value is None else str(value)
