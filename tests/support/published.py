"""A portal over a database in which eight quarters are published and a ninth is planned."""

from tests.support.released_quarters import plan_of_quarter, quarters
from tests.support.web_client import Browser

from foyer_coordinator.adapters.database import Database
from foyer_coordinator.adapters.database_members import DatabaseMembers
from foyer_coordinator.adapters.database_rounds import DatabaseRounds
from foyer_coordinator.adapters.database_sign_in import DatabaseSignIn
from foyer_coordinator.portal.app import Books, create_app
from foyer_coordinator.portal.sign_in import SignIn
from foyer_protocol.catalogue.contribution import Contribution
from foyer_protocol.crypto.randomness import system_entropy
from foyer_protocol.messages.roster import SignedRoster
from foyer_protocol.rounds.phases import Phase
from foyer_protocol.simulate import make_network
from foyer_web.render import Pages

NAMES = ("aros", "ccb", "mak", "smk", "stedelijk", "vam")
COUNT = 8
PAGES = Pages(network="Kulturnet")  # one, so that each picture is drawn once for all tests
PLANNED = plan_of_quarter(COUNT)


def publish(database: Database, count: int = COUNT) -> None:
    """Put the quarters, their roster and the plan of the next into the books."""
    rounds = DatabaseRounds(database)
    for n, release in enumerate(quarters(count)):
        rounds.add_round(plan_of_quarter(n), n + 1)
        rounds.move_round(release.round_id, Phase.REPORTING, n + 1)
        rounds.publish(release)
        rounds.move_round(release.round_id, Phase.RELEASED, n + 2)
    rounds.add_round(plan_of_quarter(count), count + 2)
    nothing = Contribution(values={}, contributes={})
    roster, _ = make_network(dict.fromkeys(NAMES, nothing))
    DatabaseMembers(database).add_roster(SignedRoster(roster=roster, signatures={}))


def reading(database: Database) -> Browser:
    """A signed-in browser before the portal of `database`."""
    desk = SignIn(
        book=DatabaseSignIn(database), clock=lambda: 1000, entropy=system_entropy,
        link_seconds=60, session_seconds=600,
    )  # fmt: skip
    books = Books(members=DatabaseMembers(database), rounds=DatabaseRounds(database))
    app = create_app(books=books, sign_in=desk, pages=PAGES)
    browser = Browser(app, "http://127.0.0.1:7000")
    browser.post("/en/sign-in", data={"token": desk.invite("A. Reader")})
    return browser
