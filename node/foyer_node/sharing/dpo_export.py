"""Everything that ever left, as one archive for a data protection officer.

Streamed file by file: an outbox of years does not have to fit into memory.
"""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from foyer_node.adapters.durable import storage_error
from foyer_node.adapters.outbox_files import Sent
from foyer_node.app import utc_now
from foyer_node.config import read_config
from foyer_node.outbox import explain, open_outbox
from foyer_protocol.errors import ConfigError
from foyer_web.dpo_words import COLUMNS, readme
from foyer_web.languages import LANGUAGES
from foyer_web.sending import named_kind, named_recipient
from foyer_web.words import Words, words


class _Growing:
    """Takes what the archive writes and gives it out in pieces; cannot go back."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes, /) -> int:
        """Keep a piece until it is taken."""
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing waits anywhere else."""

    def close(self) -> None:
        """The archive is whole."""

    def take(self) -> bytes:
        """What was written since the last call."""
        taken, self._pieces = b"".join(self._pieces), []
        return taken


def pack_outbox(
    messages: Sequence[Sent],
    content_of: Callable[[int], bytes],
    *,
    institution: str,
    language: str,
    made_at: datetime,
) -> Iterator[bytes]:
    """The archive, piece by piece. `made_at` is what its own files are dated with, UTC."""
    said, grown = words(language), _Growing()
    index, sums = io.StringIO(newline=""), []
    table = csv.writer(index)
    table.writerow(COLUMNS)
    with zipfile.ZipFile(grown, "w", zipfile.ZIP_DEFLATED) as archive:
        intro = readme(said, institution=institution, messages=len(messages), made_at=made_at)
        archive.writestr(_entry("README.txt", made_at), intro)
        for sent in messages:
            content = content_of(sent.number)
            at = datetime.fromtimestamp(sent.at, tz=UTC)
            digest = hashlib.sha256(content).hexdigest()
            payload, explained = f"payloads/{sent.number:08d}.bin", f"{sent.number:08d}.json"
            archive.writestr(_entry(payload, at), content)
            parts = json.dumps(explain(sent, content), indent=1, ensure_ascii=False)
            archive.writestr(_entry(f"explained/{explained}", at), parts)
            table.writerow(_line(sent, at, payload, said, intact=digest == sent.sha256))
            sums.append(f"{sent.sha256}  {payload}\n")
            yield grown.take()
        archive.writestr(_entry("index.csv", made_at), index.getvalue().encode("utf-8-sig"))
        archive.writestr(_entry("SHA256SUMS", made_at), "".join(sums))
    yield grown.take()


def _line(sent: Sent, at: datetime, payload: str, said: Words, *, intact: bool) -> list[object]:
    return [
        sent.number, at.isoformat(), sent.channel, sent.kind,
        named_kind(sent.channel, sent.kind, said), sent.round_id,
        named_recipient(sent.receiver, said), sent.size, sent.sha256,
        "yes" if intact else "no", sent.rho, payload,
    ]  # fmt: skip


def _entry(name: str, at: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, at.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def write_export(folder: Path, to: Path, language: str) -> int:
    """Write the archive of the node in `folder`; how many messages are in it.

    Raises:
        ConfigError: the file is there already, or the language is none of ours.
        StorageError: the disk refused; no file remains.
    """
    if language not in LANGUAGES:
        raise ConfigError(
            f"there is no {language!r} here; nothing was written",
            hint=f"The languages: {', '.join(LANGUAGES)}.",
        )
    config = read_config(folder)
    box = open_outbox(config)
    messages = box.list()
    pieces = pack_outbox(
        messages,
        box.content,
        institution=config.institution.name,
        language=language,
        made_at=utc_now(),
    )
    try:
        with to.open("xb") as file:
            file.writelines(pieces)
    except FileExistsError:
        raise ConfigError(f"{to.name} is there already; nothing was written") from None
    except OSError as failure:
        to.unlink(missing_ok=True)
        raise storage_error(to, failure) from failure
    return len(messages)
