"""Joining a network with an invitation, and what is checked on both sides of it.

An invitation is one line: `foyer1:<host>:<port>:<code>:<fingerprint>`. The fingerprint
is the only thing that ties the server we reach to the person who invited us, so it is
compared *before* the code is sent, and the connection that carries the code accepts that
one certificate and no other. The private halves of all keys stay here.
"""

import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from foyer_protocol.errors import ConfigError, EnrolmentRefused, RemoteProtocolError
from foyer_protocol.ids import HEX64, is_slug

_INVITATION = re.compile(
    r"foyer1:(?:\[(?P<v6>[0-9a-fA-F:.]+)\]|(?P<host>[A-Za-z0-9.-]+)):(?P<port>[0-9]{1,5})"
    r":(?P<code>[0-9A-Za-z-]+):(?P<fingerprint>[0-9a-f]{32})"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """An invitation, taken apart. The code is a secret until it is spent."""

    host: str
    port: int
    code: str = field(repr=False)
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentKeys:
    """The public halves that the network is told, and the request for a certificate.

    `signing_key`: Ed25519, hexadecimal. `transport_key_pem`: EC P-384, for Flower.
    `helper_key` and its signature by the signing key, as the protocol writes them.
    `certificate_request_pem`: from `request_certificate`.
    """

    signing_key: str = field(repr=False)
    transport_key_pem: str = field(repr=False)
    helper_key: bytes = field(repr=False)
    helper_key_signature: bytes = field(repr=False)
    certificate_request_pem: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicFacts:
    """What anyone can read on the institution's own door. Empty means not told."""

    name: str = ""
    country: str = ""
    kind: str = ""
    size_band: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """What the network answered. `certificate_pem` is ours; all the rest is the same for all."""

    institution: str
    network: str
    certificate_pem: str = field(repr=False)
    authority_pem: str = field(repr=False)
    coordinator_key: str = field(repr=False)
    governance_keys: tuple[str, ...] = field(repr=False)
    governance_quorum: int
    control_address: str
    fleet_address: str


class EnrolmentTransport(Protocol):
    """How an enrolment travels."""

    def certificate(self, host: str, port: int) -> bytes:
        """Return the certificate (DER) that whoever answers there shows; nothing is checked."""
        ...

    def redeem(
        self,
        invitation: Invitation,
        certificate: bytes,
        keys: EnrolmentKeys,
        facts: PublicFacts,
    ) -> Enrolled:
        """Send the code over a connection that accepts `certificate` (DER) and no other.

        Raises:
            EnrolmentRefused: the network refused the code.
        """
        ...


def read_invitation(text: str) -> Invitation:
    """Take an invitation apart; the spaces and line ends of an e-mail do not matter.

    >>> read_invitation("foyer1:[::1]:7001:AAAA-BBBB:" + "0" * 32).host
    '::1'

    Raises:
        ConfigError: the text is not an invitation. It is not repeated, since it holds a code.
    """
    found = _INVITATION.fullmatch("".join(text.split()))
    if found is None or not 0 < int(found["port"]) < 65_536:
        raise ConfigError(
            "this is not an invitation, which has five parts:"
            " foyer1:<host>:<port>:<code>:<fingerprint>; nothing was sent",
            hint="Copy the whole line that the network's operator gave you.",
        )
    return Invitation(
        host=found["v6"] or found["host"],
        port=int(found["port"]),
        code=found["code"],
        fingerprint=found["fingerprint"],
    )


def enrol(
    invitation: str, keys: EnrolmentKeys, facts: PublicFacts, transport: EnrolmentTransport
) -> Enrolled:
    """Join the network that invites us. May be repeated with the same keys.

    Raises:
        ConfigError: the invitation cannot be read.
        EnrolmentRefused: another server answers, or the network refuses the code.
        RemoteProtocolError: the answer does not hold together; keep nothing of it.
    """
    told = read_invitation(invitation)
    certificate = transport.certificate(told.host, told.port)
    shown = fingerprint(certificate)
    if not hmac.compare_digest(shown, told.fingerprint):
        raise EnrolmentRefused(
            f"the invitation names the server {told.fingerprint} and {told.host}:{told.port} is"
            f" {shown}; the code was not sent",
            hint="Read both to the network's operator. A network that inspects encrypted traffic"
            " shows its own certificate: enrol from outside it.",
        )
    answer = transport.redeem(told, certificate, keys, facts)
    for fault in _faults(answer, certificate, keys):
        raise RemoteProtocolError(
            f"the network's answer does not hold together: {fault}; nothing was kept",
            hint="Tell the network's operator. The same invitation may be tried again.",
        )
    return answer


def fingerprint(certificate: bytes) -> str:
    """Return what an invitation says of a certificate (DER): 128 bits of its SHA-256."""
    return hashlib.sha256(certificate).digest()[:16].hex()


def make_certificate_key() -> bytes:
    """Make a key for our own client certificate: EC P-256, PEM, unencrypted."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def request_certificate(key_pem: bytes) -> str:
    """Return a request (PKCS#10, PEM) for a key. It names nobody: the network does.

    Raises:
        ConfigError: it is not an EC private key.
    """
    key = load_pem_private_key(key_pem, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ConfigError("the certificate's key is not an EC key; nothing was sent")
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "applicant")])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject)
    return request.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def _faults(answer: Enrolled, server_certificate: bytes, keys: EnrolmentKeys) -> Iterator[str]:
    """Yield what is wrong with an answer. The server is the right one, but may be mistaken."""
    if not (is_slug(answer.institution) and is_slug(answer.network)):
        yield "it names no institution or no network"
    for key in (answer.coordinator_key, *answer.governance_keys):
        if not re.fullmatch(HEX64, key):
            yield "a key is not 64 hexadecimal digits"
    if not answer.governance_keys:
        yield "it names no governance key"
    elif not 1 <= answer.governance_quorum <= len(set(answer.governance_keys)):
        yield "its quorum cannot be met by its governance keys"
    for address in (answer.control_address, answer.fleet_address):
        if not re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):[0-9]{1,5}", address):
            yield "an address is not host:port"
    yield from _certificate_faults(answer, server_certificate, keys)


def _certificate_faults(
    answer: Enrolled, server_certificate: bytes, keys: EnrolmentKeys
) -> Iterator[str]:
    try:
        authority = x509.load_pem_x509_certificate(answer.authority_pem.encode())
        ours = x509.load_pem_x509_certificate(answer.certificate_pem.encode())
        ours.verify_directly_issued_by(authority)
        server = x509.load_der_x509_certificate(server_certificate)
        server.verify_directly_issued_by(authority)
        names = ours.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        yield "its authority did not sign both our certificate and the server's"
        return
    wanted = f"foyer:{answer.network}:{answer.institution}"
    if names.get_values_for_type(x509.UniformResourceIdentifier) != [wanted]:
        yield f"our certificate does not name {wanted}"
    request = x509.load_pem_x509_csr(keys.certificate_request_pem.encode())
    if _spki(ours) != _spki(request):
        yield "our certificate is for a key that is not ours"


def _spki(holder: x509.Certificate | x509.CertificateSigningRequest) -> bytes:
    return holder.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
