"""People are told numbers that agree; machines get them beside those released."""

import pytest
from tests.support.plausible_release import release_with

from foyer_protocol.messages.release import Status
from foyer_web.document import figure_document
from foyer_web.headlines import headline
from foyer_web.releases import figure_views
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
