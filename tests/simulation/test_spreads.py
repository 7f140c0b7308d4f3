"""A round that also asks how institutions are spread: quartiles, and nothing of who is where."""

from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from tests.support.consortium import PERIOD, altered

from foyer_protocol.catalogue.contribution import Contribution
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.measures import Spend
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.crypto.randomness import system_entropy
from foyer_protocol.errors import LocalProtocolError, PrivacyRefusal
from foyer_protocol.messages.codec import fraction_text, read_fraction
from foyer_protocol.messages.plan import Plan
from foyer_protocol.messages.release import Reason, Release, Status, sign_release
from foyer_protocol.messages.roster import SignedRoster, sign_roster
from foyer_protocol.rounds.agreeing import agreed_figures
from foyer_protocol.rounds.coordinator import SumState
from foyer_protocol.rounds.events import Summed
from foyer_protocol.rounds.kinds import figures, veto
from foyer_protocol.rounds.kinds.kind import vector_of
from foyer_protocol.rounds.node import make_openable_report
from foyer_protocol.rounds.opening import Opening, findings
from foyer_protocol.rounds.planning import Wish, make_plan
from foyer_protocol.rounds.publishing import make_release
from foyer_protocol.rounds.rules import check_plan, price
from foyer_protocol.rounds.transcript import make_bundle, withholds
from foyer_protocol.simulate import NOON, make_network, run_round, run_sum
from foyer_protocol.verification.verdict import Name, Outcome
from foyer_protocol.verification.verify import verify_bundle

KEYS = ("volume.attendances", "money.average_ticket_price", "booking.online_share",
        "geography.residence")  # fmt: skip
TICKETS, PRICE, ONLINE = KEYS[:3]
SPREAD = Fraction(3)
SIZE = 1_000_000


def plan_of(spread=SPREAD, keys=KEYS):
    return make_plan(
        Wish(
            round_id="season-2026", network="simulated", statistics=keys, period=PERIOD,
            currency="EUR", minimum_cohort=4, colluding=1, spread=spread,
        )
    )  # fmt: skip


def house(plan, share, without=frozenset()):
    """A large house that sells `share` of its tickets online, at 10.50 each."""
    online = CATALOGUE[ONLINE].leaves[0]
    values = {}
    for leaf in plan.layout().leaves:
        each = SIZE * 21 if isinstance(leaf, Spend) else SIZE
        values[leaf] = (int(SIZE * share) if leaf == online else each,) * leaf.width
    return Contribution(
        values=values, contributes={key: key not in without for key in plan.statistics}
    )


SHARES = (0.12, 0.17, 0.22, 0.32, 0.32, 0.57, 0.77, 0.77, 0.92)
"""Of nine houses, each in the middle of a range: noise of a thousandth moves none."""


def released(shares=SHARES, spread=SPREAD, lacking=(), change=lambda name, house: house):
    plan = plan_of(spread)
    parts = {
        f"house-{at}": change(
            at, house(plan, share, frozenset(lacking) if at >= 5 else frozenset())
        )
        for at, share in enumerate(shares)
    }
    roster, parties = make_network(parts)
    release = run_round(plan, roster, parties)
    assert isinstance(release, Release)
    return plan, release, parties


@pytest.fixture(scope="module")
def nine():
    return released()


def spread_of(release, key):
    return next(one for one in release.spreads if one.key == key)


def test_quartiles_of_institutions_stand_beside_the_pooled_figure(nine):
    _, release, _ = nine
    found = spread_of(release, ONLINE)
    assert (found.status, found.institutions) == (Status.SHOWN, "5-9")
    told = [(one.low, one.high) for one in found.quartiles]
    # Ranges of three: up to 25 %, to 60 % with the one at 57 %, and what is above.
    assert told == [("0", "0.25"), ("0.25", "0.6"), ("0.6", "1")]
    estimates = [float(one.estimate) for one in found.quartiles]
    assert estimates == sorted(estimates)


