"""People are told numbers that agree; machines get them beside those released."""

import pytest
from tests.support.plausible_release import release_with

from foyer_protocol.messages.release import Quartile, Reason, Spread, Status
from foyer_web.document import figure_document
from foyer_web.headlines import headline
from foyer_web.releases import figure_views
from foyer_web.telling import QuartileView, SpreadView, Standing, standing
from foyer_web.words import words


@pytest.fixture(scope="module")
def release():
    return release_with()


@pytest.fixture(scope="module")
def views(release):
    return {view.key: view for view in figure_views(release)}


def published(release, key):
    return next(figure for figure in release.figures if figure.key == key)


def test_every_shown_figure_has_an_adjusted_number_beside_the_released_one(release, views):
    for key, view in views.items():
        if published(release, key).status is Status.SHOWN and not view.cells:
            document = figure_document(view)
            assert document["estimate"] == float(published(release, key).estimate)
            assert document["adjusted"]["low"] >= 0
            assert set(document["adjusted"]) == {"estimate", "low", "high"}


def test_cells_keep_what_was_released_and_say_what_agrees(release, views):
    cells = figure_document(views["geography.residence"])["cells"]
    raw = published(release, "geography.residence").cells
    assert [cell["estimate"] for cell in cells] == [float(cell.estimate) for cell in raw]
    assert min(cell["estimate"] for cell in cells) < 0 <= cells[0]["adjusted"]["estimate"]
    assert min(cell["adjusted"]["estimate"] for cell in cells) == 0
    assert sum(cell["share"]["estimate"] for cell in cells) == pytest.approx(1, abs=1e-9)


def test_the_interval_told_is_the_released_one_and_holds_what_is_told(views):
    for cell in views["geography.residence"].cells:
        low, estimate, high = cell.told
        assert (low, high) == (min(cell.low, estimate), max(cell.high, estimate))
        assert estimate == cell.adjusted.estimate


def test_a_share_above_all_is_told_as_all():
    def lift(vector, layout):
        part, whole = next(s for s in layout.statistics if s.key == "booking.online_share").leaves
        vector[layout.slots(part)] = vector[layout.slots(whole)] + 50

    found = {view.key: view for view in figure_views(release_with(lift))}
    share = found["booking.online_share"]
    assert share.estimate > 1
    assert share.told[1] == pytest.approx(1)
    assert "100" in headline(share, words("en"))


def test_a_figure_without_a_release_is_told_as_it_is(views):
    withheld = {view.key: view for view in figure_views(release_with(objected=frozenset(views)))}
    view = withheld["volume.attendances"]
    assert view.adjusted is None
    assert view.told == (view.low, view.estimate, view.high)
    assert "adjusted" not in figure_document(view)


def test_how_institutions_are_spread_stands_beside_the_pooled_figure(release):
    ends = (("0.1", "0.2", "0.15"), ("0.2", "0.4", "0.3"), ("0.4", "1", "0.6"))
    quarters = tuple(Quartile(low=low, high=high, estimate=at) for low, high, at in ends)
    shown = Spread(
        key="booking.online_share", status=Status.SHOWN, institutions="5-9", quartiles=quarters
    )
    few = Spread(key="volume.bookers", status=Status.WITHHELD, institutions="3-4",
                 reason=Reason.FEW_CONTRIBUTORS)  # fmt: skip
    asked = release.model_copy(update={"spreads": (shown, few)})
    found = {view.key: view for view in figure_views(asked)}
    document = figure_document(found["booking.online_share"])["spread_of_institutions"]
    assert document["reason"] is None
    assert document["quartiles"][1] == {"low": 0.2, "estimate": 0.3, "high": 0.4}
    assert figure_document(found["volume.bookers"])["spread_of_institutions"] == {
        "reason": "few-contributors", "quartiles": []
    }  # fmt: skip
    assert "spread_of_institutions" not in figure_document(found["volume.attendances"])


@pytest.mark.parametrize(
    "mine, expected",
    [(0.05, Standing.LOWEST_QUARTER), (0.1, Standing.NOT_CLEAR), (0.3, Standing.MIDDLE_HALF),
     (0.5, Standing.NOT_CLEAR), (1.0, Standing.NOT_CLEAR)],
)  # fmt: skip
def test_one_is_told_where_one_is_only_where_the_ranges_leave_no_doubt(mine, expected):
    ranges = [(0.1, 0.2), (0.2, 0.4), (0.4, None)]
    quartiles = tuple(QuartileView(low=low, high=high, estimate=None) for low, high in ranges)
    assert standing(SpreadView(quartiles=quartiles), mine) is expected
    assert standing(SpreadView(reason="few-contributors"), mine) is None
