"""Enrolment over gRPC: implements `enrolment.EnrolmentTransport`."""

import json
import ssl
from collections.abc import Callable

import grpc
from cryptography import x509

from foyer_node.adapters.control_client import proxy_options
from foyer_node.enrolment import Enrolled, EnrolmentKeys, Invitation, PublicFacts
from foyer_protocol import control_pb2 as wire
from foyer_protocol.control_pb2_grpc import EnrolmentStub
from foyer_protocol.errors import (
    EnrolmentRefused,
    FoyerError,
    RemoteProtocolError,
    VersionMismatch,
)
from foyer_protocol.version import PROTOCOL_VERSION

TIMEOUT_SECONDS = 20.0
"""For each of the two connections; a person is waiting."""

RETRY_WHEN_CROWDED = json.dumps(
    {
        "methodConfig": [
            {
                "name": [{"service": "foyer.control.v1.Enrolment"}],
                "retryPolicy": {
                    "maxAttempts": 5,
                    "initialBackoff": "0.5s",
                    "maxBackoff": "4s",
                    "backoffMultiplier": 2,
                    "retryableStatusCodes": ["RESOURCE_EXHAUSTED"],
                },
            }
        ]
    }
)
"""The enrolment port serves a few applicants at a time; the others come again by themselves."""

CODE_WITHHELD = "(the code is not kept)"
"""Stands for the code in what `on_sent` is shown."""

LONGEST_DETAILS = 600
"""Characters of a refusal that are shown: the server's words, cut to a paragraph."""

_REFUSALS: dict[str, type[FoyerError]] = {
    kind.code: kind for kind in (EnrolmentRefused, VersionMismatch, RemoteProtocolError)
}


class GrpcEnrolment:
    """One certificate looked at, then one call over a connection pinned to it."""

    def __init__(
        self,
        timeout_seconds: float = TIMEOUT_SECONDS,
        on_sent: Callable[[bytes], object] = lambda raw: None,
    ) -> None:
        """`on_sent` is shown the request just before it leaves, with `CODE_WITHHELD` for the code.

        A code that was not spent, because the request never arrived, would else be there
        to be read for as long as what left the building is kept.
        """
        self._timeout = timeout_seconds
        self._on_sent = on_sent

    def certificate(self, host: str, port: int) -> bytes:
        """Return the certificate (DER) that whoever answers there shows; nothing is checked.

        Raises:
            EnrolmentRefused: nobody answers there, or not with TLS.
        """
        try:
            pem = ssl.get_server_certificate((host, port), timeout=self._timeout)
        except OSError as error:
            raise EnrolmentRefused(
                f"no server with a certificate answers at {host}:{port}; the code was not sent",
                hint="Check that this machine may open outbound connections to that port.",
            ) from error
        return ssl.PEM_cert_to_DER_cert(pem)

    def redeem(
        self,
        invitation: Invitation,
        certificate: bytes,
        keys: EnrolmentKeys,
        facts: PublicFacts,
    ) -> Enrolled:
        """Send the code over a connection that accepts `certificate` (DER) and no other.

        Raises:
            EnrolmentRefused: the network refused the code, or cannot be reached.
            VersionMismatch: the network speaks another version.
            RemoteProtocolError: the network found a key unfit.
        """
        credentials = grpc.ssl_channel_credentials(ssl.DER_cert_to_PEM_cert(certificate).encode())
        request = _request(invitation, keys, facts)
        shown = wire.EnrolRequest.FromString(request.SerializeToString())
        shown.code = CODE_WITHHELD
        self._on_sent(shown.SerializeToString())
        target = _target(invitation)
        options: list[tuple[str, str | int]] = [
            ("grpc.ssl_target_name_override", _name_in(certificate)),
            ("grpc.service_config", RETRY_WHEN_CROWDED),
            *proxy_options(target),
        ]
        with grpc.secure_channel(target, credentials, options) as channel:
            try:
                reply = EnrolmentStub(channel).Enrol(request, timeout=self._timeout)
            except grpc.RpcError as error:
                raise _refusal(error, invitation) from None
        return Enrolled(
            institution=reply.institution,
            network=reply.network,
            certificate_pem=reply.certificate_pem,
            authority_pem=reply.authority_pem,
            coordinator_key=reply.coordinator_key,
            governance_keys=tuple(reply.governance_keys),
            governance_quorum=reply.governance_quorum,
            control_address=reply.control_address,
            fleet_address=reply.fleet_address,
        )


def _target(invitation: Invitation) -> str:
    host = f"[{invitation.host}]" if ":" in invitation.host else invitation.host
    return f"{host}:{invitation.port}"


def _name_in(certificate: bytes) -> str:
    """A name for gRPC to find in the certificate.

    The certificate is known bit by bit, so its names prove nothing more; a coordinator
    reached under a name that it was not configured with can then still enrol nodes.
    """
    try:
        extensions = x509.load_der_x509_certificate(certificate).extensions
        names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return names.get_values_for_type(x509.DNSName)[0]
    except (ValueError, LookupError, x509.ExtensionNotFound):
        raise RemoteProtocolError(
            "the server's certificate names no host; the code was not sent",
            hint="The network's operator makes a new one by restarting the coordinator.",
        ) from None


def _request(invitation: Invitation, keys: EnrolmentKeys, facts: PublicFacts) -> wire.EnrolRequest:
    return wire.EnrolRequest(
        code=invitation.code,
        protocol_version=PROTOCOL_VERSION,
        signing_key=keys.signing_key,
        transport_key_pem=keys.transport_key_pem,
        helper_key=keys.helper_key,
        helper_key_signature=keys.helper_key_signature,
        certificate_request_pem=keys.certificate_request_pem,
        facts=wire.PublicFacts(
            name=facts.name, country=facts.country, kind=facts.kind, size_band=facts.size_band
        ),
    )


def _refusal(error: grpc.RpcError, invitation: Invitation) -> FoyerError:
    """Say again, as our own error, what the network said."""
    code, message, hint = (*(error.details() or "")[:LONGEST_DETAILS].split("\n", 2), "", "")[:3]
    kind = _REFUSALS.get(code)
    if kind is not None:
        return kind(message or "the network refused the request; nothing was enrolled", hint=hint)
    return EnrolmentRefused(
        f"the call to {_target(invitation)} ended with {error.code().name}; whether the code was"
        " spent is not known",
        hint="Try the same invitation again: the same keys may ask more than once.",
    )
