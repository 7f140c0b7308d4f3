"""Promise: no coordinator gets the sum of a job and also the certificate that gives it back.

The coordinator is hostile and c helpers say and sign for it whatever it likes. It may ask every
honest helper for an answer or for a promise, in any order and as often as it likes; which one
it gets first is all it can choose. Every such choice is played, against the real rules.
"""

from itertools import combinations

import pytest
from tests.support.committees import a_committee, exact_reports

from foyer_protocol.errors import RemoteProtocolError
from foyer_protocol.messages.closing import AbortAsk
from foyer_protocol.messages.escrow import EscrowRequest, SignedAck
from foyer_protocol.messages.report import set_digest
from foyer_protocol.messages.unmask import ACK_PURPOSE, Ack
from foyer_protocol.rounds.closing import admit_promise, certify, promise
from foyer_protocol.rounds.helper import HelperState, admit
from foyer_protocol.rounds.profiles import EIGHT, FIVE, THREE
from foyer_protocol.rounds.recovery import admit_escrow


def subsets(names, sizes):
    return [set(some) for size in sizes for some in combinations(names, size)]


def corrupted(roster):
    """Who may be corrupt: everybody in turn, but of eight only the first and the last c.

    Helpers differ by their place alone; trying all 56 takes a minute and a half, and passed.
    """
    all_ways = subsets(roster.committee, [roster.corrupt])
    return all_ways if len(all_ways) <= 10 else [all_ways[0], all_ways[-1]]


@pytest.fixture(scope="module", params=[THREE, FIVE, EIGHT], ids=lambda one: one.name)
def played(request):
    """A committee, a job, and reports to it of everybody."""
    here = a_committee(request.param, others=2)
    job = here.job()
    return here, job, exact_reports(here, job, here.parties)


def refuses(act, *about):
    try:
        act(*about)
    except RemoteProtocolError:
        return True
    return False


def ack_of(here, job, reports, helper):
    headers = tuple(reports[name].signed for name in sorted(reports))
    word = Ack(
        job_id=job.job_id, helper=helper, set=set_digest(job.digest, headers), pads="00" * 32
    )
    key = here.parties[helper].identity
    return SignedAck(ack=word, signature=key.sign(ACK_PURPOSE, word.to_json()))


def gives_for(here, request, states, acks, dead):
    """Honest helpers that give shares of the seeds of `dead`, were those called silent."""
    shown = tuple(acks[name] for name in here.roster.committee if name in acks and name not in dead)
    givers = set()
    for name, state in states.items():
        asked = EscrowRequest(unmask=request[name], acks=shown, silent=tuple(sorted(dead)))
        if not refuses(admit_escrow, state, asked, here.roster, name):
            givers.add(name)
    return givers


def test_refund_and_answer_cannot_both_be_had_whoever_is_corrupt_and_whatever_is_asked(played):
    here, job, reports = played
    committee, roster = here.roster.committee, here.roster
    ask = AbortAsk(job_id=job.job_id, roster=roster.digest)
    request = {name: here.request(job, reports, name) for name in committee}
    words = {name: promise(ask, name, here.parties[name].identity) for name in committee}
    acks = {name: ack_of(here, job, reports, name) for name in committee}
    certified = opened = escrowed = 0
    for corrupt in corrupted(roster):
        honest = [name for name in committee if name not in corrupt]
        for sworn in subsets(honest, range(len(honest) + 1)):
            states = {
                name: admit_promise(HelperState(), ask)
                if name in sworn
                else admit(HelperState(), request[name], roster)
                for name in honest
            }
            for name, state in states.items():  # asked for the other thing too, it says no
                if name in sworn:
                    assert refuses(admit, state, request[name], roster)
                else:
                    assert refuses(admit_promise, state, ask)
            certificate = certify({name: words[name] for name in sworn | corrupt}, roster)
            had = {name: acks[name] for name in committee if name not in sworn}
            missing = sworn  # the honest seeds whose pads nobody gave
            dead_sets = [
                dead for dead in subsets(committee, range(1, roster.silent + 1)) if missing <= dead
            ]
            reach = [gives_for(here, request, states, had, dead) | corrupt for dead in dead_sets]
            recovered = not missing or any(len(some) >= roster.threshold for some in reach)
            assert not (recovered and certificate), (corrupt, sworn)
            certified += certificate is not None
            opened += recovered
            escrowed += recovered and bool(missing)
    assert certified, "certificates were made"
    assert opened, "and sums opened, just never together"
    assert bool(escrowed) == bool(roster.silent), "with shares too, where helpers may be silent"


def test_beside_a_certificate_every_t_helpers_have_one_that_gives_no_share(played):
    """Whichever T are asked: C4, for each seed of an honest helper that promised."""
    here, job, reports = played
    committee, roster = here.roster.committee, here.roster
    request = {name: here.request(job, reports, name) for name in committee}
    acks = {name: ack_of(here, job, reports, name) for name in committee}
    ask = AbortAsk(job_id=job.job_id, roster=roster.digest)
    for corrupt in corrupted(roster):
        honest = [name for name in committee if name not in corrupt]
        for sworn in subsets(honest, [len(committee) - roster.silent - roster.corrupt]):
            states = {
                name: admit_promise(HelperState(), ask)
                if name in sworn
                else admit(HelperState(), request[name], roster)
                for name in honest
            }
            had = {name: acks[name] for name in committee if name not in sworn}
            for dead in subsets(committee, range(1, roster.silent + 1)):
                givers = gives_for(here, request, states, had, dead) | corrupt
                for some in combinations(committee, roster.threshold):
                    assert not set(some) <= givers, (corrupt, sworn, dead)
            assert len(sworn) > roster.silent
