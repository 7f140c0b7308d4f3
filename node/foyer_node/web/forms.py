"""Forms as browsers send them: small ones into memory, a file straight into a private folder.

Every form carries its session's token. In a form with a file the token has to come first, so
that nothing of a stranger's file is ever written.
"""

import hmac
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from urllib.parse import parse_qsl

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from foyer_node.web.access import session_of
from foyer_node.web.refusals import PageRefused
from foyer_node.web.sessions import Session

TOKEN = "form_token"  # noqa: S105 - a field's name
FILE = "file"
MOST_FORM_BYTES = 2_000_000
MOST_FIELDS = 5_000
MOST_UPLOAD_BYTES = 1_000_000_000
"""1 GB: some ten million rows. Larger ones go by a watched folder or the command line."""

KEPT_FREE_BYTES = 256_000_000
"""What an upload leaves of the disk: a ledger that cannot be written stops every round."""

_MOST_TOKEN_BYTES = 200


def check_token(session: Session | None, sent: str) -> None:
    """Refuse a form that is not of this session.

    Raises:
        PageRefused: it has no token, or another's.
    """
    if session is None or not hmac.compare_digest(session.form_token.encode(), sent.encode()):
        raise PageRefused("stale-form")


async def read_form(request: Request, *, with_token: bool = True) -> Mapping[str, str]:
    """The fields of a small form; of a field that is there twice, the last.

    Raises:
        PageRefused: it is too large, no form, or not of this session.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise PageRefused("stale-form")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_FORM_BYTES:
            raise PageRefused("stale-form")
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"
        )
    except ValueError:
        raise PageRefused("stale-form") from None
    fields = dict(pairs)
    if with_token:
        check_token(session_of(request), fields.get(TOKEN, ""))
    return fields


@dataclass(slots=True, kw_only=True)
class _Part:
    """The part that is being read."""

    name: str = ""
    file_name: str = field(default="", repr=False)
    header: bytearray = field(default_factory=bytearray, repr=False)
    value: bytearray = field(default_factory=bytearray, repr=False)
    disposition: bytearray = field(default_factory=bytearray, repr=False)


class Upload:
    """One form with a token and a file, fed as it arrives."""

    def __init__(self, content_type: str, session: Session | None, into: Path, most: int) -> None:
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise PageRefused("upload-unreadable")
        self._session = session
        self._into = into
        self._most = most
        self._part = _Part()
        self._file: BinaryIO | None = None
        self._trusted = self._ended = self.is_whole = False
        self.octets = 0
        self.sent_name = ""
        self._parser = MultipartParser(
            options[b"boundary"],
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_field,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_done,
                "on_part_data": self._data,
                "on_part_end": self._end,
                "on_end": self._all,
            },
        )

    def feed(self, chunk: bytes) -> None:
        """Take what has arrived.

        Raises:
            PageRefused: it is too large, no form, or not of this session.
        """
        try:
            self._parser.write(chunk)
        except FormParserError:
            raise PageRefused("upload-unreadable") from None

    def close(self) -> None:
        """Close the file, whatever became of it."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _begin(self) -> None:
        self._part = _Part()

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._part.header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._part.value += data[start:end]

    def _header_end(self) -> None:
        if self._part.header.lower() == b"content-disposition":
            self._part.disposition = self._part.value
        self._part.header, self._part.value = bytearray(), bytearray()

    def _headers_done(self) -> None:
        _, options = parse_options_header(bytes(self._part.disposition))
        self._part.name = options.get(b"name", b"").decode("utf-8", "replace")
        if self._part.name == FILE:
            if not self._trusted:
                raise PageRefused("stale-form")
            if self._file is not None or self._ended:
                raise PageRefused("upload-unreadable")
            self.sent_name = options.get(b"filename", b"").decode("utf-8", "replace")
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            self._file = os.fdopen(os.open(self._into, flags, 0o600), "wb")

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._part.name == FILE and self._file is not None:
            self.octets += end - start
            if self.octets > self._most:
                raise PageRefused("upload-too-large")
            self._file.write(data[start:end])
            return
        self._part.value += data[start:end]
        if len(self._part.value) > _MOST_TOKEN_BYTES:
            raise PageRefused("upload-unreadable")

    def _end(self) -> None:
        if self._part.name == TOKEN:
            check_token(self._session, self._part.value.decode("utf-8", "replace"))
            self._trusted = True
        elif self._part.name == FILE:
            self.close()
            self._ended = True

    def _all(self) -> None:
        self.is_whole = self._ended


async def receive_file(request: Request, into: Path, most: int = MOST_UPLOAD_BYTES) -> str:
    """Write the file of a form to `into`, which nobody else can read, as it arrives.

    Returns the name that it was sent under. Whatever is raised, the caller deletes `into`.

    Raises:
        PageRefused: it is too large for the limit or the disk, empty, broken off, no form at
            all, or not of this session.
    """
    said = request.headers.get("content-length", "")
    room = shutil.disk_usage(into.parent).free - KEPT_FREE_BYTES
    if said.isascii() and said.isdigit() and int(said) > min(most + 10_000, room):
        raise PageRefused("upload-too-large")
    upload = Upload(
        request.headers.get("content-type", ""), session_of(request), into, min(most, room)
    )
    try:
        async for chunk in request.stream():
            upload.feed(chunk)
    finally:
        upload.close()
    if not upload.is_whole or not upload.octets:
        raise PageRefused("upload-unreadable")
    return upload.sent_name
