"""Where the authority and the server's certificate are kept: two files, key and all.

Each file is readable by its owner only and appears whole or not at all.
"""

import os
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from foyer_coordinator.adapters.certificates import (
    Authority,
    TlsIdentity,
    authority_name,
    create_authority,
    host_names,
    key_pem_of,
)
from foyer_protocol.errors import ConfigError

RENEW_WITHIN = timedelta(days=30)
"""A server certificate with less than this left is made anew at start."""


def open_authority(folder: Path, network: str, now: datetime) -> Authority:
    """Read the authority kept in `folder`, or make one and keep it there.

    Raises:
        ConfigError: what is in the folder cannot be read, or is of another network.
    """
    path = folder / "authority.pem"
    if not path.exists():
        made = create_authority(network, now)
        write_secret(path, key_pem_of(made.key) + made.certificate_pem.encode())
        return made
    certificate, key = _read(path)
    if certificate.subject != authority_name(network):
        raise ConfigError(
            f"{path.name} belongs to {certificate.subject.rfc4514_string()} and the configured"
            f" network is {network}; nothing was signed",
            hint="Set `network` back, or give the new network a folder of its own.",
        )
    return Authority(network=network, certificate=certificate, key=key)


def open_server_identity(
    folder: Path, authority: Authority, hosts: tuple[str, ...], now: datetime
) -> TlsIdentity:
    """Read the server's certificate and key, or make them anew if they no longer fit.

    They fit while the authority is the same, `hosts` are the same and more than
    `RENEW_WITHIN` is left. Invitations that were given out for an older certificate
    stop working, since they carry its fingerprint.
    """
    path = folder / "server.pem"
    if path.exists():
        certificate, key = _read(path)
        if _still_fits(certificate, authority, hosts, now):
            pem = certificate.public_bytes(Encoding.PEM)
            return TlsIdentity(certificate_pem=pem, key_pem=key_pem_of(key))
    made = authority.issue_server(hosts, now)
    write_secret(path, made.key_pem + made.certificate_pem)
    return made


def write_secret(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read (0600), whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # mkstemp makes the file 0600 before there is anything in it.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _still_fits(
    certificate: x509.Certificate, authority: Authority, hosts: tuple[str, ...], now: datetime
) -> bool:
    try:
        certificate.verify_directly_issued_by(authority.certificate)
    except (ValueError, InvalidSignature):
        return False
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return list(names) == host_names(hosts) and certificate.not_valid_after_utc - now > RENEW_WITHIN


def _read(path: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    content = path.read_bytes()
    try:
        certificate = x509.load_pem_x509_certificate(content)
        key = load_pem_private_key(content, password=None)
        if isinstance(key, ec.EllipticCurvePrivateKey) and certificate.public_key() == (
            key.public_key()
        ):
            return certificate, key
    except ValueError:
        pass
    raise ConfigError(
        f"{path.name} does not hold a certificate and its EC key; nothing was started",
        hint="Restore it from the backup. A lost server.pem may be deleted and is made anew; a"
        " lost authority.pem means that every institution enrols again.",
    )
