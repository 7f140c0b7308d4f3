"""Promise: what a steward decides about sharing is written down, and the session obeys it."""

import pytest
from tests.support.consortium import a_consortium, altered, signed
from tests.support.local_node import FACTS, plan_for
from tests.support.session_party import SessionParty

from foyer_node.adapters.decision_file import DecisionFile
from foyer_node.adapters.history_files import HistoryFiles
from foyer_node.adapters.round_files import RoundFiles
from foyer_node.config import Policy, read_config
from foyer_node.data_status import data_status, status_aside
from foyer_node.decisions import Act
from foyer_node.following import Network
from foyer_node.session import NodeSession
from foyer_node.setup import make_node
from foyer_node.sharing.steering import decide, decisions_of
from foyer_node.stewardship import approve
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.errors import ConfigError, NotApproved, StorageError
from foyer_protocol.messages.envelope import Kind
from foyer_protocol.simulate import NOON, run_round

PLAN = plan_for("season-2027")
ROUND = PLAN.round_id
ASKS = Policy(ask_first=True)


@pytest.fixture
def file(tmp_path):
    ticks = iter(range(100))
    return DecisionFile(tmp_path, lambda: next(ticks))


@pytest.fixture
def config(tmp_path):
    make_node(tmp_path / "node", **FACTS)
    config = read_config(tmp_path / "node")
    RoundFiles(config.folder).keep_plan(ROUND, PLAN.to_json())
    return config


def test_without_a_decision_the_policy_alone_holds(file):
    approve(PLAN, Policy(), file.read())
    with pytest.raises(NotApproved, match="waits for a steward's approval"):
        approve(PLAN, ASKS, file.read())


def test_an_approval_lets_a_round_be_answered_where_the_policy_asks_first(file):
    file.add(Act.APPROVE, by="me", round_id=ROUND)
    approve(PLAN, ASKS, file.read())


def test_a_decline_holds_until_it_is_taken_back(file):
    file.add(Act.DECLINE, by="me", round_id=ROUND, reason="not our season")
    with pytest.raises(NotApproved, match="was declined by a steward") as refused:
        approve(PLAN, Policy(), file.read())
    assert "not our season" not in str(refused.value) + refused.value.hint
    file.add(Act.APPROVE, by="me", round_id=ROUND)
    approve(PLAN, Policy(), file.read())


def test_a_decline_is_of_one_round(file):
    file.add(Act.DECLINE, by="me", round_id=ROUND)
    approve(plan_for("season-2028"), Policy(), file.read())


def test_a_pause_holds_over_every_approval_until_it_is_lifted(file):
    file.add(Act.APPROVE, by="me", round_id=ROUND)
    file.add(Act.PAUSE, by="me")
    with pytest.raises(NotApproved, match="sharing is paused"):
        approve(PLAN, Policy(), file.read())
    file.add(Act.RESUME, by="me")
    approve(PLAN, Policy(), file.read())


def test_an_approval_lifts_nothing_else_of_the_policy(file):
    file.add(Act.APPROVE, by="me", round_id=ROUND)
    with pytest.raises(NotApproved, match="does not allow"):
        approve(PLAN, Policy(statistics=("volume.bookers",)), file.read())


@pytest.mark.parametrize(("act", "round_id"), [(Act.PAUSE, ROUND), (Act.DECLINE, "")])
def test_a_decision_is_about_everything_or_about_one_round(file, act, round_id):
    with pytest.raises(ConfigError):
        file.add(act, by="me", round_id=round_id)
    assert file.read().all == ()


def test_a_reason_has_an_end(file):
    with pytest.raises(ConfigError, match="501 characters"):
        file.add(Act.PAUSE, by="me", reason="x" * 501)
    assert file.read().pause is None


def test_a_damaged_file_lets_nothing_leave(tmp_path, file):
    file.add(Act.PAUSE, by="me")
    (tmp_path / "decisions.jsonl").write_bytes(b'{"act": "cheer"}\n')
    with pytest.raises(StorageError, match="cannot be told"):
        file.read()


@pytest.mark.parametrize("name", ["season-1999", "../node", "", "a/b"])
def test_only_a_proposed_round_is_decided_about(config, name):
    with pytest.raises(ConfigError):
        decide(config, Act.DECLINE, by="me", round_id=name)
    assert decisions_of(config).all == ()


def test_a_paused_node_tells_the_network_that_it_is_and_no_more(config):
    decide(config, Act.PAUSE, by="me", reason="a question of our DPO")
    assert data_status(config) == status_aside(config) == ("paused", None)


class Offered:
    """One node that is offered the figures of a round, and answers."""

    def __init__(self, folder):
        self.made = a_consortium("volume.bookers")
        party = self.made.parties["dox"]
        coordinator, governance = Identity.generate(), Identity.generate()
        self.file = DecisionFile(folder, lambda: NOON)
        self.store = RoundFiles(folder)
        roster = altered(self.made.roster, coordinator_key=coordinator.public)
        session = NodeSession(
            network=Network(
                slug="simulated",
                institution="dox",
                coordinator_key=coordinator.public,
                governance_keys=(governance.public,),
            ),
            policy=Policy(period_rho_cap="10/1"),
            identity=party.identity,
            helper_key=party.helper_key,
            store=self.store,
            history=HistoryFiles(folder),
            show=lambda content, **facts: self.kinds.append(facts["kind"]),
            compute=lambda plan: party.contribution,
            clock=lambda: NOON - 60,
            decisions=self.file.read,
        )
        self.kinds: list[str] = []
        self.ours = SessionParty(
            session=session, coordinator=coordinator, signed=signed(roster, governance)
        )
        session.follow_roster(self.ours.signed.to_bytes())
        self.roster = roster

    def run(self):
        run_round(self.made.plan, self.roster, {**self.made.parties, "dox": self.ours})
        return self.kinds


def test_a_session_stays_out_of_what_is_paused_and_pays_nothing(tmp_path):
    offered = Offered(tmp_path)
    offered.file.add(Act.PAUSE, by="me")
    assert Kind.REPORT not in offered.run()
    assert Kind.REFUSAL in offered.kinds
    assert offered.store.ledger().entries == ()


def test_a_running_session_obeys_a_decision_made_after_it_began(tmp_path):
    offered = Offered(tmp_path)
    assert Kind.REPORT in offered.run()
    later = Offered(tmp_path / "later")
    later.file.add(Act.DECLINE, by="me", round_id=later.made.plan.round_id)
    assert Kind.REPORT not in later.run()
