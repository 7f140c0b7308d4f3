"""What a file of text is: its encoding, its delimiter and where its header stands.

Strict UTF-8 goes first, for text that is not UTF-8 almost never passes for it. Of the
one-byte encodings that one is taken whose letters people here write with.
"""

import codecs
import csv
from collections.abc import Sequence

from foyer_protocol.errors import ConnectorError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ONE_BYTE = ("cp1252", "mac_roman", "cp850")
_COMMON = frozenset("æøåäöéèàçÆØÅÄÖÉÀÇ€")
_SEEN = frozenset("êâîïôûùüœßÈÊÂÎÔÛÙÜŒ’–“”…°£\u00a0")
_RARE = frozenset("ëáíóúñËÁÑ«»·—‘§")
_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 200
_LEAST_CONSISTENT = 0.6
_LEAST_PLAUSIBLE = 0.5


def encoding_of(sample: bytes, *, is_utf8: bool) -> str:
    """The encoding of a text file from its first bytes; `is_utf8` is of the whole file.

    Raises:
        ConnectorError: not text, or text in an encoding that cannot be told.
    """
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name
    if b"\0" in sample:
        return _unmarked_utf16(sample)
    if sum(byte < 9 or 13 < byte < 27 for byte in sample) > len(sample) // 1000:
        raise _not_a_table("it holds bytes that no text has")
    if is_utf8:
        return "utf-8"
    scores = {name: _plausibility(sample, name) for name in _ONE_BYTE}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] >= _LEAST_PLAUSIBLE else _detected(sample)


def _plausibility(sample: bytes, encoding: str) -> float:
    """How usual the letters beyond ASCII are in our six languages, from 0 to 1."""
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError:
        return 0.0
    weights = [
        _weight(before, letter)
        for before, letter in zip(" " + text, text, strict=False)
        if ord(letter) > 127
    ]
    return sum(weights) / len(weights) if weights else 1.0


def _weight(before: str, letter: str) -> float:
    if letter.isupper() and before.islower():
        return 0.0
    if letter in _COMMON:
        return 1.0
    return 0.7 if letter in _SEEN else 0.4 if letter in _RARE else 0.0


def _detected(sample: bytes) -> str:
    from charset_normalizer import from_bytes  # noqa: PLC0415 - slow to import, seldom needed

    best = from_bytes(sample).best()
    if best is None or best.chaos > 0.05 or best.coherence < 0.2:
        raise ConnectorError(
            "The file is text in an encoding that could not be told, and it is not UTF-8."
            " Nothing was imported.",
            hint="Save it as UTF-8, or name its encoding with --encoding.",
        )
    return best.encoding


def _unmarked_utf16(sample: bytes) -> str:
    half = max(1, len(sample) // 2)
    if sample[1::2].count(0) > 0.6 * half and sample[::2].count(0) < 0.1 * half:
        return "utf-16-le"
    if sample[::2].count(0) > 0.6 * half and sample[1::2].count(0) < 0.1 * half:
        return "utf-16-be"
    raise _not_a_table("it holds bytes that no text has")


def _not_a_table(why: str) -> ConnectorError:
    return ConnectorError(
        f"The file is not a table: {why}. Nothing was imported.",
        hint="Export as CSV or XLSX.",
    )


def delimiter_of(lines: Sequence[str]) -> str:
    """The delimiter that cuts most lines into the same number of cells, the larger number first.

    Raises:
        ConnectorError: no delimiter makes a table of these lines.
    """
    if lines and lines[0].lower().startswith("sep=") and len(lines[0].strip()) == 5:
        return lines[0][4]
    scored = [(*_consistency(lines, mark), mark) for mark in _DELIMITERS]
    fits = [score for score in scored if score[0] >= _LEAST_CONSISTENT and score[1] > 1]
    if not fits:
        raise _not_a_table("no delimiter cuts its lines into the same columns")
    return max(fits, key=lambda score: (round(score[0], 1), score[1]))[2]


def _consistency(lines: Sequence[str], mark: str) -> tuple[float, int]:
    """The share of lines with the commonest number of cells above one, and that number.

    None, where a cell would be longer than any that is read: the mark does not cut them.
    """
    rows = csv.reader(lines[:_SAMPLE_LINES], delimiter=mark)
    try:
        counts = [len(row) for row in rows if any(row)]
    except csv.Error:
        return 0.0, 1
    several = [count for count in counts if count > 1]
    if not several:
        return 0.0, 1
    common = max(set(several), key=lambda count: (several.count(count), count))
    return several.count(common) / len(counts), common


def header_line(rows: Sequence[Sequence[object]]) -> int:
    """The position of the header: the first row that is as wide as the table and mostly filled.

    Lines above it are a report's title, its date and the like.
    """
    widths = [len(row) for row in rows if any(row)]
    if not widths:
        raise ConnectorError("The file has no rows; nothing was imported.", hint="Export it again.")
    width = max(set(widths), key=widths.count)
    for position, row in enumerate(rows):
        filled = sum(1 for cell in row if cell not in {None, ""})
        if len(row) >= width and filled > width / 2:
            return position
    return 0
