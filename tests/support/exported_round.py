"""A round that was really run, in memory, and the bundle that its coordinator exports."""

from dataclasses import dataclass, field
from functools import cache

from tests.support.simulated_round import NAMES, contribution_to, plan_of

from foyer_protocol.crypto.identity import Identity
from foyer_protocol.messages.bundle import Bundle
from foyer_protocol.messages.roster import SignedRoster, sign_roster
from foyer_protocol.rounds.coordinator import SumState
from foyer_protocol.rounds.events import Summed
from foyer_protocol.rounds.kinds import figures, veto
from foyer_protocol.rounds.publishing import make_release
from foyer_protocol.rounds.transcript import make_bundle
from foyer_protocol.simulate import NOON, Party, make_network, run_sum

LACKING = frozenset({"loyalty.retention_1y"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedRound:
    """The parts of a finished round, and who could sign what in it."""

    governance: Identity
    coordinator: Identity
    parties: dict[str, Party] = field(repr=False)
    rosters: tuple[SignedRoster, ...]
    figures: SumState
    veto: SumState
    bundle: Bundle
    closed: Bundle

    @property
    def pinned(self) -> frozenset[str]:
        """What a reader has pinned."""
        return frozenset({self.governance.public})


@cache
def exported_round(round_id: str = "season-2026", silent: int = 0) -> ExportedRound:
    """Six institutions, of whom two lack the history for retention, which is withheld.

    With `silent`, five help and the last helper says nothing in either sum.
    """
    plan = plan_of(round_id)
    parts = {
        name: contribution_to(plan, 5000, LACKING if place >= 2 else frozenset())
        for place, name in enumerate(NAMES)
    }
    governance, coordinator = Identity.generate(), Identity.generate()
    first, parties = make_network(parts, helpers=3 + 2 * silent, silent=silent)
    rosters = tuple(
        first.model_copy(update={"epoch": epoch, "coordinator_key": coordinator.public})
        for epoch in (1, 2)
    )
    roster = rosters[-1]
    offline = frozenset(roster.committee[-silent:] if silent else ())
    job = figures.make_job(
        plan, roster, job_id=f"{1:032x}", reports_until=NOON, expires_at=NOON + 60
    )
    asked = SumState(job=job, roster=roster, invited=NAMES)
    done, summed = run_sum(asked, parties, offline=offline)
    assert isinstance(summed, Summed)
    question = veto.make_job(
        job, summed.aggregate, summed.set_digest,
        job_id=f"{2:032x}", reports_until=NOON, expires_at=NOON + 60,
    )  # fmt: skip
    verdict, words = run_sum(
        SumState(job=question, roster=roster, invited=summed.members, everyone=True),
        parties, offline=offline,
    )  # fmt: skip
    assert isinstance(words, Summed)
    release = make_release(
        job, roster, summed.aggregate, members=len(summed.members), reports=summed.set_digest,
        objected=veto.objections(plan, words.aggregate), released_at=NOON,
    )  # fmt: skip
    signed = tuple(
        SignedRoster(roster=one, signatures={governance.public: sign_roster(one, governance)})
        for one in rosters
    )
    bundle, closed = (
        make_bundle(signed, done, verdict, release, coordinator, is_open=is_open)
        for is_open in (True, False)
    )
    return ExportedRound(
        governance=governance,
        coordinator=coordinator,
        parties=parties,
        rosters=signed,
        figures=done,
        veto=verdict,
        bundle=bundle,
        closed=closed,
    )
