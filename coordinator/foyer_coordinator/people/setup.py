"""What the operator's commands about people do. Each opens the database and closes it."""

from datetime import UTC, datetime
from pathlib import Path

from foyer_coordinator.app import Books, now, open_books
from foyer_coordinator.config import CoordinatorConfig, read_config
from foyer_coordinator.portal.audit import verify_chain
from foyer_coordinator.portal.people import People
from foyer_coordinator.portal.roles import Role
from foyer_protocol.crypto.randomness import system_entropy
from foyer_protocol.errors import ConfigError


def portal_address(config: CoordinatorConfig) -> str:
    """Where members reach the portal, without a slash."""
    return config.portal.public_url or f"http://{config.portal.host}:{config.portal.port}"


def people_of(books: Books) -> People:
    """Invites, lists and shuts out, over these books."""
    return People(book=books.people, clock=now, entropy=system_entropy)


def invite_person(folder: Path, login: str, role: Role, institution: str, name: str) -> str:
    """Keep an invitation and return its link, to hand to the person.

    Raises:
        ConfigError: the institution is not enrolled, or as `People.invite`.
    """
    config = read_config(folder)
    with open_books(config) as books:
        if institution and books.members.institution(institution) is None:
            raise ConfigError(
                f"{institution!r} is not enrolled; nobody was invited",
                hint="`foyer-coordinator nodes` lists the members.",
            )
        token = people_of(books).invite(login, role, institution=institution, name=name)
    return f"{portal_address(config)}/invitation/{token}"


def list_people(folder: Path) -> tuple[object, str]:
    """Everybody, for machines and for people."""
    with open_books(read_config(folder)) as books:
        known = [(one, books.people.ways(one.person_id)) for one in books.people.people()]
    records = [
        {
            "person": one.person_id,
            "login": one.login,
            "name": one.name,
            "role": one.role.value,
            "institution": one.institution or None,
            "disabled": one.disabled_at is not None,
            "password": ways.has_password,
            "passkeys": len(ways.passkeys),
            "providers": list(ways.issuers),
        }
        for one, ways in known
    ]
    lines = [
        f"{one.login:36s} {one.role:14s} {one.institution or 'network':28s}"
        + ("  disabled" if one.disabled_at is not None else "")
        for one, _ in known
    ]
    return records, "\n".join(lines) or "nobody has an account yet"


def disable_person(folder: Path, login: str) -> str:
    """Shut an account.

    Raises:
        ConfigError: no open account has this name.
    """
    with open_books(read_config(folder)) as books:
        ended = people_of(books).disable(login)
    return f"{login} is shut out; sessions ended: {ended}"


def read_audit(folder: Path, last: int) -> tuple[object, str]:
    """The audit log after its chain was checked, for machines and for people.

    Raises:
        StorageError: the chain is broken.
    """
    with open_books(read_config(folder)) as books:
        entries = books.audit.entries()
        names = {one.person_id: one.login for one in books.people.people()}
    head = verify_chain(entries)
    shown = entries[-last:] if last else entries
    lines = [
        f"{datetime.fromtimestamp(one.at, tz=UTC):%Y-%m-%d %H:%M:%S}"
        f"  {names.get(one.actor, one.actor):24s} {one.act:24s}"
        f" {names.get(one.subject, one.subject)}" + (f" ({one.detail})" if one.detail else "")
        for one in shown
    ]
    records = {"head": head, "entries": [one.model_dump(mode="json") for one in shown]}
    return records, "\n".join([*lines, f"{len(entries)} entries, chain verified, head {head}"])
