"""Promise: only promises that hold make a certificate, and no helper can hold up the end."""

import pytest
from tests.support.aborting_town import DEADLINES, Reply, Town
from tests.support.committees import house

from foyer_coordinator.letters import write_letter
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.messages.closing import AbortAsk, SignedPromise
from foyer_protocol.messages.envelope import COORDINATOR, EnvelopeHeader, Kind, seal_envelope
from foyer_protocol.messages.report import Refusal
from foyer_protocol.rounds.closing import promise
from foyer_protocol.rounds.phases import Phase
from foyer_protocol.version import PROTOCOL_VERSION

LIAR = house(4)


@pytest.fixture
def town(tmp_path):
    """Two of five refuse to report, so that every round is given up."""
    made = Town(folder=tmp_path, paused={house(3), LIAR})
    made.launch()
    yield made
    made.close()


def answers(town, reply):
    """From the liar every question to give up is answered by `reply(question's job)`."""
    ask = town.send

    def send(institution, payload, *, ttl_seconds):
        before = list(town.arrived)
        ask(institution, payload, ttl_seconds=ttl_seconds)
        if institution == LIAR and town.closings.given_up("season-2026"):
            (true,) = town.arrived[len(before) :]
            town.arrived = [*before, Reply(LIAR, reply(), true.instruction_sha256)]

    town.send = send


def letter(town, body, kind=Kind.ABORT_PROMISE, sender=LIAR):
    """An envelope that the liar signs, whoever it says it is from."""
    header = EnvelopeHeader(
        protocol=PROTOCOL_VERSION,
        network="simulated",
        sender=sender,
        receiver=COORDINATOR,
        kind=kind,
        job_id=town.job().job_id,
        expires_at=town.now + 100,
    )
    return seal_envelope(header, body, town.made.parties[LIAR].identity)


def word(town, signer=LIAR, name=LIAR, **changes):
    """A promise in the name of `name`, signed by `signer`."""
    asked = {"job_id": town.job().job_id, "roster": town.signed.roster.digest, **changes}
    return promise(AbortAsk(**asked), name, town.made.parties[signer].identity)


LIES = {
    "no bytes": lambda town: b"",
    "noise": lambda town: b"\x00" * 99,
    "a promise that is none": lambda town: letter(town, b"\x01"),
    "about another job": lambda town: letter(town, word(town, job_id="0f" * 16).to_bytes()),
    "under another roster": lambda town: letter(town, word(town, roster="0f" * 32).to_bytes()),
    "in another helper's name": lambda town: letter(town, word(town, name=house(1)).to_bytes()),
    "in an envelope of another": lambda town: letter(
        town, word(town, house(1), house(1)).to_bytes(), sender=house(1)
    ),
    "signed by a stranger": lambda town: letter(
        town,
        SignedPromise(
            promise=word(town).promise, signature=Identity.generate().sign("x", b"x")
        ).to_bytes(),
    ),
    "a refusal": lambda town: letter(
        town,
        Refusal(job_id=town.job().job_id, institution=LIAR, code="internal").to_json(),
        Kind.REFUSAL,
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_no_promise_and_the_others_suffice(town, lie):
    answers(town, lambda: LIES[lie](town))
    town.serve()
    assert town.phase() is Phase.ABORTED
    kept = town.closings
    assert kept.given_up() == []
    assert all(town.spent(house(n)) == 0 for n in range(3))


@pytest.mark.parametrize("lie", LIES)
def test_where_one_more_is_away_a_lie_completes_nothing(town, lie):
    town.away = {house(3)}
    answers(town, lambda: LIES[lie](town))
    began = town.now
    town.serve()
    assert town.phase() is Phase.ABORTED
    assert town.now - began <= DEADLINES.reports + DEADLINES.answers + 2
    (open_one,) = town.closings.given_up()
    assert set(open_one.promises) == {house(0), house(1), house(2)}
    assert all(town.spent(house(n)) > 0 for n in range(3))


def test_a_reply_to_an_earlier_question_is_not_taken_for_the_answer(town):
    """A refusal of the offer that comes late must not pass for a refused promise."""
    ask = town.send

    def send(institution, payload, *, ttl_seconds):
        ask(institution, payload, ttl_seconds=ttl_seconds)
        if town.closings.given_up("season-2026"):
            late = Refusal(job_id=town.job().job_id, institution=LIAR, code="not-approved")
            town.arrived.insert(
                0, Reply(LIAR, letter(town, late.to_json(), Kind.REFUSAL), "0" * 64)
            )

    town.send, town.away = send, {house(0)}
    town.serve()
    assert town.closings.given_up() == [], "the liar, this time honest, was heard to the end"


def test_the_question_is_signed_by_the_coordinator_and_names_job_and_roster(town):
    ask = AbortAsk(job_id="0f" * 16, roster=town.signed.roster.digest)
    told = {"network": "simulated", "receiver": LIAR, "kind": Kind.ABORT_ASK}
    raw = write_letter(
        ask.to_json(), Identity.generate(), job_id=ask.job_id, expires_at=town.now + 9, **told
    )
    town.session(LIAR).follow_roster(town.signed.to_bytes())
    assert town.session(LIAR).handle(raw) == b"", "a stranger gets no word at all"
    assert town.files(LIAR).helper_state().promised == frozenset()
