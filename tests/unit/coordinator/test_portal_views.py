"""What members read is what was released: no more, no less, and of nobody alone."""

import re
from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.simulated_round import NAMES, plan_of, simulated_round

from foyer_coordinator.portal import documents, views
from foyer_coordinator.ports import Institution, RoundRow
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.messages.release import Figure, Reason, Status, band
from foyer_protocol.rounds.phases import Phase
from foyer_web import releases
from foyer_web import views as kit
from foyer_web.words import words

RELEASE = simulated_round().release


def row(phase: Phase, reason: str = "") -> RoundRow:
    return RoundRow(
        plan=plan_of("round-2026"), phase=phase, reason=reason, created_at=1, launched_at=None,
        ended_at=None,
    )  # fmt: skip


def with_entry(release, key, **changes):
    """The release, with one figure changed."""
    figures = tuple(
        figure.model_copy(update=changes) if figure.key == key else figure
        for figure in release.figures
    )
    return release.model_copy(update={"figures": figures})


@given(st.integers(0, 500))
def test_a_band_holds_the_count_it_was_made_from(count):
    found = releases.band_of(band(count))
    assert found.least <= count <= (found.most or count)


def test_a_figure_is_carried_as_it_was_released():
    entry = next(figure for figure in RELEASE.figures if figure.key == "volume.attendances")
    view = releases.figure_view(entry, RELEASE)
    told = (view.low, view.estimate, view.high)
    assert told == (float(entry.low), float(entry.estimate), float(entry.high))
    assert (view.round_id, view.institutions) == ("round-2026", kit.Band(least=5, most=9))
    assert view.noise_half_width == (view.high - view.low) / 2
    assert view.currency == ""


def test_money_and_only_money_has_a_currency():
    entry = Figure(
        key="money.average_ticket_price", status=Status.SHOWN, contributors="5-9",
        estimate="12.5", low="12", high="13",
    )  # fmt: skip
    assert releases.figure_view(entry, RELEASE).currency == "EUR"


def test_a_histogram_keeps_its_impossible_cells():
    release = simulated_round().release
    residence = next(figure for figure in release.figures if figure.key == "geography.residence")
    low = residence.cells[0].model_copy(update={"estimate": "-3", "low": "-9", "high": "3"})
    changed = residence.model_copy(update={"cells": (low, *residence.cells[1:])})
    view = releases.figure_view(changed, release)
    assert (view.cells[0].estimate, view.cells[0].low) == (-3.0, -9.0)
    assert len(view.cells) == len(residence.cells)


def test_too_few_contributors_are_said_and_no_number_is_left():
    release = simulated_round("few", without_history=2).release
    view = views.figure_in("loyalty.retention_1y", release)
    assert (view.status, view.reason) == (kit.Status.WITHHELD, kit.Reason.FEW_CONTRIBUTORS)
    assert view.institutions == kit.Band(least=3, most=4)
    document = documents.statistic_of(view, release)
    assert "estimate" not in document
    assert document["published"]["estimate"] is None


def test_dominance_is_said_and_names_nobody():
    release = simulated_round("dominated", (90_000, 100, 100, 100, 100, 100)).release
    view = views.figure_in("volume.attendances", release)
    assert (view.status, view.reason) == (kit.Status.WITHHELD, kit.Reason.DOMINANCE)
    shown = releases.release_view(release)
    assert {entry.key for entry in shown.withheld} == set(release_keys(release, Reason.DOMINANCE))
    said = str(documents.round_of(shown, release, row(Phase.RELEASED)))
    # Whole words: "ccb" stands inside one hexadecimal digest in twenty by chance.
    assert not any(re.search(rf"\b{name}\b", said) for name in NAMES)


def release_keys(release, reason):
    return [figure.key for figure in release.figures if figure.reason is reason]


def test_no_estimate_is_said_as_too_uncertain():
    release = with_entry(
        RELEASE, "loyalty.retention_1y", status=Status.WITHHELD, reason=Reason.NO_ESTIMATE,
        estimate=None, low=None, high=None,
    )  # fmt: skip
    view = views.figure_in("loyalty.retention_1y", release)
    assert view.status is kit.Status.TOO_UNCERTAIN
    (entry,) = (one for one in releases.release_view(release).withheld if one.key == view.key)
    assert words("en").status(entry.status, entry.reason) == "Too uncertain to show"
    document = documents.statistic_of(view, release)
    assert (document["code"], document["published"]["reason"]) == ("u", "no-estimate")


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason is not Reason.NONE])
def test_every_reason_of_the_protocol_can_be_said(reason):
    release = with_entry(RELEASE, "volume.bookers", status=Status.WITHHELD, reason=reason)
    view = views.figure_in("volume.bookers", release)
    assert words("en").status(view.status, view.reason)


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_can_be_said(phase):
    assert words("en").state(views.round_view(row(phase), None).state)


