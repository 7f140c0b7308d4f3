"""Promise: what an institution is stands in the roster that governance signs, and is read there."""

import json
from dataclasses import replace

import pytest
from tests.unit.coordinator.test_governing import NAMES, Desk
from tests.unit.coordinator.test_rosters import HOUSES, drawn

from foyer_coordinator.rosters import facts_of
from foyer_protocol.catalogue.grid import Dimension
from foyer_protocol.messages.roster import Roster

_FACTS = ("territory", "discipline", "size_band", "house_type")


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def test_facts_count_from_the_next_signed_roster(desk):
    desk.next_roster()
    said = desk.operate("member", "facts", "dox", "--discipline", "exhib_art", "--territory", "AT")
    assert "AT, EXHIB_ART, M, MUSEUM_ART" in said
    assert "must sign the next roster" in said
    assert desk.roster().roster.member("dox").discipline == ""
    signed = desk.next_roster().roster.member("dox")
    assert (signed.discipline, signed.territory) == ("EXHIB_ART", "AT")
    assert (signed.size_band, signed.house_type) == ("M", "MUSEUM_ART")
    assert "must sign" not in desk.operate("member", "facts", "dox")


def test_a_fact_is_taken_back_with_a_hyphen(desk):
    desk.operate("member", "facts", "dox", "--size", "-", "--discipline", "FILM")
    told = desk.operate("member", "facts", "dox", "--as", "json", "--discipline", "-")
    assert json.loads(told) == {"house_type": "MUSEUM_ART", "territory": "AT"}


def test_a_code_off_the_grid_is_refused_and_changes_nothing(desk):
    refused = desk.operate("member", "facts", "dox", "--type", "SHIP", "--size", "S", status=10)
    assert "'SHIP' is no type on the grid" in refused
    assert "M, MUSEUM_ART" in desk.operate("member", "facts", "dox")


def test_nobody_has_facts_who_is_not_enrolled(desk):
    assert "is not enrolled" in desk.operate("member", "facts", "nobody", "--size", "S", status=20)
    assert "is not enrolled" in desk.operate("member", "facts", "nobody", status=20)


def test_a_signer_reads_the_facts_and_is_warned_of_others(desk, tmp_path):
    desk.next_roster()
    saved = tmp_path / "last.roster"
    desk.operate("roster", "save", saved)
    desk.operate("member", "facts", "dox", "--discipline", "FILM")
    read = desk.govern("roster", "show", desk.draw(), "--last", saved)
    assert "FILM M MUSEUM_ART AT" in read
    assert "other facts, and so other cohorts, of dox" in read
    assert NAMES[3] == "dox"


def test_what_was_told_at_enrolment_and_is_on_no_grid_is_left_out():
    odd = replace(HOUSES[0], type="MUSEUM_SHIP", country="")
    assert facts_of(odd) == {"size_band": "S"}


def test_a_roster_without_facts_has_the_bytes_it_always_had():
    roster = drawn(5)
    bare = [one.model_copy(update=dict.fromkeys(_FACTS, "")) for one in roster.members]
    written = roster.model_copy(update={"members": tuple(bare)}).to_json()
    assert not any(f'"{name}"'.encode() in written for name in _FACTS)
    assert Roster.from_json(written).members[0].fact(Dimension.SIZE) == ""
    assert Roster.from_json(roster.to_json()) == roster
