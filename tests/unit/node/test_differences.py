"""Promise: a node pays for no round that shows what is sold now, or one institution by itself."""

from datetime import timedelta

import pytest
from tests.support.consortium import NAMES, altered, signed
from tests.unit.node.test_repeats import OURS, Here

from foyer_node.adapters.round_files import RoundFiles
from foyer_protocol.messages.history import HistoryKind
from foyer_protocol.rounds.differencing import seen_of
from foyer_protocol.rounds.events import RefusalArrived, ReportArrived
from foyer_protocol.rounds.helper import Answered, HelperState
from foyer_protocol.simulate import NOON


def refused(code):
    return RefusalArrived(sender=OURS, code=code)


@pytest.fixture
def here(tmp_path):
    here = Here(tmp_path)
    assert isinstance(here.ask(), ReportArrived)
    return here


def without(here, *names):
    """The next epoch, which leaves `names` out."""
    roster = here.made.roster
    members = tuple(one for one in roster.members if one.institution not in names)
    return altered(roster, epoch=roster.epoch + 1, members=members)


def under(here, roster):
    """The coordinator and the node go on with another roster."""
    here.made.roster = roster
    here.node.signed = signed(roster, here.governance)


@pytest.mark.parametrize("gone", [("folkwang",), ("ermitage", "folkwang")])
def test_the_same_days_without_one_or_two_members_are_refused(here, gone):
    before = here.files.ledger()
    under(here, without(here, *gone))
    assert here.ask("without-them", minimum_cohort=4) == refused("cohort-too-small")
    assert here.files.ledger() == before


def test_other_days_without_a_member_are_answered(here):
    under(here, without(here, "folkwang"))
    plan = here.made.plan
    year = timedelta(days=365)
    earlier = {"starts": plan.starts - year, "ends": plan.ends - year}
    assert isinstance(here.ask("the-year-before", **earlier), ReportArrived)


def test_what_was_announced_as_given_up_stands_in_nobodys_way(here):
    here.abort("season-2026")
    under(here, without(here, "folkwang"))
    assert isinstance(here.ask("without-them"), ReportArrived)
    assert HistoryKind.ABORT in {one.kind for one in here.node.session.history.history().entries}


@pytest.mark.parametrize("days", [0, 1, 40])
def test_a_period_that_has_just_ended_or_lies_ahead_is_refused(here, days):
    """The consortium's plan ends on 1 January; the clock says May."""
    plan = here.made.plan
    shift = timedelta(days=110 + days)
    ahead = {"starts": plan.starts + shift, "ends": plan.ends + shift}
    assert here.ask("ahead", **ahead) == refused("privacy")


def test_the_nodes_own_clock_decides_too(here):
    """A job may claim to be of next year; the node would answer today."""
    plan = here.made.plan
    year = timedelta(days=365)
    job = here.job("next-year", starts=plan.starts + year, ends=plan.ends + year)
    late = altered(job, reports_until=NOON + 400 * 86400, expires_at=NOON + 401 * 86400)
    assert here.offer(late) == refused("privacy")


def test_a_helper_remembers_on_disk_whose_figures_it_summed(tmp_path, here):
    files = RoundFiles(tmp_path / "helper")
    job = here.job()
    seen = seen_of(job, here.made.roster, NAMES)
    memory = Answered(set_digest="ab" * 32, members=NAMES, rho=here.files.ledger().entries[0].rho,
                      period="2026", seen=seen)  # fmt: skip
    files.remember_answer(job.job_id, HelperState(answered={job.job_id: memory}))
    assert RoundFiles(tmp_path / "helper").helper_state().answered[job.job_id].seen == seen
    line = (tmp_path / "helper" / "helper.jsonl").read_text()
    (tmp_path / "helper" / "helper.jsonl").write_text(line.replace('"seen"', '"of-old"'))
    assert files.helper_state().answered[job.job_id].seen is None
