"""Promise: bad actors that no other test plays get what the threat model says, and no more.

Each is named in `protocol/docs/threat-model.md`. Limits of the guarantee are tested too, by
name, so that nobody takes them for promises.
"""

import ast
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm
from tests.support.committees import a_committee, exact_reports, given, recovering
from tests.support.consortium import (
    NAMES,
    a_consortium,
    altered,
    answered,
    exact_sum,
    open_sum,
    reported,
    step_all,
)
from tests.support.uniformity import look_uniform

import foyer_protocol
from foyer_protocol.crypto.identity import Identity, verify
from foyer_protocol.crypto.randomness import system_entropy
from foyer_protocol.dp.accountant import epsilon
from foyer_protocol.dp.ledger import Ledger
from foyer_protocol.errors import BudgetExhausted, CohortTooSmall, RemoteProtocolError
from foyer_protocol.messages.codec import fraction_text, read_fraction
from foyer_protocol.messages.report import PURPOSE, SignedHeader
from foyer_protocol.messages.unmask import ACK_PURPOSE, pads_digest
from foyer_protocol.rounds.events import (
    AnswerArrived,
    ClockTicked,
    GaveUp,
    Launched,
    RefusalArrived,
    ReportArrived,
    Summed,
)
from foyer_protocol.rounds.helper import HelperState, admit
from foyer_protocol.rounds.kinds.figures import exact_vector, make_job
from foyer_protocol.rounds.masking import sum_pads, unmask
from foyer_protocol.rounds.profiles import FIVE
from foyer_protocol.rounds.recovery import recover_keys
from foyer_protocol.rounds.rules import check_job
from foyer_protocol.simulate import NOON

WIDE = a_consortium("booking.lead_time", "geography.residence", "volume.attendances")
VICTIM = "folkwang"
HELPER = "aros"
FALSE_ALARM = 1e-6


@pytest.fixture(autouse=True)
def forgetful():
    for party in WIDE.parties.values():
        party.memory, party.ledger = HelperState(), Ledger()


def renamed(report, name, identity):
    """Somebody else's report under the name of `name`, signed by `identity`."""
    header = altered(report.signed.header, institution=name)
    signature = identity.sign(PURPOSE, header.to_json())
    return replace(report, signed=SignedHeader(header=header, signature=signature))


def test_a_copied_report_under_another_name_fills_no_cohort():
    """A member on the roster copies the victim's report, properly signed: its seed stays shut."""
    job = WIDE.job()
    victim = WIDE.report(VICTIM, job)
    copies = {
        name: renamed(victim, name, WIDE.parties[name].identity) for name in (HELPER, *NAMES[1:5])
    }
    for helper in WIDE.roster.committee:
        request = WIDE.request(job, {VICTIM: victim, **copies}, helper)
        with pytest.raises(RemoteProtocolError, match="does not open"):
            WIDE.answer(request, helper)


def test_sybils_of_the_coordinators_own_making_fill_no_cohort():
    job = WIDE.job()
    victim = WIDE.report(VICTIM, job)
    sybils = {f"sybil-{n}": renamed(victim, f"sybil-{n}", Identity.generate()) for n in range(5)}
    request = WIDE.request(job, {VICTIM: victim, **sybils}, HELPER)
    with pytest.raises(RemoteProtocolError, match="not on roster epoch"):
        WIDE.answer(request, HELPER)


def test_one_key_under_two_names_is_no_roster():
    """A Sybil that governance let in: two members who are one."""
    first, second, *rest = WIDE.roster.members
    twin = altered(second, signing_key=first.signing_key)
    with pytest.raises(ValueError, match="a signing key is one institution's"):
        altered(WIDE.roster, members=(first, twin, *rest))


@pytest.mark.parametrize("others", [(), NAMES[:1], NAMES[:2]])
def test_a_victim_alone_or_among_too_few_is_answered_by_no_helper(others):
    job = WIDE.job()
    reports = WIDE.reports(job, (*others, VICTIM))
    for helper in WIDE.roster.committee:
        with pytest.raises(CohortTooSmall, match="institutions reported; the minimum is 4"):
            WIDE.answer(WIDE.request(job, reports, helper), helper)


def test_a_victim_alone_among_colluders_keeps_the_noise_of_its_own_share():
    """The limit: a minimum cohort of which all but one tell what they sent."""
    job = WIDE.job()
    vectors = {name: np.zeros(job.width, dtype=np.int64) for name in NAMES[:3]}
    for vector in vectors.values():
        vector[:4] = 1
    reports = {name: WIDE.report(name, job, vector) for name, vector in vectors.items()}
    end = open_sum(WIDE, job, {**reports, VICTIM: WIDE.report(VICTIM, job)})
    left = end.aggregate - exact_vector(WIDE.plan, WIDE.parties[VICTIM].contribution)
    blocks = WIDE.plan.layout().blocks
    scaled = [
        left[block.start : block.start + block.width]
        / float(read_fraction(WIDE.plan.scale(block.family).share_variance)) ** 0.5
        for block in blocks
    ]
    noise = np.concatenate(scaled)
    z = ((noise**2).mean() - 1) * (noise.size / 2) ** 0.5
    assert abs(z) < norm.isf(FALSE_ALARM / 2)


