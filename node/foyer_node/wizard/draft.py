"""One import while it is being described: what was decided so far, and what that means."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from foyer_node.config import NodeConfig
from foyer_node.importing.pipeline import ImportOptions
from foyer_node.mapping.applying import with_mapping
from foyer_node.mapping.mapping_file import ExportMapping
from foyer_node.setup import FileHints, import_options

ID_PATTERN = r"^[0-9a-f]{24}$"
Dates = Literal["day-first", "month-first", "proved-by-the-file"]
Decimal = Literal["comma", "point", "proved-by-the-file"]


class Draft(BaseModel):
    """Decisions only. Of the file there is its shown name and where it lies, and no cell."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    id: str = Field(pattern=ID_PATTERN)
    shown: str = Field(max_length=120, repr=False)  # the file's name, as whoever sent it knows it
    made_at: int  # seconds since 1970
    source: str = ""  # a watched folder of node.toml; "": it was uploaded
    file: str = Field(default="", repr=False)  # its name in that folder
    header: list[str] = Field(default_factory=list)
    connector: str = ""
    mapping: str = ""  # the kept description that it began with
    columns: dict[str, str] = Field(default_factory=dict)
    columns_settled: bool = False
    dates: Dates = "proved-by-the-file"
    decimal: Decimal = "proved-by-the-file"
    amounts_in_minor_units: bool = False
    per_ticket: bool | None = None  # None: not asked yet
    statuses: dict[str, str] = Field(default_factory=dict, repr=False)
    channels: dict[str, str] = Field(default_factory=dict, repr=False)
    price_classes: dict[str, str] = Field(default_factory=dict, repr=False)
    exclusions: dict[str, str] = Field(default_factory=dict, repr=False)
    words_settled: bool = False

    @property
    def is_described(self) -> bool:
        """Whether its columns are given by people, and not by a system's own connector."""
        return self.connector in {"", "generic"}


def begin_with(draft: Draft, mapping: ExportMapping, columns: dict[str, str]) -> Draft:
    """The draft with everything that an earlier description of the same export says.

    `columns` are the mapping's own, under the names that the file has for them.
    """
    return draft.model_copy(
        update={
            "mapping": mapping.name,
            "connector": mapping.connector,
            "columns": columns,
            "dates": mapping.dates,
            "decimal": mapping.decimal,
            "amounts_in_minor_units": mapping.amounts_in_minor_units,
            "per_ticket": mapping.amounts_per_ticket,
            "statuses": dict(mapping.statuses),
            "channels": dict(mapping.channels),
            "price_classes": dict(mapping.price_classes),
            "exclusions": dict(mapping.exclusions),
        }
    )


def as_mapping(draft: Draft, name: str) -> ExportMapping:
    """What is kept of a draft for the next file of the same export."""
    return ExportMapping(
        name=name,
        connector=draft.connector or "generic",
        header=draft.header,
        columns=draft.columns,
        dates=draft.dates,
        decimal=draft.decimal,
        amounts_in_minor_units=draft.amounts_in_minor_units,
        amounts_per_ticket=bool(draft.per_ticket),
        statuses=draft.statuses,
        channels=draft.channels,
        price_classes=draft.price_classes,
        exclusions=draft.exclusions,
    )


def options_of(config: NodeConfig, draft: Draft) -> ImportOptions:
    """How the draft's file is to be read."""
    mapping = as_mapping(draft, draft.mapping or "draft")
    return with_mapping(import_options(config, FileHints()), mapping)
