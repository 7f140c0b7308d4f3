"""Rounds and sums come back exactly as they were kept; a release is kept once."""

import threading
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from tests.support.simulated_round import NAMES, plan_of, simulated_round

from foyer_coordinator.adapters.database import Database
from foyer_coordinator.adapters.database_rounds import DatabaseRounds
from foyer_coordinator.ports import RoundBook, RoundRow
from foyer_protocol.errors import LocalProtocolError, StorageError
from foyer_protocol.rounds.coordinator import finished, step
from foyer_protocol.rounds.events import AnswerArrived, Launched, ReportArrived
from foyer_protocol.rounds.phases import Phase


@pytest.fixture
def rounds(database) -> RoundBook:
    return DatabaseRounds(database)


CODES = st.sampled_from(["not-approved", "budget-exhausted", "nothing-imported"])
SHAPES = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["figures", "veto"]),
        "invited": st.permutations(NAMES),
        "everyone": st.booleans(),
        "phase": st.sampled_from(Phase),
        "reporters": st.lists(st.sampled_from(NAMES), unique=True),
        "helpers": st.lists(st.sampled_from(NAMES[:3]), unique=True),
        "refusals": st.dictionaries(st.sampled_from(NAMES), CODES),
        "reason": st.sampled_from(["", "too-few-nodes", "deadline-passed"]),
    }
)


def state_of(shape):
    """Every shape that a sum can be kept in: parts of a sum that was really run."""
    full = getattr(simulated_round(), shape["kind"])
    return replace(
        full,
        invited=tuple(shape["invited"]),
        everyone=shape["everyone"],
        phase=shape["phase"],
        reports={name: full.reports[name] for name in shape["reporters"]},
        refusals=shape["refusals"],
        chosen=tuple(sorted(shape["reporters"])),
        answers={name: full.answers[name] for name in shape["helpers"]},
        reason=shape["reason"],
    )


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(SHAPES, min_size=1, max_size=3))
def test_a_sum_comes_back_as_it_was_last_kept(rounds, shapes):
    if rounds.round(simulated_round().plan.round_id) is None:
        rounds.add_round(simulated_round().plan, 1)
    last = {}
    for state in map(state_of, shapes):
        rounds.save_sum(state)
        last[state.job.job_id] = state
    found = {state.job.job_id: state for state in rounds.sums_of("round-2026")}
    assert {job_id: found[job_id] for job_id in last} == last


def test_a_sum_kept_after_every_step_can_be_taken_up_anywhere(rounds, url):
    done = simulated_round()
    rounds.add_round(done.plan, 1)
    events = [
        Launched(),
        *(ReportArrived(sender=n, report=r) for n, r in done.figures.reports.items()),
        *(AnswerArrived(sender=n, answer=a) for n, a in done.figures.answers.items()),
    ]
    rounds.save_sum(done.asked)
    for event in events:
        reopened = Database(url)
        (state,) = DatabaseRounds(reopened).sums_of(done.plan.round_id)
        after, _ = step(state, event)
        DatabaseRounds(reopened).save_sum(after)
        reopened.close()
    (last,) = rounds.sums_of(done.plan.round_id)
    assert last == done.figures
    np.testing.assert_array_equal(finished(last).aggregate, finished(done.figures).aggregate)


def test_sums_come_in_the_order_they_were_first_kept(rounds):
    done = simulated_round()
    rounds.add_round(done.plan, 1)
    for state in (done.figures, done.veto, replace(done.figures, phase=Phase.RELEASED)):
        rounds.save_sum(state)
    assert [state.job.kind for state in rounds.sums_of(done.plan.round_id)] == ["figures", "veto"]


def test_a_sum_of_an_unknown_round_is_refused(rounds):
    with pytest.raises(LocalProtocolError, match="round-2026"):
        rounds.save_sum(simulated_round().figures)
    assert rounds.sums_of("round-2026") == []