def without(name):
    """The next roster: one member fewer, one epoch later."""
    members = tuple(one for one in WIDE.roster.members if one.institution != name)
    return altered(WIDE.roster, members=members, epoch=WIDE.roster.epoch + 1)


def test_two_rosters_that_differ_by_one_node_are_not_both_summed():
    """Differencing: no helper opens the second sum. Whoever reported to it had paid in full."""
    node, helper = WIDE.parties["dox"], WIDE.parties[HELPER]
    price = WIDE.plan.figures_rho
    for times, roster in ((1, WIDE.roster), (2, without(VICTIM))):
        job = make_job(WIDE.plan, roster, job_id=f"{times:032x}", reports_until=NOON,
                       expires_at=NOON + 60)  # fmt: skip
        names = [member.institution for member in roster.members]
        here = replace(WIDE, roster=roster)
        request = here.request(job, here.reports(job, names), HELPER)
        if times == 1:
            helper.memory = admit(helper.memory, request, roster)
        else:
            with pytest.raises(CohortTooSmall, match="the difference would leave 1"):
                admit(helper.memory, request, roster)
        assert helper.memory.spent("2026") == price
        assert node.ledger.spent("2026") == times * price


def test_a_report_to_one_roster_enters_no_sum_of_another():
    job, smaller = WIDE.job(), without(VICTIM)
    reports = WIDE.reports(job, NAMES[:5])
    with pytest.raises(RemoteProtocolError, match="the job names roster"):
        admit(HelperState(), WIDE.request(job, reports, HELPER), smaller)
    moved = altered(job, roster=smaller.digest, expires_epoch=smaller.epoch)
    with pytest.raises(RemoteProtocolError, match="is to another job"):
        admit(HelperState(), WIDE.request(moved, reports, HELPER), smaller)


def test_averaging_repeated_plans_is_charged_each_time_and_ends_at_the_cap():
    """k jobs of one plan average the noise away, at k times the price: so k is few."""
    price = WIDE.plan.figures_rho
    capped = altered(WIDE.roster, period_rho_cap=fraction_text(3 * price))
    here = replace(WIDE, roster=capped)
    helper, node = WIDE.parties[HELPER], WIDE.parties["dox"]
    for times in (1, 2, 3):
        job = here.job()
        request = here.request(job, here.reports(job, NAMES[:5]), HELPER)
        helper.memory = admit(helper.memory, request, capped)
        assert helper.memory.spent("2026") == times * price
    refused = node.report(here.job(), capped, system_entropy)
    assert isinstance(refused, RefusalArrived)
    assert refused.code == "budget-exhausted"
    job = here.job()
    with pytest.raises(BudgetExhausted):
        admit(helper.memory, here.request(job, here.reports(job, NAMES[:5]), HELPER), capped)
    assert epsilon(3 * price) > 1.7 * epsilon(price)


def second_answer(here, job, reports, helper):
    """What a helper that forgets gives for another set of a job it answered."""
    party = here.parties[helper]
    party.memory = HelperState()
    return here.answer(here.request(job, reports, helper), helper)


def test_a_helper_that_answers_twice_opens_nothing_while_another_does_not():
    left = []
    for _ in range(12):
        for party in WIDE.parties.values():
            party.memory = HelperState()  # no round before this one
        job = WIDE.job()
        reports = {
            name: WIDE.report(name, job, exact_vector(job.plan, WIDE.parties[name].contribution))
            for name in NAMES
        }
        once = WIDE.answers(job, reports)
        fewer = {name: reports[name] for name in NAMES[:5]}
        twice = [second_answer(WIDE, job, fewer, helper) for helper in WIDE.roster.committee[:2]]
        pads = [*(answer.pads for answer in twice), once[WIDE.roster.committee[2]].pads]
        opened = unmask(job, [report.masked for report in fewer.values()], pads)
        assert not np.any(opened == exact_sum(WIDE, NAMES[:5]))
        left.append(opened)
    assert look_uniform(left)


def test_a_helper_that_answers_twice_leaves_two_signed_words_and_the_first_counts():
    job = WIDE.job()
    reports = WIDE.reports(job)
    answers = WIDE.answers(job, reports)
    fewer = {name: reports[name] for name in NAMES[:5]}
    second = second_answer(WIDE, job, fewer, HELPER)
    assert second.ack.set != answers[HELPER].ack.set
    state, _ = step_all(WIDE.state(job), Launched(), *reported(reports), ClockTicked(now=NOON))
    with pytest.raises(RemoteProtocolError, match="answered about another set"):
        step_all(state, AnswerArrived(sender=HELPER, answer=second))
    state, effects = step_all(state, *answered(answers))
    assert isinstance(effects[-1], Summed)


