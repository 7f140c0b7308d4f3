"""A house reads where its own value is among the institutions', and nobody else does."""

from dataclasses import replace

from foyer_node.web.documents import own_document
from foyer_protocol.catalogue.entries import ONLINE_SHARE
from foyer_web.document import figure_document
from foyer_web.telling import QuartileView, SpreadView
from foyer_web.views import figure_of

QUARTILES = tuple(
    QuartileView(low=low, high=high, estimate=(low + high) / 2)
    for low, high in ((0.3, 0.4), (0.4, 0.5), (0.6, 0.8))
)
POOLED = figure_of(ONLINE_SHARE, interval=(0.5, 0.55, 0.6))


def test_a_house_above_three_quarters_of_all_is_told_so_in_its_own_document_only():
    figure = replace(POOLED, spread=SpreadView(quartiles=QUARTILES), mine=0.9)
    assert own_document(figure, {})["standing"] == "highest-quarter"
    assert "standing" not in figure_document(figure)


def test_a_house_in_a_range_that_holds_a_quartile_is_told_that_it_is_not_clear():
    figure = replace(POOLED, spread=SpreadView(quartiles=QUARTILES), mine=0.35)
    assert own_document(figure, {})["standing"] == "not-clear"


def test_where_the_spread_is_withheld_there_is_no_standing():
    figure = replace(POOLED, spread=SpreadView(reason="few-contributors"), mine=0.35)
    assert own_document(figure, {})["standing"] is None
    assert "standing" not in own_document(replace(POOLED, mine=0.35), {})
