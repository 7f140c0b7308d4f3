"""A portal with two institutions and a person of every role, over a database."""

from argon2 import PasswordHasher
from tests.support.web_client import Browser

from foyer_coordinator.adapters.database_audit import DatabaseAudit
from foyer_coordinator.adapters.database_members import DatabaseMembers
from foyer_coordinator.adapters.database_people import DatabasePeople
from foyer_coordinator.adapters.database_rounds import DatabaseRounds
from foyer_coordinator.adapters.database_sign_in import DatabaseSignIn
from foyer_coordinator.adapters.database_ways import DatabaseWays
from foyer_coordinator.adapters.openid_http import HttpOpenId
from foyer_coordinator.portal.accounts import Accounts
from foyer_coordinator.portal.app import Books, Settings, create_app
from foyer_coordinator.portal.flows import Flows
from foyer_coordinator.portal.openid import OpenId
from foyer_coordinator.portal.passkeys import Passkeys
from foyer_coordinator.portal.passwords import Passwords
from foyer_coordinator.portal.people import People
from foyer_coordinator.portal.roles import Role
from foyer_coordinator.portal.sign_in import SignIn, Way
from foyer_coordinator.ports import Institution
from foyer_protocol.crypto.randomness import system_entropy
from foyer_web import paths
from foyer_web.render import Pages

START = 1_800_000_000
QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
"""Costs for a test; the default's are measured in `coordinator/docs`."""

BASE = "http://localhost:7000"

PEOPLE: dict[str, tuple[Role, str]] = {
    "viewer": (Role.VIEWER, ""),
    "viewer-of-a": (Role.VIEWER, "house-a"),
    "steward-of-a": (Role.STEWARD, "house-a"),
    "steward-of-b": (Role.STEWARD, "house-b"),
    "analyst": (Role.ANALYST, ""),
    "administrator": (Role.ADMINISTRATOR, ""),
    "auditor": (Role.AUDITOR, ""),
}


def institution(slug: str) -> Institution:
    """A member with invented keys."""
    return Institution(
        slug=slug, name=slug, country="DK", type="museum", size_band="M", signing_key="a" * 64,
        transport_key="PEM", helper_key="bb", helper_signature="cc", enrolled_at=1,
    )  # fmt: skip


class PeopledPortal:
    """The portal's parts, its clock in `now`, and browsers."""

    def __init__(self, database, *, base=BASE, public_url="", providers=()):
        self.now, self.base = [START], base
        self.members, self.rounds = DatabaseMembers(database), DatabaseRounds(database)
        self.audit, self.ways = DatabaseAudit(database), DatabaseWays(database)
        for slug in ("house-a", "house-b"):
            self.members.add_institution(institution(slug))
        self.desk = SignIn(
            book=DatabaseSignIn(database), clock=self.clock, entropy=system_entropy,
            link_seconds=60, session_seconds=3600,
        )  # fmt: skip
        self.people = People(
            book=DatabasePeople(database), clock=self.clock, entropy=system_entropy
        )
        self.passwords = Passwords(
            ways=self.ways, tries=self.ways, clock=self.clock, entropy=system_entropy, hasher=QUICK
        )
        self.passkeys = Passkeys(
            network="Kulturnet", ways=self.ways, flows=Flows(book=self.ways, clock=self.clock),
            clock=self.clock, entropy=system_entropy,
        )  # fmt: skip
        self.openid = OpenId(
            providers={one.slug: one for one in providers}, web=HttpOpenId(),
            flows=Flows(book=self.ways, clock=self.clock), clock=self.clock, entropy=system_entropy,
        )  # fmt: skip
        accounts = Accounts(
            people=self.people, ways=self.ways, audit=self.audit, passwords=self.passwords,
            passkeys=self.passkeys,
            openid=self.openid,
        )  # fmt: skip
        self.app = create_app(
            books=Books(members=self.members, rounds=self.rounds),
            sign_in=self.desk,
            pages=Pages(network="Kulturnet", account_path=paths.ACCOUNT),
            settings=Settings(public_url=public_url),
            accounts=accounts,
        )
        self.invitations = {
            login: self.people.invite(login, role, institution=house)
            for login, (role, house) in PEOPLE.items()
        }

    def clock(self):
        return self.now[0]

    def browser(self, login=""):
        """A browser, signed in as `login` if one is named."""
        made = Browser(self.app, self.base)
        if login:
            cookie = self.desk.begin(self.id_of(login), Way.LINK)
            made.cookies.set("foyer-portal", cookie)
        return made

    def id_of(self, login):
        return self.people.book.person_named(login).person_id

    def acts(self):
        return [one.act.value for one in self.audit.entries()]


def token_in(page):
    """The form token that a page carries."""
    return page.text.split('name="form_token" value="', 1)[1].split('"', 1)[0]
