"""Erasure, objection and retention: how a visitor gets out of the building's own data.

Each can be run again after a crash at any point. Erasure first sees to it that no import
brings the visitor back, then takes them out of the store, and out of the vault last, for
it is the vault that finds them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from foyer_node.importing.keys import (
    Contact,
    claim_of,
    normalise_email,
    normalise_phone,
)
from foyer_node.ports import Cells
from foyer_protocol.catalogue.schema import months_before
from foyer_protocol.errors import ConfigError

_Keys = Sequence[tuple[str, str]]


class LeavingVault(Protocol):
    """What leaving asks of the vault; see `adapters.vault_store.VaultStore`."""

    def visitors_of(self, keys: _Keys) -> set[str]: ...
    def hashes_of(self, visitors: Sequence[str]) -> set[tuple[str, str]]: ...
    def words_of(self, visitors: Sequence[str]) -> list[str]: ...
    def suppress(self, keys: _Keys, until: datetime) -> None: ...
    def suppressed_among(self, keys: _Keys) -> datetime | None: ...
    def forget(self, visitors: Sequence[str]) -> None: ...
    def forget_refused(self, naming: Sequence[str]) -> bool: ...
    def forget_all_but(self, visitors: Sequence[str]) -> None: ...
    def keep_refused(self, batch_id: str, rows: Sequence[tuple[int, Cells]]) -> None: ...


class LeavingFrom(Protocol):
    """What leaving asks of the store; see `adapters.leaving_store.LeavingStore`."""

    def erase(self, visitors: Sequence[str]) -> tuple[str, ...]: ...
    def object(self, visitors: Sequence[str]) -> None: ...
    def retain(self, cutoff: date) -> tuple[str, ...]: ...
    def drop_unused(self) -> None: ...
    def known_visitors(self) -> list[str]: ...
    def sources(self) -> list[str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What an erasure found. Nothing in it names anybody."""

    erased_at: datetime  # UTC without tzinfo
    was_known: bool
    was_erased_before: bool
    held_in: tuple[str, ...]  # tables of the store, "vault" and "refused rows"


def keys_of(secret: bytes, asked: str, country: str, sources: Sequence[str]) -> tuple[_Keys, str]:
    """The identifiers that an e-mail address, phone, card or customer number could be.

    Returns them as `(id_type, keyed hash)`, with the text to look for in refused rows.

    Raises:
        ConfigError: nothing was asked for.
    """
    text = asked.strip()
    if not text:
        raise ConfigError("no identifier was given; nothing was erased")
    email = normalise_email(text)
    if email:
        contact = Contact(email=email)
    else:
        contact = Contact(customer_no=text, card=text, phone=normalise_phone(text, country))
    found: set[tuple[str, str]] = set()
    for source in sources or ("",):
        claim = claim_of(secret, contact, source)
        found |= {(kind, hashed) for kind, hashed, _ in (claim.identifiers if claim else ())}
    return sorted(found), email or text


def erase(
    asked: str, *, store: LeavingFrom, vault: LeavingVault, secret: bytes, country: str,
    now: datetime,
) -> Erasure:  # fmt: skip
    """Take a visitor out of the vault and every table, and keep them out.

    `asked` is an e-mail address, phone, card or customer number. `now` is UTC without
    tzinfo: whatever is dated up to it is not brought back by an import, while a booking
    after it is a new visitor's.

    Raises:
        StorageError: the disk refused; run it again.
    """
    keys, word = keys_of(secret, asked, country, store.sources())
    before = vault.suppressed_among(keys)
    visitors = sorted(vault.visitors_of(keys))
    words = [word, *vault.words_of(visitors)]
    vault.suppress(sorted(vault.hashes_of(visitors)) if visitors else [], now)
    held = list(store.erase(visitors)) if visitors else []
    if visitors:
        vault.forget(visitors)
        held.append("vault")
    if vault.forget_refused(words):
        held.append("refused rows")
    return Erasure(
        erased_at=before if before and not visitors else now,
        was_known=bool(held),
        was_erased_before=before is not None,
        held_in=tuple(held),
    )


def object_to(
    asked: str, *, store: LeavingFrom, vault: LeavingVault, secret: bytes, country: str
) -> bool:
    """Leave a visitor out of every figure and keep their data; whether they are known."""
    keys, _ = keys_of(secret, asked, country, store.sources())
    visitors = sorted(vault.visitors_of(keys))
    if visitors:
        store.object(visitors)
    return bool(visitors)


def retain(months: int, today: date, *, store: LeavingFrom, vault: LeavingVault) -> date:
    """Delete what is older than `months` whole months, and who then is nobody any more.

    Returns the first day that is kept.
    """
    cutoff = months_before(today.replace(day=1), months)
    old_batches = store.retain(cutoff)
    vault.forget_all_but(store.known_visitors())
    for batch in old_batches:
        vault.keep_refused(batch, ())
    return cutoff


def forget_unused(*, store: LeavingFrom, vault: LeavingVault) -> None:
    """Forget visitors of whom nothing is left, as after a complete export without them (R24)."""
    store.drop_unused()
    vault.forget_all_but(store.known_visitors())
