"""What every honest party checks before it acts, whoever asks.

Each rule raises and changes nothing. Nodes and helpers apply them to the coordinator;
the coordinator applies those on reports to nodes.
"""

from fractions import Fraction

from foyer_protocol.catalogue.fingerprint import catalogue_fingerprint
from foyer_protocol.crypto.identity import verify
from foyer_protocol.dp.discrete_gaussian import GREATEST_VARIANCE, LEAST_VARIANCE
from foyer_protocol.dp.noise_shares import NoiseScale, rho_of
from foyer_protocol.errors import (
    CatalogueMismatch,
    CohortTooSmall,
    LocalProtocolError,
    PrivacyRefusal,
    RemoteProtocolError,
)
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.messages.plan import FamilyScale, Job, JobKind, Plan
from foyer_protocol.messages.report import PURPOSE, SignedHeader
from foyer_protocol.messages.roster import Roster
from foyer_protocol.rounds.kinds.spread import looks
from foyer_protocol.rounds.kinds.veto import WORD_BITS, gate_variances, width_of
from foyer_protocol.rounds.lag import check_due


def noise_scale(scale: FamilyScale) -> NoiseScale:
    """The plan's words as the mechanism's numbers."""
    return NoiseScale(
        squared_sensitivity=scale.squared_sensitivity,
        grid=scale.grid,
        share_variance=read_fraction(scale.share_variance),
        rho=read_fraction(scale.rho),
    )


def check_plan(plan: Plan) -> None:
    """Hold a plan to our own catalogue and to the theorem behind its noise.

    Raises:
        CatalogueMismatch: another catalogue, or a key that ours does not define.
        PrivacyRefusal: a sensitivity that is not the catalogue's, or less noise than
            the price claims (Kairouz, Liu, Steinke 2021, theorem 1).
    """
    layout = plan.layout()
    ours = catalogue_fingerprint()
    if plan.catalogue != ours:
        raise CatalogueMismatch(
            f"the plan was made with catalogue {plan.catalogue[:12]}; ours is {ours[:12]}",
            hint="Upgrade whichever side is older.",
        )
    families = [scale.family for scale in plan.scales]
    if families != [block.family for block in layout.blocks]:
        raise PrivacyRefusal("the plan's noise does not name the families of its statistics")
    for block, scale in zip(layout.blocks, plan.scales, strict=True):
        if scale.squared_sensitivity != block.squared_sensitivity:
            raise PrivacyRefusal(
                f"the plan bounds {block.family} by {scale.squared_sensitivity};"
                f" the catalogue says {block.squared_sensitivity}"
            )
        claimed, true = read_fraction(scale.rho), _true_rho(scale, block.width, plan.honest)
        if true > claimed:
            raise PrivacyRefusal(
                f"the noise of {block.family} costs rho {float(true):.6g};"
                f" the plan claims {float(claimed):.6g}"
            )
    _check_gate(plan)
    _check_spread(plan)


def _true_rho(scale: FamilyScale, width: int, honest: int) -> Fraction:
    """What the noise really costs; unpriceable noise is the planner's fault, not ours."""
    try:
        return rho_of(noise_scale(scale), width, honest)
    except LocalProtocolError as unpriceable:
        raise PrivacyRefusal(
            f"the noise of {scale.family} has no price: {unpriceable.message}"
        ) from None


def _check_gate(plan: Plan) -> None:
    """A look that the sampler cannot draw would fail only after the node had paid."""
    if read_fraction(plan.gate_rho) <= 0:
        raise PrivacyRefusal("the plan pays nothing for the look at dominance")
    for leaf, variance in gate_variances(plan).items():
        if not LEAST_VARIANCE <= variance <= GREATEST_VARIANCE:
            raise PrivacyRefusal(
                f"a look at the weight in {leaf.family} for rho {plan.gate_rho} has noise of"
                f" variance {float(variance):.6g}, which cannot be drawn"
            )


