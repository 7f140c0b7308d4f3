"""Where the parts of a cohort do not agree, a reader is told, and a machine too."""

from dataclasses import replace

import pytest
from tests.support.divided_cohorts import a_divided_consortium
from tests.support.html_reading import Outline
from tests.support.sample_views import DIFFERING, FIGURES, ROUND, SHARE

from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.messages.release import Agreement, GroupCheck, Release
from foyer_protocol.simulate import run_round
from foyer_web.agreement import agreement, caution
from foyer_web.document import figure_document
from foyer_web.languages import LANGUAGES
from foyer_web.parts import Accord
from foyer_web.releases import figure_views
from foyer_web.render import Pages
from foyer_web.views import OverviewView
from foyer_web.words import words

ENGLISH = words("en")
DIFFER = FIGURES["parts that differ"]
AGREE = FIGURES["parts that agree"]


@pytest.fixture(scope="module")
def release():
    here = a_divided_consortium("booking.online_share", "geography.residence", size=4000)
    found = run_round(here.plan, here.roster, here.parties)
    assert isinstance(found, Release)
    return found


def test_parts_that_differ_are_said_with_their_numbers():
    assert agreement(DIFFER, ENGLISH) == (
        "Read with care: divided by lot into 3 parts, the institutions do not agree on this figure."
        " One may have reported something wrong, or is unlike the others."
        " The parts give 29%; 30%; 71%; the middle one is 30%."
    )
    assert caution(DIFFER, ENGLISH) == "Read with care: the institutions do not agree."


def test_parts_that_agree_are_said_in_one_sentence_and_without_caution():
    assert agreement(AGREE, ENGLISH) == (
        "Divided by lot into 3 parts, the institutions agree on this figure."
    )
    assert caution(AGREE, ENGLISH) == ""


def test_parts_that_were_not_compared_are_said_and_no_agreement_is_claimed():
    parts = replace(DIFFERING, accord=Accord.NOT_COMPARED, values=(), allowed=None)
    assert "could not be compared" in agreement(replace(SHARE, parts=parts), ENGLISH)


def test_of_a_histogram_no_distances_are_shown_to_people():
    told = agreement(replace(FIGURES["histogram"], parts=DIFFERING), ENGLISH)
    assert told.endswith("unlike the others.")


@pytest.mark.parametrize("name", ["share", "too few"])
def test_nothing_is_said_where_nothing_was_divided_or_shown(name):
    assert agreement(FIGURES[name], ENGLISH) == caution(FIGURES[name], ENGLISH) == ""
    hidden = replace(FIGURES["too few"], parts=DIFFERING)
    assert agreement(hidden, ENGLISH) == caution(hidden, ENGLISH) == ""


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_caution_stands_on_every_page_that_shows_the_figure(code):
    pages, say = Pages(network="Nordic"), words(code)
    figure = replace(DIFFER, round_id=ROUND.round_id)
    latest = replace(ROUND, figures=(figure,))
    shown = {
        "round": {"round": latest},
        "overview": {"overview": OverviewView(figures=(figure,), latest=latest)},
    }
    for name, context in shown.items():
        assert caution(figure, say) in Outline(pages.page(name, code, path="/x", **context)).text
    page = pages.page("statistic", code, path="/x", figure=figure, round=latest, filters=())
    assert " ".join(agreement(figure, say).split()) in Outline(page).text


def test_a_machine_gets_the_check_as_released():
    assert figure_document(DIFFER)["check_by_groups"] == {
        "outcome": "differ",
        "groups": 3,
        "values": [0.29, 0.305, 0.71],
        "allowed": 0.16,
        "middle": 0.305,
    }
    assert "check_by_groups" not in figure_document(SHARE)


def test_a_released_check_reaches_the_view(release):
    share, homes = figure_views(release)
    assert (share.parts.accord, share.parts.count) == (Accord.AGREE, 3)
    assert [f"{value:.3f}" for value in share.parts.values] == [
        f"{float(value):.3f}" for value in release.checks[0].values
    ]
    codes = CATALOGUE["geography.residence"].measure.of.codes
    assert tuple(code for code, _ in homes.parts.cells) == codes
    cells = figure_document(homes)["check_by_groups"]["cells"]
    assert len(cells) == len(codes)


def test_a_figure_not_compared_has_no_middle(release):
    check = GroupCheck(key="booking.online_share", outcome=Agreement.NOT_COMPARED)
    other = release.model_copy(update={"checks": (check, release.checks[1])})
    document = figure_document(figure_views(other)[0])["check_by_groups"]
    assert document == {"outcome": "not-compared", "groups": 3, "values": [], "allowed": None}
