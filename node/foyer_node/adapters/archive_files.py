"""Archives of tables, and workbooks: what may be opened, and each table as a stream.

An archive can claim a few kilobytes and unpack to terabytes, so its own directory is asked
first. `zipfile` gives no more of a member than the directory says it has, so what was
checked is what can come. Names of members are looked at for their endings only: an export
named after a person would otherwise stand in a report.
"""

import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from foyer_protocol.errors import ConnectorError

MOST_MEMBERS = 256
MOST_BYTES = 32 << 30
"""Unpacked, of all tables together: some 300 million order lines."""
MOST_RATIO = 300
"""A table of order lines shrinks to a tenth, one long column of zeros to a hundredth."""
MOST_PARTS = 4096
MOST_WORKBOOK_BYTES = 1 << 30
"""Unpacked: a full sheet of a million rows by twenty columns. Its texts are held in memory."""
_SMALL = 1 << 20  # below it any ratio does no harm
_TABLES = frozenset({".csv", ".tsv", ".tab", ".txt"})
_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One table of an archive. Called, it is opened from its beginning."""

    path: Path
    position: int  # in the archive's directory

    def __call__(self) -> IO[bytes]:
        """A stream of the unpacked bytes; the archive is let go with it."""
        with zipfile.ZipFile(self.path) as archive:
            return archive.open(archive.infolist()[self.position])


def names_of(path: Path) -> frozenset[str]:
    """The names in an archive, to tell a workbook from an archive of tables; empty if unsound."""
    try:
        with zipfile.ZipFile(path) as archive:
            return frozenset(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
        return frozenset()


def members_of(path: Path, *, most_bytes: int = MOST_BYTES) -> tuple[Member, ...]:
    """The tables of an archive by their order in it.

    Raises:
        ConnectorError: more members, more bytes or more compression than tables have, or
            a member that needs a password. Nothing was unpacked.
    """
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    if len(entries) > MOST_MEMBERS:
        raise _refused(f"it holds {len(entries)} files, and at most {MOST_MEMBERS} are read")
    found = [(i, entry) for i, entry in enumerate(entries) if _is_table(entry)]
    if any(entry.flag_bits & _ENCRYPTED for _, entry in found):
        raise _refused("a file in it is locked with a password")
    if sum(entry.file_size for _, entry in found) > most_bytes:
        raise _refused(f"its files would unpack to more than {most_bytes} bytes")
    if any(_is_bomb(entry) for _, entry in found):
        raise _refused(f"a file in it would unpack to more than {MOST_RATIO} times its size")
    return tuple(Member(path=path, position=i) for i, _ in found)


def refuse_flood(path: Path, *, most_bytes: int = MOST_WORKBOOK_BYTES) -> None:
    """Look at what a workbook's parts claim, before anything of them is unpacked.

    Raises:
        ConnectorError: more parts, more bytes or more compression than workbooks have.
        BadZipFile and its kin: it is no sound archive.
    """
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
    why = ""
    if len(parts) > MOST_PARTS:
        why = f"it has {len(parts)} parts, and at most {MOST_PARTS} are read"
    elif sum(part.file_size for part in parts) > most_bytes:
        why = f"it would unpack to more than {most_bytes} bytes"
    elif any(_is_bomb(part) for part in parts):
        why = f"a part of it would unpack to more than {MOST_RATIO} times its size"
    if why:
        raise ConnectorError(
            f"The workbook was not opened: {why}. Nothing was imported.",
            hint="Export it as CSV, or delete empty rows and columns beside the table.",
        )


def _is_table(entry: zipfile.ZipInfo) -> bool:
    name = PurePosixPath(entry.filename.replace("\\", "/"))
    hidden = name.name.startswith(".") or "__MACOSX" in name.parts
    # A damaged directory may give a member no name, of which `is_dir` asks the last letter.
    is_file = bool(entry.filename) and not entry.is_dir()
    return is_file and not hidden and name.suffix.lower() in _TABLES


def _is_bomb(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > max(_SMALL, MOST_RATIO * entry.compress_size)


def _refused(why: str) -> ConnectorError:
    return ConnectorError(
        f"The archive was not opened: {why}. Nothing was imported.",
        hint="Put the exported tables into one zip archive, as CSV and without a password.",
    )
