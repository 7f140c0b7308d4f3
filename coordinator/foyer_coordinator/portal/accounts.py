"""What the pages about people work with, and what they share."""

from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from foyer_coordinator.portal.audit import AuditBook
from foyer_coordinator.portal.context import Portal
from foyer_coordinator.portal.openid import OpenId
from foyer_coordinator.portal.passkeys import Passkeys
from foyer_coordinator.portal.passwords import Passwords
from foyer_coordinator.portal.people import Claim, People, Person, WaysBook
from foyer_coordinator.portal.problems import PageRefused
from foyer_coordinator.portal.sign_in import Session, Way, hash_token, is_token
from foyer_web.oversight_views import PasskeyView, PersonView, WaysView

NEVER_KEPT = {"Cache-Control": "no-store"}
RECENT_SECONDS = 15 * 60
"""How fresh a sign-in must be to change how one signs in: a stolen session cannot stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """People, their ways in and the audit log."""

    people: People
    ways: WaysBook
    audit: AuditBook
    passwords: Passwords
    passkeys: Passkeys
    openid: OpenId

    def invited(self, token: str) -> tuple[Person, Claim]:
        """Who an invitation is for, and the claim that it makes.

        Raises:
            PageRefused: it was never made, is used or is too old.
        """
        hashed = hash_token(token)
        now = self.people.clock()
        person = self.people.book.invited(hashed, now) if is_token(token) else None
        if person is None:
            raise PageRefused("invitation-not-valid")
        return person, Claim(person_id=person.person_id, invitation=hashed)

    def person(self, request: Request) -> Person:
        """Whoever is signed in."""
        person = self.people.book.person(session_of(request).person_id)
        if person is None:
            raise PageRefused("sign-in-needed")
        return person

    def ways_of(self, person_id: str) -> WaysView:
        """How a person can sign in, for a page."""
        found = self.people.book.ways(person_id)
        return WaysView(
            by_password=found.has_password,
            passkeys=tuple(
                PasskeyView(
                    credential_id=one.credential_id,
                    added_on=datetime.fromtimestamp(one.added_at, tz=UTC).date(),
                )
                for one in found.passkeys
            ),
            linked=tuple(
                one.slug
                for one in self.openid.providers.values()
                if any(one.owns(issuer) for issuer in found.issuers)
            ),
        )

    @property
    def providers(self) -> tuple[tuple[str, str], ...]:
        """Each provider's slug and title."""
        return tuple((one.slug, one.title) for one in self.openid.providers.values())

    def is_recent(self, session: Session) -> bool:
        """Whether a session may change how one signs in."""
        return self.people.clock() - session.created_at < RECENT_SECONDS

    def own_claim(self, request: Request) -> Claim:
        """The claim that a fresh session makes on its own account.

        Raises:
            PageRefused: it is too old.
        """
        session = session_of(request)
        if not self.is_recent(session):
            raise PageRefused("sign-in-again")
        return Claim(person_id=session.person_id)


def person_view(person: Person) -> PersonView:
    """A person for a page."""
    return PersonView(
        name=person.name,
        login=person.login,
        role=person.role.value,
        institution=person.institution,
        is_open=person.disabled_at is None,
    )


def session_of(request: Request) -> Session:
    """The session of a route that needs one.

    Raises:
        PageRefused: there is none.
    """
    session: Session | None = getattr(request.state, "session", None)
    if session is None:
        raise PageRefused("sign-in-needed")
    return session


def begin_session(portal: Portal, person_id: str, way: Way, to: str) -> Response:
    """Sign a browser in and lead it to `to`.

    Raises:
        PageRefused: the person is shut out.
    """
    cookie = portal.sign_in.begin(person_id, way)
    if cookie is None:
        raise PageRefused("account-shut")
    response = RedirectResponse(to, status_code=303, headers=NEVER_KEPT)
    set_cookie(portal, response, cookie)
    return response


def set_cookie(portal: Portal, response: Response, value: str) -> None:
    """Keep a session in the browser; an empty one is forgotten."""
    settings = portal.settings
    response.set_cookie(
        settings.cookie,
        value,
        max_age=portal.sign_in.session_seconds if value else 0,
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="lax",
    )
