"""What masking costs a node, against the AES-256-CTR that no implementation can avoid.

Timed: from m seeds to a masked vector, that is m key derivations, m key streams and m
vector additions modulo 2**w, in place. Not timed: sealing the seeds, hashing, the wire.

Two floors, since a short vector costs less to mask than its keys cost to set up:
*key stream* is `update_into` alone over the same number of bytes, in chunks of the size
that is fastest here; *key stream + set-up* adds the m HKDFs and m cipher contexts, which
are as unavoidable but are not AES. Floor and masking alternate, and the value is the
median of their ratios, so that a busy machine slows both.
"""

from collections.abc import Callable
from statistics import median
from time import perf_counter_ns

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from foyer_protocol.crypto.pads import SEED_BYTES, add_pads, pad_key
from foyer_protocol.crypto.randomness import system_entropy
from foyer_protocol.crypto.ring import zeros

WIDTHS = (1_000, 100_000, 1_000_000)
WORDS = (32, 64)
HELPERS = 3
TARGET = 1.5
PAIRS = 41
SAMPLE_NANOSECONDS = 10_000_000
"""Short work is repeated within one sample until it lasts about this long."""

FLOOR_CHUNK = 1 << 20
CONTEXT = b"one upload of one node"


def run() -> list[dict[str, object]]:
    """Return one row per width, word and floor. Takes about 10 seconds."""
    return [
        _row(width, bits, set_up) for set_up in (False, True) for width in WIDTHS for bits in WORDS
    ]


def _row(width: int, bits: int, set_up: bool) -> dict[str, object]:
    seeds = [system_entropy(SEED_BYTES) for _ in range(HELPERS)]
    vector = zeros(width, bits)

    def masking() -> None:
        add_pads(vector, [pad_key(seed, CONTEXT) for seed in seeds])

    value = _ratio(masking, _floor(seeds, vector.nbytes, set_up))
    floor = "key stream + set-up" if set_up else "key stream"
    return {
        "case": f"d={width:,}, w={bits}, m={HELPERS}; floor: {floor}",
        "value": round(value, 2),
        "unit": "× AES floor",
        "floor": 1.0,
        "target": TARGET,
        "met": value <= TARGET,
    }


def _floor(seeds: list[bytes], size: int, set_up: bool) -> Callable[[], None]:
    zeros_in, out = bytes(min(size, FLOOR_CHUNK)), bytearray(FLOOR_CHUNK)
    chunks = [
        memoryview(zeros_in)[: min(FLOOR_CHUNK, size - at)] for at in range(0, size, FLOOR_CHUNK)
    ]
    ready = [_stream(seed) for seed in seeds]

    def floor() -> None:
        for stream in map(_stream, seeds) if set_up else ready:
            for chunk in chunks:
                stream.update_into(chunk, out)

    return floor


def _stream(seed: bytes) -> CipherContext:
    key = HKDF(SHA256(), 32, CONTEXT, b"floor").derive(seed)
    return Cipher(algorithms.AES256(key), modes.CTR(bytes(16))).encryptor()


def _ratio(work: Callable[[], None], floor: Callable[[], None]) -> float:
    times = max(1, SAMPLE_NANOSECONDS // max(1, min(_elapsed(work, 1) for _ in range(3))))
    ratios = []
    for pair in range(PAIRS):
        # Alternating who goes first keeps a drifting clock speed from favouring either.
        if pair % 2:
            below = _elapsed(floor, times)
            above = _elapsed(work, times)
        else:
            above = _elapsed(work, times)
            below = _elapsed(floor, times)
        ratios.append(above / below)
    return median(ratios)


def _elapsed(action: Callable[[], None], times: int) -> int:
    start = perf_counter_ns()
    for _ in range(times):
        action()
    return perf_counter_ns() - start
