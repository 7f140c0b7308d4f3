"""What the machine gives this process: disk, memory, rights on files, open ports.

Memory and ports are read from Linux's /proc and its control groups; elsewhere they are not
known, and None says so.
"""

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from ipaddress import IPv6Address, ip_address
from pathlib import Path

from foyer_node.doctoring.sightings import Listener, MemorySeen

PROC = Path("/proc")
GROUPS = Path("/sys/fs/cgroup")
_LISTENS = "0A"  # TCP_LISTEN in the kernel's tables


def free_bytes(folder: Path) -> int:
    """Free where `folder` lies, or would lie."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free


def readable_by_others(paths: Iterable[Path]) -> list[str]:
    """The names of those files that other users may read or change."""
    return [path.name for path in paths if path.is_file() and path.stat().st_mode & 0o077]


def is_being_written(database: Path) -> bool:
    """Whether a process holds the lock file of an `adapters.database` for writing."""
    try:
        lock = os.open(database.with_name(f".{database.name}.lock"), os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(lock)
    return False


def read_memory(proc: Path = PROC, groups: Path = GROUPS) -> MemorySeen | None:
    """What the machine has, and no more than the control groups of this process allow."""
    try:
        facts = dict(_facts((proc / "meminfo").read_text()))
        limit, available = facts["MemTotal"] * 1024, facts["MemAvailable"] * 1024
        memberships = (proc / "self" / "cgroup").read_text()
    except (OSError, ValueError, KeyError):
        return None
    for folder, names in _groups(memberships, groups):
        most, used, stat, idle = names
        try:
            cap = int((folder / most).read_text())  # "max" is none
            taken = int((folder / used).read_text())
            cache = dict(_facts((folder / stat).read_text())).get(idle, 0)
        except (OSError, ValueError):
            continue
        limit = min(limit, cap)
        available = min(available, max(0, cap - taken + cache))
    return MemorySeen(limit=limit, available=available)


def _facts(text: str) -> Iterator[tuple[str, int]]:
    for line in text.splitlines():
        words = line.replace(":", " ").split()
        if len(words) > 1:
            yield words[0], int(words[1])


def _groups(memberships: str, root: Path) -> Iterator[tuple[Path, tuple[str, str, str, str]]]:
    """Each folder that may limit this process, with the names of its files."""
    second = ("memory.max", "memory.current", "memory.stat", "inactive_file")
    first = (
        "memory.limit_in_bytes", "memory.usage_in_bytes", "memory.stat", "total_inactive_file",
    )  # fmt: skip
    for line in memberships.splitlines():
        number, controllers, path = (*line.split(":", 2), "", "")[:3]
        if number == "0":
            top, names = root, second
        elif "memory" in controllers.split(","):
            top, names = root / "memory", first
        else:
            continue
        inner = top / path.strip("/")
        for folder in (inner, *inner.parents):
            if folder.is_relative_to(top):
                yield folder, names


def listeners(proc: Path = PROC) -> list[Listener] | None:
    """The TCP sockets on which this process, or another foyer-node of its user, waits."""
    try:
        tables = [(proc / "net" / "tcp").read_text()]
    except OSError:
        return None
    try:
        tables.append((proc / "net" / "tcp6").read_text())
    except OSError:
        tables.append("")  # a kernel without IPv6
    ours = set(_sockets(proc))
    rows = [line.split() for table in tables for line in table.splitlines()[1:]]
    return [_listener(row[1]) for row in rows if row[3] == _LISTENS and row[9] in ours]


def _sockets(proc: Path) -> Iterator[str]:
    """The inodes of the sockets of every node process that we may look into."""
    own = str(os.getpid())
    for folder in proc.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            if folder.name != own and not _is_node((folder / "cmdline").read_bytes()):
                continue
            for descriptor in (folder / "fd").iterdir():
                kind, _, inode = os.readlink(descriptor).partition(":")
                if kind == "socket":
                    yield inode.strip("[]")
        except OSError:  # it has ended, or is another user's
            continue


def _is_node(command: bytes) -> bool:
    words = command.split(b"\0")[:3]
    return b"foyer_node" in words or any(word.endswith(b"/foyer-node") for word in words)


def _listener(place: str) -> Listener:
    """From the kernel's form: words of an address, each little-endian, and a port."""
    digits, _, port = place.partition(":")
    raw = bytes.fromhex(digits)
    turned = b"".join(raw[at : at + 4][::-1] for at in range(0, len(raw), 4))
    address = IPv6Address(turned) if len(turned) == 16 else ip_address(turned)
    return Listener(address=str(address), port=int(port, 16))
