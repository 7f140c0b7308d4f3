"""Promise: what a release says of its groups is checked against their sums by anyone."""

from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
import pytest
from tests.support.committees import house
from tests.support.consortium import altered
from tests.support.divided_cohorts import GROUPS, LEAST, MEMBERS, a_divided_consortium

from foyer_protocol.crypto.identity import Identity
from foyer_protocol.messages.bundle import Bundle
from foyer_protocol.messages.release import Agreement, sign_release
from foyer_protocol.messages.roster import SignedRoster, sign_roster
from foyer_protocol.messages.unmask import ACK_PURPOSE, pads_digest
from foyer_protocol.rounds.coordinator import SumState
from foyer_protocol.rounds.events import Summed
from foyer_protocol.rounds.grouping import sizes
from foyer_protocol.rounds.kinds import veto
from foyer_protocol.rounds.publishing import make_release
from foyer_protocol.rounds.transcript import make_bundle
from foyer_protocol.simulate import NOON, Party, run_sum
from foyer_protocol.verification.verdict import Name, Outcome
from foyer_protocol.verification.verify import verify_bundle

STATISTICS = ("volume.attendances", "geography.residence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A divided round and who signed in it."""

    governance: Identity
    coordinator: Identity
    parties: dict[str, Party] = field(repr=False)
    bundle: Bundle
    closed: Bundle


@cache
def exported(silent: int = 0) -> Exported:
    """Fifteen institutions in three groups; with `silent`, the last helper says nothing."""
    here = a_divided_consortium(*STATISTICS, size=4000, helpers=3 + 2 * silent, silent=silent)
    governance, coordinator = Identity.generate(), Identity.generate()
    roster = altered(here.roster, coordinator_key=coordinator.public)
    here.roster = roster
    offline = frozenset(roster.committee[-silent:] if silent else ())
    figures, summed = run_sum(here.state(), here.parties, offline=offline)
    assert isinstance(summed, Summed)
    question = veto.make_job(
        figures.job, summed.aggregate, summed.set_digest,
        job_id=f"{2:032x}", reports_until=NOON, expires_at=NOON + 60,
    )  # fmt: skip
    asked = SumState(job=question, roster=roster, invited=summed.members, everyone=True)
    verdict, words = run_sum(asked, here.parties, offline=offline)
    assert isinstance(words, Summed)
    release = make_release(
        figures.job, roster, summed.aggregate, parts=summed.parts, members=len(summed.members),
        reports=summed.set_digest, objected=veto.objections(here.plan, words.aggregate),
        released_at=NOON,
    )  # fmt: skip
    signed = SignedRoster(
        roster=roster, signatures={governance.public: sign_roster(roster, governance)}
    )
    bundle, closed = (
        make_bundle((signed,), figures, verdict, release, coordinator, is_open=is_open)
        for is_open in (True, False)
    )
    return Exported(
        governance=governance,
        coordinator=coordinator,
        parties=here.parties,
        bundle=bundle,
        closed=closed,
    )


HERE = exported()
BUNDLE = HERE.bundle


def verdict_of(bundle, here=HERE):
    return verify_bundle(bundle, frozenset({here.governance.public}), 1)


def failed(bundle, here=HERE):
    return {check.name for check in verdict_of(bundle, here).failed}


def resigned(bundle=BUNDLE, **changes):
    release = altered(bundle.release, **changes)
    return replace(bundle, release=release, signature=sign_release(release, HERE.coordinator))


def with_check(place, **changes):
    checks = list(BUNDLE.release.checks)
    checks[place] = altered(checks[place], **changes)
    return resigned(checks=tuple(checks))


@pytest.mark.parametrize("silent", [0, 1])
def test_a_divided_round_is_accepted_whole_also_with_a_silent_helper(silent):
    here = exported(silent)
    verdict = verdict_of(here.bundle, here)
    assert verdict.failed == ()
    assert verdict.complete
    assert len(here.bundle.release.checks) == len(STATISTICS)
    assert bool(here.bundle.figures.escrows) is bool(silent)


def test_a_divided_bundle_is_read_back_as_it_was_written():
    assert Bundle.from_bytes(BUNDLE.to_bytes()) == BUNDLE


def test_a_closed_bundle_does_not_show_the_groups():
    verdict = verdict_of(HERE.closed)
    assert verdict.accepted
    assert verdict.of(Name.GROUPS).outcome is Outcome.NOT_SHOWN


@pytest.mark.parametrize(
    "changes",
    [
        {"outcome": Agreement.DIFFER},
        {"outcome": Agreement.NOT_COMPARED, "values": (), "allowed": None, "robust": None},
        {"robust": "1"},
        {"allowed": "1000000"},
        {"values": ("1", "2", "3")},
    ],
    ids=lambda changes: f"{len(changes)}-{next(iter(changes))}",
)
def test_another_word_on_the_groups_is_found_out(changes):
    verdict = verdict_of(with_check(0, **changes))
    assert {check.name for check in verdict.failed} == {Name.GROUPS}
    assert "by group of volume.attendances" in verdict.of(Name.GROUPS).reason


def test_another_middle_cell_is_found_out():
    cells = ("1", *BUNDLE.release.checks[1].cells[1:])
    assert failed(with_check(1, cells=cells)) == {Name.GROUPS}


def test_a_flag_that_is_left_out_is_found_out_even_from_a_closed_bundle():
    fewer = {"checks": BUNDLE.release.checks[1:]}
    assert {Name.PLAN} <= failed(resigned(**fewer))
    assert failed(resigned(HERE.closed, **fewer)) == {Name.PLAN}


def test_a_round_that_hides_that_it_was_divided_is_found_out():
    assert Name.PLAN in failed(resigned(HERE.closed, groups=1, checks=()))


def test_pads_moved_from_one_group_to_another_are_found_out():
    """The total is the same; a helper signs for it, and each group's canaries are wrong."""
    one = BUNDLE.figures.answers[0]
    words = np.frombuffer(one.pads, "<u8").reshape(GROUPS, -1).copy()
    words[0] += np.uint64(1)
    words[1] -= np.uint64(1)
    pads = words.tobytes()
    ack = altered(one.ack, pads=pads_digest(pads))
    identity = HERE.parties[ack.helper].identity
    lying = replace(one, ack=ack, pads=pads, signature=identity.sign(ACK_PURPOSE, ack.to_json()))
    answers = (lying, *BUNDLE.figures.answers[1:])
    forged = replace(BUNDLE, figures=replace(BUNDLE.figures, answers=answers))
    assert failed(forged) == {Name.SUM}
    assert "canaries" in verdict_of(forged).of(Name.SUM).reason


def test_groups_below_the_minimum_cohort_are_found_out():
    few = replace(
        BUNDLE.figures,
        headers=BUNDLE.figures.headers[: LEAST - 1],
        masked=BUNDLE.figures.masked[: LEAST - 1],
    )
    reason = verdict_of(replace(BUNDLE, figures=few)).of(Name.COHORT).reason
    assert reason == "11 institutions reported; the minimum is 4 in each of 3 groups"


def test_the_groups_are_as_large_as_the_lot_makes_them():
    assert sizes(MEMBERS, GROUPS) == (5, 5, 5)
    assert {one.header.institution for one in BUNDLE.figures.headers} == {
        house(number) for number in range(MEMBERS)
    }
