"""Promise: nothing is paid for twice, nothing goes unpaid, and a doctored ledger is refused."""

import hashlib
import json
from dataclasses import replace
from fractions import Fraction

import opendp.prelude as dp
import pytest

from foyer_protocol.dp.ledger import (
    GENESIS,
    EntryKind,
    Ledger,
    charge,
    decode_entry,
    encode_entry,
    refund,
    settle,
    verify_chain,
)
from foyer_protocol.errors import BudgetExhausted, LocalProtocolError, StorageError

CAP = Fraction(5, 100)
RELEASE = "ab" * 32


def job(number):
    return f"{number:032x}"


def charged(ledger, number, rho=Fraction(12, 1000), **changed):
    order = {"job_id": job(number), "round_id": "attendance", "period": "2026", "cap": CAP}
    return charge(ledger, rho=rho, **{**order, **changed})


def lines_of(ledger):
    return [encode_entry(entry) for entry in ledger.entries]


@pytest.fixture
def ledger():
    """Two charges, the first of them settled."""
    return charged(settle(charged(Ledger(), 1), job(1), RELEASE), 2)


def resealed(line, **changed):
    """A line altered by someone who knows how digests are made."""
    facts = {**json.loads(line), **changed}
    facts.pop("digest")
    canonical = {"sort_keys": True, "separators": (",", ":")}
    digest = hashlib.sha256(json.dumps(facts, **canonical).encode()).hexdigest()
    return json.dumps({**facts, "digest": digest}, **canonical)


def test_an_unsettled_charge_counts_as_spent(ledger):
    assert ledger.settlement_of(job(2)) is None
    assert ledger.spent("2026") == Fraction(24, 1000)
    assert ledger.remaining("2026", CAP) == Fraction(26, 1000)


def test_settling_costs_nothing_and_names_the_release(ledger):
    settled = settle(ledger, job(2), RELEASE)
    assert settled.spent("2026") == ledger.spent("2026")
    assert settled.entries[-1].release == RELEASE
    assert settled.entries[-1].kind is EntryKind.SETTLE


def test_every_period_has_its_own_budget(ledger):
    assert charged(ledger, 3, rho=CAP, period="2027").remaining("2027", CAP) == 0
    assert ledger.spent("2027") == 0


def test_the_cap_can_be_spent_to_the_last_fraction():
    full = charged(charged(Ledger(), 1, rho=CAP / 3), 2, rho=2 * CAP / 3)
    assert full.remaining("2026", CAP) == 0


def test_a_charge_beyond_the_cap_is_refused_with_both_numbers(ledger):
    with pytest.raises(BudgetExhausted) as refusal:
        charged(ledger, 3, rho=Fraction(26, 1000) + Fraction(1, 10**12))
    assert "costs rho 0.026001; the ledger has rho 0.026000 left" in refusal.value.message
    assert "nothing was sent" in refusal.value.message


def test_a_second_charge_of_a_job_is_refused(ledger):
    with pytest.raises(LocalProtocolError, match="was charged before, in entry 0"):
        charged(ledger, 1)


def test_a_job_is_settled_once_and_only_after_its_charge(ledger):
    with pytest.raises(LocalProtocolError, match="no open charge"):
        settle(ledger, job(1), RELEASE)
    with pytest.raises(LocalProtocolError, match="never charged"):
        settle(ledger, job(9), RELEASE)


@pytest.mark.parametrize(
    "changed",
    [
        {"rho": Fraction(0)},
        {"rho": Fraction(-1, 100)},
        {"job_id": "job-1"},
        {"round_id": "Attendance 2026"},
        {"period": ""},
        {"period": "2026\n"},
    ],
)
def test_a_charge_that_could_not_be_read_back_is_refused(changed):
    with pytest.raises(LocalProtocolError):
        charged(Ledger(), 1, **changed)


def test_a_release_that_is_no_digest_is_refused(ledger):
    with pytest.raises(LocalProtocolError, match="release 'abc'"):
        settle(ledger, job(2), "abc")


def test_an_empty_ledger_starts_the_chain():
    assert verify_chain([]) == Ledger()
    assert Ledger().head == GENESIS
    assert charged(Ledger(), 1).entries[0].previous == GENESIS


def test_lines_read_back_to_the_same_ledger(ledger):
    assert verify_chain(lines_of(ledger)) == ledger
    assert verify_chain(lines_of(ledger)).head == ledger.head


@pytest.mark.parametrize(
    "change",
    [
        {"rho": "1/100"},
        {"index": 7},
        {"previous": "0" * 64},
        {"job_id": "0" * 32},
        {"period": "2025"},
        {"round_id": "another"},
        {"kind": "charge"},
    ],
)
def test_an_altered_line_is_refused_even_with_a_new_digest(ledger, change):
    lines = lines_of(ledger)
    lines[1] = resealed(lines[1], **change)
    with pytest.raises(StorageError, match=r"entry [12] of the privacy ledger does not follow"):
        verify_chain(lines)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda lines: lines[1:],
        lambda lines: [lines[0], lines[2]],
        lambda lines: [lines[0], lines[2], lines[1]],
        lambda lines: [*lines, lines[-1]],
        lambda lines: [*lines, ""],
        lambda lines: [*lines, lines[-1][:40]],
    ],
)
def test_a_line_missing_moved_repeated_or_torn_is_refused(ledger, spoil):
    with pytest.raises(StorageError, match="The ledger was not opened"):
        verify_chain(spoil(lines_of(ledger)))


