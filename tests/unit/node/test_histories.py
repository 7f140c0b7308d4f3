"""Promise: a member that is shown a history of its own finds out, and stops taking part."""

from dataclasses import dataclass, replace

import pytest
from tests.support.consortium import a_consortium, altered, signed
from tests.support.exported_round import exported_round
from tests.support.session_party import NO_JOB, SessionParty

from foyer_node.adapters.history_files import ALARM_NAME, HistoryFiles
from foyer_node.adapters.round_files import RoundFiles
from foyer_node.config import Policy
from foyer_node.following import Network
from foyer_node.session import NodeSession
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.errors import NotApproved, RemoteProtocolError, StorageError
from foyer_protocol.messages.envelope import Kind
from foyer_protocol.messages.history import (
    HeadUpdate,
    History,
    HistoryHead,
    HistoryKind,
    Witness,
    extend,
    head_of,
    sign_head,
    sign_witness,
    verify_witness,
)
from foyer_protocol.rounds.events import RefusalArrived, ReportArrived
from foyer_protocol.simulate import NOON

OURS, OTHER = "aros", "brandts"


@dataclass
class Here:
    made: object
    coordinator: Identity
    ours: SessionParty
    files: HistoryFiles

    def update(self, history, since=0, witnesses=(), **changes):
        seen = altered(head_of(history, "simulated"), **changes)
        sent = HeadUpdate(
            seen=seen,
            signature=sign_head(seen, self.coordinator),
            entries=history.entries[since:],
            witnesses=witnesses,
        )
        return sent.to_bytes()

    def follow(self, *args, **changes):
        return self.ours.session.follow_head(self.update(*args, **changes))

    def witness(self, history, name=OTHER):
        identity = self.made.parties[name].identity
        return sign_witness(head_of(history, "simulated"), name, identity)

    def offer(self):
        return self.ours.report(self.made.job(roster=self.ours.signed.roster.digest), None, None)


@pytest.fixture
def here(tmp_path):
    made = a_consortium("volume.bookers")
    coordinator, governance = Identity.generate(), Identity.generate()
    roster = altered(made.roster, coordinator_key=coordinator.public)
    party, files = made.parties[OURS], HistoryFiles(tmp_path)
    session = NodeSession(
        network=Network(
            slug="simulated",
            institution=OURS,
            coordinator_key=coordinator.public,
            governance_keys=(governance.public,),
        ),
        policy=Policy(period_rho_cap="10/1"),
        identity=party.identity,
        helper_key=party.helper_key,
        store=RoundFiles(tmp_path),
        history=files,
        show=lambda content, **facts: None,
        compute=lambda plan: party.contribution,
        clock=lambda: NOON - 60,
    )
    ours = SessionParty(session=session, coordinator=coordinator, signed=signed(roster, governance))
    session.follow_roster(ours.signed.to_bytes())
    return Here(made=made, coordinator=coordinator, ours=ours, files=files)


def grown(*subjects, start=History()):
    for subject in subjects:
        start = extend(start, HistoryKind.PLAN, f"{subject:064x}", "season-2026")
    return start


def test_what_is_new_is_kept_and_witnessed(here):
    raw = here.follow(grown(1, 2))
    witness = Witness.from_json(raw)
    verify_witness(witness, here.made.parties[OURS].identity.public, "simulated")
    assert witness.seen == head_of(grown(1, 2), "simulated")
    assert here.files.history() == grown(1, 2)
    here.follow(grown(1, 2, 3), since=2)
    assert here.files.history() == grown(1, 2, 3)


def test_a_head_with_nothing_new_asks_for_no_witness(here):
    here.follow(grown(1))
    assert here.follow(grown(1), since=1) == b""


def test_a_head_that_came_late_changes_nothing(here):
    here.follow(grown(1, 2))
    here.follow(grown(1))
    assert here.files.history() == grown(1, 2)
    assert here.files.alarm() == ""


@pytest.mark.parametrize(
    "another", [grown(9, 2), grown(9), grown(9, 2, 3)], ids=["same", "shorter", "longer"]
)
def test_a_rewritten_history_is_refused_recorded_and_ends_rounds(here, another):
    here.follow(grown(1, 2))
    with pytest.raises(RemoteProtocolError):
        here.follow(another)
    assert here.files.history() == grown(1, 2)
    assert here.files.alarm()
    assert here.offer() == RefusalArrived(sender=OURS, code=NotApproved.code)