def test_a_round_remembers_when_it_was_launched_and_ended(rounds):
    plan = plan_of("round-2026")
    rounds.add_round(plan, 10)
    steps = (Phase.REPORTING, Phase.UNMASKING, Phase.REVIEWING, Phase.RELEASED)
    for at, phase in enumerate(steps, start=20):
        rounds.move_round("round-2026", phase, at)
    assert rounds.round("round-2026") == RoundRow(
        plan=plan, phase=Phase.RELEASED, reason="", created_at=10, launched_at=20, ended_at=23
    )


def test_a_round_that_is_over_stays_so(rounds):
    rounds.add_round(plan_of("round-2026"), 10)
    rounds.move_round("round-2026", Phase.ABORTED, 20, "too-few-nodes")
    rounds.move_round("round-2026", Phase.ABORTED, 99, "another")  # a restart repeats itself
    with pytest.raises(LocalProtocolError, match="aborted"):
        rounds.move_round("round-2026", Phase.REPORTING, 30)
    row = rounds.round("round-2026")
    assert (row.phase, row.reason, row.ended_at) == (Phase.ABORTED, "too-few-nodes", 20)


def test_rounds_come_oldest_first_and_have_one_name_each(rounds):
    for at, name in ((30, "late"), (10, "early"), (20, "middle")):
        rounds.add_round(plan_of(name), at)
    with pytest.raises(LocalProtocolError, match="early"):
        rounds.add_round(plan_of("early"), 40)
    times = [row.created_at for row in rounds.rounds()]
    assert all(before < after for before, after in pairwise(times))
    assert rounds.round("never") is None


def test_moving_an_unknown_round_is_refused(rounds):
    with pytest.raises(LocalProtocolError, match="never"):
        rounds.move_round("never", Phase.REPORTING, 1)


def test_a_second_release_of_a_round_is_refused_and_the_first_stays(rounds):
    done = simulated_round()
    rounds.add_round(done.plan, 1)
    rounds.publish(done.release)
    rounds.publish(done.release)  # a restart repeats itself
    other = done.release.model_copy(update={"released_at": done.release.released_at + 1})
    with pytest.raises(LocalProtocolError, match="another release"):
        rounds.publish(other)
    assert rounds.release("round-2026") == done.release
    assert rounds.releases() == [done.release]


def test_a_release_of_an_unknown_round_is_refused(rounds):
    with pytest.raises(LocalProtocolError, match="round-2026"):
        rounds.publish(simulated_round().release)
    assert rounds.release("round-2026") is None


def test_a_release_changed_behind_our_back_is_not_shown(rounds, database):
    done = simulated_round()
    rounds.add_round(done.plan, 1)
    body = done.release.model_copy(update={"participants": "50 or more"}).to_json().decode()
    with database.writing() as connection:
        connection.execute(
            text("INSERT INTO release VALUES ('round-2026', :digest, :body, 1)"),
            {"digest": done.release.digest, "body": body},
        )
    with pytest.raises(StorageError, match="the kept release"):
        rounds.release("round-2026")


def test_threads_publish_one_of_two_releases(rounds):
    done = simulated_round()
    rounds.add_round(done.plan, 1)
    others = [done.release.model_copy(update={"released_at": at}) for at in range(6)]
    outcomes = []

    def publish(release):
        try:
            rounds.publish(release)
            outcomes.append(release)
        except LocalProtocolError:
            outcomes.append(None)

    threads = [threading.Thread(target=publish, args=(release,)) for release in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 6
    assert [one for one in outcomes if one] == rounds.releases()


def test_threads_read_while_one_writes(rounds):
    done = simulated_round()
    rounds.add_round(done.plan, 1)
    faults = []

    def read():
        try:
            for _ in range(10):
                for state in rounds.sums_of("round-2026"):
                    assert len(state.reports) in (0, 6)
        except (AssertionError, StorageError) as fault:
            faults.append(fault)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for _ in range(10):
        rounds.save_sum(done.asked)
        rounds.save_sum(done.figures)
    for reader in readers:
        reader.join()
    assert faults == []
