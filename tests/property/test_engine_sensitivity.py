"""Adding or removing one unit moves no block further than its declared sensitivity.

This is the promise that the noise is measured by, so it must hold for any lines the
store may hold, sound or not: quantities and amounts here may be negative.
"""

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.eligible_lines import DuckLines, imported
from tests.support.line_strategies import EVERYTHING, PERIODS, eligible_lines

from foyer_node.engine import reference
from foyer_node.engine.extract import Extractor
from foyer_protocol.catalogue.entries import CATALOGUE, SPEND_CAP_STEPS, SPEND_STEP_MINOR
from foyer_protocol.catalogue.layout import lay_out
from foyer_protocol.catalogue.measures import Family
from foyer_protocol.catalogue.schema import EligibleLine

STORE = DuckLines((), imported())


def by_duckdb(lines, layout, period):
    STORE.replace(lines)
    return Extractor(STORE).extract(layout, period)


def by_reference(lines, layout, period):
    return reference.contribution(lines, layout, period, imported())


def squared_move(block, before, after):
    return sum(
        (a - b) ** 2
        for leaf in block.leaves
        for a, b in zip(before.values[leaf], after.values[leaf], strict=True)
    )


@st.composite
def neighbours(draw):
    """A period, any lines, and the same without those of one unit."""
    period = draw(st.sampled_from(PERIODS))
    unsound = st.builds(
        replace,
        eligible_lines(period),
        quantity=st.sampled_from([-50, -1, 0, 40, 2**40]),
        paid_minor=st.sampled_from([-(2**40), -1, 0, 60_000, 2**40]),
    )
    lines = draw(st.lists(eligible_lines(period) | unsound, min_size=1, max_size=25))
    unit = draw(st.sampled_from([line.unit for line in lines]))
    return period, lines, [line for line in lines if line.unit != unit]


@pytest.mark.parametrize("extract", [by_duckdb, by_reference])
@settings(max_examples=60, deadline=None)
@given(case=neighbours())
def test_one_unit_moves_each_block_within_its_sensitivity(extract, case):
    period, lines, without = case
    before, after = extract(lines, EVERYTHING, period), extract(without, EVERYTHING, period)
    for block in EVERYTHING.blocks:
        assert squared_move(block, before, after) <= block.squared_sensitivity


@settings(max_examples=20, deadline=None)
@given(case=neighbours())
def test_both_engines_agree_on_unsound_lines_too(case):
    period, lines, _ = case
    assert by_duckdb(lines, EVERYTHING, period) == by_reference(lines, EVERYTHING, period)


@pytest.mark.parametrize(
    "family", [Family.VISITS, Family.SPEND, Family.LEAD_TIME, Family.RESIDENCE]
)
def test_the_sensitivity_is_no_larger_than_it_must_be(family):
    period = PERIODS[0]
    heaviest = EligibleLine(
        unit="ada",
        visitor="ada",
        person=True,
        order="1",
        ordered_at=datetime(2026, 3, 1),
        event_at=datetime(2026, 3, 4),
        quantity=1000,
        paid_minor=SPEND_CAP_STEPS * SPEND_STEP_MINOR * 2,
        online=True,
        territory="DK-2",
    )
    layout = lay_out(tuple(CATALOGUE.values()))
    block = layout.block(family)
    moved = squared_move(
        block, by_duckdb([heaviest], layout, period), by_duckdb([], layout, period)
    )
    assert moved == block.squared_sensitivity