def test_where_all_are_alike_the_range_of_the_grid_is_said(nine):
    _, release, _ = nine
    assert {(one.low, one.high) for one in spread_of(release, PRICE).quartiles} == {("10", "12.5")}


def test_a_histogram_has_no_spread(nine):
    _, release, _ = nine
    assert [one.key for one in release.spreads] == [TICKETS, PRICE, ONLINE]


def test_counts_by_range_are_not_in_the_release_and_figures_agree_all_the_same(nine):
    plan, release, _ = nine
    bins = plan.layout().bins
    assert all(set(release.noised[place]) == {None} for place in bins.values())
    shown = sum(figure.status is Status.SHOWN for figure in release.figures)
    assert len(agreed_figures(release)) == shown
    # So of a cohort of such a round, which has the slots and no spread of its own.
    alone = release.model_copy(update={"spreads": ()})
    assert agreed_figures(alone) == agreed_figures(release)


def test_a_spread_is_charged_with_the_figures_before_anything_leaves(nine):
    plan, release, parties = nine
    families = sum(read_fraction(scale.rho) for scale in plan.scales)
    assert plan.figures_rho == families + SPREAD
    whole = plan.figures_rho + read_fraction(plan.gate_rho)
    assert release.rho == fraction_text(whole)
    for party in parties.values():
        assert [entry.rho for entry in party.ledger.entries[:1]] == [plan.figures_rho]


def test_prices_take_five_others_and_shares_four():
    _, release, _ = released(SHARES[:5])
    assert spread_of(release, PRICE).reason is Reason.FEW_CONTRIBUTORS
    assert spread_of(release, ONLINE).reason is not Reason.FEW_CONTRIBUTORS


def test_who_does_not_contribute_is_not_counted():
    _, release, _ = released(lacking=(ONLINE,))
    assert spread_of(release, ONLINE).institutions == "5-9"
    assert spread_of(release, TICKETS).status is Status.SHOWN


def test_a_plan_that_does_not_ask_is_written_as_before():
    plan = plan_of(Fraction(0))
    assert b"spread" not in plan.to_json()
    assert Plan.from_json(plan.to_json()) == plan
    _, release, _ = released(spread=Fraction(0))
    assert release.spreads == ()
    assert b"spreads" not in release.to_json()


def test_a_look_that_cannot_be_drawn_is_refused_before_it_is_paid():
    with pytest.raises(PrivacyRefusal, match="cannot be drawn"):
        check_plan(altered(plan_of(), spread_rho="100000/1"))
    with pytest.raises(PrivacyRefusal, match="cannot be drawn"):
        check_plan(altered(plan_of(), spread_rho=f"1/{10**300}"))
    with pytest.raises(PrivacyRefusal, match="sort no value"):
        check_plan(altered(plan_of(Fraction(0), KEYS[3:]), spread_rho="1/1"))
    with pytest.raises(LocalProtocolError, match="no statistic"):
        plan_of(SPREAD, KEYS[3:])


@cache
def bundles():
    """The round's two bundles, open and closed, and the governance that signed its roster."""
    plan = plan_of()
    roster, parties = make_network(
        {f"house-{at}": house(plan, share) for at, share in enumerate(SHARES)}
    )
    governance, coordinator = Identity.generate(), Identity.generate()
    roster = roster.model_copy(update={"coordinator_key": coordinator.public})
    times = {"reports_until": NOON, "expires_at": NOON + 60}
    job = figures.make_job(plan, roster, job_id="1" * 32, **times)
    done, summed = run_sum(SumState(job=job, roster=roster, invited=tuple(parties)), parties)
    assert isinstance(summed, Summed)
    question = veto.make_job(job, summed.aggregate, summed.set_digest, job_id="2" * 32, **times)
    asked = SumState(job=question, roster=roster, invited=summed.members, everyone=True)
    verdict, words = run_sum(asked, parties)
    assert isinstance(words, Summed)
    release = make_release(
        job, roster, summed.aggregate, members=len(summed.members), reports=summed.set_digest,
        objected=veto.objections(plan, words.aggregate), released_at=NOON,
    )  # fmt: skip
    signed = SignedRoster(
        roster=roster, signatures={governance.public: sign_roster(roster, governance)}
    )
    opened, closed = (
        make_bundle([signed], done, verdict, release, coordinator, is_open=is_open)
        for is_open in (True, False)
    )
    return opened, closed, governance.public, coordinator


