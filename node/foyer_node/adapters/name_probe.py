"""Looks a name up, and finds out which name server does not answer. Never longer than told."""

import queue
import secrets
import socket
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from foyer_node.doctoring.sightings import LookedUp

RESOLV_CONF = Path("/etc/resolv.conf")
LOOKUP_SECONDS = 2.0
SERVER_SECONDS = 1.5
MOST_SERVERS = 3  # the C library reads no more
Answer = TypeVar("Answer")


def look_up(
    host: str, *, seconds: float = LOOKUP_SECONDS, servers: Sequence[tuple[str, int]] | None = None
) -> LookedUp:
    """The addresses of `host`; without any, what each of `servers` (host, port) says of it.

    `servers`: None for those of this machine.
    """
    found = within(seconds, lambda: _addresses(host))
    if found:
        return LookedUp(host=host, addresses=found)
    asked = tuple(servers if servers is not None else name_servers())
    said = in_parallel([partial(ask, one, host) for one in asked], SERVER_SECONDS + 0.3)
    return LookedUp(
        host=host,
        denied=tuple(one[0] for one, answer in zip(asked, said, strict=True) if answer),
        silent=tuple(one[0] for one, answer in zip(asked, said, strict=True) if not answer),
        is_timeout=found is None,
    )


def name_servers(path: Path = RESOLV_CONF) -> list[tuple[str, int]]:
    """Those that this machine asks; none where there is no such file."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    words = [line.split() for line in lines]
    return [(one[1], 53) for one in words if len(one) > 1 and one[0] == "nameserver"][:MOST_SERVERS]


def ask(server: tuple[str, int], host: str, seconds: float = SERVER_SECONDS) -> bool:
    """Whether a name server answers at all, whatever it says of `host`."""
    try:
        question = _question(host)
        family = socket.AF_INET6 if ":" in server[0] else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as line:
            line.settimeout(seconds)
            line.connect(server)
            line.send(question)
            return line.recv(512)[:2] == question[:2]
    except (OSError, ValueError):
        return False


def within(seconds: float, look: Callable[[], Answer]) -> Answer | None:
    """What `look` gives, or None if it takes longer; it then ends by itself, in a thread."""
    return in_parallel([look], seconds)[0]


def in_parallel(looks: Sequence[Callable[[], Answer]], seconds: float) -> list[Answer | None]:
    """What each gives within `seconds`, and None for one that takes longer."""
    done: queue.SimpleQueue[tuple[int, Answer]] = queue.SimpleQueue()
    answers: list[Answer | None] = [None] * len(looks)
    for number, look in enumerate(looks):
        threading.Thread(target=_run, args=(number, look, done), daemon=True).start()
    until = time.monotonic() + seconds
    for _ in looks:
        try:
            number, answer = done.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            break
        answers[number] = answer
    return answers


def _run(
    number: int, look: Callable[[], Answer], done: "queue.SimpleQueue[tuple[int, Answer]]"
) -> None:
    done.put((number, look()))


def _addresses(host: str) -> tuple[tuple[int, str], ...]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):  # a name that cannot be one is not found either
        return ()
    return tuple(dict.fromkeys((int(family), str(place[0])) for family, _, _, _, place in found))


def _question(host: str) -> bytes:
    """A query for the address of `host` [RFC 1035, section 4.1], with recursion desired."""
    labels = [part.encode("idna") for part in host.rstrip(".").split(".")]
    if any(not 0 < len(label) < 64 for label in labels):
        raise ValueError("a part of the name is empty or too long")
    name = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    head = secrets.token_bytes(2) + b"\x01\x00" + b"\x00\x01" + b"\x00" * 6
    return head + name + b"\x00\x01\x00\x01"
