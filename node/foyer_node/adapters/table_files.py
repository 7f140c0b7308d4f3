"""Files as tables: CSV in any dialect, archives of those, and XLSX. Opens a path, no more."""

import codecs
import csv
import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from typing import IO

from foyer_node.adapters.archive_files import members_of, names_of, refuse_flood
from foyer_node.adapters.json_files import looks_like_json, read_document
from foyer_node.adapters.opendocument_files import OPEN_DOCUMENT, sheets_of
from foyer_node.importing.sniff import delimiter_of, encoding_of, header_line
from foyer_node.ports import Cell, Source, Table
from foyer_protocol.errors import ConnectorError, StorageError

_BLOCK = 1 << 20
_SAMPLE = 1 << 18
_SCAN_ROWS = 60
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_MOST_COLUMNS = 1024
_UNSOUND = (
    *(LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RuntimeError),
    *(SyntaxError, EOFError, OSError, zipfile.BadZipFile, zlib.error),
)
"""What openpyxl, the XML parser (`SyntaxError`) and the archive let out of a damaged workbook:
found by `tests/audit/test_boundaries.py`, as none of them says so."""


Opens = Callable[[], IO[bytes]]
"""Opens one file from its beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DelimitedTable:
    """A CSV file, read again from the disk each time it is asked for."""

    opens: Opens
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    skip: int  # rows up to and with the header
    path: Path | None = None  # where it is a file of its own, and no member of an archive

    @property
    def layout(self) -> str:
        """Encoding and delimiter."""
        return f"{self.encoding}, {'tab' if self.delimiter == chr(9) else self.delimiter}"

    def rows(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        """Rows below the header with the number of the line each ends on."""
        with io.TextIOWrapper(self.opens(), encoding=self.encoding, newline="") as file:
            reader = csv.reader(file, delimiter=self.delimiter)
            try:
                for position, cells in enumerate(reader):
                    if position >= self.skip and any(cells):
                        yield reader.line_num, cells
            except (csv.Error, UnicodeError, zipfile.BadZipFile, zlib.error) as error:
                raise ConnectorError(
                    f"Line {reader.line_num + 1} is not text in {self.encoding} or not a row of"
                    " a table. Nothing was imported.",
                    hint="Export it again as UTF-8.",
                ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetTable:
    """One sheet of a workbook, held in memory: a spreadsheet is read slowly and once."""

    layout: str
    header: tuple[str, ...]
    body: tuple[tuple[int, tuple[Cell, ...]], ...] = field(repr=False)

    def rows(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        """Rows below the header with their numbers in the sheet."""
        return iter(self.body)


def source_reader(encoding: str | None = None, delimiter: str | None = None) -> "partial[Source]":
    """A reader of files for which the steward has settled the encoding or delimiter."""
    return partial(read_source, encoding=encoding, delimiter=delimiter)


def read_source(path: Path, *, encoding: str | None = None, delimiter: str | None = None) -> Source:
    """Open a file as tables.

    Raises:
        ConnectorError: empty, not a table, or in an encoding that cannot be told.
        StorageError: the disk did not give it.
    """
    try:
        sample, digest, is_utf8 = _survey(partial(_whole, path))
    except OSError as error:
        raise StorageError(
            f"The file could not be read: {error.strerror}. Nothing was imported.",
            hint="Check that it is there and may be read.",
        ) from error
    if not sample.strip(b"\r\n\t ;,\xef\xbb\xbf"):
        raise ConnectorError("The file is empty; nothing was imported.", hint="Export it again.")
    if sample.startswith(b"PK\x03\x04"):
        return Source(sha256=digest, tables=_archived(path, encoding, delimiter))
    if sample.startswith((b"%PDF", _OLD_OFFICE)):
        raise ConnectorError(
            "The file is a document or an old spreadsheet, not a table; nothing was imported.",
            hint="Save it as CSV or XLSX.",
        )
    if looks_like_json(sample):
        return Source(sha256=digest, tables=(), document=read_document(path))
    table = _delimited(partial(_whole, path), sample, is_utf8, encoding, delimiter)
    return Source(sha256=digest, tables=(replace(table, path=path),), size=path.stat().st_size)


def _whole(path: Path) -> IO[bytes]:
    return path.open("rb")


def _archived(path: Path, encoding: str | None, delimiter: str | None) -> tuple[Table, ...]:
    """The sheets of a workbook, or the tables of an archive; what is no table is passed over."""
    names = names_of(path)
    if names >= OPEN_DOCUMENT:
        return _open_document(path)
    if not names or "[Content_Types].xml" in names:
        return _sheets(path)
    tables, refusal = [], None
    for opens in members_of(path):
        try:
            sample, _, is_utf8 = _survey(opens)
            tables.append(_delimited(opens, sample, is_utf8, encoding, delimiter))
        except ConnectorError as error:
            refusal = error
        except (*_UNSOUND, zipfile.LargeZipFile) as error:
            raise ConnectorError(
                "A file in the archive is damaged; nothing was imported.",
                hint="Make the archive again.",
            ) from error
    if not tables:
        raise refusal or ConnectorError(
            "The file is an archive, and no table is in it; nothing was imported.",
            hint="Put the exported tables into it as CSV.",
        )
    return tuple(tables)


def _survey(opens: Opens) -> tuple[bytes, str, bool]:
    """The first bytes, the digest of all, and whether all are UTF-8. One pass."""
    digest, decoder = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")()
    sample, is_utf8, odd = b"", True, b""
    with opens() as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            sample = sample or block[:_SAMPLE]
            try:
                if is_utf8:
                    decoder.decode(block)
            except UnicodeDecodeError as error:
                is_utf8 = False
                odd = b"" if error.start < _SAMPLE else block[error.start : error.start + 200]
    try:
        decoder.decode(b"", final=is_utf8)
    except UnicodeDecodeError:
        is_utf8 = False
    return sample + odd, digest.hexdigest(), is_utf8


def _delimited(
    opens: Opens, sample: bytes, is_utf8: bool, encoding: str | None, delimiter: str | None
) -> DelimitedTable:
    name = encoding or encoding_of(sample, is_utf8=is_utf8)
    try:
        text = codecs.getincrementaldecoder(name)().decode(sample)
    except (LookupError, UnicodeError) as error:
        raise ConnectorError(
            f"The file is not text in {name}; nothing was imported.",
            hint="Leave --encoding out, or save the file as UTF-8.",
        ) from error
    lines = io.StringIO(text, newline=None).read().split("\n")
    mark = delimiter or delimiter_of(lines[:-1] if len(lines) > 2 else lines)
    rows = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark):
            rows.append(row)
            if len(rows) >= _SCAN_ROWS:
                break
    except csv.Error as error:
        raise ConnectorError(
            "The file is not a table: a quoted cell does not end. Nothing was imported.",
            hint="Export it again as CSV or XLSX.",
        ) from error
    at = header_line(rows)
    return DelimitedTable(
        opens=opens, encoding=name, delimiter=mark, header=_named(rows[at]), skip=at + 1
    )


def _named(cells: Sequence[object]) -> tuple[str, ...]:
    return tuple("" if cell is None else str(cell).strip().lstrip("\ufeff") for cell in cells)


def _sheets(path: Path) -> tuple[Table, ...]:
    import openpyxl  # noqa: PLC0415 - slow to import, and only spreadsheets need it

    with path.open("rb") as file:
        try:
            refuse_flood(path)
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            # The cells are unpacked and parsed only as they are asked for.
            sheets = [_sheet(one.title, _filled(one.iter_rows(values_only=True))) for one in book]
            book.close()
        except _UNSOUND as error:
            raise ConnectorError(
                "The file is an archive, and no sound spreadsheet is in it; nothing was imported.",
                hint="Open it, and save it anew as CSV or XLSX.",
            ) from error
    read = [sheet for sheet in sheets if sheet is not None]
    if not read:
        raise ConnectorError(
            "The workbook is empty; nothing was imported.", hint="Export it again."
        )
    return tuple(read)


def _open_document(path: Path) -> tuple[Table, ...]:
    try:
        sheets = [_sheet(name, rows) for name, rows in sheets_of(path)]
    except _UNSOUND as error:
        raise ConnectorError(
            "The spreadsheet is damaged; nothing was imported.",
            hint="Open it, and save it anew as CSV or XLSX.",
        ) from error
    return tuple(sheet for sheet in sheets if sheet is not None)


def _sheet(title: str, filled: list[tuple[int, tuple[Cell, ...]]]) -> SheetTable | None:
    if not filled:
        return None
    at = header_line([row for _, row in filled[:_SCAN_ROWS]])
    return SheetTable(
        layout=f"sheet {title}", header=_named(filled[at][1]), body=tuple(filled[at + 1 :])
    )


def _filled(cells: Iterator[Sequence[object]]) -> list[tuple[int, tuple[Cell, ...]]]:
    """Rows with something in them. A sheet may claim a million rows of 16,384 cells for nothing:
    formatting the last cell by mistake is enough.
    """
    filled, empty = [], None
    for number, row in enumerate(cells, 1):
        if row is empty:  # openpyxl gives one and the same for all rows of a gap
            continue
        if row.count(None) == len(row):
            empty = row
            continue
        if any(cell is not None for cell in row[_MOST_COLUMNS:]):
            raise ConnectorError(
                f"Row {number} has cells beyond column {_MOST_COLUMNS}; nothing was imported.",
                hint="Delete what is to the right of the table, or export it as CSV.",
            )
        filled.append((number, tuple(_native(cell) for cell in row[:_MOST_COLUMNS])))
    return filled


def _native(cell: object) -> Cell:
    match cell:
        case None | str() | float() | datetime():
            return cell
        case bool():
            return str(cell)
        case int():
            return cell
        case date():
            return datetime(cell.year, cell.month, cell.day)
        case time():
            return cell.isoformat()
        case _:
            return str(cell)