@pytest.mark.parametrize(
    "reason", ["too-few-nodes", "deadline-passed", "helper-refused", "canaries-differ",
               "plan-withdrawn", "internal"],
)  # fmt: skip
@pytest.mark.parametrize("code", ["en", "fi"])
def test_every_reason_to_end_a_round_can_be_said(reason, code):
    view = views.round_view(row(Phase.ABORTED, reason), None)
    assert view.ending is kit.Ending(reason)
    assert words(code).ending(view.ending)


def test_a_reason_of_a_newer_version_is_said_as_a_fault_and_a_running_round_has_none():
    newer = views.round_view(row(Phase.ABORTED, "unheard-of"), None)
    assert newer.ending is kit.Ending.INTERNAL
    assert views.round_view(row(Phase.REPORTING), None).ending is None


def test_a_statistic_that_was_not_asked_says_so():
    view = views.figure_in("booking.lead_time", RELEASE)
    assert (view.status, view.round_id) == (kit.Status.NOT_ASKED, "round-2026")
    assert views.figure_in("booking.lead_time", None).status is kit.Status.NOT_ASKED
    assert views.figure_in("volume.unheard_of", RELEASE) is None


def test_a_figure_that_this_version_does_not_know_is_left_out():
    old = RELEASE.figures[0].model_copy(update={"key": "volume.forgotten"})
    release = RELEASE.model_copy(update={"figures": (old, *RELEASE.figures[1:])})
    assert [view.key for view in releases.release_view(release).figures] == [
        figure.key for figure in RELEASE.figures[1:]
    ]


def test_a_round_shows_where_its_numbers_come_from():
    view = releases.release_view(RELEASE)
    assert (view.plan_hash, view.roster_hash) == (RELEASE.plan, RELEASE.roster)
    assert (view.release_hash, view.roster_epoch) == (RELEASE.digest, RELEASE.epoch)
    assert (view.rho, view.epsilon, view.delta) == (RELEASE.rho, float(RELEASE.epsilon), 1e-6)
    deviations = [sqrt(Fraction(variance)) for variance in RELEASE.variances]
    assert [line.standard_deviation for line in view.noise] == deviations
    assert view.released_on == date(2027, 5, 11)  # of `simulate.NOON`


def test_a_planned_round_says_what_it_would_cost():
    view = views.round_view(row(Phase.PLANNED), None)
    assert (view.state, view.rho, view.figures) == (kit.RoundState.PLANNED, RELEASE.rho, ())
    assert view.plan_hash == RELEASE.plan


def test_the_overview_shows_the_latest_release_and_a_band_of_members():
    later = RELEASE.model_copy(update={"round_id": "later"})
    known = [
        Institution(
            slug=name, name=name, country="", type="", size_band="", signing_key="",
            transport_key="", helper_key="", helper_signature="", enrolled_at=1,
        )
        for name in NAMES
    ]  # fmt: skip
    seen = views.overview([RELEASE, later], [replace(known[0], suspended=True), *known[1:]])
    assert (seen.latest.round_id, seen.taking_part) == ("later", kit.Band(least=5, most=9))
    assert [figure.key for figure in seen.figures] == [figure.key for figure in RELEASE.figures]
    assert views.overview([], []).latest is None


def test_a_choice_of_rounds_appears_when_there_is_one():
    later = RELEASE.model_copy(update={"round_id": "later"})
    asked = views.with_figure("volume.bookers", [RELEASE, later])
    assert [release.round_id for release in asked] == ["later", "round-2026"]
    assert views.with_figure("booking.lead_time", [RELEASE, later]) == []
    assert views.round_filter([RELEASE], "round-2026", words("da")) == ()
    (choice,) = views.round_filter(asked, "later", words("da"))
    assert (choice.chosen, [value for value, _ in choice.options]) == (
        "later", ["later", "round-2026"],
    )  # fmt: skip


def test_nothing_of_one_institution_is_in_any_document():
    view = releases.release_view(RELEASE)
    said = str(documents.round_of(view, RELEASE, row(Phase.RELEASED)))
    for key in CATALOGUE:
        said += str(documents.statistic_of(views.figure_in(key, RELEASE), RELEASE))
    assert "mine" not in said
    assert not any(f"'{name}'" in said for name in NAMES)