def test_foyer_verify_works_the_spread_out_again_from_an_open_bundle():
    opened, closed, governance, _ = bundles()
    verdict = verify_bundle(opened, frozenset({governance}), 1)
    assert verdict.failed == ()
    assert verdict.complete
    unshown = verify_bundle(closed, frozenset({governance}), 1)
    assert unshown.accepted
    assert Name.SPREADS in {c.name for c in unshown.checks if c.outcome is Outcome.NOT_SHOWN}


def test_a_spread_that_does_not_follow_is_named():
    opened, _, governance, coordinator = bundles()
    first = opened.release.spreads[0]
    quartile = altered(first.quartiles[0], low="1")
    forged = altered(first, quartiles=(quartile, *first.quartiles[1:]))
    release = altered(opened.release, spreads=(forged, *opened.release.spreads[1:]))
    bundle = type(opened)(**{
        **{name: getattr(opened, name) for name in ("network", "rosters", "figures", "veto")},
        "release": release, "signature": sign_release(release, coordinator),
    })  # fmt: skip
    failed = verify_bundle(bundle, frozenset({governance}), 1).failed
    assert {check.name for check in failed} == {Name.SPREADS}


def test_an_open_bundle_would_show_the_counts_and_is_not_exported_unasked():
    opened, *_ = bundles()
    assert all(figure.status is Status.SHOWN for figure in opened.release.figures)
    assert withholds(opened.release)


def test_who_puts_itself_into_a_range_often_spoils_the_spread_and_nothing_else():
    plan = plan_of()
    parts = {f"house-{at}": house(plan, share) for at, share in enumerate(SHARES)}
    roster, _ = make_network(parts)
    job = figures.make_job(plan, roster, job_id="3" * 32, reports_until=NOON, expires_at=NOON + 60)
    vectors = [vector_of(job, part, system_entropy) for part in parts.values()]
    honest = sum(vectors)
    stuffed = honest.copy()
    stuffed[plan.layout().bins[ONLINE].start] += 50
    spread, other = (
        make_release(job, roster, total, members=9, reports="a" * 64, objected=frozenset(),
                     released_at=NOON)
        for total in (stuffed, honest)
    )  # fmt: skip
    assert spread_of(spread, ONLINE).reason is Reason.NO_ESTIMATE
    assert spread_of(spread, TICKETS) == spread_of(other, TICKETS)
    assert spread.figures == other.figures
    assert price(job) == plan.figures_rho


def test_an_opening_holds_with_one_in_a_range_and_not_with_more():
    plan = plan_of()
    part = house(plan, 0.5)
    roster, parties = make_network({f"house-{at}": part for at in range(4)})
    job = figures.make_job(plan, roster, job_id="4" * 32, reports_until=NOON, expires_at=NOON + 60)
    party = parties["house-0"]
    assert party.report(job, roster, system_entropy)  # pays
    for added, holds in ((0, True), (1, False)):
        vector = vector_of(job, part, system_entropy)
        place = plan.layout().bins[TICKETS]
        vector[place] += added * (vector[place] == 1)
        report, seeds = make_openable_report(
            job, roster, party.identity, party.name, vector, party.ledger, system_entropy
        )
        exact = figures.exact_vector(plan, part)
        opening = Opening(job=job, report=report, exact=exact, noise=vector - exact, seeds=seeds)
        assert findings(opening, party.identity.public)["noise"] is holds
        assert np.count_nonzero(vector[place]) == 1
