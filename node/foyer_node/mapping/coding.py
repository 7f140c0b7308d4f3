"""Words of an export that no code list knows: queued with a suggestion, decided by people.

A word is never coded by guess. The queue shows how many rows wait on each, the longest
first, and what it looks like; what is decided goes into the mapping file.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from foyer_node.connectors import codes
from foyer_node.connectors.codes import Channel, PriceClass, TicketStatus
from foyer_node.connectors.headers import fold

_ALIKE = 0.75


class CodeList(StrEnum):
    """A list of codes that words of an export are mapped to."""

    CHANNEL = "channels"
    PRICE_CLASS = "price_classes"
    STATUS = "statuses"
    EXCLUSION = "exclusions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncoded:
    """One word without a code."""

    words_for: CodeList
    word: str
    rows: int
    suggestion: str  # a code, "" where nothing resembles it


def _unknown_channel(word: str) -> bool:
    return codes.channel_of(word) is Channel.UNKNOWN


def _unknown_price(word: str) -> bool:
    return codes.price_class_of(word) is PriceClass.OTHER


def _unknown_status(word: str) -> bool:
    return codes.status_of(word) is None


def _open_exclusion(label: str) -> bool:
    """Whether a price or an event sounds like no admission without being named so."""
    return bool(codes.resembled_exclusion(label)) and codes.exclusion_of(label) is None


_UNKNOWN: Mapping[CodeList, Callable[[str], bool]] = {
    CodeList.CHANNEL: _unknown_channel,
    CodeList.PRICE_CLASS: _unknown_price,
    CodeList.STATUS: _unknown_status,
    CodeList.EXCLUSION: _open_exclusion,
}
_ALL: Mapping[CodeList, type[StrEnum]] = {
    CodeList.CHANNEL: Channel,
    CodeList.PRICE_CLASS: PriceClass,
    CodeList.STATUS: TicketStatus,
}


def queue(
    code_list: CodeList, words: Iterable[str], decided: Mapping[str, str]
) -> tuple[Uncoded, ...]:
    """The words of one column that neither the code list nor `decided` knows.

    `words` has one word for each row; equal words in whatever case are one.
    """
    settled = {fold(word) for word in decided}
    unknown = _UNKNOWN[code_list]
    counts: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for word in words:
        key = fold(word)
        if key and key not in settled and unknown(word):
            counts[key] += 1
            shown.setdefault(key, word.strip())
    return tuple(
        Uncoded(words_for=code_list, word=shown[key], rows=rows, suggestion=suggest(code_list, key))
        for key, rows in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )


def suggest(code_list: CodeList, word: str) -> str:
    """The code whose words resemble `word` most, "" if none does enough.

    >>> suggest(CodeList.CHANNEL, "Web-shop (ny)"), suggest(CodeList.STATUS, "betaalt")
    ('WEB', 'SOLD')
    >>> suggest(CodeList.CHANNEL, "Xyz")
    ''
    """
    if code_list is CodeList.EXCLUSION:
        return codes.resembled_exclusion(word)
    folded = fold(word)
    best, found = _ALIKE, ""
    for known, code in codes.words_of(_ALL[code_list]).items():
        alike = (
            1.0
            if len(known) > 2 and f" {known} " in f" {folded} "
            else SequenceMatcher(None, known, folded).ratio()
        )
        if alike > best:
            best, found = alike, code
    return found
