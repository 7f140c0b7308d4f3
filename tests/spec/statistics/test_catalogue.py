"""The catalogue is sound, has one fingerprint, and its page is what the code says."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import foyer_protocol
from foyer_protocol.catalogue import entries
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.evaluate import evaluate
from foyer_protocol.catalogue.fingerprint import (
    canonical_text,
    catalogue_fingerprint,
    fingerprint_of,
)
from foyer_protocol.catalogue.lint import problems
from foyer_protocol.catalogue.measures import (
    LeadTimes,
    Median,
    Need,
    Ratio,
    Residence,
    Spend,
    Tickets,
    Total,
    Visitors,
    Window,
)
from foyer_protocol.catalogue.reference_page import render
from foyer_protocol.catalogue.schema import Period, months_before
from foyer_protocol.catalogue.statistic import PrivacyUnit, Unit
from foyer_protocol.dp.quantiles import tree_counts

PAGE = Path(foyer_protocol.__file__).parent.parent / "docs" / "catalogue.md"
RETENTION = entries.RETENTION
LEAD_TIME = entries.LEAD_TIME


def test_the_committed_page_is_the_rendered_one():
    assert PAGE.read_text(encoding="utf-8") == render()


def test_the_catalogue_keeps_its_own_rules():
    assert problems(CATALOGUE) == []


def broken(entry, **changes):
    return problems({entry.key: replace(entry, **changes)})


@pytest.mark.parametrize(
    "entry, changes, word",
    [
        (RETENTION, {"key": "rumour.retention"}, "chapter"),
        (RETENTION, {"title": " "}, "title"),
        (RETENTION, {"title": "t" * 41}, "title"),
        (RETENTION, {"question": "How many came back"}, "question"),
        (RETENTION, {"least_others": 3}, "others"),
        (RETENTION, {"dominance_cap": 51}, "dominance"),
        (RETENTION, {"dominance_cap": 0}, "dominance"),
        (RETENTION, {"privacy_unit": PrivacyUnit.VISITOR_OR_ORDER}, "unit of V/O"),
        (RETENTION, {"unit": Unit.MONEY}, "not in money"),
        (LEAD_TIME, {"unit": Unit.SHARE}, "not in share"),
        (LEAD_TIME, {"privacy_unit": PrivacyUnit.VISITOR}, "unit of V"),
        (LEAD_TIME, {"measure": Median(of=LeadTimes(edges=(0, 1, 2)))}, "power"),
        (LEAD_TIME, {"measure": Median(of=LeadTimes(edges=(1, 2, 3, 4, 5)))}, "edges"),
        (LEAD_TIME, {"measure": Median(of=LeadTimes(edges=(0, 2, 2, 4, 5)))}, "edges"),
        (entries.ATTENDANCES, {"measure": Total(of=Tickets(cap=0))}, "cap"),
        (entries.BOOKERS_TOTAL, {"measure": Total(of=Visitors(booked=()))}, "no window"),
        (
            entries.BOOKERS_TOTAL,
            {"measure": Total(of=Visitors(booked=(Window.PERIOD,), not_booked=(Window.PERIOD,)))},
            "both",
        ),
        (
            entries.RESIDENCE,
            {"measure": replace(entries.RESIDENCE.measure, of=Residence(codes=("A",)))},
            "codes",
        ),
        (
            RETENTION,
            {"measure": Ratio(part=entries.RETAINED_BOOKERS, whole=entries.BOOKERS)},
            "history",
        ),
        (
            RETENTION,
            {"measure": Ratio(part=entries.NEW_BOOKERS, whole=entries.PREVIOUS_BOOKERS)},
            "within",
        ),
        (
            entries.ONLINE_SHARE,
            {"measure": Ratio(part=Tickets(cap=40), whole=Tickets(cap=40, online=True))},
            "within",
        ),
        (
            entries.ONLINE_SHARE,
            {"measure": Ratio(part=Tickets(cap=39, online=True), whole=Tickets(cap=40))},
            "caps",
        ),
        (
            entries.ONLINE_SHARE,
            {"measure": Ratio(part=Tickets(cap=40), whole=entries.BOOKERS)},
            "no meaning",
        ),
        (
            entries.AVERAGE_TICKET_PRICE,
            {"measure": Ratio(part=Spend(cap=0, step_minor=1), whole=Tickets(cap=40))},
            "paid ticket",
        ),
        (
            entries.AVERAGE_TICKET_PRICE,
            {"measure": replace(entries.AVERAGE_TICKET_PRICE.measure, scale_denominator=0)},
            "scale",
        ),
    ],
)
def test_a_broken_rule_is_named(entry, changes, word):
    assert any(word in sentence for sentence in broken(entry, **changes))


def test_two_entries_of_one_title_and_an_entry_under_another_key_are_named():
    twin = replace(RETENTION, key="loyalty.twin")
    found = problems({RETENTION.key: RETENTION, "loyalty.other": twin})
    assert len([sentence for sentence in found if "also called" in sentence]) == 2
    assert "loyalty.twin: filed under loyalty.other" in found


def test_the_fingerprint_forgets_order_and_remembers_everything_else():
    backwards = list(reversed(CATALOGUE.values()))
    assert fingerprint_of(backwards) == catalogue_fingerprint()
    for change in (
        {"title": "Other"},
        {"least_others": 5},
        {"measure": Ratio(part=entries.RETAINED_BOOKERS, whole=entries.BOOKERS_WITH_HISTORY)},
    ):
        changed = {**CATALOGUE, RETENTION.key: replace(RETENTION, **change)}
        assert fingerprint_of(changed.values()) != catalogue_fingerprint()


def test_the_fingerprint_tells_a_cap_an_edge_and_a_class_apart():
    seen = {
        fingerprint_of([replace(entries.ATTENDANCES, measure=measure)])
        for measure in (
            Total(of=Tickets(cap=40)),
            Total(of=Tickets(cap=41)),
            Total(of=Spend(cap=40, step_minor=1)),
            Median(of=LeadTimes(edges=(0, 1, 2, 3, 4))),
            Median(of=LeadTimes(edges=(0, 1, 2, 3, 5))),
        )
    }
    assert len(seen) == 5


def test_what_is_hashed_is_ascii_and_names_classes():
    text = canonical_text(CATALOGUE.values())
    assert text.isascii()
    assert '"class":"LeadTimes"' in text
    assert '"needs":["postcode","visitor_key"]' in text


def test_a_statistic_needs_what_any_of_its_leaves_needs():
    assert entries.ONLINE_SHARE.needs == {Need.CHANNEL}
    assert entries.RESIDENCE.needs == {Need.VISITOR_KEY, Need.POSTCODE}
    assert entries.CAPTURE_RATE.needs == frozenset()


def test_a_ratio_of_nothing_has_no_value():
    part, whole = RETENTION.leaves
    assert evaluate(RETENTION, {part: (3,), whole: (0,)}).value is None
    assert evaluate(RETENTION, {part: (3,), whole: (-2.5,)}).value is None
    assert evaluate(RETENTION, {part: (-1,), whole: (4,)}).value == Fraction(-1, 4)


def test_a_median_between_two_far_leaves_is_the_middle_of_the_gap():
    (leaf,) = LEAD_TIME.leaves
    counts = np.zeros(leaf.leaves, dtype=np.int64)
    counts[[3, 100]] = 7
    tree = tuple(int(n) for n in tree_counts(counts, leaf.branching))
    assert evaluate(LEAD_TIME, {leaf: tree}).value == 52.0
    assert evaluate(LEAD_TIME, {leaf: (0,) * leaf.width}).value is None


def test_a_noised_tree_uses_all_its_levels():
    (leaf,) = LEAD_TIME.leaves
    counts = np.full(leaf.leaves, 100)
    tree = tree_counts(counts, leaf.branching).astype(float)
    tree[0] += 1000.0
    moved = evaluate(LEAD_TIME, {leaf: tuple(tree)}).value
    assert moved < evaluate(LEAD_TIME, {leaf: tuple(tree_counts(counts, 4))}).value


@pytest.mark.parametrize(
    "day, months, wanted",
    [
        (date(2024, 2, 29), 36, date(2021, 2, 28)),
        (date(2024, 2, 29), 48, date(2020, 2, 29)),
        (date(2026, 12, 31), 36, date(2023, 12, 31)),
        (date(2026, 1, 1), 1, date(2025, 12, 1)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
    ],
)
def test_months_are_counted_back_to_the_same_day_or_the_last(day, months, wanted):
    assert months_before(day, months) == wanted


def test_a_long_period_asks_for_its_whole_previous_one():
    three_years = Period(starts=date(2026, 1, 1), ends=date(2029, 1, 1))
    assert three_years.history_needed_from == three_years.previous().starts
