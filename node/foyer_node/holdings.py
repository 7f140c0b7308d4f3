"""The two encrypted files of a node, opened as `node.toml` says.

Their engine takes some 45 MB: a node that waits for a round has not loaded it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from foyer_node.adapters.file_heads import is_plain
from foyer_node.adapters.key_files import STORE_KEY, make_data_key, read_data_key, read_keys
from foyer_node.config import NodeConfig
from foyer_node.data_ports import HouseFacts
from foyer_node.importing.columns import HouseRules
from foyer_node.importing.keys import Domains
from foyer_node.importing.places import Places
from foyer_node.territories.lookup import locate

if TYPE_CHECKING:
    from foyer_node.adapters.duckdb_store import DuckDBStore
    from foyer_node.adapters.vault_store import VaultStore

STORE_NAME = "store.duckdb"
VAULT_NAME = "vault.duckdb"


def open_store(config: NodeConfig, *, read_only: bool, reads: Path | None = None) -> "DuckDBStore":
    """The canonical store, following the settings of the house.

    `reads` is an export that it may read in bulk.

    Raises:
        ConfigError: its key is missing.
        StorageError: the file cannot be opened.
    """
    from foyer_node.adapters.duckdb_store import DuckDBStore  # noqa: PLC0415 - a large library

    path = config.path(STORE_NAME)
    key_file = config.path("keys", STORE_KEY)
    if is_plain(path):  # of a program that did not encrypt yet, and had no key for it
        make_data_key(key_file)
    key = read_data_key(key_file)
    return DuckDBStore.open(path, key, read_only=read_only, house=_facts(config), reads=reads)


@contextmanager
def open_for_writing(
    config: NodeConfig, reads: Path | None = None
) -> "Iterator[tuple[DuckDBStore, VaultStore, bytes]]":
    """Store, vault and the secret of keyed hashes; always opened in this order."""
    from foyer_node.adapters.vault_store import VaultStore  # noqa: PLC0415 - a large library

    with open_store(config, read_only=False, reads=reads) as store:
        keys = read_keys(config.path("keys"))
        with VaultStore.open(config.path(VAULT_NAME), keys.vault_key) as vault:
            yield store, vault, keys.visitor_secret


def house_rules(config: NodeConfig) -> HouseRules:
    """What the house decided about its data, for an import."""
    data, country = config.data, config.institution.country
    return HouseRules(
        domains=Domains(
            staff=_lower(data.staff_domains),
            reseller=_lower(data.reseller_domains),
            school=_lower(data.school_domains),
        ),
        identify_by_card=data.identify_by_card,
        show_percent=data.show_percent,
        places=Places(
            house=(country, data.postcode),
            venues={
                venue.name.lower(): (venue.country or country, venue.postcode)
                for venue in data.venue
            },
            locate=locate,
        ),
    )


def _lower(domains: tuple[str, ...]) -> frozenset[str]:
    return frozenset(domain.lower().removeprefix("@") for domain in domains)


def _facts(config: NodeConfig) -> HouseFacts:
    facts, data = config.institution, config.data
    return HouseFacts(
        slug=facts.slug,
        name=facts.name,
        institution_type=facts.type,
        size_band=facts.size_band,
        country=facts.country,
        timezone=facts.timezone,
        currency=facts.currency,
        mature_lag_days=data.mature_lag_days,
        consent_needed=data.consent_needed,
    )
