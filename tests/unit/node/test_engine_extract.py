"""The extractor trusts no store blindly, and says nothing where it has nothing."""

from datetime import date

import pytest
from tests.support.eligible_lines import DuckLines, imported

from foyer_node.engine.extract import Extractor
from foyer_node.engine.facts import Coverage, ImportFacts, decide_flags
from foyer_node.insight.own_figures import Absence, own_figures
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.layout import lay_out
from foyer_protocol.catalogue.measures import Need
from foyer_protocol.catalogue.schema import Period
from foyer_protocol.errors import InternalError

YEAR = Period(starts=date(2026, 1, 1), ends=date(2027, 1, 1))
LAYOUT = lay_out(tuple(CATALOGUE.values()))
ATTENDANCES = lay_out((CATALOGUE["volume.attendances"],))


class Answering:
    """A store that answers every statement with the same rows."""

    def __init__(self, *rows: tuple[int, int, int]) -> None:
        self.rows = list(rows)
        self.asked = 0

    def execute_measure(self, sql: str, parameters: tuple[object, ...]) -> list[tuple[int, ...]]:
        self.asked += 1
        return list(self.rows)

    def facts(self) -> ImportFacts:
        return imported()


def test_with_nothing_imported_everything_is_zero_and_nothing_is_contributed_to():
    found = Extractor(DuckLines((), ImportFacts())).extract(LAYOUT, YEAR)
    assert not any(any(values) for values in found.values.values())
    assert not any(found.contributes.values())


def test_every_leaf_has_all_its_slots():
    found = Extractor(DuckLines((), ImportFacts())).extract(LAYOUT, YEAR)
    assert [len(found.values[leaf]) for leaf in LAYOUT.leaves] == [e.width for e in LAYOUT.leaves]


@pytest.mark.parametrize("row", [(0, 1, 7), (0, -1, 7), (0, 0, -7), (1, 0, 7), (-1, 0, 7)])
def test_an_answer_outside_the_plan_is_refused_and_its_number_not_repeated(row):
    with pytest.raises(InternalError) as refusal:
        Extractor(Answering(row)).extract(ATTENDANCES, YEAR)
    assert "7" not in refusal.value.message


def test_statistics_of_the_same_lines_are_asked_together():
    store = Answering()
    shared = (CATALOGUE["volume.attendances"], CATALOGUE["maturity.capture_rate"])
    Extractor(store).extract(lay_out(shared), YEAR)
    assert store.asked == 1


def test_the_whole_catalogue_asks_twice():
    store = Answering()
    Extractor(store).extract(LAYOUT, YEAR)
    assert store.asked == 2


def test_sums_stay_out_of_the_repr():
    store = Answering((0, 0, 987654321))
    extractor = Extractor(store)
    exact = extractor.extract_exact(ATTENDANCES, YEAR)
    figures = own_figures(ATTENDANCES, exact, YEAR, store.facts())
    for secret in (extractor.extract(ATTENDANCES, YEAR), exact, figures):
        assert "987654321" not in repr(secret)


def test_own_figures_say_why_there_is_none():
    facts = imported(date(2026, 1, 1))
    exact = Extractor(DuckLines((), facts)).extract_exact(LAYOUT, YEAR)
    reasons = {f.key: f.reason for f in own_figures(LAYOUT, exact, YEAR, facts)}
    assert reasons["loyalty.retention_1y"] is Absence.SHORT_HISTORY
    assert reasons["volume.attendances"] is Absence.NOTHING_TO_MEASURE


def test_own_residence_names_every_territory():
    residence = lay_out((CATALOGUE["geography.residence"],))
    exact = Extractor(Answering((0, 0, 3))).extract_exact(residence, YEAR)
    (figure,) = own_figures(residence, exact, YEAR, imported())
    (leaf,) = residence.leaves
    assert figure.cells == {code: 3 if code == leaf.codes[0] else 0 for code in leaf.codes}
    assert figure.value is None


def months(starts, ends, *provides):
    return Coverage(provides=frozenset(provides), starts=starts, ends=ends)


TILL_ONLY = months(date(2020, 1, 1), date(2026, 1, 1), Need.EVENT_TIME)
WITH_KEYS = months(date(2026, 1, 1), date(2027, 1, 1), Need.VISITOR_KEY)


def flags(*imports):
    return decide_flags(LAYOUT, YEAR, ImportFacts(imports=imports))


def test_months_at_the_till_are_no_history_of_visitors():
    found = flags(TILL_ONLY, WITH_KEYS)
    assert found["volume.bookers"]
    assert not found["loyalty.first_time_share"]


def test_columns_of_months_outside_the_period_do_not_count():
    found = flags(TILL_ONLY, WITH_KEYS)
    assert found["volume.attendances"]
    assert not found["booking.lead_time"]


def test_what_one_statistic_needs_must_be_in_one_file():
    keys = months(YEAR.starts, YEAR.ends, Need.VISITOR_KEY)
    postcodes = months(YEAR.starts, YEAR.ends, Need.POSTCODE)
    both = months(YEAR.starts, YEAR.ends, Need.VISITOR_KEY, Need.POSTCODE)
    assert not flags(keys, postcodes)["geography.residence"]
    assert flags(keys, both)["geography.residence"]


def test_a_till_contributes_to_what_its_six_columns_can_say():
    till = months(date(2020, 1, 1), YEAR.ends, Need.EVENT_TIME)
    assert {key for key, flag in flags(till).items() if flag} == {
        "volume.attendances",
        "money.average_ticket_price",
        "booking.lead_time",
        "maturity.capture_rate",
    }
