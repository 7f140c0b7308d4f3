"""Who and what stands behind a release: rosters, keys, plan, noise and price."""

from fractions import Fraction

from foyer_protocol.dp.accountant import epsilon, group_rho
from foyer_protocol.dp.noise_shares import total_variance
from foyer_protocol.errors import RemoteProtocolError
from foyer_protocol.messages.bundle import Bundle
from foyer_protocol.messages.codec import decimal_text, fraction_text, read_fraction
from foyer_protocol.messages.plan import JobKind
from foyer_protocol.messages.release import Status, verify_release
from foyer_protocol.messages.roster import Roster, verify_helper_key, verify_roster
from foyer_protocol.rounds.publishing import DELTA, GROUPS
from foyer_protocol.rounds.rules import check_job, check_plan, noise_scale


def follow_rosters(bundle: Bundle, governance: frozenset[str], quorum: int) -> Roster:
    """The roster that the release names, at the end of a chain that governance signed.

    Raises:
        RemoteProtocolError: a roster is of another network, lacks signatures or does not
            rise, or the chain does not end at the release's own.
        VersionMismatch: a roster is of another version of the protocol.
    """
    release, lowest, roster = bundle.release, 1, None
    for signed in bundle.rosters:
        roster = verify_roster(
            signed,
            network=bundle.network,
            governance=governance,
            quorum=quorum,
            lowest_epoch=lowest,
        )
        lowest = roster.epoch + 1
    if roster is None:
        raise RemoteProtocolError("the bundle holds no roster")
    if release.network != roster.network:
        raise RemoteProtocolError(
            f"the release is of network {release.network!r}; the rosters are of {roster.network!r}"
        )
    same("epoch", release.epoch, roster.epoch)
    same("roster", release.roster, roster.digest)
    return roster


def check_helper_keys(bundle: Bundle) -> None:
    """Every helper key of every roster, not only the committee's, is its institution's own."""
    for signed in bundle.rosters:
        for member in signed.roster.members:
            if member.helper_key:
                verify_helper_key(
                    member.signing_key,
                    bytes.fromhex(member.helper_key),
                    bytes.fromhex(member.helper_signature),
                )


def check_coordinator(bundle: Bundle, roster: Roster) -> None:
    """The coordinator whom the roster names signed this release."""
    verify_release(bundle.release, roster.coordinator_key, bundle.signature)


def check_same_plan(bundle: Bundle) -> None:
    """The release says what its plan says."""
    plan, release = bundle.figures.job.plan, bundle.release
    same("plan", release.plan, plan.digest)
    for name in ("round_id", "network", "starts", "ends", "currency", "scales", "groups"):
        same(name, getattr(release, name), getattr(plan, name))
    same("dimension of the cohorts", release.dimension, plan.cohorts)
    expected = tuple(statistic.key for statistic in plan.layout().statistics)
    for figures in (release.figures, *(cohort.figures for cohort in release.cohorts)):
        same("list of statistics", tuple(figure.key for figure in figures), expected)
    checked = tuple(one.key for one in release.figures if one.status is Status.SHOWN)
    told = tuple(check.key for check in release.checks)
    same("list of checks by group", told, checked if plan.groups > 1 else ())
    spread = tuple(one.key for one in release.spreads)
    same("list of spreads", spread, tuple(plan.layout().bins))


def check_jobs(bundle: Bundle, roster: Roster) -> None:
    """Figures and veto are jobs of one plan under this roster."""
    figures, veto = bundle.figures.job, bundle.veto.job
    if (figures.kind, veto.kind) != (JobKind.FIGURES, JobKind.VETO):
        raise RemoteProtocolError(f"a sum of {figures.kind} and one of {veto.kind} were exported")
    same("job", bundle.release.job_id, figures.job_id)
    same("plan of the veto", veto.plan.digest, figures.plan.digest)
    same("parent of the veto", veto.parent, figures.job_id)
    for job in (figures, veto):
        check_job(job, roster)


def check_noise(bundle: Bundle) -> None:
    """The catalogue is ours, and there is as much noise as the price claims."""
    check_plan(bundle.figures.job.plan)


def check_accounting(bundle: Bundle) -> None:
    """Prices add up, and mean what the release says."""
    plan, release = bundle.figures.job.plan, bundle.release
    rho = plan.figures_rho + read_fraction(plan.gate_rho)
    same("rho", release.rho, fraction_text(rho))
    same("delta", release.delta, fraction_text(DELTA))
    same("epsilon", release.epsilon, _epsilon(rho))
    same(
        "epsilon of groups",
        release.group_epsilon,
        tuple(_epsilon(group_rho(rho, number)) for number in GROUPS),
    )
    reporters = len(bundle.figures.headers)
    expected = (total_variance(noise_scale(scale), reporters) for scale in plan.scales)
    same("variances", release.variances, tuple(fraction_text(value) for value in expected))


def same(what: str, claimed: object, found: object) -> None:
    """Refuse a difference, and name both sides.

    Raises:
        RemoteProtocolError: the two differ.
    """
    if claimed != found:
        raise RemoteProtocolError(
            f"the {what} is given as {_short(claimed)}; {_short(found)} follows from the rest"
        )


def _epsilon(rho: Fraction) -> str:
    return decimal_text(epsilon(rho, DELTA))


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
