"""What the pages of figures and of trust show, without a web: values in, values out."""

from dataclasses import replace

import pytest
from tests.support.published import PLANNED
from tests.support.released_quarters import quarters, release_by_kind, release_of_quarter
from tests.support.simulated_round import simulated_round

from foyer_coordinator.portal import documents, statistic_views, trust_views, views
from foyer_coordinator.portal.statistic_views import Tab
from foyer_coordinator.ports import RoundRow
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.rounds.phases import Phase
from foyer_web import views as kit
from foyer_web.portal_words import VERSIONS, WAYS
from foyer_web.words import words

EN = words("en")
ROSTER = simulated_round().signed.roster


def roster(epoch, period, cap):
    return ROSTER.model_copy(update={"epoch": epoch, "period": period, "period_rho_cap": cap})


def under(epoch, n):
    return release_of_quarter(n).model_copy(update={"epoch": epoch})


def planned(phase=Phase.PLANNED):
    return RoundRow(
        plan=PLANNED, phase=phase, reason="", created_at=1, launched_at=None, ended_at=None
    )


def page(key, asked="", count=8):
    releases = quarters(count)
    return statistic_views.statistic_page(key, releases[-1], asked, releases, EN)


@pytest.mark.parametrize(
    "key, asked, tab",
    [
        ("volume.bookers", "", Tab.COMPARE),
        ("volume.bookers", "time", Tab.TIME),
        ("volume.bookers", "map", Tab.COMPARE),
        ("volume.bookers", "<nonsense>", Tab.COMPARE),
        ("geography.residence", "map", Tab.MAP),
    ],
)
def test_a_statistic_is_looked_at_as_asked_or_else_in_the_first_way(key, asked, tab):
    assert page(key, asked).tab is tab


def test_only_a_figure_of_territories_offers_a_map():
    offered = {key: Tab.MAP in page(key).tabs for key in CATALOGUE}
    assert [key for key, has_map in offered.items() if has_map] == ["geography.residence"]


def test_an_unknown_statistic_has_no_page_and_an_unreleased_one_has():
    assert statistic_views.statistic_page("volume.none", None, "", [], EN) is None
    empty = statistic_views.statistic_page("volume.bookers", None, "time", [], EN)
    assert (empty.round, empty.trend.points, empty.filters) == (None, (), ())
    assert empty.figure.status is kit.Status.NOT_ASKED


def test_exploring_shows_every_statistic_and_nothing_later_than_the_chosen_round():
    releases = quarters(8)
    found = statistic_views.explore_page(releases[4], releases, EN)
    assert [one.figure.key for one in found.multiples] == list(CATALOGUE)
    for one in found.multiples:
        assert one.figure.round_id == "q1-2025"
        assert max(point.ends for point in one.trend.points) == releases[4].ends
    (choice,) = found.filters
    assert [text for _, text in choice.options][:2] == ["Q4 2025", "Q3 2025"]
    assert statistic_views.explore_page(None, [], EN).round is None


def test_three_headlines_are_shown_ones_and_the_preferred_first():
    figures = views.overview(quarters(8), []).figures
    chosen = views.headlines(figures)
    assert [one.key for one in chosen] == [
        "volume.attendances", "loyalty.retention_1y", "money.average_ticket_price",
    ]  # fmt: skip
    withheld = [
        replace(one, status=kit.Status.WITHHELD) if one.key == "loyalty.retention_1y" else one
        for one in figures
    ]
    assert [one.key for one in views.headlines(withheld)] == [
        "volume.attendances", "money.average_ticket_price", "loyalty.first_time_share",
    ]  # fmt: skip


@pytest.mark.parametrize("phase", [Phase.PLANNED, Phase.REPORTING, Phase.REVIEWING])
def test_the_next_round_is_one_that_is_planned_or_runs(phase):
    assert views.overview(quarters(1), [], [planned(phase)]).next_round.round_id == "q1-2026"


@pytest.mark.parametrize("phase", [Phase.RELEASED, Phase.ABORTED])
def test_a_round_that_is_over_is_not_the_next(phase):
    assert views.overview(quarters(1), [], [planned(phase)]).next_round is None


def test_each_release_is_paid_for_in_the_period_of_its_roster():
    rosters = [roster(1, "2024", "1/2"), roster(2, "2025", "1/2"), roster(3, "2025", "2/1")]
    releases = [under(1, 0), under(1, 1), under(2, 2), under(3, 3)]
    later, earlier = trust_views.budget_of(releases, rosters)
    assert (earlier.name, earlier.cap, earlier.used) == ("2024", 0.5, pytest.approx(0.18))
    assert (later.name, later.cap, later.used) == ("2025", 2.0, pytest.approx(0.18))
    assert [line.round.round_id for line in later.lines] == ["q4-2024", "q3-2024"]
    assert [line.used for line in later.lines] == pytest.approx([0.18, 0.09])
    assert later.left == pytest.approx(1.82)


def test_a_release_without_its_roster_is_in_no_period_and_nothing_was_used_before_any():
    assert trust_views.budget_of([under(9, 0)], [roster(1, "2024", "1/2")]) == ()
    assert trust_views.left_of((), roster(1, "2024", "1/2")) == 0.5
    assert trust_views.left_of((), None) == 0.0


def test_an_overdrawn_period_has_nothing_left():
    (period,) = trust_views.budget_of([under(1, 0)], [roster(1, "2024", "1/20")])
    assert period.left == 0.0


def test_a_notice_says_what_is_asked_read_and_left():
    notice = trust_views.notice_of(planned(), 1.28, EN)
    assert notice.statistics == tuple(CATALOGUE)
    assert notice.unknown == ()
    assert {"ordered_at", "paid_minor", "territory"} <= set(notice.columns)
    assert (notice.cost, notice.left, notice.minimum_cohort) == ("0.09", "1.28", 5)


def test_a_statistic_of_a_newer_catalogue_is_named_and_not_explained():
    newer = planned()
    plan = newer.plan.model_copy(update={"statistics": ("volume.bookers", "volume.newer")})
    notice = trust_views.notice_of(replace(newer, plan=plan), 1.0, EN)
    assert (notice.statistics, notice.unknown) == (("volume.bookers",), ("volume.newer",))


def test_every_statistic_is_defined_and_every_word_of_the_face_has_its_name():
    assert [one.key for one in trust_views.definitions("EUR")] == list(CATALOGUE)
    assert set(trust_views.versions()) == set(VERSIONS)
    assert set(WAYS) == {tab.value for tab in Tab}
    document = documents.methods_of((), trust_views.versions())
    assert [one["key"] for one in document["statistics"]] == list(CATALOGUE)


def test_two_releases_of_one_period_are_told_apart_by_their_rounds():
    by_kind, _ = release_by_kind()
    releases = [*quarters(8), by_kind]
    (choice,) = views.round_filter(list(reversed(releases)), "q4-2025", EN)
    assert [text for _, text in choice.options][:3] == [
        "Q4 2025 (q4-2025-by-kind)", "Q4 2025 (q4-2025)", "Q3 2025",
    ]  # fmt: skip


def test_a_release_by_kind_has_its_kinds_on_the_page_and_another_has_none():
    by_kind, _ = release_by_kind()
    found = statistic_views.statistic_page("volume.bookers", by_kind, "", [by_kind], EN)
    assert [one.code for one in found.cohorts] == [
        "MUSEUM",
        "MUSEUM_ART",
        "MUSEUM",
        "THEATRE",
        "ALL",
    ]
    assert page("volume.bookers").cohorts == ()
