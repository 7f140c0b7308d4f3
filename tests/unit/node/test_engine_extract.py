"""The extractor trusts no store blindly, and says nothing where it has nothing."""

from datetime import date

import pytest
from tests.support.eligible_lines import DuckLines

from foyer_node.engine.extract import Extractor
from foyer_node.insight.own_figures import Absence, own_figures
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.layout import lay_out
from foyer_protocol.catalogue.schema import Period
from foyer_protocol.errors import InternalError

YEAR = Period(starts=date(2026, 1, 1), ends=date(2027, 1, 1))
LAYOUT = lay_out(tuple(CATALOGUE.values()))
ATTENDANCES = lay_out((CATALOGUE["volume.attendances"],))


class Answering:
    """A store that answers every measure with the same rows."""

    def __init__(self, *rows: tuple[int, int]) -> None:
        self.rows = list(rows)
        self.asked = 0

    def execute_measure(self, sql: str, parameters: tuple[object, ...]) -> list[tuple[int, ...]]:
        self.asked += 1
        return list(self.rows)

    def history_starts(self) -> date | None:
        return date(2000, 1, 1)


def test_with_nothing_imported_everything_is_zero_and_nothing_is_contributed_to():
    found = Extractor(DuckLines((), None)).extract(LAYOUT, YEAR)
    assert not any(any(values) for values in found.values.values())
    assert not any(found.contributes.values())


def test_every_leaf_has_all_its_slots():
    found = Extractor(DuckLines((), None)).extract(LAYOUT, YEAR)
    assert [len(found.values[leaf]) for leaf in LAYOUT.leaves] == [e.width for e in LAYOUT.leaves]


@pytest.mark.parametrize("row", [(1, 7), (-1, 7), (0, -7)])
def test_an_answer_outside_the_leaf_is_refused_and_its_number_not_repeated(row):
    with pytest.raises(InternalError) as refusal:
        Extractor(Answering(row)).extract(ATTENDANCES, YEAR)
    assert "7" not in refusal.value.message


def test_a_leaf_that_statistics_share_is_asked_once():
    store = Answering()
    shared = (CATALOGUE["volume.attendances"], CATALOGUE["maturity.capture_rate"])
    Extractor(store).extract(lay_out(shared), YEAR)
    assert store.asked == 2


def test_sums_stay_out_of_the_repr():
    store = Answering((0, 987654321))
    extractor = Extractor(store)
    exact = extractor.extract_exact(ATTENDANCES, YEAR)
    figures = own_figures(ATTENDANCES, exact, has_history=True)
    for secret in (extractor.extract(ATTENDANCES, YEAR), exact, figures):
        assert "987654321" not in repr(secret)


def test_own_figures_say_why_there_is_none():
    exact = Extractor(DuckLines((), None)).extract_exact(LAYOUT, YEAR)
    reasons = {f.key: f.reason for f in own_figures(LAYOUT, exact, has_history=False)}
    assert reasons["loyalty.retention_1y"] is Absence.SHORT_HISTORY
    assert reasons["volume.attendances"] is Absence.NOTHING_TO_MEASURE


def test_own_residence_names_every_territory():
    residence = lay_out((CATALOGUE["geography.residence"],))
    exact = Extractor(Answering((0, 3))).extract_exact(residence, YEAR)
    (figure,) = own_figures(residence, exact, has_history=True)
    (leaf,) = residence.leaves
    assert figure.cells == {code: 3 if code == leaf.codes[0] else 0 for code in leaf.codes}
    assert figure.value is None