def test_a_line_of_a_kind_we_do_not_know_is_refused(ledger):
    with pytest.raises(StorageError):
        decode_entry(resealed(lines_of(ledger)[0], kind="gift"))


@pytest.mark.parametrize(
    "line",
    [
        "[]",
        "3",
        "null",
        "{}",
        "not json",
        "[" * 5000,
        '{"index":"0","rho":"1"}',
        '{"index":0,"rho":1}',
    ],
)
def test_a_line_that_is_not_ours_is_refused(line):
    with pytest.raises(StorageError, match="not a ledger's"):
        decode_entry(line)


@pytest.mark.parametrize("rho", ["1/0", "2/4", "0.5", "-1/2", " 1/2", "1e3", "1_0"])
def test_a_price_has_one_way_to_be_written(ledger, rho):
    with pytest.raises(StorageError):
        decode_entry(resealed(lines_of(ledger)[0], rho=rho))


def test_another_spelling_of_the_same_line_is_refused(ledger):
    with pytest.raises(StorageError):
        decode_entry(lines_of(ledger)[0].replace(",", ", "))


def test_an_entry_keeps_its_own_digest(ledger):
    assert ledger.head == ledger.entries[-1].digest
    assert decode_entry(lines_of(ledger)[0]) == ledger.entries[0]
    with pytest.raises(StorageError):
        decode_entry(encode_entry(replace(ledger.entries[0], period="2025")))


def test_opendps_privacy_filter_accepts_and_refuses_the_same_charges():
    dp.enable_features("contrib", "honest-but-curious")
    vectors, l2 = dp.vector_domain(dp.atom_domain(T="i64")), dp.l2_distance(T="f64")
    zcdp = dp.zero_concentrated_divergence()
    composition = dp.c.make_fully_adaptive_composition(vectors, l2, zcdp)
    spend = dp.c.make_privacy_filter(composition, d_in=1.0, d_out=float(CAP))([0])
    rho, ledger = Fraction(12, 1000), Ledger()
    release = dp.m.make_user_measurement(
        vectors, l2, zcdp, lambda _: "", lambda d: float(rho) * d * d, TO="String"
    )
    for number in range(4):
        spend(release)
        ledger = charged(ledger, number, rho=rho)
        assert spend.privacy_loss(1.0) == pytest.approx(float(ledger.spent("2026")))
    with pytest.raises(dp.OpenDPException, match="exhausted"):
        spend(release)
    with pytest.raises(BudgetExhausted):
        charged(ledger, 4, rho=rho)


CERTIFICATE = "cd" * 32


def test_a_refund_gives_back_exactly_the_charge_and_names_its_certificate(ledger):
    after = refund(ledger, job(2), CERTIFICATE)
    assert after.spent("2026") == ledger.spent("2026") - Fraction(12, 1000)
    assert after.refund_of(job(2)).release == CERTIFICATE
    assert verify_chain(lines_of(after)) == after


def test_a_charge_is_refunded_once(ledger):
    with pytest.raises(LocalProtocolError, match="no open charge to refund"):
        refund(refund(ledger, job(2), CERTIFICATE), job(2), CERTIFICATE)


def test_a_settled_charge_is_not_refunded_and_a_refunded_one_not_settled(ledger):
    with pytest.raises(LocalProtocolError, match="no open charge to refund"):
        refund(ledger, job(1), CERTIFICATE)
    with pytest.raises(LocalProtocolError, match="no open charge to settle"):
        settle(refund(ledger, job(2), CERTIFICATE), job(2), RELEASE)


def test_a_refunded_job_stays_burnt(ledger):
    with pytest.raises(LocalProtocolError, match="charged before"):
        charged(refund(ledger, job(2), CERTIFICATE), 2)


def test_nothing_is_refunded_that_was_not_charged(ledger):
    with pytest.raises(LocalProtocolError, match="never charged"):
        refund(ledger, job(3), CERTIFICATE)


@pytest.mark.parametrize("rho", ["11/1000", "1/50", "0"])
def test_a_refund_of_another_price_is_refused(ledger, rho):
    lines = lines_of(refund(ledger, job(2), CERTIFICATE))
    with pytest.raises(StorageError, match="entry 3 of the privacy ledger"):
        verify_chain([*lines[:-1], resealed(lines[-1], rho=rho)])


def test_a_refund_without_a_certificate_is_refused(ledger):
    lines = lines_of(refund(ledger, job(2), CERTIFICATE))
    with pytest.raises(StorageError, match="entry 3 of the privacy ledger"):
        verify_chain([*lines[:-1], resealed(lines[-1], release="")])
