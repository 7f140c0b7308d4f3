"""A ZIP for whoever helps: how the node is, and nothing about a visitor.

Rounds, exports, labels and people are named nowhere in it, numbers are orders of magnitude,
and keys, tokens and passwords are not read at all. `tests/architecture/test_canary_bundle.py`
plants all of these and looks for them in every form.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from foyer_node.adapters.durable import write_durably
from foyer_node.config import NodeConfig, read_config
from foyer_node.doctor import examine_folder
from foyer_node.support import members
from foyer_node.support.contents import CONTENTS, PROMISE
from foyer_node.support.scrubbing import scrub_finding
from foyer_protocol.errors import ConfigError, FoyerError


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """All that would be written, in memory. `members`: content by file name."""

    made: datetime
    members: Mapping[str, bytes] = field(repr=False)

    def as_zip(self) -> bytes:
        """The archive; its names are those of `CONTENTS` and nothing else."""
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in self.members.items():
                entry = zipfile.ZipInfo(name, self.made.timetuple()[:6])
                entry.external_attr = 0o600 << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, text)
        return content.getvalue()


def collect(folder: Path, *, log: Path | None = None, with_places: bool = False) -> Bundle:
    """Look at the node in `folder`, whatever its state. Dials as the doctor does.

    `log`: where the node's log was kept, if anywhere. `with_places`: with the coordinator's
    address, and those of proxies and name servers.
    """
    config = _config(folder)
    made = datetime.now(tz=UTC)
    parts: dict[str, object] = {
        "README.txt": _readme(made),
        "doctor.json": _doctor(folder, with_places=with_places),
        "versions.json": members.guarded(members.versions),
        "settings.json": members.guarded(
            lambda: members.settings(config, with_places=with_places)
        ),
        "store.json": members.guarded(lambda: members.store(config)),
        "ledger.json": members.guarded(lambda: members.ledger(folder)),
        "outbox.json": members.guarded(lambda: members.outbox(folder)),
        "sources.json": members.guarded(lambda: members.sources(folder)),
        "files.json": members.guarded(lambda: members.files(folder)),
        "log.txt": members.guarded(lambda: members.log(log)),
    }  # fmt: skip
    return Bundle(made=made, members={name: _bytes(part) for name, part in parts.items()})


def write_bundle(bundle: Bundle, path: Path) -> int:
    """Write it for its owner's eyes only. Returns its size in bytes.

    Raises:
        ConfigError: there is such a file already; it was left as it is.
        StorageError: the disk refused.
    """
    if path.exists():
        raise ConfigError(
            f"{path} is there already; nothing was written", hint="Name another with --out."
        )
    content = bundle.as_zip()
    write_durably(path, content)
    return len(content)


def _config(folder: Path) -> NodeConfig | None:
    try:
        return read_config(folder)
    except (FoyerError, OSError):
        return None


def _doctor(folder: Path, *, with_places: bool) -> object:
    found = examine_folder(folder)
    return {
        "status": found.exit_status,
        "findings": [scrub_finding(one, with_places=with_places) for one in found.all],
    }


def _readme(made: datetime) -> str:
    lines = [PROMISE, "", f"Made on {made:%Y-%m-%d %H:%M} UTC by `foyer-node support-bundle`.", ""]
    return "\n".join([*lines, *(f"{name}: {what}" for name, what in CONTENTS.items()), ""])


def _bytes(part: object) -> bytes:
    text = part if isinstance(part, str) else json.dumps(part, indent=1, sort_keys=True) + "\n"
    return text.encode()
