"""Promise: what a release says of its cohorts is checked against roster and sums by anyone."""

from dataclasses import replace

import pytest
from tests.support.cohort_rounds import (
    HOUSES,
    MUSEUMS,
    THEATRES,
    a_town,
    an_even_round,
    by_type,
    exported,
)
from tests.support.consortium import altered, even

from foyer_protocol.messages.bundle import Bundle
from foyer_protocol.messages.release import Reason, Status, sign_release
from foyer_protocol.verification.verdict import Name
from foyer_protocol.verification.verify import verify_bundle

HERE = an_even_round()


def verdict_of(bundle, here=HERE):
    return verify_bundle(bundle, frozenset({here.governance.public}), 1)


def failed(bundle, here=HERE):
    return {check.name for check in verdict_of(bundle, here).failed}


def resigned(here=HERE, bundle=None, **changes):
    release = altered(here.release, **changes)
    signature = sign_release(release, here.coordinator)
    return replace(bundle or here.bundle, release=release, signature=signature)


def with_cohort(place, here=HERE, bundle=None, **changes):
    cohorts = list(here.release.cohorts)
    cohorts[place] = altered(cohorts[place], **changes)
    return resigned(here, bundle, cohorts=tuple(cohorts))


def test_a_round_by_cohort_is_accepted_open_and_closed():
    assert verdict_of(HERE.bundle).complete
    assert failed(HERE.closed) == set()
    assert Bundle.from_bytes(HERE.bundle.to_bytes()) == HERE.bundle


def test_with_absent_houses_the_cohorts_are_those_of_the_reports():
    here = exported(a_town(by_type("volume.attendances"), size=4000), frozenset(MUSEUMS[:2]))
    assert verdict_of(here.bundle, here).complete
    assert [one.code for one in here.release.cohorts] == ["ALL", "THEATRE", "CINEMA"]


def test_cohorts_that_the_roster_does_not_make_are_refused():
    cohorts = HERE.release.cohorts
    for bundle in (HERE.bundle, HERE.closed):
        assert Name.COHORT in failed(resigned(bundle=bundle, cohorts=cohorts[:2]))
        assert Name.COHORT in failed(resigned(bundle=bundle, cohorts=cohorts[::-1]))
        assert Name.COHORT in failed(with_cohort(1, bundle=bundle, code="MUSEUM_OTHER"))
        assert Name.COHORT in failed(with_cohort(1, bundle=bundle, participants="10-19"))


def test_another_dimension_than_the_plans_is_refused():
    assert Name.PLAN in failed(resigned(dimension=None))


@pytest.mark.parametrize("name", ["bundle", "closed"])
def test_a_figure_that_does_not_follow_from_its_slots_is_refused(name):
    first, *others = HERE.release.cohorts[0].figures
    more = altered(first, estimate="99999")
    bundle = with_cohort(0, bundle=getattr(HERE, name), figures=(more, *others))
    assert Name.FIGURES in failed(bundle)


def test_slots_and_figures_that_are_not_the_cohorts_own_are_refused():
    second = HERE.release.cohorts[1]
    assert failed(with_cohort(0, noised=second.noised, figures=second.figures)) == {Name.WITHHELD}


def test_a_variance_of_another_cohort_is_refused():
    third = HERE.release.cohorts[2]
    assert failed(with_cohort(2, variances=("1/1", *third.variances[1:]))) == {Name.WITHHELD}


def dominated():
    plan = by_type("volume.attendances")
    parts = {name: even(plan, 4000) for name in HOUSES} | {THEATRES[0]: even(plan, 60_000)}
    return exported(a_town(plan, parts))


def test_a_cohort_shown_though_somebody_dominates_it_is_refused():
    here = dominated()
    assert verdict_of(here.bundle, here).complete
    cohort = here.release.cohorts[1]
    assert (cohort.code, cohort.figures[0].reason) == ("THEATRE", Reason.DOMINANCE)
    shown = altered(
        cohort.figures[0], status=Status.SHOWN, reason=Reason.NONE, estimate="1", low="0", high="2"
    )
    bundle = with_cohort(1, here, figures=(shown,))
    assert {Name.VETO, Name.FIGURES, Name.WITHHELD} <= failed(bundle, here)


def test_a_cohort_shown_beside_one_that_is_withheld_is_refused():
    here = dominated()
    museums = here.release.cohorts[2]
    assert museums.figures[0].reason is Reason.ROLLED_UP
    shown = altered(museums.figures[0], status=Status.SHOWN, reason=Reason.NONE, estimate="24000",
                    low="0", high="48000")  # fmt: skip
    assert Name.WITHHELD in failed(with_cohort(2, here, figures=(shown,)), here)


def test_another_veto_than_of_these_cohorts_is_refused():
    veto = HERE.bundle.veto
    job = altered(veto.job, cohorts=(altered(veto.job.cohorts[0], code="FESTIVAL"),
                                     *veto.job.cohorts[1:]))  # fmt: skip
    assert Name.COHORT in failed(replace(HERE.bundle, veto=replace(veto, job=job)))
