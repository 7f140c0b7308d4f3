"""The network's own certificate authority.

One authority per network, EC P-256, that signs two kinds of certificate: the server's,
for host names, and one for each institution, for a name that *we* write. The name of
an institution is a URI, `foyer:<network>:<institution>`, so that a certificate of
another network, or one for a server, can never pass for an institution here.
"""

import hashlib
import ipaddress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from foyer_protocol.errors import ConfigError, EnrolmentRefused, RemoteProtocolError
from foyer_protocol.ids import InstitutionId, is_slug

AUTHORITY_LIFETIME = timedelta(days=3653)
"""Ten years: replacing it means that every institution enrols again."""

SERVER_LIFETIME = timedelta(days=398)
"""Thirteen months, as browsers ask of public ones: renewed by a restart, at no cost, since
after enrolment nodes trust the authority and not this certificate."""

CLIENT_LIFETIME = timedelta(days=761)
"""Two years and a month: a museum renews once in two seasons, not in the middle of one."""

NODE_CURVES = ("secp256r1", "secp384r1")
"""P-384 too, so that a node may use one key for TLS and for Flower's signatures."""

BACKDATE = timedelta(hours=1)
"""Certificates start this long ago, because the clocks of institutions are not ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsIdentity:
    """A certificate with its private key, both PEM."""

    certificate_pem: bytes = field(repr=False)
    key_pem: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """The certificate authority of `network`; implements `enrolment.Issuer`."""

    network: str
    certificate: x509.Certificate = field(repr=False)
    key: ec.EllipticCurvePrivateKey = field(repr=False)

    @property
    def certificate_pem(self) -> str:
        """The public half, which every institution pins."""
        return self.certificate.public_bytes(Encoding.PEM).decode()

    def key_of(self, request_pem: str) -> bytes:
        """Return the public key (DER) of a certificate request that its own key signed.

        Raises:
            RemoteProtocolError: it is not a request, or its key or signature is unfit.
        """
        key = _request(request_pem).public_key()
        return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def issue(self, request_pem: str, institution: InstitutionId, now: datetime) -> str:
        """Return a client certificate (PEM). Subject and extensions of the request are ignored."""
        name = f"foyer:{self.network}:{institution}"
        builder = (
            _builder(
                _name("institution", institution), self.certificate.subject, now, CLIENT_LIFETIME
            )
            .public_key(_request(request_pem).public_key())
            .add_extension(
                x509.SubjectAlternativeName([x509.UniformResourceIdentifier(name)]), critical=False
            )
        )
        return self._sign_leaf(builder, ExtendedKeyUsageOID.CLIENT_AUTH).decode()

    def issue_server(self, hosts: tuple[str, ...], now: datetime) -> TlsIdentity:
        """Return a server certificate for `hosts` (names or addresses) and for localhost."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = (
            _builder(
                _name("coordinator", self.network), self.certificate.subject, now, SERVER_LIFETIME
            )
            .public_key(key.public_key())
            .add_extension(x509.SubjectAlternativeName(host_names(hosts)), critical=False)
        )
        certificate = self._sign_leaf(builder, ExtendedKeyUsageOID.SERVER_AUTH)
        return TlsIdentity(certificate_pem=certificate, key_pem=key_pem_of(key))

    def _sign_leaf(self, builder: x509.CertificateBuilder, usage: x509.ObjectIdentifier) -> bytes:
        own = self.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
        issuer = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own.value)
        signed = (
            builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
            .add_extension(issuer, critical=False)
            .sign(self.key, hashes.SHA256())
        )
        return signed.public_bytes(Encoding.PEM)


def create_authority(network: str, now: datetime) -> Authority:
    """Make a new authority, in memory only."""
    if not is_slug(network):
        raise ConfigError(
            f"network {network!r} is not lower-case letters, digits and hyphens; no key was made"
        )
    key = ec.generate_private_key(ec.SECP256R1())
    name = authority_name(network)
    certificate = (
        _builder(name, name, now, AUTHORITY_LIFETIME)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Authority(network=network, certificate=certificate, key=key)


def fingerprint(certificate_pem: bytes) -> str:
    """Return what an invitation says of a certificate: 128 bits of SHA-256, hexadecimal.

    Enough because an attacker needs a second preimage; a collision gives nothing.
    """
    der = x509.load_pem_x509_certificate(certificate_pem).public_bytes(Encoding.DER)
    return hashlib.sha256(der).digest()[:16].hex()


def institution_of(certificate_pem: bytes, network: str) -> InstitutionId:
    """Return whose client certificate this is. TLS has checked who signed it.

    Raises:
        EnrolmentRefused: the certificate names no institution of `network`.
    """
    certificate = x509.load_pem_x509_certificate(certificate_pem)
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        uris = names.get_values_for_type(x509.UniformResourceIdentifier)
    except x509.ExtensionNotFound:
        uris = []
    kind, _, rest = (uris[0] if len(uris) == 1 else "").partition(":")
    found, _, institution = rest.partition(":")
    if (kind, found) != ("foyer", network) or not is_slug(institution):
        raise EnrolmentRefused(
            f"the certificate shown names no institution of the network {network};"
            " the connection was refused",
            hint="Enrol with an invitation of this network.",
        )
    return InstitutionId(institution)


def authority_name(network: str) -> x509.Name:
    """Return the subject of the authority of `network`."""
    return _name("authority", network)


def host_names(hosts: tuple[str, ...]) -> list[x509.GeneralName]:
    """Names for a certificate. `localhost` is always the first, so that it can be relied on."""
    names: list[x509.GeneralName] = [x509.DNSName("localhost")]
    for host in dict.fromkeys(hosts):
        try:
            names.append(x509.IPAddress(ipaddress.ip_address(host)))
        except ValueError:
            if host != "localhost":
                names.append(x509.DNSName(host))
    return names


def key_pem_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return a private key as it is kept on disk."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _request(request_pem: str) -> x509.CertificateSigningRequest:
    try:
        request = x509.load_pem_x509_csr(request_pem.encode())
        key = request.public_key()
        fit = isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in NODE_CURVES
        if fit and request.is_signature_valid:
            return request
    except (ValueError, UnsupportedAlgorithm, InvalidSignature):
        pass
    raise RemoteProtocolError(
        "the certificate request is not a PKCS#10 request for an EC P-256 or P-384 key, signed"
        " by that key; no certificate was made",
        hint="Enrol with the node's own command, which makes the request.",
    )


def _name(role: str, slug: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, f"Foyer {role}"),
            x509.NameAttribute(NameOID.COMMON_NAME, slug),
        ]
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, now: datetime, lifetime: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATE)
        .not_valid_after(now + lifetime)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
