"""A coordinator put together: the one place that knows every adapter."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from foyer_coordinator.adapters.certificate_files import (
    open_authority,
    open_server_identity,
    write_secret,
)
from foyer_coordinator.adapters.certificates import Authority, TlsIdentity, fingerprint
from foyer_coordinator.adapters.database import Database
from foyer_coordinator.adapters.database_audit import DatabaseAudit
from foyer_coordinator.adapters.database_closing import DatabaseClosings
from foyer_coordinator.adapters.database_history import DatabaseHistory
from foyer_coordinator.adapters.database_members import DatabaseInvitations, DatabaseMembers
from foyer_coordinator.adapters.database_people import DatabasePeople
from foyer_coordinator.adapters.database_rounds import DatabaseRounds
from foyer_coordinator.adapters.database_sign_in import DatabaseSignIn
from foyer_coordinator.adapters.database_ways import DatabaseWays
from foyer_coordinator.adapters.migrations import upgrade
from foyer_coordinator.config import CoordinatorConfig
from foyer_coordinator.enrolment import (
    CODE_LIFETIME,
    ENTROPY_BYTES,
    EnrolRequest,
    Invitation,
    NetworkCard,
    format_code,
    hash_code,
    invitation_text,
)
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.crypto.randomness import system_entropy
from foyer_protocol.errors import ConfigError
from foyer_protocol.ids import InstitutionId
from foyer_protocol.messages.roster_draft import majority

log = logging.getLogger("foyer.coordinator")

GOVERNANCE_NAME = "governance.pub"
"""Public governance keys, one a line. The private ones are held elsewhere."""

Recorder = Callable[[str, bytes], None]
"""Sees every byte that nodes send: a test's witness."""


def now() -> int:
    """Seconds since 1970, UTC: the coordinator's clock."""
    return int(time.time())


def utc_now() -> datetime:
    """The same clock as an aware datetime."""
    return datetime.now(tz=UTC)


@dataclass(slots=True, kw_only=True)
class Books:
    """Every part of the database."""

    database: Database
    members: DatabaseMembers
    invitations: DatabaseInvitations
    rounds: DatabaseRounds
    closings: DatabaseClosings
    history: DatabaseHistory
    sign_in: DatabaseSignIn
    people: DatabasePeople
    ways: DatabaseWays
    audit: DatabaseAudit


@contextmanager
def open_books(config: CoordinatorConfig) -> Iterator[Books]:
    """The database at its newest schema, closed at the end."""
    upgrade(config.database_url)
    database = Database(config.database_url)
    try:
        yield Books(
            database=database,
            members=DatabaseMembers(database),
            invitations=DatabaseInvitations(database, now),
            rounds=DatabaseRounds(database),
            closings=DatabaseClosings(database),
            history=DatabaseHistory(database),
            sign_in=DatabaseSignIn(database),
            people=DatabasePeople(database),
            ways=DatabaseWays(database),
            audit=DatabaseAudit(database),
        )
    finally:
        database.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """The coordinator's keys. None of them can open or unmask anything of a node."""

    identity: Identity = field(repr=False)
    authority: Authority = field(repr=False)
    server: TlsIdentity = field(repr=False)
    governance: tuple[str, ...]


def open_secrets(config: CoordinatorConfig) -> Secrets:
    """Read the coordinator's keys, making those that a new one needs.

    Raises:
        ConfigError: no governance key is known.
    """
    folder = config.path("keys")
    path = folder / "coordinator.key"
    if not path.exists():
        write_secret(path, Identity.generate().to_bytes())
    authority = open_authority(folder, config.network.slug, utc_now())
    hosts = tuple(dict.fromkeys((config.listen.public_host, "localhost", "127.0.0.1")))
    return Secrets(
        identity=Identity.from_bytes(path.read_bytes()),
        authority=authority,
        server=open_server_identity(folder, authority, hosts, utc_now()),
        governance=read_governance(config),
    )


def read_governance(config: CoordinatorConfig) -> tuple[str, ...]:
    """The public governance keys of the network.

    Raises:
        ConfigError: there is none.
    """
    path = config.path(GOVERNANCE_NAME)
    keys = tuple(path.read_text(encoding="ascii").split()) if path.exists() else ()
    if not keys:
        raise ConfigError(
            f"{path} names no governance key; nothing was started",
            hint="`foyer-coordinator init --governance-key FILE` makes or registers one.",
        )
    return keys


def quorum_of(config: CoordinatorConfig, keys: tuple[str, ...]) -> int:
    """How many of the governance keys must sign a roster.

    Raises:
        ConfigError: the settings ask for more than there are keys.
    """
    quorum = config.network.governance_quorum or majority(len(keys))
    if quorum > len(keys):
        raise ConfigError(
            f"governance_quorum is {quorum} and {GOVERNANCE_NAME} names {len(keys)} keys",
            hint="Add the other signers' public keys to it, one a line, or lower the quorum.",
        )
    return quorum


def open_governance(path: Path) -> Identity:
    """Read a governance key: it belongs on another machine than this one.

    Raises:
        ConfigError: it is not there, cannot be read or is no key.
    """
    try:
        return Identity.from_bytes(path.read_bytes())
    except OSError as failure:
        raise ConfigError(
            f"governance key {path} cannot be read: {failure.strerror}; nothing was signed",
            hint="Give the file that `init` or `foyer-governance key new` made.",
        ) from None


def make_governance(path: Path) -> Identity:
    """Read a governance key, or make one where there is none yet.

    Raises:
        ConfigError: as `open_governance`.
    """
    if not path.exists():
        write_secret(path, Identity.generate().to_bytes())
    return open_governance(path)


def network_card(config: CoordinatorConfig, secrets: Secrets) -> NetworkCard:
    """What every institution is told when it enrols."""
    host = config.listen.public_host
    return NetworkCard(
        network=config.network.slug,
        authority_pem=secrets.authority.certificate_pem,
        coordinator_key=secrets.identity.public,
        governance_keys=secrets.governance,
        governance_quorum=quorum_of(config, secrets.governance),
        control_address=f"{host}:{config.listen.control_port}",
        fleet_address=f"{host}:{config.listen.fleet_port}",
    )


def invite(config: CoordinatorConfig, books: Books, institution: str) -> str:
    """Make a one-time invitation and return the line to hand to the institution."""
    secrets = open_secrets(config)
    code = format_code(system_entropy(ENTROPY_BYTES))
    books.invitations.invite(
        Invitation(
            institution=InstitutionId(institution),
            code_hash=hash_code(code),
            expires_at=utc_now() + CODE_LIFETIME,
        )
    )
    return invitation_text(
        host=config.listen.public_host,
        port=config.listen.enrolment_port,
        code=code,
        fingerprint=fingerprint(secrets.server.certificate_pem),
    )


@dataclass(slots=True, kw_only=True)
class AdmittingBook:
    """The invitation book, which also tells the fleet port of each newly admitted key."""

    book: DatabaseInvitations
    register: Callable[[str, bytes], None]

    def invitations(self) -> list[Invitation]:
        """Every invitation."""
        return list(self.book.invitations())

    def spend(self, spent: Invitation, request: EnrolRequest) -> bool:
        """Admit in the database, then at the fleet port."""
        admitted = self.book.spend(spent, request)
        if admitted:
            self.register(spent.institution, request.transport_key_pem.encode())
        return admitted
