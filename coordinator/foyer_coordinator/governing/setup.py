"""What the commands about members and rosters do. Each opens the database and closes it.

The coordinator draws rosters up and collects signatures; it signs none. Nodes count the
signatures again by themselves, with the keys and the quorum they pinned when they enrolled.
"""

from fractions import Fraction
from pathlib import Path

from foyer_coordinator.app import (
    Books,
    Secrets,
    open_books,
    open_governance,
    open_secrets,
    quorum_of,
)
from foyer_coordinator.config import CoordinatorConfig, read_config
from foyer_coordinator.rosters import Terms, draw_up
from foyer_protocol.errors import ConfigError, RemoteProtocolError
from foyer_protocol.messages.roster import Roster, SignedRoster, verify_roster
from foyer_protocol.messages.roster_draft import (
    RosterDraft,
    RosterSignature,
    collect_signatures,
    sign_draft,
)


def terms_from(
    *,
    period: str,
    minimum_cohort: int,
    cap: str,
    helpers: tuple[str, ...],
    profile: str = "",
    silent: int = 0,
) -> Terms:
    """What the options say.

    Raises:
        ConfigError: the budget is no fraction.
    """
    try:
        budget = Fraction(cap)
    except (ValueError, ZeroDivisionError):
        raise ConfigError(f"--cap {cap!r} is no fraction; no roster was made") from None
    return Terms(
        period=period,
        minimum_cohort=minimum_cohort,
        period_rho_cap=budget,
        helpers=helpers,
        profile=profile,
        silent=silent,
    )


def draw_roster(folder: Path, file: Path, terms: Terms) -> str:
    """Write the unsigned next roster to `file` for the signers. Returns lines to print.

    Raises:
        ConfigError: too few institutions, terms that cannot be met, or a place that cannot
            be written.
    """
    config = read_config(folder)
    secrets = open_secrets(config)
    with open_books(config) as books:
        draft = _draft(config, secrets, books, terms)
    _write(file, draft.to_json())
    keys = len(secrets.governance)
    return (
        f"{told(draft.roster)}\n"
        f"  written to {file}, unsigned; {quorum_of(config, secrets.governance)} of {keys} keys"
        " must sign it:\n"
        f"  foyer-governance roster sign {file.name} --key KEY --out SIGNATURE"
    )


def add_roster(folder: Path, file: Path, signatures: list[Path]) -> str:
    """Collect signatures over a drawn roster; from then on it is the network's.

    Raises:
        ConfigError: a file cannot be read.
        RemoteProtocolError: too few signatures, one that is of another roster or of a
            stranger, or a roster that does not follow the last one. Nothing was changed.
    """
    config = read_config(folder)
    secrets = open_secrets(config)
    draft = RosterDraft.from_json(_read(file))
    collected = tuple(RosterSignature.from_json(_read(path).strip()) for path in signatures)
    signed = collect_signatures(draft.roster, collected, frozenset(secrets.governance))
    with open_books(config) as books:
        keep_roster(config, secrets, books, signed)
    return f"{told(signed.roster)}, {len(signed.signatures)} signatures"


def sign_next_roster(
    folder: Path,
    governance_key: Path,
    *,
    period: str,
    minimum_cohort: int,
    cap: str,
    helpers: tuple[str, ...],
    profile: str = "",
    silent: int = 0,
) -> str:
    """Draw up and sign the next epoch with one key, where one is enough.

    Raises:
        ConfigError: too few institutions, no such profile, a key that is not
            governance's here, or a network where one signature is not enough.
    """
    config = read_config(folder)
    governance, secrets = open_governance(governance_key), open_secrets(config)
    if governance.public not in secrets.governance:
        raise ConfigError(
            f"{governance_key} is not a governance key of {config.network.slug};"
            " no roster was signed"
        )
    quorum = quorum_of(config, secrets.governance)
    if quorum > 1:
        raise ConfigError(
            f"rosters of {config.network.slug} need {quorum} signatures, and one key was given;"
            " no roster was signed",
            hint="`foyer-coordinator roster draw FILE` writes one for each signer to sign.",
        )
    terms = terms_from(
        period=period,
        minimum_cohort=minimum_cohort,
        cap=cap,
        helpers=helpers,
        profile=profile,
        silent=silent,
    )
    with open_books(config) as books:
        draft = _draft(config, secrets, books, terms)
        signature = sign_draft(draft, governance)
        signed = collect_signatures(draft.roster, (signature,), frozenset(secrets.governance))
        keep_roster(config, secrets, books, signed)
    return told(signed.roster)


