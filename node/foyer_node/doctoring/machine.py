"""Verdicts on the machine: disk, memory, clock, the rights on files, open ports."""

from collections.abc import Sequence
from ipaddress import ip_address

from foyer_node.doctoring.findings import Finding, Mark, finding
from foyer_node.doctoring.sightings import Listener, MemorySeen

MEBIBYTE = 2**20
LEAST_FREE_BYTES = 500 * MEBIBYTE

STORE_BYTES = 10**9
"""What the store's engine may take: the `memory_limit` of `adapters.database`."""

NODE_BYTES = 300 * MEBIBYTE
"""What the rest of a node may take beside it, in a round of all statistics."""

SKEW_SECONDS = 60
"""From here on times on pages and in ledgers mislead."""

MOST_SKEW_SECONDS = 300
"""From here on certificates and round deadlines may be missed."""


def judge_disk(free: int) -> Finding:
    """`free`: bytes where the node's folder lies."""
    low = free < LEAST_FREE_BYTES
    mark, code = (Mark.LOOK, "disk-low") if low else (Mark.GOOD, "disk-free")
    return finding("disk", mark, code, free=free // MEBIBYTE)


def judge_memory(seen: MemorySeen | None) -> Finding:
    """Against what an import or a round may take."""
    if seen is None:
        return finding("memory", Mark.GOOD, "unchecked")
    free, limit = seen.available // MEBIBYTE, seen.limit // MEBIBYTE
    need = STORE_BYTES + NODE_BYTES
    if seen.available < need:
        return finding(
            "memory", Mark.LOOK, "memory-low", free=free, limit=limit, need=need // MEBIBYTE
        )
    return finding("memory", Mark.GOOD, "memory-free", free=free, limit=limit)


def judge_clock(skew_seconds: float | None, now: int, last_sent: int) -> Finding:
    """`skew_seconds`: the coordinator's clock minus ours, None where nobody could be asked.

    Its word is shown and acted on nowhere. `last_sent`: when the newest message left by our
    own clock, 0 if none did.
    """
    if skew_seconds is not None and abs(skew_seconds) > SKEW_SECONDS:
        far = abs(skew_seconds) > MOST_SKEW_SECONDS
        mark = Mark.BROKEN if far else Mark.LOOK
        return finding("clock", mark, "clock-off", seconds=round(abs(skew_seconds)))
    if last_sent > now + SKEW_SECONDS:
        return finding("clock", Mark.LOOK, "clock-back")
    if skew_seconds is None:
        return finding("clock", Mark.GOOD, "clock-alone")
    return finding("clock", Mark.GOOD, "clock-right", seconds=round(abs(skew_seconds)) + 1)


def judge_keys(missing: Sequence[str], readable: Sequence[str]) -> Finding:
    """`missing` or damaged key files, and files that other users may read."""
    if missing:
        return finding("keys", Mark.BROKEN, "keys-missing", files=", ".join(missing))
    if readable:
        return finding("keys", Mark.LOOK, "keys-open", files=", ".join(readable))
    return finding("keys", Mark.GOOD, "keys-private")


def is_local(address: str) -> bool:
    """Whether only this machine can reach it.

    >>> is_local("127.0.0.1"), is_local("::ffff:127.0.0.1"), is_local("::")
    (True, True, False)
    """
    where = ip_address(address)
    mapped = getattr(where, "ipv4_mapped", None)
    return where.is_loopback or bool(mapped and mapped.is_loopback)


def judge_listening(seen: Sequence[Listener] | None, meant: int = 0) -> Finding:
    """`meant`: the port of pages that node.toml opens on purpose, which `pages` tells of."""
    if seen is None:
        return finding("listening", Mark.GOOD, "unchecked")
    strange = [one for one in seen if not is_local(one.address) and one.port != meant]
    if strange:
        places = ", ".join(sorted({one.shown for one in strange}))
        return finding("listening", Mark.LOOK, "listening-open", addresses=places)
    return finding("listening", Mark.GOOD, "listening-here")
