"""An export read by its mapping."""

from collections.abc import Mapping
from dataclasses import replace

from foyer_node.importing.pipeline import ImportOptions
from foyer_node.mapping.mapping_file import ExportMapping

_DAY_FIRST: Mapping[str, bool | None] = {
    "day-first": True,
    "month-first": False,
    "proved-by-the-file": None,
}
_MARKS: Mapping[str, str | None] = {"comma": ",", "point": ".", "proved-by-the-file": None}


def with_mapping(options: ImportOptions, mapping: ExportMapping) -> ImportOptions:
    """The options with what a mapping says; what `options` says already goes over it.

    A mapping for no system's own connector is all there is to say of the columns: one that it
    leaves out is not found again by its name.
    """
    said = options.reading
    reading = replace(
        said,
        day_first=_DAY_FIRST[mapping.dates] if said.day_first is None else said.day_first,
        decimal=said.decimal or _MARKS[mapping.decimal],
        amount_in_minor=said.amount_in_minor or mapping.amounts_in_minor_units,
        amount_per_ticket=said.amount_per_ticket or mapping.amounts_per_ticket,
        columns={**mapping.columns, **said.columns},
        only_columns=mapping.connector == "generic",
        statuses={**mapping.statuses, **said.statuses},
        words={
            "channel": mapping.channels,
            "price_type": mapping.price_classes,
            "excluded": mapping.exclusions,
        },
    )
    return replace(options, reading=reading, connector=options.connector or mapping.connector)
