"""Every language says a number as its readers write it, and says no more than is known."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from tests.support.sample_views import FIGURES, SHARE

from foyer_protocol.catalogue.statistic import Unit
from foyer_web.headlines import headline, own_sentence
from foyer_web.languages import LANGUAGES, pick_locale
from foyer_web.rounding import Comparison
from foyer_web.views import Band, Reason, Status
from foyer_web.words import words

NARROW, WIDE = "\u202f", "\xa0"  # no-break spaces: French thousands, and everything else

SHARE_SENTENCES = {
    "en": "About 31% of bookers came for the first time (likely between 28% and 34%).",
    "fr": (
        f"Environ 31{WIDE}% des acheteurs sont venus pour la première fois "
        f"(probablement entre 28{WIDE}% et 34{WIDE}%)."
    ),
    "da": (
        f"Omkring 31{WIDE}% af køberne kom for første gang "
        f"(sandsynligvis mellem 28{WIDE}% og 34{WIDE}%)."
    ),
    "nl": "Ongeveer 31% van de kopers kwam voor het eerst (waarschijnlijk tussen 28% en 34%).",
    "sv": (
        f"Omkring 31{WIDE}% av köparna kom för första gången "
        f"(troligen mellan 28{WIDE}% och 34{WIDE}%)."
    ),
    "fi": (
        f"Noin 31{WIDE}% ostajista tuli ensimmäistä kertaa "
        f"(todennäköisesti 28{WIDE}%–34{WIDE}%)."
    ),
}  # fmt: skip

TICKETS = {
    "en": "about 124,300 tickets",
    "fr": f"environ 124{NARROW}300 billets",
    "da": "omkring 124.300 billetter",
    "nl": "ongeveer 124.300 kaarten",
    "sv": f"omkring 124{WIDE}300 biljetter",
    "fi": f"noin 124{WIDE}300 lippua",
}

PRICES = {
    "en": "about €18.10",
    "fr": f"environ 18,10{WIDE}€",
    "da": f"omkring 18,10{WIDE}€",
    "nl": f"ongeveer €{WIDE}18,10",
    "sv": f"omkring 18,10{WIDE}€",
    "fi": f"noin 18,10{WIDE}€",
}


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_share_is_a_sentence_with_its_range(code):
    assert headline(SHARE, words(code)) == SHARE_SENTENCES[code]


@pytest.mark.parametrize("code", LANGUAGES)
def test_tickets_and_prices_are_rounded_to_what_is_known(code):
    say = words(code)
    assert say.about(123504, 124310, 125090, Unit.TICKETS) == TICKETS[code]
    assert say.about(17.82, 18.06, 18.29, Unit.MONEY, "EUR") == PRICES[code]


def test_the_classic_example_of_the_specification():
    say = words("en")
    assert say.about(1204, 1243, 1281, Unit.VISITORS) == "about 1,240 visitors"
    assert say.between(1204, 1281, Unit.VISITORS) == "likely between 1,200 and 1,280"


def test_days_and_large_sums_keep_only_sensible_digits():
    say = words("en")
    assert say.about(11.2, 12.4, 13.5, Unit.DAYS) == "about 12 days"
    assert say.about(12.2, 12.4, 12.6, Unit.DAYS) == "about 12.4 days"
    assert say.about(900_000, 1_243_000, 1_586_000, Unit.MONEY, "DKK") == "about DKK\xa01,200,000"
    assert say.exact(1, Unit.TICKETS) == "1 ticket"
    assert say.exact(1200, Unit.TICKETS) == "1,200 tickets"


def test_a_number_without_doubt_is_not_about():
    say = words("en")
    assert say.about(12, 12, 12, Unit.TICKETS) == "12 tickets"
    assert say.between(12, 12, Unit.TICKETS) == ""
    sure = replace(SHARE, low=0.31, estimate=0.31, high=0.31)
    assert headline(sure, say) == "31% of bookers came for the first time."


def test_impossible_values_are_not_said():
    say = words("en")
    assert say.about(-38, -3, 32, Unit.VISITORS) == "about 0 visitors"
    assert say.between(-38, 32, Unit.VISITORS) == "likely between 0 and 30"
    assert say.between(0.95, 1.05, Unit.SHARE) == "likely between 95% and 100%"


def test_french_counts_nothing_in_the_singular():
    assert words("fr").exact(0, Unit.TICKETS) == "0 billet"
    assert words("en").exact(0, Unit.TICKETS) == "0 tickets"


def test_comparisons_are_three_phrases_in_every_language():
    for code in LANGUAGES:
        said = {words(code).comparison(outcome) for outcome in Comparison}
        assert len(said) == 3


def test_mine_is_compared_with_levels_and_is_a_part_of_totals():
    say = words("en")
    assert own_sentence(FIGURES["share with mine"], say) == "Yours: 41.2% (higher)."
    total = own_sentence(FIGURES["total with mine"], say)
    assert total == "Yours: 14,021 tickets, about 11.3% of the total."
    assert own_sentence(SHARE, say) == ""


def test_an_absent_number_says_why_and_names_no_one():
    say = words("en")
    assert headline(FIGURES["too few"], say).startswith("Not shown: too few institutions")
    assert headline(FIGURES["dominance"], say).endswith("would make up more than half.")
    assert headline(FIGURES["too uncertain"], say) == "Too uncertain to show."
    assert headline(FIGURES["not asked"], say) == "Not asked in this round."
    assert say.status(Status.SHOWN) == ""
    assert say.status(Status.WITHHELD, Reason.DOMINANCE) != say.status(Status.WITHHELD)


NO_HOME = " No home is known for about 40% of the bookers (likely between 38% and 43%)."


def test_leading_groups_are_named_only_as_far_as_they_can_be_told_apart():
    say = words("en")
    assert headline(FIGURES["histogram"], say) == (
        "The largest group: Denmark, postcodes 2…, with about 1,240 visitors "
        "(likely between 1,200 and 1,280)." + NO_HOME
    )
    first, _, other, _ = FIGURES["histogram"].cells
    close = tuple(replace(cell, estimate=2000.0, low=0.0, high=2000.0) for cell in (first, other))
    assert headline(replace(FIGURES["histogram"], cells=close), say) == (
        "The largest groups: Denmark, postcodes 2… (about 2,000); Another country (about 2,000)."
    )


def test_the_unknown_are_never_the_largest_group():
    say = words("en")
    cells = tuple(
        replace(cell, estimate=5000.0, low=4962.0, high=5038.0) if cell.code == "UNKNOWN" else cell
        for cell in FIGURES["histogram"].cells
    )
    said = headline(replace(FIGURES["histogram"], cells=cells), say)
    assert said.startswith("The largest group: Denmark, postcodes 2…")
    assert "No home is known for about 79% of the bookers" in said


def test_one_s_own_groups_and_the_lack_of_a_figure_are_said():
    say = words("en")
    assert own_sentence(FIGURES["my groups alone"], say) == "Yours: Denmark, postcodes 2… (207)."
    assert own_sentence(FIGURES["no figure of mine"], say) == (
        "You have no figure yet: it takes 24 months of history."
    )
    assert own_sentence(FIGURES["mine alone"], say, ("<", ">")) == "Yours: <312 visitors>."


def test_bands_dates_and_periods_read_naturally():
    say = words("en")
    assert say.band(Band(least=5, most=9)) == "5 to 9 institutions"
    assert say.band(Band(least=20)) == "20 or more institutions"
    assert say.band(Band(least=6, most=6)) == "6 institutions"
    assert say.period(date(2026, 1, 1), date(2027, 1, 1)) == "2026"
    assert say.period(date(2026, 1, 1), date(2026, 4, 1)) == "1 Jan\u2009–\u200931 Mar 2026"
    assert words("fi").day(date(2026, 11, 21)) == "21. marraskuuta 2026"
    assert (say.tiny(1e-6), say.tiny(2.5e-7)) == ("10⁻⁶", "2.5 · 10⁻⁷")
    assert say.moment(datetime(2026, 11, 24, 12, 4)) == "24 Nov 2026, 12:04"


@pytest.mark.parametrize(
    "path, header, code",
    [
        ("/da/rounds", "fr", "da"),
        ("/", "sv-FI, fi;q=0.9", "sv"),
        ("/", "de-DE, nl;q=0.4, en;q=0.3", "nl"),
        ("/", "en;q=0, fr;q=0.1", "fr"),
        ("/", "*;q=ridiculous,,;;", "en"),
        ("/data", "", "en"),
    ],
)
def test_the_url_decides_the_language_then_the_browser(path, header, code):
    assert pick_locale(path, header) == code
