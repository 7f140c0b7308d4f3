"""What the catalogue says agrees does agree, at every node and so in every sum of nodes."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.line_strategies import EVERYTHING, PERIODS, eligible_lines

from foyer_node.engine import reference
from foyer_node.engine.facts import Coverage, ImportFacts
from foyer_protocol.catalogue.entries import BOOKERS, RESIDENCE, RETAINED_BOOKERS, TICKETS
from foyer_protocol.catalogue.identities import IDENTITIES, Identity, is_within, problems
from foyer_protocol.catalogue.measures import Need, Tickets, Visitors, Window

HOMES = RESIDENCE.leaves[0]


@st.composite
def nodes(draw):
    """A period, what a node's import provides and from when, and any lines."""
    period = draw(st.sampled_from(PERIODS))
    starts = draw(st.sampled_from([period.history_needed_from, period.starts]))
    provides = frozenset(draw(st.sets(st.sampled_from(Need))))
    ends = starts + timedelta(days=4000)
    facts = ImportFacts(imports=(Coverage(provides=provides, starts=starts, ends=ends),))
    return period, facts, draw(st.lists(eligible_lines(period), max_size=8))


CLAIMED = [
    (part, whole)
    for part in EVERYTHING.leaves
    for whole in EVERYTHING.leaves
    if is_within(part, whole)
]


@settings(max_examples=150, deadline=None)
@given(nodes())
def test_what_the_rule_of_soundness_lets_pass_holds_of_any_lines(node):
    period, facts, lines = node
    values = reference.contribution(lines, EVERYTHING, period, facts).values
    assert (RETAINED_BOOKERS, BOOKERS) in CLAIMED
    for part, whole in CLAIMED:
        assert sum(values[part]) <= values[whole][0]


@settings(max_examples=150, deadline=None)
@given(nodes())
def test_every_identity_holds_whatever_the_lines_and_whatever_an_import_lacks(node):
    period, facts, lines = node
    values = reference.contribution(lines, EVERYTHING, period, facts).values
    for one in IDENTITIES:
        parts, whole = sum(sum(values[part]) for part in one.parts), values[one.whole][0]
        assert parts == whole if one.exact else parts <= whole


def test_the_catalogues_identities_are_sound():
    assert problems(IDENTITIES) == []
    leaves = set(EVERYTHING.leaves)
    assert all({*one.parts, one.whole} <= leaves for one in IDENTITIES)
    assert len(set(IDENTITIES)) == len(IDENTITIES)


def test_homes_are_not_said_to_be_all_bookers():
    # A file with customer numbers and no postcodes has bookers and no homes.
    facts = ImportFacts(imports=(Coverage(
        provides=frozenset({Need.VISITOR_KEY}), starts=PERIODS[0].history_needed_from,
        ends=PERIODS[0].ends,
    ),))  # fmt: skip
    assert not facts.feed(HOMES, PERIODS[0])
    assert facts.feed(BOOKERS, PERIODS[0])
    assert problems([Identity(parts=(HOMES,), whole=BOOKERS, exact=True)])


@pytest.mark.parametrize(
    "unsound",
    [
        Identity(parts=(), whole=BOOKERS),
        Identity(parts=(BOOKERS,), whole=HOMES),
        Identity(parts=(TICKETS,), whole=Tickets(cap=TICKETS.cap, online=True)),
        Identity(parts=(Tickets(cap=3),), whole=TICKETS),
        Identity(parts=(BOOKERS,), whole=RETAINED_BOOKERS),
        Identity(parts=(HOMES,), whole=Visitors(booked=(Window.PREVIOUS,))),
        Identity(parts=(TICKETS,), whole=BOOKERS),
        Identity(parts=(BOOKERS, BOOKERS), whole=BOOKERS),
    ],
)
def test_an_identity_that_does_not_hold_by_definition_is_named(unsound):
    assert problems([unsound])
