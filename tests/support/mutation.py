"""A fuzzer without coverage: mistakes and malice applied to bytes that a reader accepts.

Seeded by the operating system each time; what fails is told as hexadecimal so that it can be
had again without the seed.
"""

import random
from collections.abc import Callable, Iterator

WORDS = (b"", b"\x00", b"\xff" * 8, b"[", b"{", b'"', b"]" * 50, b"-1", b"1e999", b"NaN", b"null")
LENGTHS = (0, 1, 2**31, 2**31 - 1, 2**32, 2**63, 2**64 - 1)
FIGURES = (b"0", b"9" * 30, b"9" * 5000, b"1/0", b"0/1", b"-0")

Mutate = Callable[[random.Random, bytearray], None]


def mutations(good: bytes, seed: int, count: int) -> Iterator[bytes]:
    """`count` inputs near `good`, one to four mistakes each."""
    source = random.Random(seed)
    for _ in range(count):
        raw = bytearray(good)
        for _ in range(source.randint(1, 4)):
            source.choice(MISTAKES)(source, raw)
        yield bytes(raw)


def _place(source: random.Random, raw: bytearray) -> int:
    return source.randrange(len(raw) + 1)


def _flip(source: random.Random, raw: bytearray) -> None:
    if raw:
        raw[source.randrange(len(raw))] ^= 1 << source.randrange(8)


def _cut(source: random.Random, raw: bytearray) -> None:
    del raw[_place(source, raw) :]


def _leave_out(source: random.Random, raw: bytearray) -> None:
    start = _place(source, raw)
    del raw[start : start + source.randint(1, 40)]


def _repeat(source: random.Random, raw: bytearray) -> None:
    start = _place(source, raw)
    raw[start:start] = raw[start : start + source.randint(1, 200)] * source.choice((1, 2, 30))


def _insert(source: random.Random, raw: bytearray) -> None:
    start = _place(source, raw)
    raw[start:start] = source.choice((*WORDS, *FIGURES)) * source.choice((1, 1, 1, 1000))


def _noise(source: random.Random, raw: bytearray) -> None:
    start = _place(source, raw)
    size = source.randint(1, 30)
    raw[start : start + size] = source.randbytes(size)


def _length(source: random.Random, raw: bytearray) -> None:
    start = source.choice((0, _place(source, raw)))
    raw[start : start + 8] = source.choice(LENGTHS).to_bytes(8, "little")


def _figure(source: random.Random, raw: bytearray) -> None:
    """Another number where one stands, if one does nearby."""
    start = _place(source, raw)
    for at in range(start, min(start + 300, len(raw))):
        if chr(raw[at]).isdigit():
            end = at
            while end < len(raw) and chr(raw[end]).isdigit():
                end += 1
            raw[at:end] = source.choice((*FIGURES, *WORDS))
            return


def _swap(source: random.Random, raw: bytearray) -> None:
    first, second = sorted((_place(source, raw), _place(source, raw)))
    raw[first:] = raw[second:] + raw[first:second]


MISTAKES: tuple[Mutate, ...] = (
    *(_flip, _cut, _leave_out, _repeat, _insert, _noise, _length, _figure, _swap),
)
