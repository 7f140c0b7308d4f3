"""Promise: a divided cohort opens to its groups' sums and to nothing below them."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import chi2
from tests.support.committees import exact_reports, given, house, recovering
from tests.support.consortium import (
    a_plan,
    altered,
    answered,
    exact_sum,
    open_sum,
    reported,
    step_all,
    varied,
)
from tests.support.divided_cohorts import (
    GROUPS,
    LEAST,
    MEMBERS,
    a_divided_consortium,
    contributions_of,
    exact_parts,
)
from tests.support.killed import saved
from tests.support.uniformity import look_uniform

from foyer_protocol.catalogue.measures import Family
from foyer_protocol.dp.ledger import Ledger
from foyer_protocol.errors import CohortTooSmall, RemoteProtocolError
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.messages.release import Agreement, Release
from foyer_protocol.messages.unmask import ACK_PURPOSE, pads_digest
from foyer_protocol.rounds.coordinator import finished
from foyer_protocol.rounds.events import ClockTicked, GaveUp, Launched, Summed
from foyer_protocol.rounds.grouping import divide, sizes, unmask_groups
from foyer_protocol.rounds.helper import HelperState, admit
from foyer_protocol.rounds.phases import Phase
from foyer_protocol.simulate import NOON, make_network, run_round

HERE = a_divided_consortium("volume.attendances", "volume.bookers")
WIDE = a_divided_consortium("booking.lead_time", "geography.residence")
HELPER = house(0)


ENOUGH = 4
"""Jobs whose groups hold some 40,000 bytes, for a test of uniformity."""


def digest_of(job, reports):
    return HERE.state(job, reports=reports, chosen=tuple(sorted(reports))).set_digest


def masked_of(reports):
    return {name: reports[name].masked for name in sorted(reports)}


@pytest.fixture(autouse=True)
def forgetful():
    for here in (HERE, WIDE):
        for party in here.parties.values():
            party.memory, party.ledger = HelperState(), Ledger()


@pytest.fixture
def job():
    return HERE.job()


@pytest.fixture
def reports(job):
    return exact_reports(HERE, job, HERE.parties)


@pytest.mark.parametrize("reporters", [LEAST, 13, 14, MEMBERS])
def test_each_groups_sum_is_exact_and_their_total_too(job, reporters):
    names = list(HERE.parties)[MEMBERS - reporters :]
    reports = exact_reports(HERE, job, names)
    end = open_sum(HERE, job, reports)
    assert isinstance(end, Summed)
    expected = exact_parts(HERE.plan, contributions_of(HERE, reports), end.set_digest)
    assert [part.tolist() for part in end.parts] == [part.tolist() for part in expected]
    assert end.aggregate.tolist() == exact_sum(HERE, names).tolist()
    assert [int(part[0]) for part in end.parts] == list(sizes(reporters, GROUPS))


def test_below_the_minimum_cohort_in_a_group_no_helper_is_asked(job):
    end = open_sum(HERE, job, exact_reports(HERE, job, list(HERE.parties)[: LEAST - 1]))
    assert end == GaveUp(reason="too-few-nodes")
    assert all(party.memory == HelperState() for party in HERE.parties.values())


def test_a_helper_refuses_a_division_with_a_group_below_the_minimum_cohort(job, reports):
    few = dict(list(reports.items())[: LEAST - 1])
    with pytest.raises(CohortTooSmall, match="11 institutions reported; the minimum is 4 in each"):
        admit(HelperState(), HERE.request(job, few, HELPER), HERE.roster)


def test_a_second_division_of_the_same_job_is_refused(job, reports):
    """Another set of reports is divided otherwise; the difference would open fewer than four."""
    HERE.answers(job, reports)
    fewer = dict(list(reports.items())[1:])
    with pytest.raises(RemoteProtocolError, match="answers once"):
        HERE.answer(HERE.request(job, fewer, HELPER), HELPER)
    with pytest.raises(RemoteProtocolError, match="answers once"):
        HERE.answer(HERE.request(job, reports, HELPER), HELPER)


@pytest.mark.parametrize("groups", [1, 2])
def test_reports_to_one_division_are_not_divided_otherwise(job, reports, groups):
    other = altered(job, plan=altered(job.plan, groups=groups))
    with pytest.raises(RemoteProtocolError, match="to another job"):
        admit(HelperState(), HERE.request(other, reports, HELPER), HERE.roster)


def test_two_helpers_shown_two_divisions_open_no_group_that_they_do_not_share():
    """One helper is asked about all reports, the others about all but one: most move groups."""
    opened: dict[int, list[np.ndarray]] = {0: [], 1: []}
    for _ in range(ENOUGH):
        job = WIDE.job()
        reports = exact_reports(WIDE, job, WIDE.parties)
        views = [reports, dict(list(reports.items())[1:])]
        divided = [divide(digest_of(job, view), view, GROUPS) for view in views]
        first, *others = WIDE.roster.committee
        pads = [WIDE.answer(WIDE.request(job, views[0], first), first).pads]
        pads += [WIDE.answer(WIDE.request(job, views[1], name), name).pads for name in others]
        for place, view in enumerate(views):
            parts = unmask_groups(
                job, divide(digest_of(job, view), view, GROUPS), masked_of(view), pads
            )
            for group, other, part in zip(divided[place], divided[1 - place], parts, strict=True):
                if group != other:  # by chance, once in some hundred; then it is their true sum
                    opened[place].append(part)
    assert all(look_uniform(parts) for parts in opened.values())


def test_one_groups_pads_do_not_open_another_group():
    opened: list[np.ndarray] = []
    for _ in range(ENOUGH):
        job = WIDE.job()
        reports = exact_reports(WIDE, job, WIDE.parties)
        each = job.width * job.bits // 8
        pads = [one.pads[each:] + one.pads[:each] for one in WIDE.answers(job, reports).values()]
        opened += unmask_groups(
            job, divide(digest_of(job, reports), reports, GROUPS), masked_of(reports), pads
        )
    assert look_uniform(opened)


def test_a_helper_that_shifts_one_group_up_and_another_down_is_caught(job, reports):
    """The total would have hidden it: each group has canaries of its own."""
    answers = HERE.answers(job, reports)
    lying = answers[HELPER]
    words = np.frombuffer(lying.pads, "<u8").reshape(GROUPS, job.width).copy()
    words[0] += np.uint64(7)
    words[1] -= np.uint64(7)
    pads = words.tobytes()
    ack = altered(lying.ack, pads=pads_digest(pads))
    signature = HERE.parties[HELPER].identity.sign(ACK_PURPOSE, ack.to_json())
    answers[HELPER] = replace(lying, ack=ack, signature=signature, pads=pads)
    _, effects = step_all(
        HERE.state(job), Launched(), *reported(reports), ClockTicked(now=NOON), *answered(answers)
    )
    assert effects[-1] == GaveUp(reason="canaries-differ")


def test_a_helper_that_answers_for_one_group_only_is_not_believed(job, reports):
    answers = HERE.answers(job, reports)
    state, _ = step_all(HERE.state(job), Launched(), *reported(reports), ClockTicked(now=NOON))
    short = answers[HELPER]
    pads = short.pads[: job.width * job.bits // 8]
    ack = altered(short.ack, pads=pads_digest(pads))
    signature = HERE.parties[HELPER].identity.sign(ACK_PURPOSE, ack.to_json())
    with pytest.raises(RemoteProtocolError, match="pads of"):
        step_all(
            state, *answered({HELPER: replace(short, ack=ack, signature=signature, pads=pads)})
        )


@pytest.mark.parametrize("silent", [0, 1, 2])
def test_each_groups_sum_is_exact_with_silent_helpers(silent):
    here = a_divided_consortium("volume.attendances", helpers=8, silent=2)
    job, names = here.job(), list(here.parties)
    reports = exact_reports(here, job, names[1:])
    state, effects = recovering(here, job, reports, names[8 - silent : 8])
    if silent:
        state, effects = step_all(saved(state), *given(here, effects))
    summed = effects[-1]
    assert isinstance(summed, Summed)
    expected = exact_parts(here.plan, contributions_of(here, reports), summed.set_digest)
    assert [part.tolist() for part in summed.parts] == [part.tolist() for part in expected]
    again = finished(saved(state))  # from what a killed coordinator still has
    assert [part.tolist() for part in again.parts] == [part.tolist() for part in expected]
    assert state.phase is Phase.REVIEWING


def test_every_group_alone_has_the_noise_of_a_cohort():
    """χ² of each group's noise in all slots, at 10⁻⁸ each way, for each group and family."""
    job = WIDE.job()
    end = open_sum(WIDE, job, WIDE.reports(job, WIDE.parties))
    assert isinstance(end, Summed)
    parts = {name: party.contribution for name, party in WIDE.parties.items()}
    exact = exact_parts(WIDE.plan, parts, end.set_digest)
    for size, part, true in zip(sizes(MEMBERS, GROUPS), end.parts, exact, strict=True):
        for family in (Family.LEAD_TIME, Family.RESIDENCE):
            block, scale = WIDE.plan.layout().block(family), WIDE.plan.scale(family)
            assert size >= WIDE.plan.minimum_cohort
            noise = (part - true)[block.start : block.start + block.width]
            ratio = float(np.sum(noise**2) / (size * read_fraction(scale.share_variance)))
            assert chi2.ppf(1e-8, block.width) < ratio < chi2.isf(1e-8, block.width)


