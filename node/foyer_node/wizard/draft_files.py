"""Drafts and their uploads on the disk, in a folder that only the node's user can read.

An upload is stored under a name of ours: what a file is called may say who is in it. It is
gone once it is loaded, once it is given up, or after a day.
"""

import re
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from foyer_node.adapters.durable import storage_error, write_durably
from foyer_node.adapters.watched_folder import new_files
from foyer_node.config import NodeConfig
from foyer_node.wizard.draft import ID_PATTERN, Draft
from foyer_protocol.errors import ConfigError, FoyerError

KEPT_SECONDS = 24 * 3600
"""How long an unfinished import is kept: long enough to ask a colleague, and no longer."""

MOST_DRAFTS = 20
"""With more than this begun and unfinished, the oldest goes: a disk is not for old uploads."""

FOLDER = "imports"
UPLOAD = "upload"
_DRAFT = "draft.json"
_UNSHOWN = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A file that lies in a watched folder."""

    source: str
    name: str
    octets: int


class DraftFiles:
    """The drafts of one node."""

    def __init__(self, config: NodeConfig, clock: Callable[[], int]) -> None:
        self._config = config
        self._clock = clock

    def begin(self) -> tuple[str, Path]:
        """A new draft's name and the path for its upload. Not a draft until it is kept."""
        self.sweep()
        name = secrets.token_hex(12)
        folder = self._folder(name)
        try:
            folder.mkdir(mode=0o700, parents=True)
            self._config.path(FOLDER).chmod(0o700)
        except OSError as failure:
            raise storage_error(folder, failure) from failure
        return name, folder / UPLOAD

    def keep(self, draft: Draft) -> None:
        """Remember what was decided."""
        write_durably(self._folder(draft.id) / _DRAFT, draft.model_dump_json().encode())

    def find(self, name: str) -> Draft | None:
        """The draft of this name, if it is still there."""
        if not re.match(ID_PATTERN, name):
            return None
        try:
            return Draft.model_validate_json((self._folder(name) / _DRAFT).read_bytes())
        except (OSError, ValidationError):
            return None

    def all(self) -> list[Draft]:
        """Every draft, the latest first."""
        found = [self.find(path.name) for path in self._folders()]
        drafts = [draft for draft in found if draft is not None]
        return sorted(drafts, key=lambda draft: draft.made_at, reverse=True)

    def path_of(self, draft: Draft) -> Path:
        """Where the draft's file lies.

        Raises:
            ConfigError: it is no longer in its folder.
        """
        if not draft.source:
            return self._folder(draft.id) / UPLOAD
        for waiting in self.waiting():
            if (waiting.source, waiting.name) == (draft.source, draft.file):
                return self._source_folder(draft.source) / waiting.name
        raise ConfigError(
            "The file is no longer in its folder; nothing was imported.",
            hint="Begin again with a file that is there.",
        )

    def forget(self, name: str) -> None:
        """Delete a draft and its upload; a file in a watched folder is left alone."""
        if re.match(ID_PATTERN, name):
            shutil.rmtree(self._folder(name), ignore_errors=True)

    def sweep(self) -> None:
        """Delete what is over a day old, and the oldest beyond `MOST_DRAFTS`."""
        folders = sorted(self._folders(), key=_age)
        for path in folders[: max(0, len(folders) - MOST_DRAFTS + 1)]:
            self.forget(path.name)
        for path in self._folders():
            if self._clock() - _age(path) > KEPT_SECONDS:
                self.forget(path.name)

    def waiting(self) -> list[Waiting]:
        """The files in the watched folders of node.toml."""
        found = []
        for source in self._config.sources:
            if not source.folder:
                continue
            try:
                files = new_files(self._config.path(source.folder), {}, float(self._clock()))
            except FoyerError:
                continue
            found += [
                Waiting(source=source.name, name=path.name, octets=path.stat().st_size)
                for path, _ in files
            ]
        return found

    def _source_folder(self, source: str) -> Path:
        folders = {one.name: one.folder for one in self._config.sources}
        return self._config.path(folders[source])

    def _folder(self, name: str) -> Path:
        return self._config.path(FOLDER, name)

    def _folders(self) -> list[Path]:
        root = self._config.path(FOLDER)
        return [path for path in root.iterdir() if path.is_dir()] if root.is_dir() else []


def _age(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:  # another request has just deleted it
        return 0.0


def shown_name(sent: str) -> str:
    """A file's name as it may be shown: no folder, no control or direction marks, not long.

    >>> [shown_name(sent) for sent in ("../../etc/passwd", "C:\\\\Users\\\\salg.csv", "\\x00")]
    ['passwd', 'salg.csv', 'file']
    """
    bare = _UNSHOWN.sub("", sent.replace("\\", "/").rpartition("/")[2]).strip(" .")
    return bare[:120] or "file"
