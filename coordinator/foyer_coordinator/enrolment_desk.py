"""The desk where codes are redeemed: the rules of `enrolment`, a book and a signer.

The order matters and is this: look, refuse, sign, spend. A request that is unfit in any
way leaves the code unspent; two that come at once are told apart by the book.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from foyer_coordinator.enrolment import (
    EnrolGrant,
    EnrolRequest,
    Invitation,
    NetworkCard,
    digest_keys,
    find,
    is_repeat,
)
from foyer_protocol.errors import LocalProtocolError, VersionMismatch
from foyer_protocol.ids import InstitutionId
from foyer_protocol.version import PROTOCOL_VERSION


class InvitationBook(Protocol):
    """Where invitations are kept."""

    def invitations(self) -> Iterable[Invitation]:
        """Return every invitation, spent or not; expired ones may have been cleared away."""
        ...

    def spend(self, spent: Invitation, request: EnrolRequest) -> bool:
        """In one transaction: mark the invitation spent and admit the applicant's keys.

        Returns False, and changes nothing, if the row with `spent.code_hash` was spent
        by then: two applicants may come at once.
        """
        ...


class Issuer(Protocol):
    """Who signs client certificates."""

    def key_of(self, request_pem: str) -> bytes:
        """Return the public key (DER) of a certificate request that its own key signed.

        Raises:
            RemoteProtocolError: it is not a request, or its key or signature is unfit.
        """
        ...

    def issue(self, request_pem: str, institution: InstitutionId, now: datetime) -> str:
        """Return a client certificate (PEM) for the request's key and our name for it."""
        ...


class EnrolmentDesk(Protocol):
    """What the enrolment server needs: somebody who redeems codes."""

    def redeem(self, request: EnrolRequest, now: datetime) -> EnrolGrant:
        """Spend the request's code, or repeat the answer to whoever spent it."""
        ...


class Desk:
    """Redeems codes against a book; implements `EnrolmentDesk`."""

    def __init__(
        self,
        *,
        book: InvitationBook,
        issuer: Issuer,
        card: NetworkCard,
        vouch: Callable[[EnrolRequest], None],
    ) -> None:
        """`vouch` raises a `ProtocolError` unless the helper key carries its own signature."""
        self._book = book
        self._issuer = issuer
        self._card = card
        self._vouch = vouch

    def redeem(self, request: EnrolRequest, now: datetime) -> EnrolGrant:
        """Spend the request's code, or repeat the answer to whoever spent it.

        Raises:
            VersionMismatch: the node speaks another version; the code stays unspent.
            RemoteProtocolError: a key in the request is unfit; the code stays unspent.
            EnrolmentRefused: the code is wrong, expired or used by other keys.
        """
        if request.protocol_version != PROTOCOL_VERSION:
            raise VersionMismatch(
                f"the node speaks protocol {request.protocol_version} and this network"
                f" {PROTOCOL_VERSION}; the code was not used",
                hint="Install the version that the network's operator names, then enrol again.",
            )
        invitation = find(request.code, self._book.invitations())
        keys_digest = digest_keys(request, self._issuer.key_of(request.certificate_request_pem))
        if not is_repeat(invitation, keys_digest, now):
            self._vouch(request)
            invitation = self._spend(invitation, keys_digest, request, now)
        if invitation.certificate_pem is None:
            raise LocalProtocolError("a spent invitation holds no certificate; nothing was sent")
        return EnrolGrant(
            institution=invitation.institution,
            certificate_pem=invitation.certificate_pem,
            card=self._card,
        )

    def _spend(
        self, invitation: Invitation, keys_digest: str, request: EnrolRequest, now: datetime
    ) -> Invitation:
        certificate = self._issuer.issue(
            request.certificate_request_pem, invitation.institution, now
        )
        spent = replace(invitation, keys_digest=keys_digest, certificate_pem=certificate)
        if self._book.spend(spent, request):
            return spent
        # Somebody was faster, perhaps ourselves over a second connection: look again.
        winner = find(request.code, self._book.invitations())
        is_repeat(winner, keys_digest, now)
        return winner