def test_whole_rounds_say_whether_the_groups_agree_and_cost_what_they_did():
    here = a_divided_consortium(size=4000, members=18)  # six in each: five others, for prices
    release = run_round(here.plan, here.roster, here.parties)
    assert isinstance(release, Release)
    assert [check.key for check in release.checks] == list(here.plan.statistics)
    assert {check.outcome for check in release.checks} == {Agreement.AGREE}
    assert read_fraction(release.rho) == Fraction(9, 100)
    assert {party.ledger.spent("2026") for party in here.parties.values()} == {Fraction(9, 100)}


def test_a_whole_round_with_silent_helpers_is_divided_too():
    here = a_divided_consortium(size=4000, helpers=5, silent=1, members=19)
    release = run_round(here.plan, here.roster, here.parties, offline=frozenset({house(4)}))
    assert isinstance(release, Release)
    assert {check.outcome for check in release.checks} == {Agreement.AGREE}


def test_a_whole_round_flags_what_one_house_spoils():
    plan = a_plan("booking.online_share", "volume.bookers", groups=GROUPS)
    parts = {house(n): varied(plan, 3) for n in range(MEMBERS)}
    online, whole = plan.layout().statistics[0].leaves
    fair = {online: (3000,), whole: (9000,), plan.layout().statistics[1].leaves[0]: (5000,)}
    honest = {name: replace(part, values=fair) for name, part in parts.items()}
    liar = {house(7): replace(parts[house(7)], values={**fair, online: (60_000,)})}
    roster, parties = make_network({**honest, **liar})
    release = run_round(plan, roster, parties)
    assert isinstance(release, Release)
    share, bookers = release.checks
    assert share.outcome is Agreement.DIFFER
    assert bookers.outcome is Agreement.AGREE
    plain = float(release.figures[0].estimate)
    assert plain > 0.7  # spoilt: (14 · 3000 + 60000) / (15 · 9000)
    assert abs(float(share.robust) - 1 / 3) < 0.05


def test_a_round_of_one_group_is_the_round_it_was():
    one, plain = a_plan("volume.attendances", groups=1), a_plan("volume.attendances")
    assert one.to_json() == plain.to_json()
    assert divide("00" * 32, list(HERE.parties), 1) == (tuple(HERE.parties),)
