"""Promise: whoever proposed a round does not launch it, so that two stand behind its price."""

import pytest
from tests.support.released_home import PLAN, released_home, run

from foyer_coordinator.app import open_books
from foyer_coordinator.config import CONFIG_NAME, read_config
from foyer_coordinator.planning.people import name_of, need_second
from foyer_protocol.errors import ConfigError, SecondPersonNeeded
from foyer_protocol.rounds.phases import Phase

PROPOSE = ("round", "propose", "next-one", "2025-01-01", "2026-01-01", "--visits", "150000")


@pytest.fixture
def home(tmp_path):
    return released_home(tmp_path)


@pytest.fixture
def proposed(home):
    assert run(home, *PROPOSE, "--by", "Anna").exit_code == 0
    return home


def row(home, round_id="next-one"):
    with open_books(read_config(home)) as books:
        return books.rounds.round(round_id)


@pytest.mark.parametrize("same", ["Anna", "anna", "  ANNA "])
def test_the_same_person_does_not_launch_what_they_proposed(proposed, same):
    for words in (("round", "launch", "next-one"), ("round", "release", "next-one")):
        said = run(proposed, *words, "--by", same)
        assert said.exit_code == 36
        assert "[second-person]" in said.stderr
        assert "Anna" not in said.stderr
    assert row(proposed).phase is Phase.PLANNED


def test_what_lies_ahead_is_proposed_and_not_launched(home):
    ahead = ("round", "propose", "ahead", "2998-01-01", "2999-01-01", "--visits", "150000")
    assert run(home, *ahead, "--by", "Anna").exit_code == 0
    said = run(home, "round", "launch", "ahead", "--by", "Ben")
    assert (said.exit_code, "[privacy]" in said.stderr) == (30, True)
    assert row(home, "ahead").phase is Phase.PLANNED


def test_a_second_person_launches_it_and_both_are_kept(proposed):
    said = run(proposed, "round", "launch", "next-one", "--by", "Ben")
    assert said.stdout == "round next-one launched\n"
    found = row(proposed)
    assert (found.phase, found.proposed_by, found.launched_by) == (Phase.REPORTING, "Anna", "Ben")


def test_the_name_may_come_from_the_environment(proposed, monkeypatch):
    monkeypatch.setenv("FOYER_OPERATOR", "anna")
    assert run(proposed, "round", "launch", "next-one").exit_code == 36
    monkeypatch.setenv("FOYER_OPERATOR", "ben")
    assert run(proposed, "round", "launch", "next-one").exit_code == 0


def test_without_a_name_it_is_the_account_that_runs_the_command(home, monkeypatch):
    monkeypatch.setenv("LOGNAME", "operator-7")
    assert run(home, *PROPOSE).exit_code == 0
    assert row(home).proposed_by == "operator-7"


def test_releasing_launches_as_the_second_person_and_says_that_it_is_not_over(proposed):
    said = run(proposed, "round", "release", "next-one", "--by", "Ben", "--seconds", "0")
    assert said.exit_code == 25
    assert row(proposed).phase is Phase.REPORTING


def test_releasing_what_is_released_shows_it_and_asks_for_nobody(home):
    said = run(home, "round", "release", PLAN.round_id, "--by", "Anna")
    assert said.exit_code == 0
    assert said.stdout.startswith(f"round {PLAN.round_id}: released")


def test_releasing_what_is_not_there_is_refused(home):
    said = run(home, "round", "release", "no-such-round", "--by", "Ben")
    assert said.exit_code == 10
    assert "no round is called 'no-such-round'" in said.stderr


def test_a_network_of_one_operator_may_say_so(proposed):
    settings = proposed / CONFIG_NAME
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("# second_person = true", "second_person = false"))
    assert run(proposed, "round", "launch", "next-one", "--by", "Anna").exit_code == 0
    assert row(proposed).launched_by == "Anna"


def test_a_round_of_before_names_were_kept_may_be_launched_by_anybody():
    need_second("", "ben", "round old", is_required=True)
    need_second("anna", "anna", "round old", is_required=False)
    with pytest.raises(SecondPersonNeeded):
        need_second("anna", "anna", "round old", is_required=True)


@pytest.mark.parametrize("wrong", ["", "   ", "a" * 121, "an\x00na"])
def test_nobody_is_not_a_name(wrong):
    with pytest.raises(ConfigError, match="it was not said who does this"):
        name_of(wrong)


def test_a_name_is_kept_without_its_odd_blanks():
    assert name_of("  Anna   Lind\n") == "Anna Lind"