def test_a_signed_head_over_other_entries_is_refused(here):
    with pytest.raises(RemoteProtocolError, match="the coordinator signed"):
        here.follow(grown(1), head="f" * 64)
    assert here.files.history() == History()


def test_entries_beyond_the_signed_head_are_refused(here):
    seen = grown(1)
    with pytest.raises(RemoteProtocolError, match="beyond it"):
        here.follow(grown(1, 2), length=1, head=seen.head)


def test_entries_that_were_left_out_prove_nothing_and_are_not_an_alarm(here):
    here.follow(grown(1))
    for since in (2, 3):
        with pytest.raises(RemoteProtocolError, match="without those after 1"):
            here.follow(grown(1, 2, 3), since=since)
    assert here.files.alarm() == ""
    assert isinstance(here.offer(), ReportArrived)


def test_a_head_that_the_coordinator_did_not_sign_is_ignored(here):
    stranger = replace(here, coordinator=Identity.generate())
    with pytest.raises(RemoteProtocolError, match="not by the key"):
        stranger.follow(grown(1))
    assert here.files.alarm() == ""


def test_another_members_other_history_ends_rounds_until_a_steward_acts(here, tmp_path):
    here.follow(grown(1, 2))
    with pytest.raises(RemoteProtocolError, match="'brandts' was shown another history"):
        here.follow(grown(1, 2), since=2, witnesses=(here.witness(grown(1, 9)),))
    assert here.offer() == RefusalArrived(sender=OURS, code=NotApproved.code)
    (tmp_path / ALARM_NAME).rename(tmp_path / "evidence.json")
    assert isinstance(here.offer(), ReportArrived)


def test_the_first_alarm_stays_with_its_evidence(here, tmp_path):
    here.follow(grown(1, 2))
    for name in ("brandts", "ccb"):
        with pytest.raises(RemoteProtocolError):
            here.follow(grown(1, 2), since=2, witnesses=(here.witness(grown(9), name),))
    assert "'brandts'" in here.files.alarm()


def test_a_witness_ahead_of_us_is_compared_once_we_are_there(here):
    here.follow(grown(1), witnesses=(here.witness(grown(1, 9, 3)),))
    assert here.files.witnesses() == {}
    with pytest.raises(RemoteProtocolError, match="its first 3 entries"):
        here.follow(grown(1, 2, 3), since=1)


def test_who_agrees_is_noted(here):
    here.follow(grown(1, 2), witnesses=(here.witness(grown(1)), here.witness(grown(1, 2), "ccb")))
    assert here.files.witnesses() == {"brandts": 1, "ccb": 2}


def test_a_forged_witness_is_no_alarm(here):
    forged = altered(here.witness(grown(1, 9)), institution="ccb")
    here.follow(grown(1, 2), witnesses=(forged,))
    assert here.files.alarm() == ""
    assert here.files.witnesses() == {}


def test_a_plan_or_release_that_was_not_announced_is_not_kept(here):
    session, plan = here.ours.session, here.made.plan
    sealed = here.ours._sealed(Kind.PROPOSAL, NO_JOB, plan.to_json())
    with pytest.raises(RemoteProtocolError, match="the plan of round 'season-2026' is not in"):
        session.follow_plan(sealed)
    assert session.store.plan(plan.round_id) is None
    here.ours.propose(plan)
    assert session.store.plan(plan.round_id) == plan.to_json()
    release = exported_round().bundle.release
    sealed = here.ours._sealed(Kind.RELEASE, release.job_id, release.to_json())
    with pytest.raises(RemoteProtocolError, match="the release of round 'season-2026'"):
        session.follow_release(sealed)
    assert session.store.releases() == []
    here.ours.release(release)
    assert session.store.releases() == [release.to_json()]


def test_a_damaged_copy_is_said_to_be_damaged(here, tmp_path):
    here.follow(grown(1, 2))
    path = tmp_path / "history.jsonl"
    path.write_bytes(b"\n".join(path.read_bytes().splitlines()[1:]) + b"\n")
    with pytest.raises(StorageError, match=r"history\.jsonl is damaged"):
        here.files.history()


def test_an_unreadable_alarm_is_still_an_alarm(here, tmp_path):
    (tmp_path / ALARM_NAME).write_text("{")
    assert "cannot be read" in here.files.alarm()
    with pytest.raises(NotApproved):
        here.ours.session._chronicle.refuse_if_split()


def test_a_head_speaks_of_a_length_that_exists():
    with pytest.raises(ValueError, match="greater than or equal to 0"):
        HistoryHead(network="simulated", length=-1, head="0" * 64)
