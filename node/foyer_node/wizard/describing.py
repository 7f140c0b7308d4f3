"""A proposal for an unknown file, for the command line: the twin of the wizard's first step."""

import time
from pathlib import Path

from foyer_node.adapters.durable import write_durably
from foyer_node.config import NodeConfig
from foyer_node.mapping.mapping_file import ExportMapping, write_mapping
from foyer_node.setup import FileHints, import_options
from foyer_node.wizard.draft import Draft
from foyer_node.wizard.kept_mappings import KeptMappings, mapping_name
from foyer_node.wizard.looking import LookedColumn, look_at, open_file
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.errors import FoyerError
from foyer_web.import_words import sureness


def describe_file(config: NodeConfig, file: Path, write: Path | None) -> tuple[object, str]:
    """The columns of `file`, for a machine and for people; writes a mapping where asked to.

    Raises:
        ConnectorError: the file is no table.
    """
    opened = open_file(file, "")
    draft = Draft(
        id="0" * 24, shown="file", made_at=int(time.time()), connector=opened.connector.name
    )
    looked = look_at(opened, draft, import_options(config, FileHints()).reading)
    found = KeptMappings(config.folder).recognise(opened.table.header)
    lines = [f"{looked.connector} export ({looked.layout}); nothing was imported"]
    if found:
        kept = found.kept
        lines.append(f"described as {kept.mapping.name} on {kept.kept_at:%Y-%m-%d}")
    lines += [_line(one) for one in looked.columns]
    lines += [f"  {name}: no column yet, and every import needs one" for name in looked.missing]
    if write is not None:
        columns = {one.field: one.name for one in looked.columns if one.field}
        mapping = ExportMapping(
            name=mapping_name(write.stem),
            connector=looked.connector,
            header=list(opened.table.header),
            columns=columns if looked.connector == "generic" else {},
        )
        write_durably(write, write_mapping(mapping).encode(), private=False)
        lines.append(f"written to {write.name}")
    return _record(looked.connector, looked.columns, looked.missing), "\n".join(lines)


def kept_mapping_of(config: NodeConfig, file: Path, connector: str) -> Path | None:
    """The file of the description that `file` is of, column by column; None if there is none.

    So a watched folder takes an export without questions once somebody has answered them.
    """
    try:
        header = open_file(file, connector).table.header
    except FoyerError:
        return None  # whoever imports it is told why
    mappings = KeptMappings(config.folder)
    found = mappings.recognise(header)
    if found is None or not (found.changes.is_none or found.changes.moved):
        return None
    return mappings.path_of(found.kept)


def _line(one: LookedColumn) -> str:
    if not one.field:
        return f"  {one.name!r}: not used"
    why = ", ".join(why.value for why in one.why)
    said = f"{sureness(one.confidence)}: {why}" if why else sureness(one.confidence)
    brings = "; ".join(CATALOGUE[key].title for key in one.unlocks)
    examples = " | ".join(one.examples)
    line = f"  {one.name!r} is {one.field} ({said})"
    return line + (f"  e.g. {examples}" if examples else "") + (f"  -> {brings}" if brings else "")


def _record(connector: str, columns: tuple[LookedColumn, ...], missing: tuple[str, ...]) -> object:
    return {
        "connector": connector,
        "missing": list(missing),
        "columns": [
            {
                "name": one.name,
                "field": one.field or None,
                "confidence": one.confidence,
                "why": [why.value for why in one.why],
                "unlocks": list(one.unlocks),
            }
            for one in columns
        ],
    }
