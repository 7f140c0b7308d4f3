"""Promise: a forecast rests on what was published, or on constants that name their source."""

from datetime import date
from fractions import Fraction
from types import SimpleNamespace

import pytest
from tests.support.consortium import a_plan, altered
from tests.support.simulated_round import simulated_round

from foyer_protocol.catalogue.entries import (
    ATTENDANCES,
    BOOKERS,
    CATALOGUE,
    LEAD_TIME,
    NEW_BOOKERS,
    PREVIOUS_BOOKERS,
    RESIDENCE,
    RETAINED_BOOKERS,
    TICKETS,
)
from foyer_protocol.catalogue.evaluate import evaluate
from foyer_protocol.catalogue.measures import Tickets
from foyer_protocol.rounds.expectations import expect, reporters_of
from foyer_protocol.rounds.sector import CONSTANTS, SOURCE, sector_totals

PLAN = a_plan()
YEAR = sector_totals(PLAN, 6)
DONE = simulated_round()
PAST = [(DONE.plan, DONE.release)]


def test_every_leaf_of_the_catalogue_has_constants_of_its_width():
    leaves = PLAN.layout().leaves
    assert {leaf: len(YEAR[leaf]) for leaf in leaves} == {leaf: leaf.width for leaf in leaves}
    assert all(slot >= 0 for slots in YEAR.values() for slot in slots)


def test_every_constant_names_where_it_is_from():
    assert all(one.source and one.means and one.value > 0 for one in CONSTANTS)


@pytest.mark.parametrize(
    "key, low, high",
    [
        ("loyalty.first_time_share", 0.56, 0.56),
        ("loyalty.retention_1y", 0.31, 0.31),
        ("booking.online_share", 0.6, 0.6),
        ("maturity.capture_rate", 0.6, 0.6),
        ("money.average_ticket_price", 20, 20),
        ("booking.lead_time", 5, 31),  # 39 % book more than a month ahead, so under half
        ("volume.attendances", 143_000, 145_000),  # 6 institutions of 24,000 tickets
    ],
)
def test_the_constants_say_the_published_number(key, low, high):
    assert low - 1e-9 <= float(evaluate(CATALOGUE[key], YEAR).value) <= high + 1e-9


def test_counts_of_visitors_agree_with_each_other():
    (all_,), (new,) = YEAR[BOOKERS], YEAR[NEW_BOOKERS]
    (before,), (both,) = YEAR[PREVIOUS_BOOKERS], YEAR[RETAINED_BOOKERS]
    assert all_ == before > new > both > 0
    assert sum(YEAR[RESIDENCE.measure.of]) == all_


def test_a_tree_agrees_with_itself():
    leaf, tree = LEAD_TIME.measure.of, YEAR[LEAD_TIME.measure.of]
    assert sum(tree[: leaf.branching]) == sum(tree[-leaf.leaves :])
    assert sum(tree[4:8]) == tree[0]


def test_totals_grow_with_institutions_and_days():
    half = altered(PLAN, ends=date(2026, 7, 2))
    assert sector_totals(PLAN, 12)[TICKETS][0] == 2 * YEAR[TICKETS][0]
    assert sector_totals(half, 6)[TICKETS][0] / YEAR[TICKETS][0] == Fraction(182, 365)


def test_stated_visits_are_believed_and_the_rest_follows():
    stated = expect(PLAN, 6, PAST, visits=3000)
    assert stated.totals[TICKETS] == (3000,)
    assert stated.totals[Tickets(cap=40, online=True)] == (1800,)
    assert set(stated.sources.values()) == {SOURCE}


def test_a_leaf_that_no_constant_describes_is_left_out():
    layout = SimpleNamespace(leaves=("of another catalogue", TICKETS))
    strange = SimpleNamespace(starts=PLAN.starts, ends=PLAN.ends, layout=lambda: layout)
    assert sector_totals(strange, 6) == {TICKETS: YEAR[TICKETS]}


def test_each_expected_leaf_names_its_source():
    known = expect(PLAN, 6)
    assert set(known.totals) == set(known.sources) == set(PLAN.layout().leaves)


def test_the_newest_release_is_taken_for_what_it_shows():
    found = expect(PLAN, 6, PAST)
    assert found.sources[TICKETS] == "round round-2026"
    assert found.sources[LEAD_TIME.measure.of] == SOURCE
    published = Fraction(
        DONE.release.noised[DONE.plan.layout().slots(TICKETS).start],
        DONE.plan.scale(TICKETS.family).grid,
    )
    assert found.totals[TICKETS] == (published,)


def test_a_release_is_brought_to_the_days_and_institutions_of_the_plan():
    once = expect(PLAN, 6, PAST).totals[TICKETS][0]
    assert expect(PLAN, 12, PAST).totals[TICKETS][0] == 2 * once
    quarter = altered(PLAN, starts=date(2026, 10, 1))
    assert expect(quarter, 6, PAST).totals[TICKETS][0] == once * 92 / 365


def test_the_variance_of_a_release_says_how_many_reported():
    assert reporters_of(DONE.plan, DONE.release) == 6


def test_what_a_release_withholds_is_taken_from_the_constants():
    without = simulated_round(round_id="no-history", without_history=2)
    found = expect(PLAN, 6, [(without.plan, without.release)])
    assert found.sources[TICKETS] == "round no-history"
    assert found.sources[RETAINED_BOOKERS] == SOURCE


def test_a_count_that_noise_made_negative_is_expected_to_be_nothing():
    slots = DONE.plan.layout().slots(TICKETS)
    noised = list(DONE.release.noised)
    noised[slots] = [-5]
    found = expect(PLAN, 6, [(DONE.plan, altered(DONE.release, noised=tuple(noised)))])
    assert found.totals[TICKETS] == (0,)


def test_a_release_of_another_catalogue_is_passed_over():
    strange = DONE.plan.model_copy(update={"statistics": ("volume.ghosts",)})
    found = expect(PLAN, 6, [(strange, DONE.release)])
    assert set(found.sources.values()) == {SOURCE}


def test_a_scaled_expectation_keeps_its_sources():
    found = expect(PLAN, 6).scaled(Fraction(1, 2))
    assert found.totals[TICKETS][0] * 2 == YEAR[TICKETS][0]
    assert found.sources == expect(PLAN, 6).sources
    assert ATTENDANCES.measure.of == TICKETS