def _check_spread(plan: Plan) -> None:
    """As with dominance: a look that cannot be drawn would fail after the node had paid."""
    layout, rho = plan.layout(), read_fraction(plan.spread_rho)
    if not layout.spread:
        return
    if rho <= 0 or not layout.bins:
        raise PrivacyRefusal(f"the plan pays rho {plan.spread_rho} to sort no value into ranges")
    for leaf, look in looks(layout, rho).items():
        if not LEAST_VARIANCE <= look.variance <= GREATEST_VARIANCE:
            raise PrivacyRefusal(
                f"a look at one's own {leaf.family} for rho {plan.spread_rho} has noise of"
                f" variance {float(look.variance):.6g}, which cannot be drawn"
            )


def price(job: Job) -> Fraction:
    """What a job costs in zCDP, recomputed from its plan."""
    if job.kind is JobKind.FIGURES:
        return job.plan.figures_rho
    return read_fraction(job.plan.gate_rho)


def check_job(job: Job, roster: Roster) -> None:
    """Hold a job to the roster and to its own plan.

    Raises:
        RemoteProtocolError: other roster, expired epoch, wrong width or price.
        CohortTooSmall: it would release below the roster's minimum cohort.
        and all of `check_plan` and `lag.check_due`.
    """
    if job.roster != roster.digest:
        raise RemoteProtocolError(
            f"the job names roster {job.roster[:12]}; epoch {roster.epoch} is {roster.digest[:12]}"
        )
    if job.plan.network != roster.network:
        raise RemoteProtocolError(f"the plan is of network {job.plan.network!r}")
    if roster.epoch > job.expires_epoch:
        raise RemoteProtocolError(
            f"the job expired with epoch {job.expires_epoch}; it is epoch {roster.epoch}"
        )
    if job.plan.minimum_cohort < roster.minimum_cohort:
        raise CohortTooSmall(
            f"the plan would release {job.plan.minimum_cohort} institutions;"
            f" the roster's minimum is {roster.minimum_cohort}"
        )
    if job.groups > 1 and job.least > len(roster.members):
        raise CohortTooSmall(
            f"the plan needs {job.least} institutions; the roster has {len(roster.members)}"
        )
    check_plan(job.plan)
    check_due(job)
    if job.kind is JobKind.FIGURES:
        width = job.plan.layout().width
    else:
        width = width_of(job.plan, len(job.cohorts))
        asked = [job.totals, *(one.totals for one in job.cohorts)]
        if any(len(totals) != len(job.plan.statistics) for totals in asked):
            raise RemoteProtocolError("a veto carries one total for each statistic")
        if len({one.label for one in job.cohorts}) != len(job.cohorts):
            raise RemoteProtocolError("a veto names a cohort twice")
    if job.bits != WORD_BITS:
        raise RemoteProtocolError(f"the job has words of {job.bits} bits; its kind has {WORD_BITS}")
    if job.width != width:
        raise RemoteProtocolError(f"the job has {job.width} slots; its plan has {width}")
    if read_fraction(job.rho) != price(job):
        raise RemoteProtocolError(f"the job claims rho {job.rho}; its plan costs {price(job)}")


def check_header(signed: SignedHeader, job: Job, roster: Roster) -> None:
    """Hold a report's header to its job and its institution's key.

    Raises:
        RemoteProtocolError: a stranger, another job, or a signature that does not hold.
    """
    header = signed.header
    member = roster.member(header.institution)
    if header.job_id != job.job_id or header.job_digest != job.digest.hex():
        raise RemoteProtocolError(f"the report of {header.institution!r} is to another job")
    if not len(header.sealed) == len(header.seed_commitments) == len(roster.committee):
        raise RemoteProtocolError(
            f"the report of {header.institution!r} does not seal one seed to each helper"
        )
    verify(member.signing_key, PURPOSE, header.to_json(), signed.signature)
