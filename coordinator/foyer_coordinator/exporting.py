"""Writes the bundle of a released round, for `foyer verify`."""

from pathlib import Path

from foyer_coordinator.adapters.certificate_files import write_secret
from foyer_coordinator.app import open_books, open_secrets
from foyer_coordinator.config import read_config
from foyer_protocol.crypto.identity import fingerprint
from foyer_protocol.errors import ConfigError
from foyer_protocol.rounds.transcript import make_bundle, withholds


def export_round(folder: Path, round_id: str, file: Path, *, is_open: bool) -> str:
    """Write the bundle of `round_id` to `file`. Returns lines to print.

    A release that withholds nothing is exported open in any case.

    Raises:
        ConfigError: there is no such release, or the file is there already.
    """
    config = read_config(folder)
    if file.exists():
        raise ConfigError(f"{file} exists; nothing was exported over it")
    secrets = open_secrets(config)
    with open_books(config) as books:
        release = books.rounds.release(round_id)
        sums = books.rounds.sums_of(round_id)
        rosters = books.members.rosters()
    if release is None or len(sums) != 2:
        raise ConfigError(
            f"round {round_id!r} has no release; nothing was exported",
            hint="`foyer-coordinator round watch` says where it stands.",
        )
    is_open = is_open or not withholds(release)
    bundle = make_bundle(rosters, sums[0], sums[1], release, secrets.identity, is_open=is_open)
    raw = bundle.to_bytes()
    write_secret(file, raw)
    keys = " ".join(f"--governance {key}" for key in secrets.governance)
    return (
        f"round {round_id}: {'open' if is_open else 'closed'} bundle of {len(raw):,} bytes"
        f" in {file}\n"
        f"  release      {release.digest[:16]}\n"
        f"  coordinator  {fingerprint(secrets.identity.public)}\n"
        f"  check it with `foyer verify {file} {keys}`"
    )
