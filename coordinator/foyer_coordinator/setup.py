"""What the operator's commands do. Each opens the database, does one thing and closes it."""

import time
from datetime import UTC, datetime
from pathlib import Path

from foyer_coordinator.adapters.certificate_files import write_secret
from foyer_coordinator.app import (
    GOVERNANCE_NAME,
    invite,
    make_governance,
    now,
    open_books,
    open_secrets,
)
from foyer_coordinator.config import CONFIG_NAME, Network, read_config, render_config
from foyer_coordinator.portal.sign_in import SignIn
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.crypto.identity import fingerprint
from foyer_protocol.crypto.randomness import system_entropy
from foyer_protocol.errors import ConfigError, LocalProtocolError, RoundAborted
from foyer_protocol.ids import is_slug
from foyer_protocol.messages.release import Release, Status
from foyer_protocol.rounds.phases import Phase

LOOK_SECONDS = 0.2


def make_coordinator(
    folder: Path, network: str, governance_key: Path, title: str, currency: str
) -> str:
    """Make folder, settings and database, keeping whatever is there. Returns a line to print.

    Raises:
        ConfigError: the network's name cannot be one.
    """
    if not is_slug(network):
        raise ConfigError(f"{network!r} cannot name a network; nothing was made")
    path = folder / CONFIG_NAME
    if not path.exists():
        text = render_config(Network(slug=network, title=title, currency=currency))
        write_secret(path, text.encode())
    config = read_config(folder)
    governance = make_governance(governance_key)
    keys = config.path(GOVERNANCE_NAME)
    known = keys.read_text(encoding="ascii").split() if keys.exists() else []
    if governance.public not in known:
        write_secret(keys, "".join(f"{key}\n" for key in [*known, governance.public]).encode())
    secrets = open_secrets(config)
    with open_books(config):
        return (
            f"network {network} in {folder}\n"
            f"  coordinator  {fingerprint(secrets.identity.public)}\n"
            f"  governance   {fingerprint(governance.public)}"
        )


def make_invitations(folder: Path, institutions: list[str]) -> list[str]:
    """One line for each institution.

    Raises:
        ConfigError: a name cannot be one; no invitation was made.
    """
    wrong = [name for name in institutions if not is_slug(name)]
    if wrong:
        raise ConfigError(
            f"{', '.join(wrong)} cannot name an institution; no invitation was made",
            hint="Use lower case, digits and hyphens.",
        )
    config = read_config(folder)
    with open_books(config) as books:
        return [invite(config, books, name) for name in institutions]


def list_nodes(folder: Path) -> tuple[object, str]:
    """Institutions, for machines and for people."""
    with open_books(read_config(folder)) as books:
        known, signed = books.members.institutions(), books.members.roster()
    named = {one.institution: one.helper_key for one in signed.roster.members} if signed else {}
    waiting = {one.slug for one in known if named.get(one.slug, one.helper_key) != one.helper_key}
    records = [
        {
            "institution": one.slug,
            "name": one.name,
            "country": one.country,
            "type": one.type,
            "enrolled_at": one.enrolled_at,
            "last_seen_at": one.last_seen_at,
            "data_until": one.data_until,
            "suspended": one.suspended,
            "helper_key_waits": one.slug in waiting,
        }
        for one in known
    ]
    lines = [
        f"{one.slug:28s} {_moment(one.last_seen_at):20s} data to {one.data_until or 'unknown'}"
        + ("  suspended" if one.suspended else "")
        + ("  new helper key: draw up a roster" if one.slug in waiting else "")
        for one in known
    ]
    return records, "\n".join(lines) or "no institution has enrolled yet"


def _moment(at: int | None) -> str:
    return f"{datetime.fromtimestamp(at, tz=UTC):%Y-%m-%d %H:%M:%S}" if at else "never seen"


def make_link(folder: Path, reader: str) -> str:
    """A one-time link to the portal."""
    config = read_config(folder)
    with open_books(config) as books:
        sign_in = SignIn(
            book=books.sign_in,
            clock=now,
            entropy=system_entropy,
            link_seconds=config.portal.link_seconds,
            session_seconds=config.portal.session_seconds,
        )
        token = sign_in.invite(reader)
    base = config.portal.public_url or f"http://{config.portal.host}:{config.portal.port}"
    return f"{base}/sign-in/{token}"


def withdraw(folder: Path, round_id: str) -> str:
    """Give up a round that was only proposed.

    Raises:
        ConfigError: there is no such round.
        LocalProtocolError: it runs or is over.
    """
    with open_books(read_config(folder)) as books:
        row = books.rounds.round(round_id)
        if row is None:
            raise ConfigError(f"no round is called {round_id!r}")
        if row.phase is not Phase.PLANNED:
            raise LocalProtocolError(f"round {round_id} is {row.phase}; it was not withdrawn")
        books.rounds.move_round(round_id, Phase.ABORTED, now(), "plan-withdrawn")
    return f"round {round_id} withdrawn"


def watch(folder: Path, round_id: str, seconds: int) -> tuple[object, str]:
    """Wait for a release.

    Raises:
        ConfigError: there is no such round.
        RoundAborted: it ended without one, or has not ended in time.
    """
    until = time.monotonic() + seconds
    with open_books(read_config(folder)) as books:
        while True:
            row = books.rounds.round(round_id)
            if row is None:
                raise ConfigError(f"no round is called {round_id!r}")
            if row.phase is Phase.ABORTED:
                raise RoundAborted(f"round {round_id} was aborted: {row.reason}")
            release = books.rounds.release(round_id)
            if row.phase is Phase.RELEASED and release is not None:
                return release.model_dump(mode="json"), describe(release)
            if time.monotonic() > until:
                raise RoundAborted(f"round {round_id} is still {row.phase} after {seconds} s")
            time.sleep(LOOK_SECONDS)


def describe(release: Release) -> str:
    """A release in lines."""
    lines = [
        f"round {release.round_id}: released, {release.participants} institutions,"
        f" epsilon {release.epsilon}"
    ]
    for figure in release.figures:
        title = CATALOGUE[figure.key].title if figure.key in CATALOGUE else figure.key
        if figure.status is not Status.SHOWN:
            lines.append(f"  {title}: withheld ({figure.reason})")
        elif figure.cells:
            lines.append(f"  {title}: {len(figure.cells)} cells")
        else:
            lines.append(f"  {title}: {figure.estimate} ({figure.low} to {figure.high})")
    return "\n".join(lines)
