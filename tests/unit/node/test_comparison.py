"""Mine is exact and beside the peers' released interval, whatever was released."""

from datetime import date
from fractions import Fraction

import pytest
from tests.support.local_node import plan_for
from tests.support.simulated_round import NAMES, contribution_to

from foyer_node.insight.comparison import (
    compare_release,
    last_full_year,
    not_asked,
    was_in_the_sum,
)
from foyer_node.insight.own_figures import Absence, OwnFigure
from foyer_protocol.dp.ledger import Ledger, charge
from foyer_protocol.messages.codec import fraction_text, read_fraction
from foyer_protocol.messages.release import Reason as PublishedReason
from foyer_protocol.messages.release import Release
from foyer_protocol.messages.release import Status as PublishedStatus
from foyer_protocol.simulate import make_network, run_round
from foyer_web.releases import release_view
from foyer_web.views import Band, Reason, Status


def own(key, value=None, cells=None, reason=Absence.NONE):
    return {key: OwnFigure(key=key, value=value, cells=cells, reason=reason)}


@pytest.fixture(scope="module")
def release():
    plan = plan_for("round-1")
    roster, parties = make_network({name: contribution_to(plan, 5000) for name in NAMES})
    released = run_round(plan, roster, parties)
    assert isinstance(released, Release)
    return released


def shown(release, mine, *, took_part=True, currency="EUR"):
    figures = compare_release(release, mine, took_part=took_part, currency=currency)
    return {figure.key: figure for figure in figures}


def with_figure(release, which, **changes):
    figures = tuple(
        figure.model_copy(update=changes) if figure.key == which else figure
        for figure in release.figures
    )
    return release.model_copy(update={"figures": figures})


def test_mine_is_exact_and_the_peers_are_as_released(release):
    view = shown(release, own("volume.attendances", 6396.25))["volume.attendances"]
    published = next(f for f in release.figures if f.key == view.key)
    assert view.mine == 6396.25
    assert view.includes_mine
    assert (view.low, view.estimate, view.high) == (
        float(published.low), float(published.estimate), float(published.high),
    )  # fmt: skip
    assert view.institutions == Band(least=5, most=9)


def test_every_group_has_mine_beside_it(release):
    cells = {"DK-2": 207, "UNKNOWN": 3}
    view = shown(release, own("geography.residence", cells=cells))["geography.residence"]
    assert {cell.code: cell.mine for cell in view.cells if cell.mine is not None} == cells


@pytest.mark.parametrize(
    "reason, status, said",
    [
        (PublishedReason.FEW_CONTRIBUTORS, Status.WITHHELD, Reason.FEW_CONTRIBUTORS),
        (PublishedReason.DOMINANCE, Status.WITHHELD, Reason.DOMINANCE),
        (PublishedReason.NO_ESTIMATE, Status.TOO_UNCERTAIN, None),
    ],
)
def test_a_withheld_figure_still_shows_mine(release, reason, status, said):
    gone = {
        "estimate": None,
        "low": None,
        "high": None,
        "reason": reason,
        "status": PublishedStatus.WITHHELD,
    }
    view = shown(with_figure(release, "volume.bookers", **gone), own("volume.bookers", 12.0))[
        "volume.bookers"
    ]
    assert (view.status, view.reason, view.mine) == (status, said, 12.0)


def test_a_house_without_a_figure_is_said_to_be_in_nothing(release):
    absent = own("loyalty.retention_1y", reason=Absence.SHORT_HISTORY)
    view = shown(release, absent)["loyalty.retention_1y"]
    assert view.mine is None
    assert not view.includes_mine


def test_amounts_in_another_currency_are_not_set_against_each_other(release):
    mine = own("money.average_ticket_price", 120.0)
    assert shown(release, mine, currency="DKK")["money.average_ticket_price"].mine is None
    assert shown(release, mine, currency="EUR")["money.average_ticket_price"].mine == 120.0


def test_a_statistic_of_a_newer_catalogue_is_left_out(release):
    newer = with_figure(release, "volume.bookers", key="volume.unheard_of")
    assert "volume.unheard_of" not in shown(newer, {})


def test_a_release_keeps_its_provenance(release):
    view = release_view(release, compare_release(release, {}, took_part=False, currency="EUR"))
    assert view.release_hash == release.digest
    assert view.plan_hash == release.plan
    assert [line.rho for line in view.noise] == [scale.rho for scale in release.scales]


def test_mine_alone_names_no_currency_but_on_money():
    assert not_asked("money.average_ticket_price", {}, "DKK").currency == "DKK"
    assert not_asked("volume.bookers", own("volume.bookers", 4.0), "DKK").currency == ""


def paid(release, *jobs):
    ledger = Ledger()
    for job, rho in jobs:
        ledger = charge(
            ledger, job_id=job, round_id=release.round_id, rho=rho, period="2026", cap=Fraction(1)
        )
    return ledger


def test_only_who_paid_for_figures_and_veto_is_in_the_sum(release):
    figures_rho = sum(read_fraction(scale.rho) for scale in release.scales)
    figures = (release.job_id, figures_rho)
    veto = ("ab" * 16, read_fraction(release.rho) - figures_rho)
    assert was_in_the_sum(release, paid(release, figures, veto))
    assert not was_in_the_sum(release, paid(release, figures))
    assert not was_in_the_sum(release, paid(release, veto))
    other = release.model_copy(update={"round_id": "another"})
    assert not was_in_the_sum(other, paid(release, figures, veto))


def test_a_round_that_asked_for_the_spread_costs_more_and_is_recognised(release):
    dearer = release.model_copy(update={"rho": fraction_text(read_fraction(release.rho) + 1)})
    gate = read_fraction(release.rho) - sum(read_fraction(s.rho) for s in release.scales)
    figures = (release.job_id, read_fraction(dearer.rho) - gate)
    ledger = Ledger()
    for job, rho in (figures, ("ab" * 16, gate)):
        ledger = charge(
            ledger, job_id=job, round_id=release.round_id, rho=rho, period="2026", cap=Fraction(3)
        )
    assert was_in_the_sum(dearer, ledger)


@pytest.mark.parametrize(
    "starts, until, today, ends",
    [
        (date(2022, 7, 1), date(2026, 7, 3), date(2026, 11, 24), date(2026, 7, 1)),
        (date(2022, 7, 1), date(2026, 6, 30), date(2026, 11, 24), date(2026, 7, 1)),
        (date(2022, 7, 1), date(2026, 6, 29), date(2026, 11, 24), date(2026, 6, 1)),
        (date(2022, 7, 1), date(2027, 3, 1), date(2026, 11, 24), date(2026, 11, 1)),
        (date(2026, 5, 1), date(2026, 5, 20), date(2026, 5, 20), date(2026, 6, 1)),
        (date(2022, 7, 1), date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 1)),
    ],
)
def test_the_last_year_ends_with_the_last_month_that_the_orders_fill(starts, until, today, ends):
    period = last_full_year(starts, until, today)
    assert period.ends == ends
    assert period.starts == replace_year(ends)


def replace_year(day):
    return day.replace(year=day.year - 1)
