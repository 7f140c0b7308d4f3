"""Machines get the numbers as released, with a letter where there is none."""

import json
from dataclasses import replace

import pytest
from tests.support.sample_views import FIGURES, ROUND, SHARE

from foyer_protocol.catalogue.entries import RESIDENCE
from foyer_web.definition import bounds, rules
from foyer_web.document import figure_document, round_document
from foyer_web.views import CellView, Status, figure_of
from foyer_web.words import words


def test_a_document_is_unclamped_and_unrounded():
    low = replace(SHARE, low=-0.0123, estimate=0.004, high=0.02)
    document = figure_document(low)
    assert (document["low"], document["estimate"], document["high"]) == (-0.0123, 0.004, 0.02)
    cells = {cell["code"]: cell for cell in figure_document(FIGURES["histogram"])["cells"]}
    assert cells["FI-0"]["estimate"] == -3.0


@pytest.mark.parametrize(
    "name, letter",
    [("too few", "c"), ("dominance", "w"), ("too uncertain", "u"), ("not asked", "z"),
     ("did not take part", "x"), ("share", "")],
)  # fmt: skip
def test_an_absent_number_is_a_letter_and_nothing_else(name, letter):
    document = figure_document(FIGURES[name])
    assert document["code"] == letter
    assert ("estimate" in document) == (name == "share")


def test_mine_is_in_a_document_only_where_the_view_holds_it():
    assert "mine" not in figure_document(SHARE)
    assert figure_document(FIGURES["share with mine"])["mine"] == 0.412


def test_a_round_is_a_document():
    document = json.loads(json.dumps(round_document(ROUND)))
    assert document["period"] == {"starts": "2026-01-01", "ends": "2026-04-01"}
    assert document["institutions"] == {"least": 5, "most": 9}
    assert document["withheld"] == [{"key": "booking.online_share", "reason": "dominance"}]


def test_a_histogram_hides_uncertain_cells_from_the_chart_but_names_them():
    figure = FIGURES["histogram"]
    assert [cell.code for cell in figure.ranked] == ["DK-2", "ELSEWHERE", "UNKNOWN"]
    assert [cell.code for cell in figure.unclear] == ["FI-0"]
    assert figure.unclear[0].status is Status.TOO_UNCERTAIN


def test_limits_are_read_from_the_catalogue():
    say = words("en")
    assert bounds("money.average_ticket_price", "EUR", say)[:2] == [
        "At most €600 of spending per visitor counts.",
        "At most 40 tickets per visitor count.",
    ]
    assert rules("loyalty.first_time_share", say)[0].startswith("Shown only if at least 4 other")
    assert bounds("family.unknown", "EUR", say) == rules("family.unknown", say) == []


def test_a_histogram_of_uncertain_cells_only_is_too_uncertain():
    noise = (CellView(code="FI-0", estimate=3.0, low=-40.0, high=46.0),)
    assert figure_of(RESIDENCE, cells=noise).status is Status.TOO_UNCERTAIN
