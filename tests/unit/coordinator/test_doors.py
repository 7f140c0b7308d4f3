"""Promise: whoever is suspended or removed is refused at once, and at both ports.

The command line is another process: only the database tells the serving one.
"""

from dataclasses import dataclass, field

import pytest
from tests.unit.coordinator.test_governing import house

from foyer_coordinator.adapters.database_members import DatabaseMembers
from foyer_coordinator.doors import Doors


@dataclass
class Ports:
    """Both ports: who is at them, who was shut out, whose stream was ended."""

    present: set[str] = field(default_factory=set)
    shut: list[frozenset[str]] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)

    def registered(self):
        return frozenset(self.present)

    def connected(self):
        return sorted(self.present)

    def shut_out(self, institutions):
        self.shut.append(institutions)

    def hang_up(self, institution):
        self.ended.append(institution)


@pytest.fixture
def members(database):
    book = DatabaseMembers(database)
    for name in ("albertina", "brandts", "ccb"):
        book.add_institution(house(name))
    return book


@pytest.fixture
def ports():
    return Ports(present={"albertina", "brandts", "ccb"})


@pytest.fixture
def doors(members, ports):
    return Doors(members=members, fleet=ports, lines=ports)


def test_nobody_is_shut_out_while_all_are_welcome(doors, ports):
    doors.look()
    assert (ports.shut, ports.ended) == ([], [])


def test_a_suspended_member_is_shut_out_and_its_stream_ended(doors, ports, members):
    members.suspend("brandts", True)
    doors.look()
    assert (ports.shut, ports.ended) == ([frozenset({"brandts"})], ["brandts"])


def test_a_removed_member_is_shut_out_though_the_database_forgot_it(doors, ports, members):
    members.remove("ccb")
    doors.look()
    assert (ports.shut, ports.ended) == ([frozenset({"ccb"})], ["ccb"])


def test_a_reinstated_member_is_let_in_again(doors, ports, members):
    members.suspend("brandts", True)
    doors.look()
    members.suspend("brandts", False)
    doors.look()
    assert ports.shut[-1] == frozenset()


def test_a_removed_member_that_was_invited_again_is_let_in(doors, ports, members):
    members.remove("ccb")
    doors.look()
    members.add_institution(house("ccb"))
    doors.look()
    assert ports.shut[-1] == frozenset()
