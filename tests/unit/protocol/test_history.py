"""Promise: a history can only grow, and two different ones cannot have one head."""

import pytest
from tests.support.consortium import altered

from foyer_protocol.crypto.identity import Identity
from foyer_protocol.errors import RemoteProtocolError
from foyer_protocol.messages.history import (
    GENESIS,
    HeadUpdate,
    History,
    HistoryEntry,
    HistoryKind,
    Witness,
    abort_subject,
    extend,
    head_of,
    sign_head,
    sign_witness,
    verify_head,
    verify_history,
    verify_witness,
)

COORDINATOR = Identity.generate()


def grown(*subjects, start=History()):
    for subject in subjects:
        start = extend(start, HistoryKind.PLAN, f"{subject:064x}", "season-2026")
    return start


def update(history, since=0, witnesses=()):
    seen = head_of(history, "simulated")
    return HeadUpdate(
        seen=seen,
        signature=sign_head(seen, COORDINATOR),
        entries=history.entries[since:],
        witnesses=witnesses,
    )


def test_every_entry_commits_to_all_before_it():
    one, other = grown(1, 2, 3), grown(9, 2, 3)
    assert one.entries[0].previous == GENESIS
    assert [entry.index for entry in one.entries] == [0, 1, 2]
    assert one.head != other.head
    assert one.head_at(0) == GENESIS
    assert one.head_at(2) == grown(1, 2).head


def test_a_copy_grows_by_what_it_has_not_seen_and_by_nothing_twice():
    whole = grown(1, 2, 3)
    assert verify_history(grown(1), whole.entries[1:]) == whole
    assert verify_history(grown(1), whole.entries) == whole
    assert verify_history(whole, grown(1).entries) == whole


def test_another_past_is_refused():
    with pytest.raises(RemoteProtocolError, match=r"entry 0 .* is another"):
        verify_history(grown(1, 2), grown(9, 2, 3).entries)


def test_a_gap_is_refused():
    with pytest.raises(RemoteProtocolError, match=r"entry 2 .* does not follow from the 1"):
        verify_history(grown(1), grown(1, 2, 3).entries[2:])


def test_an_entry_that_hangs_on_nothing_is_refused():
    loose = altered(grown(1, 2).entries[1], previous="f" * 64)
    with pytest.raises(RemoteProtocolError, match="does not follow"):
        verify_history(grown(1), [loose])


def test_it_knows_what_was_announced_by_kind_and_digest():
    history = extend(grown(1), HistoryKind.ROSTER, "a" * 64)
    assert history.holds(HistoryKind.ROSTER, "a" * 64)
    assert not history.holds(HistoryKind.RELEASE, "a" * 64)
    assert not history.holds(HistoryKind.ROSTER, "b" * 64)


def test_an_abort_is_its_round_and_its_reason():
    assert abort_subject("a", "bc") != abort_subject("ab", "c")


def test_an_update_is_read_back_as_it_was_written():
    history = grown(*range(20))
    witness = sign_witness(head_of(history, "simulated"), "mak", Identity.generate())
    for sent in (update(history, 3, (witness,)), update(History())):
        assert HeadUpdate.from_bytes(sent.to_bytes()) == sent


@pytest.mark.parametrize("cut", [0, 1, 40, -1])
def test_an_update_cut_off_is_refused(cut):
    with pytest.raises(RemoteProtocolError):
        HeadUpdate.from_bytes(update(grown(1)).to_bytes()[:cut])


def test_a_head_is_held_to_its_coordinator_and_network():
    sent = update(grown(1))
    verify_head(sent, COORDINATOR.public, "simulated")
    with pytest.raises(RemoteProtocolError, match="network"):
        verify_head(sent, COORDINATOR.public, "elsewhere")
    with pytest.raises(RemoteProtocolError, match="not by the key"):
        verify_head(sent, Identity.generate().public, "simulated")


def test_a_witness_is_held_to_its_institution():
    identity, seen = Identity.generate(), head_of(grown(1), "simulated")
    witness = sign_witness(seen, "mak", identity)
    assert Witness.from_json(witness.to_json()) == witness
    verify_witness(witness, identity.public, "simulated")
    with pytest.raises(RemoteProtocolError, match="network"):
        verify_witness(witness, identity.public, "elsewhere")
    longer = altered(seen, length=2)
    for forged in (altered(witness, institution="smk"), altered(witness, seen=longer)):
        with pytest.raises(RemoteProtocolError, match="not by the key"):
            verify_witness(forged, identity.public, "simulated")


def test_an_entry_is_read_only_in_its_one_spelling():
    raw = grown(1).entries[0].to_json()
    assert HistoryEntry.from_json(raw) == grown(1).entries[0]
    with pytest.raises(RemoteProtocolError):
        HistoryEntry.from_json(raw.replace(b":", b": ", 1))
