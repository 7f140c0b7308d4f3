"""The public facts of a member: where and what it is, as the next roster will say."""

from collections.abc import Mapping
from pathlib import Path

from foyer_coordinator.app import open_books
from foyer_coordinator.config import read_config
from foyer_coordinator.ports import Institution
from foyer_coordinator.rosters import facts_of
from foyer_protocol.catalogue.grid import PARENTS, Dimension, path_of
from foyer_protocol.errors import ConfigError, LocalProtocolError
from foyer_protocol.messages.roster import FIELDS, SignedRoster

_COLUMNS: Mapping[Dimension, str] = {
    Dimension.DISCIPLINE: "discipline",
    Dimension.SIZE: "size_band",
    Dimension.TYPE: "type",
    Dimension.TERRITORY: "territory",
}
"""Where an institution's code of each dimension is kept here."""


def tell_facts(folder: Path, slug: str, told: Mapping[Dimension, str]) -> tuple[object, str]:
    """Keep the facts that were told (`-` takes one back) and say what will be signed.

    Raises:
        ConfigError: a code that is not on the grid; nothing was changed.
        LocalProtocolError: the institution is not enrolled.
    """
    values = {one: "" if code == "-" else code.upper() for one, code in told.items() if code}
    for dimension, code in values.items():
        if code and not path_of(dimension, code):
            raise ConfigError(
                f"{code!r} is no {dimension} on the grid; nothing was changed",
                hint=f"There are {', '.join(sorted(PARENTS[dimension]))}.",
            )
    with open_books(read_config(folder)) as books:
        if values:
            columns = {_COLUMNS[one]: code for one, code in values.items()}
            books.members.tell_facts(slug, columns)
        institution, signed = books.members.institution(slug), books.members.roster()
    if institution is None:
        raise LocalProtocolError(f"{slug!r} is not enrolled")
    return facts_of(institution), _told(institution, signed)


def _told(institution: Institution, signed: SignedRoster | None) -> str:
    facts = facts_of(institution)
    lines = [f"{institution.slug}: {', '.join(sorted(facts.values())) or 'nothing is known'}"]
    members = signed.roster.members if signed else ()
    named = next((one for one in members if one.institution == institution.slug), None)
    if named is None or any(
        named.fact(one) != facts.get(field, "") for one, field in FIELDS.items()
    ):
        lines.append("  governance must sign the next roster before rounds go by it")
    return "\n".join(lines)
