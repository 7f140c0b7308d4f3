"""The files that somebody put into a folder."""

from collections.abc import Mapping
from pathlib import Path

from foyer_protocol.errors import ConfigError

SETTLED_SECONDS = 10
"""A file that was written to more recently may still be being written."""

_KINDS = frozenset((".csv", ".tsv", ".txt", ".xlsx", ".xls", ".zip", ".json"))


def new_files(folder: Path, seen: Mapping[str, str], now: float) -> list[tuple[Path, str]]:
    """Files not `seen` as they are now, the oldest first, each with its mark to remember.

    Raises:
        ConfigError: there is no such folder.
    """
    found: list[tuple[float, Path, str]] = []
    try:
        for path in folder.iterdir():
            if path.name.startswith((".", "~")) or path.suffix.lower() not in _KINDS:
                continue
            facts = path.stat()
            mark = f"{facts.st_size}:{facts.st_mtime_ns}"
            settled = not 0 <= now - facts.st_mtime < SETTLED_SECONDS
            if path.is_file() and settled and seen.get(path.name) != mark:
                found.append((facts.st_mtime, path, mark))
    except OSError as failure:
        raise ConfigError(
            f"The folder of a source could not be read: {failure.strerror}. Nothing was imported.",
            hint="Look at `folder` under [[sources]] in node.toml, and at its permissions.",
        ) from None
    return [(path, mark) for _, path, mark in sorted(found)]
