"""Promise: a release that was altered anywhere is rejected, and the reason names where.

Every forger here is the coordinator itself: it signs whatever it likes anew, so that its
own signature never gives it away.
"""

from dataclasses import replace
from fractions import Fraction

import pytest
from tests.support.consortium import altered
from tests.support.exported_round import exported_round

from foyer_protocol.crypto.identity import Identity
from foyer_protocol.crypto.randomness import system_entropy
from foyer_protocol.dp.accountant import epsilon
from foyer_protocol.errors import RemoteProtocolError, VersionMismatch
from foyer_protocol.messages.bundle import VERSION, Bundle
from foyer_protocol.messages.codec import decimal_text, fraction_text, pack, read_fraction, unpack
from foyer_protocol.messages.release import Reason, Status, sign_release
from foyer_protocol.messages.report import PURPOSE, SignedHeader, set_digest
from foyer_protocol.messages.roster import SignedRoster, sign_roster
from foyer_protocol.messages.unmask import ACK_PURPOSE, pads_digest
from foyer_protocol.rounds.kinds import figures
from foyer_protocol.rounds.transcript import make_bundle, withholds
from foyer_protocol.verification.verdict import Name, Outcome
from foyer_protocol.verification.verify import verify_bundle

HERE = exported_round()
BUNDLE = HERE.bundle
SHOWN, WITHHELD = 0, 2
"""Places of a shown total and of the figure with too few contributors."""


def verdict_of(bundle, here=HERE):
    return verify_bundle(bundle, here.pinned, 1)


def failed(bundle, here=HERE):
    return {check.name for check in verdict_of(bundle, here).failed}


def resigned(bundle, **changes):
    """Another release, signed by the true coordinator."""
    release = altered(bundle.release, **changes)
    return replace(bundle, release=release, signature=sign_release(release, HERE.coordinator))


def with_figure(place, **changes):
    changed = list(BUNDLE.release.figures)
    changed[place] = altered(changed[place], **changes)
    return resigned(BUNDLE, figures=tuple(changed))


def test_a_real_release_is_accepted_with_every_check_passed():
    verdict = verdict_of(BUNDLE)
    assert verdict.failed == ()
    assert verdict.complete
    assert [check.name for check in verdict.checks] == list(Name)


def test_a_release_whose_helper_fell_silent_is_accepted():
    here = exported_round("with-escrow", silent=1)
    assert here.bundle.figures.escrows
    assert verdict_of(here.bundle, here).complete


def test_a_bundle_is_read_back_as_it_was_written():
    assert Bundle.from_bytes(BUNDLE.to_bytes()) == BUNDLE
    assert Bundle.from_bytes(HERE.closed.to_bytes()) == HERE.closed


def test_a_closed_bundle_is_accepted_and_says_what_it_does_not_show():
    verdict = verdict_of(HERE.closed)
    assert verdict.accepted
    assert not verdict.complete
    unshown = {c.name for c in verdict.checks if c.outcome is Outcome.NOT_SHOWN}
    assert unshown == {
        Name.CONTENTS, Name.SUM, Name.VETO, Name.WITHHELD, Name.CONTRIBUTORS, Name.GROUPS,
        Name.SPREADS,
    }  # fmt: skip


def test_a_closed_bundle_has_no_vector_pad_or_share():
    here = exported_round("with-escrow", silent=1)
    for part in (here.closed.figures, here.closed.veto):
        assert part.masked == ()
        assert {one.pads for one in part.answers} == {b""}
        assert {one.shares for one in part.escrows} == {()}


def test_an_open_bundle_shows_what_was_withheld_so_that_it_is_asked_for():
    assert withholds(BUNDLE.release)
    assert BUNDLE.release.figures[WITHHELD].reason is Reason.FEW_CONTRIBUTORS


def test_an_altered_figure_is_found_out():
    assert failed(with_figure(SHOWN, estimate="1")) == {Name.FIGURES}
    assert failed(replace(with_figure(SHOWN, estimate="1"), figures=HERE.closed.figures,
                          veto=HERE.closed.veto)) == {Name.FIGURES}  # fmt: skip


def test_an_altered_interval_is_found_out():
    verdict = verdict_of(with_figure(SHOWN, low="0"))
    assert [check.name for check in verdict.failed] == [Name.FIGURES]
    assert "low of volume.attendances" in verdict.of(Name.FIGURES).reason


