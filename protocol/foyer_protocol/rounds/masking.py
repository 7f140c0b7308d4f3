"""Masks on at a node, off at the coordinator: the arithmetic of one private sum.

A node adds one pad per helper to its vector and seals the pad's seed to that helper
(additive secret sharing with expandable shares, as Prio's helpers hold seeds [CGB17,
draft-irtf-cfrg-vdaf]). Whoever lacks one honest helper's pads sees uniform words.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from foyer_protocol.crypto.digests import Bulk, digest
from foyer_protocol.crypto.escrow import draw_element, split
from foyer_protocol.crypto.pads import add_pads, pad_key
from foyer_protocol.crypto.randomness import Entropy
from foyer_protocol.crypto.ring import (
    add_in_place,
    as_bytes,
    as_words,
    subtract_in_place,
    to_bytes,
    to_ring,
    to_signed,
    zeros,
)
from foyer_protocol.crypto.sealing import seal
from foyer_protocol.messages.codec import pack
from foyer_protocol.messages.plan import Job
from foyer_protocol.messages.roster import Roster

KEYS_AT_ONCE = 64
"""Recovered pads expanded side by side: more cipher contexts would leave the cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Masked:
    """A vector behind its masks (little-endian words) and what the helpers need.

    `seeds` take the masks off: they stay, and are kept only where an auditor may ask.
    """

    masked: Bulk = field(repr=False)
    sealed: tuple[bytes, ...]
    commitments: tuple[str, ...]
    nonce: bytes = field(repr=False)
    seeds: tuple[bytes, ...] = field(repr=False)


def context(job: Job, institution: str, nonce: bytes) -> bytes:
    """What seeds and pads of one report are bound to: 32 bytes."""
    return digest("foyer/context/v1", job.digest, institution.encode(), nonce)


def seal_info(context_bytes: bytes, helper: str) -> bytes:
    """HPKE `info`: a sealed seed opens only for this report and this helper."""
    return pack(b"foyer/seed/v1", context_bytes, helper.encode())


def commit(context_bytes: bytes, seed: bytes) -> str:
    """Commitment to a seed, so that a bad dealer can be named later."""
    return digest("foyer/seed-commitment/v1", context_bytes, seed).hex()


def mask(
    job: Job, roster: Roster, institution: str, vector: NDArray[np.int64], entropy: Entropy
) -> Masked:
    """Mask `vector` (length `job.width`, signed) modulo `2**job.bits`.

    Fresh seeds and a fresh nonce each time: no pad is ever used twice, even by a node
    restored from a backup.
    """
    nonce = entropy(32)
    bound = context(job, institution, nonce)
    seeds = [draw_element(entropy) for _ in roster.committee]
    words = to_ring(vector, job.bits)
    add_pads(words, [pad_key(seed, bound) for seed in seeds])
    sealed = tuple(
        seal(packet, bytes.fromhex(roster.member(helper).helper_key), seal_info(bound, helper))
        for helper, packet in zip(
            roster.committee, deal_packets(seeds, roster, entropy), strict=True
        )
    )
    return Masked(
        masked=as_bytes(words),
        sealed=sealed,
        commitments=tuple(commit(bound, seed) for seed in seeds),
        nonce=nonce,
        seeds=tuple(seeds),
    )


def deal_packets(seeds: Sequence[bytes], roster: Roster, entropy: Entropy) -> list[bytes]:
    """What is sealed to each helper: its own seed, then its escrow share of every seed.

    Where no helper may be silent (f = 0) there is nothing to recover, and no share is dealt.
    """
    if roster.silent == 0:
        return [pack(seed) for seed in seeds]
    holders = len(roster.committee)
    dealt = [split(seed, roster.threshold, holders, entropy) for seed in seeds]
    return [pack(seed, *(shares[place] for shares in dealt)) for place, seed in enumerate(seeds)]


def sum_pads(job: Job, keys: Sequence[bytes]) -> bytes:
    """One helper's pads added up modulo `2**job.bits`, as little-endian words."""
    words = zeros(job.width, job.bits)
    add_pads(words, keys)
    return to_bytes(words)


def unmask(
    job: Job, masked: Sequence[Bulk], pads: Sequence[bytes], recovered: Sequence[bytes] = ()
) -> NDArray[np.int64]:
    """The sum of all vectors: masked reports less every helper's pads, as signed numbers.

    `recovered` are the pad keys of helpers who fell silent.
    """
    words = zeros(job.width, job.bits)
    for raw in masked:
        add_in_place(words, as_words(raw, job.bits, job.width))
    for raw in pads:
        subtract_in_place(words, as_words(raw, job.bits, job.width))
    for start in range(0, len(recovered), KEYS_AT_ONCE):
        add_pads(words, recovered[start : start + KEYS_AT_ONCE], subtract=True)
    return to_signed(words)


def total_of(job: Job, parts: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """The sum of sums of a job, modulo `2**job.bits`."""
    return to_signed(to_ring(np.sum(np.stack(parts), axis=0), job.bits))
