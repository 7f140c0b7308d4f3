"""Everything of a node's that must never be among the bytes a coordinator receives."""

import base64
import csv
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import openpyxl
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from foyer_node.adapters.database import open_database
from foyer_node.adapters.helper_key_files import KEY as HELPER_KEY
from foyer_node.adapters.key_files import read_keys
from foyer_protocol.crypto.helper_key import PRIVATE_BYTES

LONG = 8
"""Bytes from which on a chance find in some megabytes is out of the question (1e-9)."""

SHORT = 4
WAIT_SECONDS = 30.0
"""For the node to let go of its own file."""

_PLAIN_NUMBER_OR_TIME = re.compile(r"[\d.,:/ T-]*[.,:/-][\d.,:/ T-]*")
"""Prices, dates and times: the last day of the data is told on purpose, as a status."""

_TEXT = re.compile(rb"(?:[\t\n\r\x20-\x7e]|[\xc2-\xdf][\x80-\xbf]){24,}")
"""What can be read, in UTF-8. Keys and masks are random bytes: in some megabytes of them a name of
four letters stands alone by chance in one run of the tests in fifty, in stretches that read as 16
letters or more in one of thousands, and in longer ones in one of millions."""

_WORD = re.compile(rb"[0-9a-z@._+\x80-\xff-]+")
_DIGEST = re.compile(rb"[0-9a-z+/_-]{40,}=*")
"""Digests, signatures and keys in hexadecimal or base64."""


def exported_cells(export: Path) -> set[str]:
    """Every cell of an export that names a person, an order, a place or a thing."""
    if export.suffix == ".xlsx":
        book = openpyxl.load_workbook(export)
        rows: Iterable[Iterable[object]] = (
            row for sheet in book.worksheets for row in sheet.iter_rows(values_only=True)
        )
    else:
        raw = export.read_bytes()
        encoding = "utf-8-sig" if _is_utf8(raw) else "utf-16" if b"\x00" in raw else "cp1252"
        text = raw.decode(encoding)
        dialect = csv.Sniffer().sniff(text[:2000], delimiters=",;\t|")
        rows = list(csv.reader(text.splitlines(), dialect))
    cells = {str(cell).strip() for row in list(rows)[1:] for cell in row if cell is not None}
    return {
        cell for cell in cells if len(cell) >= SHORT and not _PLAIN_NUMBER_OR_TIME.fullmatch(cell)
    }


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\x00" not in raw


def stored_names(node: Path) -> set[str]:
    """Visitor ids, keyed hashes and order ids of a node's vault and store."""
    keys, names = read_keys(node / "keys"), set[str]()
    for file, key, query in (
        (
            "vault.duckdb",
            keys.vault_key,
            "SELECT visitor_id::VARCHAR FROM identifier UNION SELECT keyed_hash FROM identifier",
        ),
        (
            "store.duckdb",
            keys.store_key,
            'SELECT visitor_id::VARCHAR FROM visitor UNION SELECT order_id::VARCHAR FROM "order"',
        ),
    ):
        database = open_database(node / file, key, read_only=True, patience=WAIT_SECONDS)
        try:
            names |= {row[0] for row in database.cursor().execute(query).fetchall()}
        finally:
            database.close()
    return names | {name.replace("-", "") for name in names}


def secret_forms(node: Path) -> Iterator[bytes]:
    """Every private key of a node, raw, in hexadecimal and in base64."""
    for path in sorted(node.joinpath("keys").iterdir()):
        if path.suffix in (".key", ".secret"):
            raw = path.read_bytes()
            if raw.startswith(b"-----BEGIN"):
                key = load_pem_private_key(raw, None)
                assert isinstance(key, ec.EllipticCurvePrivateKey)
                raw = key.private_numbers().private_value.to_bytes(48, "big")
            elif path.name == HELPER_KEY:
                raw = raw[:PRIVATE_BYTES]  # without the day it was made
            yield raw
            yield raw[::-1]
            yield raw.hex().encode()
            yield raw.hex().upper().encode()
            yield base64.b64encode(raw).rstrip(b"=")
            yield base64.urlsafe_b64encode(raw).rstrip(b"=")


def found_in(content: bytes, names: Iterable[str]) -> set[str]:
    """Which of `names` stand in `content`, in whatever case; short ones as words of a text."""
    lower = content.lower()
    texts = b"\n".join(_TEXT.findall(lower))
    words = set(_WORD.findall(_DIGEST.sub(b" ", texts)))
    return {
        name
        for name in names
        if _stands_in(name.lower(), lower, words) or name.encode().lower() in words
    }


def _stands_in(name: str, content: bytes, words: set[bytes]) -> bool:
    forms = [name.encode(), name.encode("cp1252", "ignore"), name.encode("utf-16-le")]
    if len(name) < LONG:
        return any(form in words for form in forms)
    if re.fullmatch(r"[0-9a-f]{32}([0-9a-f]{32})?", name):
        forms.append(bytes.fromhex(name))
    return any(form in content for form in forms if len(form) >= LONG)