def test_an_altered_slot_is_found_out_even_with_the_figure_that_follows_from_it():
    layout = BUNDLE.figures.job.plan.layout()
    slot = layout.slots(layout.statistics[SHOWN].leaves[0]).start
    noised = list(BUNDLE.release.noised)
    noised[slot] += 1
    assert Name.SUM in failed(resigned(BUNDLE, noised=tuple(noised)))


def test_a_figure_shown_though_it_must_be_withheld_is_found_out():
    # What an honest coordinator would show had everybody contributed.
    shown = BUNDLE.release.figures[SHOWN]
    forged = with_figure(
        WITHHELD, status=Status.SHOWN, reason=Reason.NONE, estimate=shown.estimate,
        low=shown.low, high=shown.high,
    )  # fmt: skip
    assert Name.WITHHELD in failed(forged)
    assert "few-contributors" in verdict_of(forged).of(Name.WITHHELD).reason


def test_a_figure_withheld_without_need_is_found_out():
    empty = {"estimate": None, "low": None, "high": None}
    forged = with_figure(SHOWN, status=Status.WITHHELD, reason=Reason.DOMINANCE, **empty)
    assert failed(forged) == {Name.WITHHELD}


def test_a_withheld_slot_that_is_published_is_found_out():
    noised = tuple(0 if value is None else value for value in BUNDLE.release.noised)
    assert Name.SUM in failed(resigned(BUNDLE, noised=noised))


def test_another_band_of_contributors_is_found_out():
    assert failed(with_figure(WITHHELD, contributors="5-9")) == {Name.CONTRIBUTORS}


def test_an_unsigned_roster_is_found_out():
    first, last = BUNDLE.rosters
    unsigned = replace(BUNDLE, rosters=(first, SignedRoster(roster=last.roster, signatures={})))
    verdict = verdict_of(unsigned)
    assert {check.name for check in verdict.failed} == {Name.ROSTERS}
    assert verdict.of(Name.ROSTERS).reason == (
        "roster epoch 2 has 0 governance signatures; 1 are needed"
    )
    assert verdict.of(Name.SUM).outcome is Outcome.NOT_REACHED


def test_a_roster_signed_by_another_governance_is_found_out():
    stranger = Identity.generate()
    roster = BUNDLE.rosters[-1].roster
    forged = SignedRoster(
        roster=roster, signatures={stranger.public: sign_roster(roster, stranger)}
    )
    assert failed(replace(BUNDLE, rosters=(BUNDLE.rosters[0], forged))) == {Name.ROSTERS}


def test_a_quorum_that_was_not_reached_is_found_out():
    verdict = verify_bundle(BUNDLE, HERE.pinned, 2)
    assert {check.name for check in verdict.failed} == {Name.ROSTERS}


def test_a_lower_epoch_is_found_out():
    backwards = replace(BUNDLE, rosters=BUNDLE.rosters[::-1])
    assert "older than epoch 3" in verdict_of(backwards).of(Name.ROSTERS).reason
    short = replace(BUNDLE, rosters=BUNDLE.rosters[:1])
    assert failed(short) == {Name.ROSTERS}


def test_another_network_is_found_out():
    assert failed(replace(BUNDLE, network="elsewhere")) == {Name.ROSTERS}
    assert Name.ROSTERS in failed(resigned(BUNDLE, network="elsewhere"))


def test_a_helper_key_that_its_institution_did_not_sign_is_found_out():
    roster = BUNDLE.rosters[0].roster
    members = list(roster.members)
    members[-1] = altered(members[-1], helper_key=members[0].helper_key)
    forged = altered(roster, members=tuple(members))
    signed = SignedRoster(
        roster=forged,
        signatures={HERE.governance.public: sign_roster(forged, HERE.governance)},
    )
    assert failed(replace(BUNDLE, rosters=(signed, BUNDLE.rosters[1]))) == {Name.HELPER_KEYS}


def test_another_coordinators_signature_is_found_out():
    other = sign_release(BUNDLE.release, Identity.generate())
    assert failed(replace(BUNDLE, signature=other)) == {Name.COORDINATOR}


def test_less_noise_than_the_price_claims_is_found_out():
    job = BUNDLE.figures.job
    scales = list(job.plan.scales)
    half = read_fraction(scales[0].share_variance) / 2
    scales[0] = altered(scales[0], share_variance=fraction_text(half))
    plan = altered(job.plan, scales=tuple(scales))
    forged = resigned(BUNDLE, plan=plan.digest, scales=plan.scales)
    forged = replace(forged, figures=replace(BUNDLE.figures, job=altered(job, plan=plan)))
    found = failed(forged)
    assert {Name.NOISE, Name.JOBS, Name.HEADERS} <= found
    assert "the plan claims" in verdict_of(forged).of(Name.NOISE).reason


