"""Promise: nothing leaves a node unpaid, and nothing leaves it unmasked."""

import numpy as np
import pytest
from tests.support.consortium import a_consortium, even, pay

from foyer_protocol.catalogue.contribution import Contribution
from foyer_protocol.crypto.escrow import PRIME as SEED_FIELD
from foyer_protocol.crypto.escrow import draw_element as draw_seed
from foyer_protocol.crypto.randomness import system_entropy
from foyer_protocol.dp.ledger import Ledger
from foyer_protocol.errors import LocalProtocolError
from foyer_protocol.rounds.kinds.figures import exact_vector
from foyer_protocol.rounds.masking import mask
from foyer_protocol.rounds.node import make_report

HERE = a_consortium("volume.attendances", "volume.bookers")
JOB = HERE.job()
PARTY = HERE.parties["aros"]


def report(ledger, vector):
    return make_report(JOB, HERE.roster, PARTY.identity, PARTY.name, vector, ledger, system_entropy)


def test_a_report_without_its_charge_is_not_made():
    vector = np.zeros(JOB.width, dtype=np.int64)
    for ledger in (Ledger(), pay(Ledger(), HERE.job(), HERE.roster)):
        with pytest.raises(LocalProtocolError, match="right after its charge"):
            report(ledger, vector)


def test_a_vector_of_another_shape_is_not_sent():
    with pytest.raises(LocalProtocolError, match="shape"):
        report(pay(Ledger(), JOB, HERE.roster), np.zeros(JOB.width + 1, dtype=np.int64))


def test_a_header_commits_to_the_ledger_that_paid():
    ledger = pay(Ledger(), JOB, HERE.roster)
    header = report(ledger, np.zeros(JOB.width, dtype=np.int64)).signed.header
    assert (header.counter, header.ledger_head) == (1, ledger.head)


def test_two_reports_of_the_same_vector_have_nothing_in_common():
    ledger, vector = pay(Ledger(), JOB, HERE.roster), np.zeros(JOB.width, dtype=np.int64)
    one, two = report(ledger, vector), report(ledger, vector)
    assert one.signed.header.nonce != two.signed.header.nonce
    assert one.masked != two.masked
    assert not set(one.sealed) & set(two.sealed)


def test_the_vector_does_not_show_in_what_is_sent():
    vector = np.full(JOB.width, 0x1122334455667788, dtype=np.int64)
    sent = report(pay(Ledger(), JOB, HERE.roster), vector).to_bytes()
    assert vector.tobytes()[:8] not in sent


def test_a_leaf_of_another_width_is_a_bug_that_is_noticed():
    part = even(HERE.plan)
    first = next(iter(part.values))
    wrong = Contribution(
        values={**part.values, first: (1, 2, 3)}, contributes=dict(part.contributes)
    )
    with pytest.raises(LocalProtocolError, match="3 values"):
        exact_vector(HERE.plan, wrong)


def test_a_seed_is_an_element_of_the_field_in_which_it_will_be_shared():
    top = draw_seed(lambda count: b"\xff" * count)
    assert int.from_bytes(top, "little") == (2**512 - 1) % SEED_FIELD
    assert len(draw_seed(bytes)) == 32


def test_the_nonce_of_a_mask_is_kept_out_of_its_repr():
    masked = mask(JOB, HERE.roster, "aros", np.zeros(JOB.width, dtype=np.int64), system_entropy)
    assert "nonce" not in repr(masked)
