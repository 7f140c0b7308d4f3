"""Promise: the doctor says how old a helper key is, when one is due, and what waits."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.support.consortium import a_consortium, altered, signed
from tests.support.local_node import FACTS

from foyer_node.adapters.helper_key_files import KEY, NEXT, HelperKeyFiles
from foyer_node.adapters.round_files import RoundFiles
from foyer_node.config import read_config
from foyer_node.doctor import HELPER_KEY_DAYS, WAITING_DAYS, Mark, examine
from foyer_node.setup import make_node
from foyer_protocol.crypto.helper_key import PRIVATE_BYTES
from foyer_protocol.crypto.identity import Identity

TODAY = datetime.now(tz=UTC).date()


@pytest.fixture
def config(tmp_path):
    make_node(tmp_path / "node", **FACTS)
    return read_config(tmp_path / "node")


def aged(config, name, days):
    """The same key, made so many days ago."""
    path = config.path("keys", name)
    key = path.read_bytes()[:PRIVATE_BYTES]
    path.write_bytes(key + f"\n{TODAY - timedelta(days=days)}\n".encode())


def found(config):
    (one,) = (one for one in examine(config).all if one.name == "helper-key")
    return one.mark, one.code


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, (Mark.GOOD, "helper-key-fresh")),
        (HELPER_KEY_DAYS - 2, (Mark.GOOD, "helper-key-fresh")),
        (HELPER_KEY_DAYS, (Mark.LOOK, "helper-key-due")),
    ],
)
def test_a_key_is_due_after_half_a_year(config, days, expected):
    aged(config, KEY, days)
    assert found(config) == expected


@pytest.mark.parametrize(("days", "mark"), [(0, Mark.GOOD), (WAITING_DAYS + 2, Mark.LOOK)])
def test_a_key_that_waits_is_named_and_asked_about_after_a_month(config, days, mark):
    HelperKeyFiles(config.path("keys")).make_next()
    aged(config, NEXT, days)
    assert found(config) == (mark, "helper-key-pending")


def test_a_roster_that_names_a_key_which_is_not_here_stops_rounds(config):
    roster = a_consortium("volume.bookers").roster
    mine = altered(roster.members[-1], institution=config.institution.slug)
    members = sorted((*roster.members[:-1], mine), key=lambda one: one.institution)
    followed = signed(altered(roster, members=tuple(members)), Identity.generate())
    RoundFiles(config.folder).keep_roster(1, followed.to_bytes())
    assert found(config) == (Mark.BROKEN, "helper-key-strange")
