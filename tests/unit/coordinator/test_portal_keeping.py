"""A page is made once for each state of the books, and never shown to another session."""

import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse
from tests.support.published import COUNT, publish, reading
from tests.support.released_quarters import plan_of_quarter, release_of_quarter

from foyer_coordinator.adapters.database_rounds import DatabaseRounds
from foyer_coordinator.portal.keeping import KeptPages
from foyer_protocol.rounds.phases import Phase


class Session:
    role = "viewer"

    def __init__(self, session_hash):
        self.session_hash = session_hash


class Maker:
    """Makes a new page each time, and counts."""

    made = 0

    def __call__(self):
        self.made += 1
        return HTMLResponse(f"page {self.made}")


def request(path="/en/", query="", session="a", **headers):
    found = Request(
        {
            "type": "http", "path": path, "query_string": query.encode(), "state": {},
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "scheme": "http", "server": ("here", 80), "root_path": "",
        }
    )  # fmt: skip
    found.state.session = Session(session)
    return found


def test_an_equal_request_is_answered_without_making_the_page_again():
    kept, make = KeptPages(), Maker()
    assert [kept.page(request(), "m", make).body for _ in range(3)] == [b"page 1"] * 3


@pytest.mark.parametrize("other", [request("/da/"), request(query="round=x"), request(session="b")])
def test_another_address_or_session_has_a_page_of_its_own(other):
    kept, make = KeptPages(), Maker()
    kept.page(request(), "m", make)
    assert kept.page(other, "m", make).body == b"page 2"


def test_a_changed_book_makes_the_page_anew():
    kept, make = KeptPages(), Maker()
    assert kept.page(request(), "m", make).body != kept.page(request(), "n", make).body


def test_a_browser_that_has_the_page_is_sent_none():
    kept, make = KeptPages(), Maker()
    tag = kept.page(request(), "m", make).headers["etag"]
    again = kept.page(request(**{"if-none-match": tag}), "m", make)
    assert (again.status_code, again.body, again.headers["etag"]) == (304, b"", tag)
    changed = kept.page(request(**{"if-none-match": tag}), "n", make)
    assert (changed.status_code, changed.body) == (200, b"page 2")


def test_the_least_recently_used_page_is_forgotten():
    kept, make = KeptPages(most=2), Maker()
    for path in ("/a", "/b", "/a", "/c"):
        kept.page(request(path), "m", make)
    assert kept.page(request("/a"), "m", make).body == b"page 1"
    assert kept.page(request("/b"), "m", make).body == b"page 4"


def test_a_page_that_fails_is_not_kept():
    kept, make = KeptPages(), Maker()

    def fails():
        raise ValueError

    with pytest.raises(ValueError):
        kept.page(request(), "m", fails)
    assert kept.page(request(), "m", make).body == b"page 1"


def test_the_mark_changes_with_a_round_its_phase_and_its_release(database):
    publish(database, 1)
    rounds = DatabaseRounds(database)
    marks = [rounds.mark(), rounds.mark()]
    assert marks[0] == marks[1]
    rounds.add_round(plan_of_quarter(5), 9)
    marks.append(rounds.mark())
    rounds.move_round(plan_of_quarter(5).round_id, Phase.REPORTING, 10)
    marks.append(rounds.mark())
    rounds.publish(release_of_quarter(5))
    marks.append(rounds.mark())
    assert len(set(marks)) == 4


def test_a_new_release_is_on_the_pages_at_once(database):
    publish(database)
    browser = reading(database)
    for path in ("/en/", "/en/explore", "/en/statistics/volume.bookers?view=time"):
        assert "21 April 2026" not in browser.get(path).text
    rounds, plan = DatabaseRounds(database), plan_of_quarter(COUNT)
    rounds.move_round(plan.round_id, Phase.REPORTING, 99)
    rounds.publish(release_of_quarter(COUNT))
    rounds.move_round(plan.round_id, Phase.RELEASED, 100)
    assert "released on 21 April 2026" in browser.get("/en/").text
    assert '<option value="q1-2026" selected>' in browser.get("/en/explore").text
    trend = browser.get("/en/statistics/volume.bookers?view=time").text
    assert "21 April 2026" in trend