def test_another_catalogue_is_found_out():
    job = BUNDLE.figures.job
    plan = altered(job.plan, catalogue="0" * 64)
    forged = replace(BUNDLE, figures=replace(BUNDLE.figures, job=altered(job, plan=plan)))
    assert {Name.PLAN, Name.NOISE} <= failed(forged)


@pytest.mark.parametrize(
    "changes",
    [
        {"epsilon": "0.1"},
        {"rho": "1/1000"},
        {"delta": "1/2"},
        {"group_epsilon": tuple(decimal_text(epsilon(Fraction(1, n))) for n in (8, 7, 6, 5))},
        {"variances": ("1/1",) * len(BUNDLE.release.variances)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_wrong_epsilon_or_variance_is_found_out(changes):
    assert failed(resigned(BUNDLE, **changes)) == {Name.ACCOUNTING}


def test_a_header_of_another_job_is_found_out():
    headers = list(BUNDLE.figures.headers)
    headers[0] = BUNDLE.veto.headers[0]
    forged = replace(BUNDLE, figures=replace(BUNDLE.figures, headers=tuple(headers)))
    assert "to another job" in verdict_of(forged).of(Name.HEADERS).reason


def test_an_institution_that_stands_twice_is_found_out():
    headers = (*BUNDLE.figures.headers[:1], *BUNDLE.figures.headers[:-1])
    forged = replace(BUNDLE, figures=replace(BUNDLE.figures, headers=headers))
    assert "one for each institution" in verdict_of(forged).of(Name.HEADERS).reason


def test_a_report_whose_signature_is_anothers_is_found_out():
    headers = list(BUNDLE.figures.headers)
    headers[0] = replace(headers[0], signature=headers[1].signature)
    forged = replace(BUNDLE, figures=replace(BUNDLE.figures, headers=tuple(headers)))
    assert failed(forged) == {Name.HEADERS}


def test_a_missing_report_is_found_out():
    short = replace(
        BUNDLE.figures, headers=BUNDLE.figures.headers[1:], masked=BUNDLE.figures.masked[1:]
    )
    found = failed(replace(BUNDLE, figures=short))
    assert {Name.SETS, Name.ACKS} <= found


def test_too_few_reports_are_found_out():
    few = replace(
        BUNDLE.figures, headers=BUNDLE.figures.headers[:3], masked=BUNDLE.figures.masked[:3]
    )
    found = verdict_of(replace(BUNDLE, figures=few))
    assert found.of(Name.COHORT).reason == "3 institutions reported; the minimum is 4"


def test_a_veto_that_was_asked_of_fewer_is_found_out():
    few = replace(BUNDLE.veto, headers=BUNDLE.veto.headers[1:], masked=BUNDLE.veto.masked[1:])
    assert "answered the veto" in verdict_of(replace(BUNDLE, veto=few)).of(Name.COHORT).reason


def test_a_veto_about_other_totals_is_found_out():
    job = BUNDLE.veto.job
    forged = altered(job, totals=tuple(2 * total for total in job.totals))
    assert Name.HEADERS in failed(replace(BUNDLE, veto=replace(BUNDLE.veto, job=forged)))


def test_a_ledger_that_did_not_move_between_the_two_sums_is_found_out():
    signed = BUNDLE.veto.headers[0]
    first = BUNDLE.figures.headers[0].header
    header = altered(signed.header, counter=first.counter, ledger_head=first.ledger_head)
    identity = HERE.parties[header.institution].identity
    again = SignedHeader(header=header, signature=identity.sign(PURPOSE, header.to_json()))
    forged = replace(BUNDLE.veto, headers=(again, *BUNDLE.veto.headers[1:]))
    assert Name.LEDGERS in failed(replace(BUNDLE, veto=forged))


def test_swapped_pads_are_found_out():
    one, two, three = BUNDLE.figures.answers
    swapped = (replace(one, pads=two.pads), replace(two, pads=one.pads), three)
    forged = replace(BUNDLE, figures=replace(BUNDLE.figures, answers=swapped))
    assert failed(forged) == {Name.CONTENTS}


def test_pads_that_a_helper_signed_and_that_are_wrong_are_found_out():
    helper = BUNDLE.figures.answers[0]
    pads = system_entropy(len(helper.pads))
    ack = altered(helper.ack, pads=pads_digest(pads))
    identity = HERE.parties[ack.helper].identity
    lying = replace(helper, ack=ack, signature=identity.sign(ACK_PURPOSE, ack.to_json()), pads=pads)
    answers = (lying, *BUNDLE.figures.answers[1:])
    forged = replace(BUNDLE, figures=replace(BUNDLE.figures, answers=answers))
    assert failed(forged) == {Name.SUM}
    assert "canaries" in verdict_of(forged).of(Name.SUM).reason


def test_a_helper_that_is_missing_is_found_out():
    forged = replace(BUNDLE, figures=replace(BUNDLE.figures, answers=BUNDLE.figures.answers[1:]))
    assert "did not answer" in verdict_of(forged).of(Name.ACKS).reason


def test_an_ack_about_another_set_is_found_out():
    forged = replace(BUNDLE, veto=replace(BUNDLE.veto, answers=BUNDLE.figures.answers))
    assert failed(forged) == {Name.ACKS}


def test_an_altered_masked_vector_is_found_out():
    first = bytearray(BUNDLE.figures.masked[0])
    first[100] ^= 1
    masked = (bytes(first), *BUNDLE.figures.masked[1:])
    verdict = verdict_of(replace(BUNDLE, figures=replace(BUNDLE.figures, masked=masked)))
    assert {check.name for check in verdict.failed} == {Name.CONTENTS}
    assert verdict.of(Name.CONTENTS).reason == "the masked vector of 'aros' was altered"


def test_escrow_shares_that_were_altered_are_found_out():
    here = exported_round("with-escrow", silent=1)
    gift = here.bundle.figures.escrows[0]
    other = replace(gift, shares=(bytes(32), *gift.shares[1:]))
    escrows = (other, *here.bundle.figures.escrows[1:])
    forged = replace(here.bundle, figures=replace(here.bundle.figures, escrows=escrows))
    assert failed(forged, here) == {Name.CONTENTS}


def test_too_few_escrow_shares_are_found_out():
    here = exported_round("with-escrow", silent=1)
    forged = replace(
        here.bundle, figures=replace(here.bundle.figures, escrows=here.bundle.figures.escrows[1:])
    )
    assert failed(forged, here) == {Name.ACKS}


def test_another_round_of_the_same_network_does_not_stand_in():
    job = BUNDLE.figures.job
    other = figures.make_job(
        altered(job.plan, round_id="another"), HERE.rosters[-1].roster,
        job_id=job.job_id, reports_until=job.reports_until, expires_at=job.expires_at,
    )  # fmt: skip
    forged = replace(BUNDLE, figures=replace(BUNDLE.figures, job=other))
    assert {Name.PLAN, Name.JOBS, Name.HEADERS} <= failed(forged)


def test_a_set_that_is_not_the_releases_is_found_out():
    other = set_digest(BUNDLE.figures.job.digest, BUNDLE.figures.headers[1:])
    assert failed(resigned(BUNDLE, reports=other)) == {Name.SETS}


def test_a_file_cut_off_anywhere_is_refused():
    raw = HERE.closed.to_bytes()
    for size in range(0, len(raw), 97):
        with pytest.raises(RemoteProtocolError):
            Bundle.from_bytes(raw[:size])


def test_a_bundle_of_another_version_is_refused():
    parts = unpack(BUNDLE.to_bytes())
    with pytest.raises(VersionMismatch, match="foyer/bundle/v2"):
        Bundle.from_bytes(pack(b"foyer/bundle/v2", *parts[1:]))
    with pytest.raises(RemoteProtocolError, match="is not a bundle"):
        Bundle.from_bytes(pack(b"something else"))
    assert parts[0] == VERSION


def test_a_round_that_is_not_over_is_not_exported():
    unfinished = replace(HERE.veto, phase=type(HERE.veto.phase).UNMASKING)
    with pytest.raises(Exception, match="cannot be exported"):
        make_bundle(
            HERE.rosters, HERE.figures, unfinished, BUNDLE.release, HERE.coordinator, is_open=True
        )


def test_a_wild_number_in_a_release_is_a_failed_check_and_no_crash():
    noised = list(BUNDLE.release.noised)
    noised[next(at for at, value in enumerate(noised) if value is not None)] = 2**80
    assert Name.FIGURES in failed(resigned(BUNDLE, noised=tuple(noised)))
