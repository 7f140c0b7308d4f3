"""Promises, certificates and receipts come back as they were kept, on both engines."""

from dataclasses import replace

import pytest
from alembic import command
from sqlalchemy import insert, inspect
from tests.support.committees import a_committee, exact_reports, house
from tests.support.consortium import reported, step_all

from foyer_coordinator.adapters import migrations
from foyer_coordinator.adapters.database import Database
from foyer_coordinator.adapters.database_closing import DatabaseClosings
from foyer_coordinator.adapters.database_rounds import DatabaseRounds
from foyer_coordinator.adapters.database_tables import ROUND
from foyer_coordinator.adapters.migrations import upgrade
from foyer_protocol.errors import StorageError
from foyer_protocol.messages.closing import AbortAsk
from foyer_protocol.rounds.closing import certify, promise
from foyer_protocol.rounds.events import Launched, Withdrawn
from foyer_protocol.rounds.phases import Phase
from foyer_protocol.rounds.profiles import FIVE

AT = 1_800_000_000


@pytest.fixture(scope="module")
def made():
    """A committee, a sum of it with three reports that was withdrawn, and every promise."""
    here = a_committee(FIVE)
    job = here.job()
    reports = exact_reports(here, job, [house(n) for n in range(3)])
    state, _ = step_all(here.state(job), Launched(), *reported(reports))
    state, _ = step_all(state, Withdrawn(reason="too-few-nodes"))
    ask = AbortAsk(job_id=job.job_id, roster=here.roster.digest)
    sworn = {n: promise(ask, n, here.parties[n].identity) for n in here.roster.committee}
    return here, state, sworn


@pytest.fixture
def kept(database, made):
    """The sum in a book, and what keeps its closing."""
    here, state, _ = made
    rounds = DatabaseRounds(database)
    rounds.add_round(here.plan, 1)
    rounds.save_sum(state)
    return DatabaseClosings(database)


def test_promises_come_back_and_the_first_of_a_helper_stays(kept, made):
    here, state, sworn = made
    job_id = state.job.job_id
    for name in (house(3), house(1), house(3)):
        kept.keep_promise(job_id, name, sworn[name])
    (found,) = kept.given_up(here.plan.round_id)
    assert (found.job_id, found.roster, found.answered) == (job_id, here.roster, frozenset())
    assert found.promises == {name: sworn[name] for name in (house(1), house(3))}


def test_a_certificate_is_owed_to_everybody_invited_until_each_has_said_so(kept, made):
    here, state, sworn = made
    job_id, certificate = state.job.job_id, certify(sworn, here.roster)
    kept.note_receipt(job_id, house(0), AT)  # of a certificate that does not exist
    kept.keep_certificate(job_id, certificate, AT)
    (owed,) = kept.owed()
    assert (owed.job_id, owed.certificate) == (job_id, certificate)
    assert owed.to == frozenset(here.parties)
    for name in here.parties:
        kept.note_receipt(job_id, name, AT)
        kept.note_receipt(job_id, name, AT + 1)
    assert kept.owed() == []
    assert kept.given_up(here.plan.round_id) == []


def test_the_first_certificate_of_a_job_stays(kept, made):
    here, state, sworn = made
    first = certify({name: sworn[name] for name in sorted(sworn)[:4]}, here.roster)
    kept.keep_certificate(state.job.job_id, first, AT)
    kept.keep_certificate(state.job.job_id, certify(sworn, here.roster), AT + 1)
    (owed,) = kept.owed()
    assert owed.certificate == first


def test_a_running_or_summed_sum_is_not_given_up(database, kept, made):
    here, state, _ = made
    rounds = DatabaseRounds(database)
    for phase in (Phase.REPORTING, Phase.UNMASKING, Phase.RECOVERING, Phase.REVIEWING):
        rounds.save_sum(replace(state, phase=phase))
        assert kept.given_up(here.plan.round_id) == []
        assert kept.given_up() == []


def test_once_its_round_is_over_an_interrupted_sum_is_given_up_and_a_summed_one_never(
    database, kept, made
):
    here, state, _ = made
    rounds = DatabaseRounds(database)
    rounds.move_round(here.plan.round_id, Phase.ABORTED, AT, "internal")
    rounds.save_sum(replace(state, phase=Phase.REPORTING))
    assert [one.job_id for one in kept.given_up()] == [state.job.job_id]
    rounds.save_sum(replace(state, phase=Phase.REVIEWING))
    assert kept.given_up() == []


def test_an_unknown_job_cannot_have_a_certificate(kept, made):
    here, _, sworn = made
    with pytest.raises(StorageError):
        kept.keep_certificate("0f" * 16, certify(sworn, here.roster), AT)
    assert kept.owed() == []


def test_a_book_of_the_first_version_is_brought_up_to_date_and_loses_nothing(empty_url, made):
    here, state, sworn = made
    database = Database(empty_url)
    with database.writing() as connection:
        command.upgrade(migrations._settings(connection), "first_tables")
        assert not inspect(connection).has_table("abort_certificate")
        plan = here.plan.to_json().decode()
        kept = {"round_id": here.plan.round_id, "plan": plan, "phase": "planned", "created_at": 1}
        connection.execute(insert(ROUND).values(reason="", **kept))
    rounds = DatabaseRounds(database)
    rounds.save_sum(state)
    upgrade(empty_url)
    assert rounds.sums_of(here.plan.round_id) == [state]
    closings = DatabaseClosings(database)
    closings.keep_certificate(state.job.job_id, certify(sworn, here.roster), AT)
    assert len(closings.owed()) == 1
    database.close()
