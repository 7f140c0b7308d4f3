"""Verdicts on the data, the settings and the program that reads them."""

from collections.abc import Mapping
from datetime import date

from foyer_node.doctoring.findings import Finding, Mark, finding
from foyer_protocol.errors import NothingImported

LATE_DAYS = 45

MOST_REFUSED_PERCENT = 5
"""Refused rows from which on figures may well be off; below it they are single mistakes."""


def judge_freshness(until: date | None, today: date) -> Finding:
    """`until`: the day of the last order."""
    if until is None:
        text = "nothing is imported yet"
        return Finding(name="data", mark=Mark.LOOK, text=text, code=NothingImported.code)
    late = (today - until).days > LATE_DAYS
    mark, code = (Mark.LOOK, "data-old") if late else (Mark.GOOD, "data-fresh")
    return finding("data", mark, code, until=until)


def judge_quarantine(rows: int, refused: int) -> Finding:
    """`refused` of `rows` read, over all imports. Only the share is said."""
    if refused <= 0 or rows <= 0:
        return finding("quarantine", Mark.GOOD, "quarantine-none")
    percent = max(1, round(100 * refused / rows))
    mark = Mark.LOOK if percent >= MOST_REFUSED_PERCENT else Mark.GOOD
    return finding("quarantine", mark, "quarantine-waits", percent=percent)


def judge_encryption(in_clear: bool, keys_apart: bool) -> Finding:
    """Of store and vault, where one of them is there."""
    if in_clear:
        return finding("encryption", Mark.LOOK, "data-in-clear")
    code = "encrypted-key-apart" if keys_apart else "encrypted-key-here"
    return finding("encryption", Mark.GOOD, code)


def judge_sources(failures: Mapping[str, int]) -> Finding:
    """`failures` in a row, by the name of a source of node.toml."""
    failing = sorted(name for name, count in failures.items() if count)
    if failing:
        return finding("sources", Mark.LOOK, "sources-fail", names=", ".join(failing))
    return finding("sources", Mark.GOOD, "sources-pulled")


def judge_policy(paused: bool) -> Finding:
    """Whether this institution takes part at all."""
    if paused:
        return finding("policy", Mark.LOOK, "policy-paused")
    return finding("policy", Mark.GOOD, "policy-open")


def judge_version(version: str, ours: str, theirs: str) -> Finding:
    """`ours`: the fingerprint of the installed catalogue; `theirs`: of the newest plan, or ""."""
    if theirs and theirs != ours:
        return finding("version", Mark.LOOK, "version-differs", version=version)
    return finding("version", Mark.GOOD, "version-same", version=version, catalogue=ours[:16])
