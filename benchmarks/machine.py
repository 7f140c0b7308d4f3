"""On what was it measured: the commit and the machine, without its name."""

import os
import platform
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
MEASURED_APART = (
    ":!benchmarks/results",
    ":!*/docs/measured.md",
    ":!protocol/docs/coverage.md",
    ":!protocol/docs/poisoning.md",
)
"""What measuring itself writes does not make the measured code another."""


def describe_commit() -> str:
    """The commit, with `-dirty` if a tracked file of the code differs from it."""
    head = _git("rev-parse", "HEAD")
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", *MEASURED_APART)
    return f"{head}-dirty" if changed else head


def _git(*words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.strip()


def describe_machine() -> str:
    """Processor, cores, memory and Python; nothing that names the machine."""
    memory = round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30)
    cores = len(os.sched_getaffinity(0))
    python = f"Python {platform.python_version()} on {platform.system()}"
    return f"{cores} cores of {_processor()}, {memory} GiB, {python}"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()
