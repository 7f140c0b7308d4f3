"""Promise: a node answers the same question once, whoever asks and after any restart."""

from dataclasses import dataclass, field

import pytest
from tests.support.consortium import a_consortium, altered, signed
from tests.support.session_party import SessionParty

from foyer_node.adapters.history_files import HistoryFiles
from foyer_node.adapters.round_files import RoundFiles
from foyer_node.config import Policy
from foyer_node.following import Network
from foyer_node.session import NodeSession
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.dp.ledger import refund
from foyer_protocol.messages.history import HistoryKind, abort_subject
from foyer_protocol.messages.plan import Job
from foyer_protocol.rounds.events import RefusalArrived, ReportArrived
from foyer_protocol.simulate import NOON

OURS = "aros"
REFUSED = RefusalArrived(sender=OURS, code="already-answered")


class Killed(Exception):
    """Stands for kill -9."""


class Dying(RoundFiles):
    """Dies before a charge is written."""

    def append(self, entry):
        raise Killed


@dataclass
class Here:
    folder: object
    made: object = field(default_factory=lambda: a_consortium("volume.bookers"))
    coordinator: Identity = field(default_factory=Identity.generate)
    governance: Identity = field(default_factory=Identity.generate)

    def __post_init__(self):
        self.made.roster = altered(self.made.roster, coordinator_key=self.coordinator.public)
        self.start()

    def start(self, files=RoundFiles):
        """The node's process, begun anew over the same folder."""
        party = self.made.parties[OURS]
        self.files = files(self.folder)
        session = NodeSession(
            network=Network(
                slug="simulated",
                institution=OURS,
                coordinator_key=self.coordinator.public,
                governance_keys=(self.governance.public,),
            ),
            policy=Policy(period_rho_cap="10/1"),
            identity=party.identity,
            helper_key=party.helper_key,
            store=self.files,
            history=HistoryFiles(self.folder),
            show=lambda content, **facts: None,
            compute=lambda plan: party.contribution,
            clock=lambda: NOON - 60,
        )
        self.node = SessionParty(
            session=session,
            coordinator=self.coordinator,
            signed=signed(self.made.roster, self.governance),
        )
        session.follow_roster(self.node.signed.to_bytes())

    def job(self, round_id="season-2026", **changes) -> Job:
        job = self.made.job()
        return altered(job, plan=altered(job.plan, round_id=round_id, **changes))

    def offer(self, job):
        return self.node.report(job, self.made.roster, None)

    def ask(self, round_id="season-2026", **changes):
        return self.offer(self.job(round_id, **changes))

    def abort(self, round_id):
        self.node.announce(HistoryKind.ABORT, abort_subject(round_id, "too-few-nodes"), round_id)


@pytest.fixture
def here(tmp_path):
    here = Here(tmp_path)
    assert isinstance(here.ask(), ReportArrived)
    return here


def test_the_same_under_another_name_is_refused_and_never_charged(here):
    before = here.files.ledger()
    assert here.ask("once-more") == REFUSED
    assert here.files.ledger() == before


def test_the_same_under_its_old_name_is_refused_too(here):
    assert here.ask() == REFUSED
    assert len(here.files.ledger().entries) == 1


def test_it_is_refused_after_a_restart(here):
    here.start()
    assert here.ask("once-more") == REFUSED
    assert len(here.files.ledger().entries) == 1


def test_what_was_refused_is_remembered_once(here):
    for _ in range(3):
        here.ask("once-more")
    assert [(asked.round_id, by) for asked, by in here.files.repeats()] == [
        ("season-2026", "once-more")
    ]


def test_the_very_same_offer_gets_the_very_same_answer(here):
    job = here.job("another", currency="DKK")
    first, again = here.offer(job), here.offer(job)
    assert here.node.replies[-1] == here.node.replies[-2]
    assert first == again


def test_another_question_is_answered_and_charged(here):
    assert isinstance(here.ask("in-crowns", currency="DKK"), ReportArrived)
    assert len(here.files.ledger().entries) == 2


def test_other_members_are_another_question(here):
    roster = altered(here.made.roster, epoch=2, members=here.made.roster.members[:-3])
    here.made.roster = roster
    here.node.signed = signed(roster, here.governance)
    assert isinstance(here.ask("without-three"), ReportArrived)


def test_a_new_epoch_of_the_same_members_is_not(here):
    here.made.roster = altered(here.made.roster, epoch=2, period="2027")
    here.node.signed = signed(here.made.roster, here.governance)
    assert here.ask("next-year") == REFUSED


def test_the_veto_about_the_answered_sum_is_answered(here):
    job = here.job()
    totals = tuple(0 for _ in job.plan.statistics)
    parent = altered(job, plan=here.made.plan)
    veto = here.made.veto_job(parent, totals, "a" * 64)
    assert isinstance(here.offer(veto), ReportArrived)


def test_an_aborted_round_may_be_tried_again_and_only_once(here):
    here.abort("season-2026")
    assert isinstance(here.ask("second-try"), ReportArrived)
    assert here.ask("third-try") == REFUSED


def test_a_refunded_job_may_be_tried_again(here):
    ledger = refund(here.files.ledger(), here.files.ledger().entries[0].job_id, "a" * 64)
    here.files.append(ledger.entries[-1])
    assert isinstance(here.ask("second-try"), ReportArrived)


def test_a_node_killed_between_note_and_charge_has_answered_nothing(tmp_path):
    here = Here(tmp_path)
    here.start(Dying)
    job = here.job()
    assert here.offer(job) == RefusalArrived(sender=OURS, code="internal")
    assert [one.job_id for one in here.files.questions()] == [job.job_id]
    here.start()
    assert isinstance(here.ask("second-try"), ReportArrived)


def test_a_node_killed_before_its_charge_answers_the_same_job_once_it_is_back(tmp_path):
    here = Here(tmp_path)
    here.start(Dying)
    job = here.job()
    here.offer(job)
    here.start()
    assert isinstance(here.offer(job), ReportArrived)
    assert [one.job_id for one in here.files.questions()] == [job.job_id]
