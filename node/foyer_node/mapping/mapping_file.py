"""A mapping as a file: to be read by a colleague, shared with a sister house, used again.

It holds names of columns, number styles and code words. No row of the export is in it, and
no setting that belongs to the institution rather than to the export.
"""

import tomllib
from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from foyer_node.connectors.codes import (
    ADMISSION,
    EXCLUSIONS,
    Channel,
    PriceClass,
    TicketStatus,
)
from foyer_node.connectors.headers import ALIASES, FIELDS, fold
from foyer_protocol.errors import ConfigError

_WORD = r"^[^\x00-\x1f]{1,200}$"


class ExportMapping(BaseModel):
    """How one export is to be understood.

    `header` is the header it was made for, as written: a later file is compared with it.
    """

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    version: Literal[1] = 1
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    connector: str = Field(default="generic", pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    header: list[str] = Field(min_length=1, max_length=1024)
    columns: dict[str, str]  # canonical field to column name
    dates: Literal["day-first", "month-first", "proved-by-the-file"] = "proved-by-the-file"
    decimal: Literal["comma", "point", "proved-by-the-file"] = "proved-by-the-file"
    amounts_in_minor_units: bool = False
    amounts_per_ticket: bool = False
    statuses: dict[str, str] = Field(default_factory=dict)  # the file's word to a code
    channels: dict[str, str] = Field(default_factory=dict)
    price_classes: dict[str, str] = Field(default_factory=dict)
    exclusions: dict[str, str] = Field(default_factory=dict)  # event or price label to a reason


_CODES: Mapping[str, frozenset[str]] = {
    "statuses": frozenset(TicketStatus),
    "channels": frozenset(Channel),
    "price_classes": frozenset(PriceClass),
    "exclusions": EXCLUSIONS | {ADMISSION},
}


def read_mapping(text: str) -> ExportMapping:
    """Parse and check a mapping file (TOML).

    Raises:
        ConfigError: not TOML, an unknown key, field or code; says which.
    """
    try:
        mapping = ExportMapping.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise _refused(f"it is not TOML: {error}") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise _refused(f"{place}: {first['msg'].lower()}") from None
    for name, column in mapping.columns.items():
        if ALIASES.get(name, name) not in FIELDS:
            raise _refused(f"no field is called {name!r}")
        if column not in mapping.header:
            raise _refused(f"column {column!r} for {name} is not in its own header")
    for section, codes in _CODES.items():
        for word, code in getattr(mapping, section).items():
            if code not in codes:
                raise _refused(f"{section} has no code {code!r} (for {word!r})")
    return mapping


def write_mapping(mapping: ExportMapping) -> str:
    """The mapping as TOML, which `read_mapping` reads back to an equal one."""
    import tomli_w  # noqa: PLC0415 - only for whoever keeps a mapping

    body: dict[str, object] = mapping.model_dump(exclude_defaults=True)
    body = {"version": 1, **{key: value for key, value in body.items() if value}}
    return "# How Foyer reads this export. No row of it is in here.\n" + tomli_w.dumps(body)


def same_layout(mapping: ExportMapping, header: Sequence[str]) -> bool:
    """Whether a header is the mapping's own, in whatever order of columns."""
    return sorted(map(fold, mapping.header)) == sorted(map(fold, header))


def _refused(why: str) -> ConfigError:
    return ConfigError(
        f"The mapping file cannot be used: {why}. Nothing was imported.",
        hint="Mend that line, or make the mapping anew with `foyer-node mapping show FILE`.",
    )
