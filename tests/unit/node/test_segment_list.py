"""Promise: a list holds only those who may be written to, is kept nowhere, and is in no log."""

import logging
from datetime import datetime

import pytest
from tests.support.busy_house import make_busy_house
from tests.support.canonical_rows import row, take_rows
from tests.support.exports import House
from tests.support.local_node import CANARY, TODAY

from foyer_node.adapters.list_log import ListLog
from foyer_node.insight.lifecycle import USUAL_LIMITS, LifecycleStage, count_stages
from foyer_node.insight.segment_list import (
    Addressee,
    count_contactable,
    find_members,
    reveal_addresses,
    write_list,
)
from foyer_node.listing import list_addresses, stage_named
from foyer_protocol.catalogue.schema import Period, months_before
from foyer_protocol.errors import ConfigError

MAIL = "MARKETING_EMAIL"
NEW = LifecycleStage.NEW
RECENT = datetime(2026, 10, 1)
YEAR = Period(starts=months_before(TODAY, 12), ends=TODAY)


@pytest.fixture
def house(tmp_path):
    house = House.open(tmp_path)
    yield house
    house.close()


def sold_to(email, *consents, order="A", **more):
    return row(order_id=order, email=email, consents=consents, ordered_at=RECENT, **more)


def listed(house, stage=NEW):
    members = find_members(house.store.own(), stage, TODAY, USUAL_LIMITS)
    return {one.email: one.consent for one in reveal_addresses(members, house.vault)}


@pytest.mark.parametrize(
    ("status", "is_listed"),
    [("GIVEN", True), ("SOFT_OPT_IN", True), ("NOT_ASKED", False), ("REFUSED", False),
     ("WITHDRAWN", False)],
)  # fmt: skip
def test_only_those_are_listed_who_may_be_written_to(house, status, is_listed):
    take_rows(house, sold_to("ada@x.dk", (MAIL, status)))
    assert listed(house) == ({"ada@x.dk": status} if is_listed else {})
    assert count_contactable(house.store.own(), YEAR) == int(is_listed)


def test_nobody_is_listed_who_was_not_asked(house):
    take_rows(house, sold_to("ada@x.dk"))
    assert listed(house) == {}


def test_consent_to_something_else_is_none_to_mail(house):
    take_rows(house, sold_to("ada@x.dk", ("MARKETING_SMS", "GIVEN"), ("SURVEY_INVITE", "GIVEN")))
    assert listed(house) == {}


def test_who_refuses_the_house_s_own_statistics_has_no_stage_and_is_in_no_list(house):
    take_rows(house, sold_to("ada@x.dk", (MAIL, "GIVEN"), ("ANALYTICS_LOCAL", "REFUSED")))
    assert listed(house) == {}


@pytest.mark.parametrize("flag", ["opted_out", "is_staff", "is_test"])
def test_who_opted_out_or_is_staff_is_in_no_list(house, flag):
    take_rows(house, sold_to("ada@x.dk", (MAIL, "GIVEN")))
    assert listed(house)
    with house.store.transaction() as run:
        run(f"UPDATE visitor SET {flag} = true")
    assert listed(house) == {}


@pytest.mark.parametrize("kind", ["ORGANISATION", "SCHOOL", "RESELLER"])
def test_organisations_are_in_no_list(house, kind):
    take_rows(house, sold_to("ada@x.dk", (MAIL, "GIVEN")))
    with house.store.transaction() as run:
        run(f"UPDATE visitor SET visitor_kind = '{kind}'")
    assert listed(house) == {}


def test_a_forgotten_visitor_is_in_no_list(house):
    take_rows(house, sold_to("ada@x.dk", (MAIL, "GIVEN")))
    members = find_members(house.store.own(), NEW, TODAY, USUAL_LIMITS)
    house.vault.forget(list(members))
    assert listed(house) == {}


def test_each_visitor_is_in_the_list_of_one_stage_as_they_are_counted(house):
    rows = [sold_to("ada@x.dk", (MAIL, "GIVEN"))]
    rows += [
        sold_to("bo@x.dk", (MAIL, "GIVEN"), order=f"B{n}", event_at=datetime(2026, 10, 2 + n))
        for n in range(3)
    ]
    take_rows(house, *rows)
    found = {stage: listed(house, stage) for stage in LifecycleStage}
    counts = count_stages(house.store.own(), TODAY, USUAL_LIMITS)
    assert {stage: len(one) for stage, one in found.items()} == counts
    assert found[LifecycleStage.CONVERTEE] == {"bo@x.dk": "GIVEN"}


class Book:
    """Addresses as no vault would keep them."""

    def emails_of(self, visitors):
        return {one: f"{one}1+1@x.dk" for one in visitors}


def test_an_address_that_a_spreadsheet_would_run_is_left_out():
    starts = ["=", "+", "-", "@", "a"]
    found = reveal_addresses(dict.fromkeys(starts, "GIVEN"), Book())
    assert [one.email for one in found] == ["a1+1@x.dk"]


@pytest.mark.parametrize("bom", [True, False])
def test_the_file_is_csv_that_a_mail_tool_reads(bom):
    one = Addressee(email='o"brien@x.dk', consent="GIVEN")
    text = b"".join(write_list([one], bom=bom)).decode("utf-8-sig")
    assert text == 'email,consent\r\n"o""brien@x.dk",GIVEN\r\n'
    assert b"".join(write_list([], bom=bom)).startswith(b"\xef\xbb\xbf") is bom


def test_a_list_is_noted_without_an_address_and_said_in_no_log(tmp_path, caplog):
    config = make_busy_house(tmp_path)
    caplog.set_level(logging.DEBUG)
    before = {path: path.read_bytes() for path in config.folder.rglob("*") if path.is_file()}
    found = list_addresses(config, NEW, TODAY, by="command line")
    assert found
    assert all(one.email.startswith(CANARY) for one in found)
    (made,) = ListLog(config.folder).made()
    assert (made.stage, made.addresses, made.by) == ("new", len(found), "command line")
    assert CANARY not in caplog.text
    assert CANARY not in repr(found)
    changed = [
        path
        for path in config.folder.rglob("*")
        if path.is_file() and before.get(path) != path.read_bytes()
    ]
    assert all(CANARY.encode() not in path.read_bytes() for path in changed)


def test_a_stage_that_is_none_is_refused_with_the_stages():
    with pytest.raises(ConfigError, match="'eager' is no lifecycle stage") as refused:
        stage_named("eager")
    assert "super-active" in refused.value.hint
