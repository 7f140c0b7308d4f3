"""Passkeys: WebAuthn with user verification and discoverable credentials, checked by `webauthn`.

A challenge is 256 random bits, kept by its hash and good once for ten minutes. A passkey is
bound to the address that browsers know us by; it is offered only there, over HTTPS or on
`localhost`, as browsers ask.
"""

import ipaddress
import struct
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from foyer_coordinator.portal.flows import Flows
from foyer_coordinator.portal.people import Claim, Passkey, Person, Ways, WaysBook

MAKE, SIGN_IN = "passkey-make", "passkey-sign-in"
CHALLENGE_BYTES = 32
UNREADABLE = (
    WebAuthnException, ValueError, KeyError, TypeError, IndexError, AttributeError, struct.error,
)  # fmt: skip
"""What the library raises on an answer that is no answer."""


class PasskeyRefused(Exception):
    """An answer did not fit what was asked; nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where passkeys are bound to: the origin that browsers show, and its host."""

    origin: str
    host: str


def place_of(public_url: str, host_header: str) -> Place | None:
    """Where passkeys of this request are bound to; None where browsers allow none.

    >>> place_of("https://figures.example.org", "")
    Place(origin='https://figures.example.org', host='figures.example.org')
    >>> place_of("", "localhost:7000")
    Place(origin='http://localhost:7000', host='localhost')
    >>> place_of("", "127.0.0.1:7000"), place_of("http://figures.example.org", "")
    (None, None)
    """
    origin = public_url or f"http://{host_header}"
    try:
        parts = urlsplit(origin)
        host = parts.hostname or ""
    except ValueError:
        return None
    if host != "localhost" and (not public_url or parts.scheme != "https" or _is_address(host)):
        return None
    return Place(origin=origin, host=host)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkeys:
    """Makes and checks passkeys. `entropy(n)` gives n random bytes."""

    network: str
    ways: WaysBook
    flows: Flows
    clock: Callable[[], int]
    entropy: Callable[[int], bytes]

    def ask_to_make(self, place: Place, person: Person, claim: Claim, known: Ways) -> str:
        """What a browser needs to make a passkey, as JSON; `known` ones are not made again."""
        challenge = self.entropy(CHALLENGE_BYTES)
        self.flows.begin(challenge, MAKE, claim)
        options = generate_registration_options(
            rp_id=place.host,
            rp_name=self.network,
            user_id=bytes.fromhex(person.person_id),
            user_name=person.login,
            user_display_name=person.name,
            challenge=challenge,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                require_resident_key=True,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[
                PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential_id))
                for one in known.passkeys
            ],
        )
        return options_to_json(options)

    def make(self, place: Place, answer: str, session_person: str = "") -> str:
        """Keep the passkey that a browser made; returns whose it is.

        `session_person` is who is signed in, where it is for an account and no invitation.

        Raises:
            PasskeyRefused: nothing was kept.
        """
        try:
            credential = parse_registration_credential_json(answer)
            challenge = parse_client_data_json(credential.response.client_data_json).challenge
            flow = self.flows.end(challenge, MAKE)
            claim = flow.claim if flow else None
            if claim is None or bool(claim.invitation) == bool(session_person):
                raise PasskeyRefused
            if session_person and claim.person_id != session_person:
                raise PasskeyRefused
            made = verify_registration_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=place.host,
                expected_origin=place.origin,
                require_user_verification=True,
            )
        except UNREADABLE:
            raise PasskeyRefused from None
        now = self.clock()
        passkey = Passkey(
            credential_id=bytes_to_base64url(made.credential_id),
            person_id=claim.person_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            added_at=now,
        )
        if not self.ways.keep_passkey(claim, passkey, now):
            raise PasskeyRefused
        return claim.person_id

    def ask_to_sign_in(self, place: Place) -> str:
        """What a browser needs to sign in with any passkey that it has for us, as JSON."""
        challenge = self.entropy(CHALLENGE_BYTES)
        self.flows.begin(challenge, SIGN_IN, None)
        options = generate_authentication_options(
            rp_id=place.host,
            challenge=challenge,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return options_to_json(options)

    def sign_in(self, place: Place, answer: str) -> str:
        """The id of the person whose passkey answered.

        Raises:
            PasskeyRefused: nobody is signed in.
        """
        try:
            credential = parse_authentication_credential_json(answer)
            challenge = parse_client_data_json(credential.response.client_data_json).challenge
            flow = self.flows.end(challenge, SIGN_IN)
            known = self.ways.passkey(bytes_to_base64url(credential.raw_id))
            if flow is None or known is None:
                raise PasskeyRefused
            if credential.response.user_handle != bytes.fromhex(known.person_id):
                raise PasskeyRefused
            done = verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=place.host,
                expected_origin=place.origin,
                credential_public_key=known.public_key,
                credential_current_sign_count=known.sign_count,
                require_user_verification=True,
            )
        except UNREADABLE:
            raise PasskeyRefused from None
        self.ways.note_passkey(known.credential_id, done.new_sign_count, self.clock())
        return known.person_id
