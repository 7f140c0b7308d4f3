"""Promise: a round by cohort shows every cell before it is paid; an idle division is refused."""

import json

import pytest
from tests.support.released_home import released_home, run
from tests.support.simulated_round import contribution_to, plan_of

from foyer_coordinator.app import open_books
from foyer_coordinator.config import read_config
from foyer_protocol.messages.roster import SignedRoster
from foyer_protocol.simulate import make_network

ASK = ("2026-01-01", "2027-01-01", "--cohorts", "type")
HOUSES = {f"museum-{n}": "MUSEUM" for n in range(6)} | {f"theatre-{n}": "THEATRE" for n in range(7)}


def home_of(tmp_path, houses, minimum_cohort):
    """A released home whose newest roster has these houses."""
    home, nothing = released_home(tmp_path), contribution_to(plan_of("unused"), 0)
    roster, _ = make_network(
        dict.fromkeys(houses, nothing),
        minimum_cohort=minimum_cohort,
        facts={name: {"house_type": kind} for name, kind in houses.items()},
    )
    with open_books(read_config(home)) as books:
        later = roster.model_copy(update={"epoch": 9})
        books.members.add_roster(SignedRoster(roster=later, signatures={}))
    return home


@pytest.fixture
def home(tmp_path):
    return home_of(tmp_path, HOUSES, 5)


def test_a_preview_has_a_row_for_each_figure_of_each_cohort(home):
    said = run(home, "round", "preview", "by-type", *ASK, "--visits", "300000")
    assert said.exit_code == 0
    assert "  MUSEUM, 6 institutions: 9 of 9 readable" in said.stdout
    assert "  THEATRE, 7 institutions: 9 of 9 readable" in said.stdout
    assert said.stdout.count("Attendances  ") == 3


def test_a_cell_that_says_too_little_names_where_it_can_be_read(home):
    said = run(home, "round", "preview", "by-type", *ASK, "--visits", "19000", "--as", "json")
    assert said.exit_code == 0
    cells = {one["code"]: one for one in json.loads(said.stdout)["cohorts"]}
    assert cells["MUSEUM"]["coarser"]["booking.online_share"] == "ALL"
    share = next(one for one in cells["MUSEUM"]["figures"] if one["key"] == "booking.online_share")
    assert share["verdict"] == "too-uncertain"
    assert share["half_width"] > share["allowed"] == 0.1
    text = run(home, "round", "preview", "by-type", *ASK, "--visits", "19000").stdout
    assert "too uncertain; readable of ALL" in text


def test_a_division_of_which_no_cell_can_be_read_is_not_proposed(tmp_path):
    six = {name: HOUSES[name] for name in ("museum-0", "museum-1", "museum-2",
                                           "theatre-0", "theatre-1", "theatre-2")}  # fmt: skip
    home = home_of(tmp_path, six, 3)
    words = ("round", "propose", "by-type", *ASK, "--visits", "300000", "--colluding", "0")
    said = run(home, *words)
    assert said.exit_code == 35
    assert "none of 18 figures by type could be read" in said.stderr
    assert run(home, *words, "--accept-unreadable").exit_code == 0


def test_a_dry_run_by_cohort_counts_the_figures_of_the_whole(home):
    said = run(
        home, "round", "preview", "by-type", *ASK, "--visits", "300000", "--dry-run", "1",
        "--as", "json",
    )  # fmt: skip
    assert json.loads(said.stdout)["dry_run"]["shown"] == 8 + 120


def test_a_schedule_may_be_by_cohort(home):
    words = (
        "schedule", "add", "kinds", "--every", "year", "--day", "1", "--at", "06:00",
        "--zone", "UTC", "--cohorts", "type", "--by", "anna", "--accept-unreadable",
    )  # fmt: skip
    assert run(home, *words).exit_code == 0
    (one,) = json.loads(run(home, "schedule", "list", "--as", "json").stdout)
    assert one["rule"]["cohorts"] == "type"
