"""Reads what a coordinator received: the signed envelopes inside the transport's bytes."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from foyer_protocol.crypto.ring import add_in_place, from_bytes, subtract_in_place, zeros
from foyer_protocol.messages.codec import LENGTH_BYTES, unpack
from foyer_protocol.messages.envelope import EnvelopeHeader, Kind
from foyer_protocol.messages.report import Report
from foyer_protocol.messages.unmask import UnmaskAnswer
from foyer_protocol.rounds.coordinator import SumState

MARK = b'{"expires_at":'
"""How every envelope's header begins, right after its length."""

FALSE_ALARM = 1e-8
"""Chance that one two-sided test below fails on perfect bytes. Some 80 are made a run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One envelope as it was received; not verified."""

    raw: bytes = field(repr=False)
    header: EnvelopeHeader
    body: bytes = field(repr=False)


def envelopes(received: list[tuple[str, bytes]]) -> Iterator[Envelope]:
    """Every envelope inside what was received, in order, repeated ones too."""
    for _, content in received:
        at = content.find(MARK)
        if at >= LENGTH_BYTES:
            begins = end = at - LENGTH_BYTES
            for _ in range(3):
                size = int.from_bytes(content[end : end + LENGTH_BYTES], "little")
                end += LENGTH_BYTES + size
            raw = content[begins:end]
            head, _, body = unpack(raw)
            yield Envelope(raw=raw, header=EnvelopeHeader.from_json(head), body=body)


def without_envelopes(received: list[tuple[str, bytes]]) -> Iterator[bytes]:
    """What is left of each message when its envelope is cut out."""
    for where, content in received:
        inside = [one.raw for one in envelopes([(where, content)])]
        yield content.replace(inside[0], b"") if inside else content


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenSum:
    """What the coordinator received of one private sum."""

    state: SumState
    masked: dict[str, bytes] = field(repr=False)
    pads: dict[str, bytes] = field(repr=False)

    def combine(self, reports: list[str], helpers: list[str]) -> NDArray[np.uint64]:
        """The masked vectors of `reports` less the pads of `helpers`, as ring words."""
        job = self.state.job
        words = zeros(job.width, job.bits)
        for name in reports:
            add_in_place(words, from_bytes(self.masked[name], job.bits, job.width))
        for name in helpers:
            subtract_in_place(words, from_bytes(self.pads[name], job.bits, job.width))
        return words.view(np.uint64)


def seen_sum(received: list[tuple[str, bytes]], state: SumState) -> SeenSum:
    """Everything received about the job of `state`."""
    masked, pads = {}, {}
    for one in envelopes(received):
        if one.header.job_id == state.job.job_id:
            if one.header.kind is Kind.REPORT:
                masked[one.header.sender] = Report.from_bytes(one.body).masked
            elif one.header.kind is Kind.ANSWER:
                pads[one.header.sender] = UnmaskAnswer.from_bytes(one.body).pads
    return SeenSum(state=state, masked=masked, pads=pads)


def evenness(content: bytes) -> float:
    """Two-sided p value of Pearson's χ² that all 256 byte values are equally likely.

    Small where bytes are uneven, and where they are more even than chance would have them.
    """
    counts = np.bincount(np.frombuffer(content, np.uint8), minlength=256)
    expected = len(content) / 256
    assert expected >= 10, "too few bytes for the χ² approximation"
    statistic = float(((counts - expected) ** 2 / expected).sum())
    return two_sided(statistic, 255)


def two_sided(statistic: float, degrees: int) -> float:
    """Two-sided p value of a χ² statistic."""
    return float(2 * min(chi2.cdf(statistic, degrees), chi2.sf(statistic, degrees)))
