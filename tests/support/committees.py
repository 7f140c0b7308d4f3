"""Consortia whose helpers may fall silent, one for each profile, and sums opened by escrow."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from tests.support.consortium import (
    Consortium,
    a_plan,
    answered,
    reported,
    step_all,
    varied,
)

from foyer_protocol.messages.escrow import (
    ESCROW_PURPOSE,
    EscrowAnswer,
    EscrowRequest,
    shares_digest,
)
from foyer_protocol.messages.plan import Job
from foyer_protocol.messages.report import Report
from foyer_protocol.rounds.coordinator import SumState, escrow_requests
from foyer_protocol.rounds.events import AskEscrow, ClockTicked, Effect, EscrowArrived, Launched
from foyer_protocol.rounds.helper import Packet, open_packet
from foyer_protocol.rounds.kinds.figures import exact_vector
from foyer_protocol.rounds.profiles import Profile
from foyer_protocol.rounds.recovery import admit_escrow, answer_escrow
from foyer_protocol.simulate import NOON, make_network

PATIENCE = NOON + 30
"""When silent helpers are given up: half of the time for answers."""


def house(number: int) -> str:
    """The name of member `number`, from 0, in the committee's order."""
    return f"house-{number:02}"


def a_committee(profile: Profile, *statistics: str, others: int = 0) -> Consortium:
    """As many members as the profile has helpers, and `others` who do not help."""
    plan = a_plan(*(statistics or ("volume.attendances",)))
    parts = {house(n): varied(plan, n) for n in range(profile.helpers + others)}
    roster, parties = make_network(parts, helpers=profile.helpers, silent=profile.silent)
    assert (roster.threshold, roster.corrupt) == (profile.threshold, profile.corrupt)
    return Consortium(plan=plan, roster=roster, parties=parties)


def exact_reports(here: Consortium, job: Job, names: Iterable[str]) -> dict[str, Report]:
    """Reports without noise, so that a sum can be compared to the last unit."""
    return {
        name: here.report(name, job, exact_vector(job.plan, here.parties[name].contribution))
        for name in names
    }


def asked_of(
    here: Consortium, job: Job, reports: Mapping[str, Report], silent: Iterable[str]
) -> dict[str, EscrowRequest]:
    """All but `silent` answer; what an honest coordinator then asks them."""
    present = [name for name in here.roster.committee if name not in set(silent)]
    answers = {name: here.answer(here.request(job, reports, name), name) for name in present}
    chosen = tuple(sorted(reports))
    return escrow_requests(here.state(job, reports=reports, chosen=chosen, answers=answers))


def shares_of(here: Consortium, request: EscrowRequest, helper: str) -> EscrowAnswer:
    """The escrow shares of `helper`, which remembers that it gave them."""
    party = here.parties[helper]
    party.memory = admit_escrow(party.memory, request, here.roster, helper)
    return answer_escrow(request, here.roster, helper, party.identity, party.helper_key)


def packet_of(here: Consortium, job: Job, report: Report, helper: str) -> Packet:
    """What `helper` can open of a report, without any rule."""
    position = here.roster.committee.index(helper)
    key = here.parties[helper].helper_key
    return open_packet(report.signed, report.sealed[position], job, here.roster, helper, key)


def recovering(
    here: Consortium, job: Job, reports: Mapping[str, Report], silent: Iterable[str]
) -> tuple[SumState, list[Effect]]:
    """A sum of `reports` whose helpers `silent` have kept silent until patience ended."""
    present = [name for name in here.roster.committee if name not in set(silent)]
    state, _ = step_all(here.state(job), Launched(), *reported(reports), ClockTicked(now=NOON))
    answers = {name: here.answer(here.request(job, reports, name), name) for name in present}
    return step_all(state, *answered(answers), ClockTicked(now=NOON), ClockTicked(now=PATIENCE))


def given(here: Consortium, effects: Iterable[Effect]) -> list[EscrowArrived]:
    """The shares of everybody who is asked for them by `effects`."""
    return [
        EscrowArrived(sender=name, answer=shares_of(here, request, name))
        for effect in effects
        if isinstance(effect, AskEscrow)
        for name, request in effect.requests.items()
    ]


def resigned(here: Consortium, answer: EscrowAnswer, shares: tuple[bytes, ...]) -> EscrowAnswer:
    """Other shares, signed by the helper itself: a lying holder."""
    ack = answer.ack.model_copy(update={"shares": shares_digest(shares)})
    identity = here.parties[ack.helper].identity
    return replace(
        answer, ack=ack, signature=identity.sign(ESCROW_PURPOSE, ack.to_json()), shares=shares
    )