def lying(answer, offset, slots, helper=None):
    """Other pads, properly acknowledged and signed by the helper itself."""
    words = np.frombuffer(answer.pads, dtype="<u8").copy()
    words[slots] += np.uint64(offset)
    ack = altered(answer.ack, pads=pads_digest(words.tobytes()))
    helper = helper or WIDE.parties[HELPER]
    signature = helper.identity.sign(ACK_PURPOSE, ack.to_json())
    return replace(answer, ack=ack, signature=signature, pads=words.tobytes())


def ended_with(lie):
    job = WIDE.job()
    reports = WIDE.reports(job)
    answers = WIDE.answers(job, reports)
    state, _ = step_all(WIDE.state(job), Launched(), *reported(reports), ClockTicked(now=NOON))
    honest = step_all(state, *answered(answers))[1][-1]
    return honest, step_all(state, *answered({**answers, HELPER: lie(answers[HELPER])}))[1][-1]


@pytest.mark.parametrize("offset", [1, 2**63, 2**64 - 1])
def test_a_helper_that_adds_an_offset_everywhere_is_caught_by_the_canaries(offset):
    _, end = ended_with(lambda answer: lying(answer, offset, slice(None)))
    assert end == GaveUp(reason="canaries-differ")


def test_a_helper_that_adds_an_offset_to_one_figure_is_not_caught():
    """The limit: correctness is not claimed against a helper; the sum is off by what it added."""
    honest, end = ended_with(lambda answer: lying(answer, 7, -1))
    assert (honest.aggregate - end.aggregate)[-1] == 7
    assert end.aggregate[:-1].tolist() == honest.aggregate[:-1].tolist()


def test_a_helper_that_lied_is_opened_by_escrow_and_its_own_signature_convicts_it():
    """On dispute its answer is laid aside and it counts as silent: one of the f.

    The others' shares give the true sum and the pads it should have sent. What it signed is
    the digest of other pads about the same set; one figure was shifted, which no canary shows.
    """
    here = a_committee(FIVE, "volume.attendances")
    job, liar = here.job(), here.roster.committee[-1]
    reports = exact_reports(here, job, here.parties)
    lie = lying(here.answer(here.request(job, reports, liar), liar), 7, -1, here.parties[liar])
    state, effects = recovering(here, job, reports, (liar,))
    state, effects = step_all(state, *given(here, effects))
    assert effects[-1].aggregate.tolist() == exact_sum(here, here.parties).tolist()
    keys = recover_keys(job, here.roster, state.members, tuple(state.escrows.values()))
    assert lie.ack.set == state.set_digest
    verify(here.roster.member(liar).signing_key, ACK_PURPOSE, lie.ack.to_json(), lie.signature)
    assert lie.ack.pads == pads_digest(lie.pads) != pads_digest(sum_pads(job, keys))
    truth = here.parties[liar].memory  # it did answer once, and answers for that word
    assert truth.answered[job.job_id].set_digest == state.set_digest


def test_a_rolled_back_ledger_is_refused_by_every_helper_that_saw_it():
    first, second = WIDE.job(), WIDE.job()
    before = WIDE.parties["dox"].ledger
    WIDE.answers(first, WIDE.reports(first))
    WIDE.parties["dox"].ledger = before
    reports = WIDE.reports(second)
    for helper in WIDE.roster.committee:
        with pytest.raises(RemoteProtocolError, match=r"'dox' used ledger entry \d+ for two jobs"):
            WIDE.answer(WIDE.request(second, reports, helper), helper)


@pytest.mark.parametrize("times", [(NOON + 10**9, NOON + 10**9 + 60), (2**40, 2**41)])
def test_whatever_the_clock_says_a_job_is_charged_to_the_rosters_period(times):
    job = altered(WIDE.job(), reports_until=times[0], expires_at=times[1])
    check_job(job, WIDE.roster)
    node = WIDE.parties["dox"]
    assert isinstance(node.report(job, WIDE.roster, system_entropy), ReportArrived)
    assert node.ledger.entries[-1].period == WIDE.roster.period
    assert node.ledger.spent(WIDE.roster.period) == read_fraction(job.rho)


@pytest.mark.parametrize("times", [(0, 1), (NOON - 10**9, NOON - 10**9 + 60)])
def test_a_job_of_before_its_period_ended_is_refused_and_charged_to_nobody(times):
    job = altered(WIDE.job(), reports_until=times[0], expires_at=times[1])
    node = WIDE.parties["dox"]
    refusal = node.report(job, WIDE.roster, system_entropy)
    assert refusal == RefusalArrived(sender="dox", code="privacy")
    assert not node.ledger.entries


def test_no_rule_on_budgets_reports_or_seeds_knows_the_time():
    """The clock of a machine decides when to stop waiting, and never what may be spent."""
    root = Path(foyer_protocol.__file__).parent
    deciding = [*root.glob("dp/*.py"), *root.glob("rounds/kinds/*.py")]
    deciding += [root / "rounds" / f"{name}.py" for name in ("rules", "helper", "node", "recovery")]
    told = {
        path.name
        for path in deciding
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.arg) and node.arg == "now")
        or (isinstance(node, ast.Attribute) and node.attr in {"expires_at", "reports_until"})
    }
    assert told == set()