def save_roster(folder: Path, file: Path) -> str:
    """Write the newest signed roster to `file`, for signers to compare the next one with.

    Raises:
        ConfigError: none was signed yet.
    """
    with open_books(read_config(folder)) as books:
        signed = books.members.roster()
    if signed is None:
        raise ConfigError("no roster was signed yet; nothing was written")
    _write(file, signed.to_bytes())
    return told(signed.roster)


def keep_roster(
    config: CoordinatorConfig, secrets: Secrets, books: Books, signed: SignedRoster
) -> None:
    """Hold a roster to what every node will ask of it, and keep it."""
    before = books.members.roster()
    roster = verify_roster(
        signed,
        network=config.network.slug,
        governance=frozenset(secrets.governance),
        quorum=quorum_of(config, secrets.governance),
        lowest_epoch=before.roster.epoch + 1 if before else 1,
    )
    if roster.coordinator_key != secrets.identity.public:
        raise RemoteProtocolError("the roster names another coordinator; nothing was changed")
    books.members.add_roster(signed)


def suspend_member(folder: Path, slug: str, *, suspended: bool) -> str:
    """Shut a member out, or let it in again.

    Raises:
        LocalProtocolError: it is not enrolled.
    """
    with open_books(read_config(folder)) as books:
        books.members.suspend(slug, suspended)
        signed = books.members.roster()
    if not suspended:
        return f"{slug} is reinstated: it may connect, and is on the next roster that is signed"
    return f"{slug} is suspended: its node is refused from now on\n{_still_in(slug, signed)}"


def remove_member(folder: Path, slug: str) -> str:
    """Forget a member; only a new invitation brings it back.

    Raises:
        LocalProtocolError: it is not enrolled.
    """
    with open_books(read_config(folder)) as books:
        books.members.remove(slug)
        signed = books.members.roster()
    return f"{slug} is removed: its node is refused from now on\n{_still_in(slug, signed)}"


def told(roster: Roster) -> str:
    """A roster in one line."""
    return (
        f"roster epoch {roster.epoch}: {len(roster.members)} institutions,"
        f" helpers {', '.join(roster.committee)} ({roster.silent} may be silent,"
        f" {roster.corrupt} corrupt), minimum cohort {roster.minimum_cohort}"
    )


def _still_in(slug: str, signed: SignedRoster | None) -> str:
    if signed is None or slug not in signed.roster.signing_keys:
        return "  no signed roster names it"
    helps = " and helps" if slug in signed.roster.committee else ""
    return (
        f"  roster epoch {signed.roster.epoch} still names it{helps}; sign the next one"
        " before the next round"
    )


def _draft(config: CoordinatorConfig, secrets: Secrets, books: Books, terms: Terms) -> RosterDraft:
    before, institutions = books.members.roster(), books.members.institutions()
    roster = draw_up(
        config.network.slug,
        secrets.identity.public,
        institutions,
        terms,
        epoch=before.roster.epoch + 1 if before else 1,
    )
    return RosterDraft(
        roster=roster, suspended=tuple(one.slug for one in institutions if one.suspended)
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as failure:
        raise ConfigError(f"{path} cannot be read: {failure.strerror}") from None


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as failure:
        raise ConfigError(f"{path} cannot be written: {failure.strerror}") from None
