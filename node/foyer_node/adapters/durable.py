"""Bytes that are on the disk when the call returns, or not there at all."""

import os
from pathlib import Path
from typing import BinaryIO

from foyer_protocol.errors import StorageError


def write_durably(path: Path, content: bytes, *, private: bool = True) -> None:
    """Replace `path` by `content` in one step, flushed with its folder.

    A crash leaves the old file or the new one, never half of either.

    Raises:
        StorageError: the disk refused; the old file is still there.
    """
    temporary = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = 0o600 if private else 0o644
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        flush_folder(path.parent)
    except OSError as failure:
        raise storage_error(path, failure) from failure


def append_durably(path: Path, line: bytes) -> None:
    """Append one line (without its newline) and flush it.

    A torn last line, left by a crash, is cut off first: it was never acknowledged to
    anybody. Only the one writer of a file does this; readers leave it alone.

    Raises:
        StorageError: the disk refused; a torn last line may remain.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        created = not path.exists()
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            file.truncate(_end_of_last_line(file))
            file.seek(0, os.SEEK_END)
            file.write(line + b"\n")
            file.flush()
            os.fsync(file.fileno())
        if created:
            flush_folder(path.parent)
    except OSError as failure:
        raise storage_error(path, failure) from failure


def _end_of_last_line(file: BinaryIO) -> int:
    """Length of the file up to and with its last newline."""
    size = file.seek(0, os.SEEK_END)
    while size:
        start = max(0, size - 4096)
        file.seek(start)
        at = file.read(size - start).rfind(b"\n")
        if at >= 0:
            return start + at + 1
        size = start
    return 0


def read_lines(path: Path) -> list[bytes]:
    """Whole lines of a file that `append_durably` wrote, without a torn last one."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as failure:
        raise storage_error(path, failure) from failure
    whole = content.rpartition(b"\n")[0]
    return whole.split(b"\n") if whole else []


def flush_folder(folder: Path) -> None:
    """Put on the disk what the folder's names are."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def storage_error(path: Path, failure: OSError) -> StorageError:
    """What the disk refused about a file, by its name."""
    return StorageError(
        f"{path.name} could not be written or read: {failure.strerror}",
        hint="Look at free space and permissions of the data folder.",
    )
