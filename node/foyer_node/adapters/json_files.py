"""JSON files as documents: one value, or one value a line. Capped, for the whole is held."""

import json
from pathlib import Path

from foyer_protocol.errors import ConnectorError, StorageError

MOST_BYTES = 256 << 20
"""A larger file would take some two gigabytes of memory; it can be exported in parts."""

MOST_LEVELS = 32
"""No ticketing system nests deeper; Python's own limit differs by version and stack."""


def looks_like_json(sample: bytes) -> bool:
    """Whether a file that begins so is JSON and not a table: `{"` or `[{`, blanks aside."""
    bare = b"".join(sample.removeprefix(b"\xef\xbb\xbf")[:512].split())
    return bare.startswith((b'{"', b"{}", b"[{", b"[]"))


def read_document(path: Path) -> object:
    """The document in a file.

    Raises:
        ConnectorError: not JSON, too large, too deep, or with numbers that are none.
        StorageError: the disk did not give it.
    """
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise ConnectorError(
                f"The file is {size >> 20} MB of JSON, and at most {MOST_BYTES >> 20} MB are read."
                " Nothing was imported.",
                hint="Export a shorter period, or as CSV.",
            )
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise StorageError(
            f"The file could not be read: {error.strerror}. Nothing was imported.",
            hint="Check that it is there and may be read.",
        ) from error
    except UnicodeDecodeError:
        raise _not_json("it is not UTF-8") from None
    document = _parsed(text)
    if _is_deep(document):
        raise _not_json(f"it is nested more than {MOST_LEVELS} levels deep")
    return document


def _parsed(text: str) -> object:
    try:
        return json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise _not_json(f"it is nested more than {MOST_LEVELS} levels deep") from None
    except ValueError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2 or not all(line.lstrip().startswith("{") for line in lines):
            place = (
                f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else "a number"
            )
            raise _not_json(f"{place} is not as JSON has it") from None
    try:
        return [json.loads(line, parse_constant=_no_number) for line in lines]
    except (ValueError, RecursionError):
        raise _not_json("one of its lines is not as JSON has it") from None


def _no_number(name: str) -> object:
    raise ValueError(name)


def _is_deep(document: object) -> bool:
    level = [document]
    for _ in range(MOST_LEVELS):
        inner: list[object] = []
        for value in level:
            if isinstance(value, dict):
                inner.extend(value.values())
            elif isinstance(value, list):
                inner.extend(value)
        level = inner
        if not level:
            return False
    return True


def _not_json(why: str) -> ConnectorError:
    return ConnectorError(
        f"The file begins like JSON, but {why}. Nothing was imported.",
        hint="Export it again.",
    )
