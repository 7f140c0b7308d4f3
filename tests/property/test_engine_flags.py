"""No visitor decides a contributor flag: flags are facts about the imports, and travel bare."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.eligible_lines import DuckLines
from tests.support.line_strategies import EVERYTHING, PERIODS, eligible_lines

from foyer_node.engine import reference
from foyer_node.engine.extract import Extractor
from foyer_node.engine.facts import Coverage, ImportFacts, decide_flags
from foyer_protocol.catalogue.measures import Need

NOTHING = ImportFacts()
STORE = DuckLines((), NOTHING)


def by_duckdb(lines, facts, period):
    STORE.replace(lines)
    STORE.note(facts)
    return Extractor(STORE).extract(EVERYTHING, period)


@st.composite
def coverages(draw, period):
    """Imports that begin and end around every day that decides something."""
    days = [period.history_needed_from, period.starts, period.ends]
    starts = draw(st.sampled_from(days)) + timedelta(days=draw(st.integers(-1, 1)))
    return Coverage(
        provides=frozenset(draw(st.sets(st.sampled_from(Need)))),
        starts=starts,
        ends=starts + timedelta(days=draw(st.sampled_from([1, 28, 400, 4000]))),
    )


@st.composite
def neighbours(draw):
    """A period, the facts of some imports, and any lines with and without one unit's."""
    period = draw(st.sampled_from(PERIODS))
    facts = ImportFacts(imports=tuple(draw(st.lists(coverages(period), max_size=4))))
    lines = draw(st.lists(eligible_lines(period), min_size=1, max_size=6))
    unit = draw(st.sampled_from([line.unit for line in lines]))
    return period, facts, lines, [line for line in lines if line.unit != unit]


@settings(max_examples=60, deadline=None)
@given(neighbours())
def test_adding_or_removing_a_visitor_changes_no_flag(case):
    period, facts, lines, without = case
    before, after = by_duckdb(lines, facts, period), by_duckdb(without, facts, period)
    assert before.contributes == after.contributes
    slow = reference.contribution(without, EVERYTHING, period, facts)
    assert before.contributes == slow.contributes == decide_flags(EVERYTHING, period, facts)


@settings(max_examples=60, deadline=None)
@given(neighbours())
def test_a_leaf_whose_statistics_are_not_contributed_to_is_all_zeros(case):
    period, facts, lines, _ = case
    found = by_duckdb(lines, facts, period)
    fed = {leaf for leaf in EVERYTHING.leaves if facts.feed(leaf, period)}
    assert not any(any(found.values[leaf]) for leaf in EVERYTHING.leaves if leaf not in fed)
    for entry in EVERYTHING.statistics:
        assert found.contributes[entry.key] is fed.issuperset(entry.leaves)


class Unreadable:
    """A store whose lines must not be looked at."""

    def execute_measure(self, sql: str, parameters: tuple[object, ...]) -> list[tuple[int, ...]]:
        raise AssertionError("a line was read")

    def facts(self) -> ImportFacts:
        past = Coverage(provides=frozenset(Need), starts=date(2001, 1, 1), ends=date(2001, 2, 1))
        return ImportFacts(imports=(past,))


def test_where_no_import_reaches_into_the_period_no_line_is_read():
    found = Extractor(Unreadable()).extract(EVERYTHING, PERIODS[0])
    assert not any(found.contributes.values())


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_one_import_more_switches_nothing_off(data):
    period = data.draw(st.sampled_from(PERIODS))
    some = data.draw(st.lists(coverages(period), max_size=3))
    before = decide_flags(EVERYTHING, period, ImportFacts(imports=tuple(some)))
    more = ImportFacts(imports=(*some, data.draw(coverages(period))))
    after = decide_flags(EVERYTHING, period, more)
    assert all(after[key] for key, flag in before.items() if flag)
