"""What people decided about the words of a source, for sales that are there and to come.

A mapping file says how an export is read. A ruling also reaches what was imported before:
it changes the codes of sales in the store, and is applied by every later merge.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from foyer_node.connectors.codes import Channel, PriceClass
from foyer_node.ruling_kinds import RulingKind
from foyer_protocol.errors import ConfigError

DISCIPLINES = frozenset({
    "THEATRE", "MUSICAL", "OPERA", "DANCE", "MUSIC_CLASSICAL", "MUSIC_JAZZ", "MUSIC_POP",
    "MUSIC_WORLD", "COMEDY", "CIRCUS", "VARIETY_CABARET", "SPOKEN_WORD", "PUPPETRY",
    "STREET_OUTDOOR", "FILM", "EXHIB_ART", "EXHIB_HISTORY", "EXHIB_SCIENCE_NATURE",
    "MUSEUM_ADMISSION", "HERITAGE_VISIT", "FESTIVAL_MULTI", "TALK_LITERATURE", "WORKSHOP",
    "FAMILY_CHILDREN", "OTHER",
})  # fmt: skip
"""Discipline L1 of data model C.2."""

CODES: Mapping[RulingKind, frozenset[str]] = {
    RulingKind.CHANNEL: frozenset(Channel),
    RulingKind.PRICE_CLASS: frozenset(PriceClass),
    RulingKind.DISCIPLINE: DISCIPLINES,
    RulingKind.EXCLUSION: frozenset(
        {"NONE", "HIRE", "PARKING", "MERCH", "FUNCTION", "POSTPONED", "TEST", "DUPLICATE"}
    ),
    RulingKind.EVENT_STATUS: frozenset({
        "EventScheduled", "EventCancelled", "EventRescheduled", "EventPostponed",
        "EventMovedOnline",
    }),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """One decision: in `source_system`, the word `label` has a meaning."""

    source_system: str
    kind: RulingKind
    label: str
    meaning: str  # a code of `CODES`


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """A word that no code list knows, and how many tickets wait on it."""

    source_system: str
    kind: RulingKind
    label: str
    tickets: int


class RulingStore(Protocol):
    """A store that keeps rulings; see `adapters.ruling_store.RulingTable`."""

    def rule(self, ruling: Ruling) -> None: ...
    def undecided(self) -> list[Undecided]: ...


def decide(ruling: Ruling, store: RulingStore) -> None:
    """Keep a ruling and apply it to what is there.

    Raises:
        ConfigError: the code is not of that kind's list; nothing was changed.
    """
    if ruling.meaning not in CODES[ruling.kind]:
        raise ConfigError(
            f"{ruling.meaning!r} is no code for {ruling.kind.value}; nothing was changed",
            hint=f"Codes are {', '.join(sorted(CODES[ruling.kind]))}.",
        )
    store.rule(ruling)
