"""One question after each round: do all ledgers agree with what was released?"""

from collections.abc import Collection
from fractions import Fraction

from tests.support.network import RealNetwork, until

from foyer_node.adapters.round_files import RoundFiles
from foyer_protocol.dp.ledger import EntryKind, LedgerEntry
from foyer_protocol.messages.codec import read_fraction

TELLING_SECONDS = 100.0
"""A release reaches a node over its control stream, which may first have to come back: after
a minute at most, by its `Backoff`."""


def assert_ledgers_agree(network: RealNetwork, round_id: str) -> None:
    """Charges, settlements and helpers' memories match the coordinator's book, node by node.

    A node that was charged is one whose report arrived, and the other way round. Its
    charges are settled exactly if the round was released, and by that very release; but
    whoever did not report to the veto cannot know that its figures are in: they stay open.
    """
    sums, release = network.sums(round_id), network.rounds.release(round_id)
    prices = {one.job.job_id: read_fraction(one.job.rho) for one in sums}
    for slug in network.slugs:
        due = [one.job.job_id for one in sums if slug in one.reports]
        charges = _entries(network, slug, round_id, EntryKind.CHARGE)
        assert [entry.job_id for entry in charges] == due, f"{slug} paid for other jobs than it did"
        assert [entry.rho for entry in charges] == [prices[job] for job in due]
        told = due if len(due) == len(sums) else []
        if release is not None and told and network.is_alive(slug):
            until(
                lambda: len(_entries(network, slug, round_id, EntryKind.SETTLE)) == len(told),  # noqa: B023
                f"{slug} settling {round_id}",
                TELLING_SECONDS,
            )
        if release is None or network.is_alive(slug):
            settled = _entries(network, slug, round_id, EntryKind.SETTLE)
            expected = [] if release is None else [(job, release.digest) for job in told]
            assert [(entry.job_id, entry.release) for entry in settled] == expected
    if release is not None:
        assert release.reports == sums[0].set_digest
        assert set(sums[0].chosen) == set(sums[1].invited), "the veto is asked of the same set"
        assert len(sums[1].invited) - len(sums[1].chosen) <= sums[1].roster.silent
    _assert_helpers_agree(network, round_id)


def assert_nothing_paid_twice(network: RealNetwork, slugs: Collection[str] = ()) -> None:
    """No job is charged, settled or reported twice, and what is spent is the sum of it."""
    for slug in slugs or network.slugs:
        ledger = network.ledger(slug)
        charges = [entry for entry in ledger.entries if entry.kind is EntryKind.CHARGE]
        assert len({entry.job_id for entry in charges}) == len(charges)
        back = [entry for entry in ledger.entries if entry.kind is EntryKind.REFUND]
        assert len({entry.job_id for entry in back}) == len(back)
        paid = sum((entry.rho for entry in charges), Fraction(0))
        assert ledger.spent("2026") == paid - sum((entry.rho for entry in back), Fraction(0))
        reports = [sent for sent in network.outbox(slug) if sent.kind == "report"]
        assert len({sent.sha256 for sent in reports}) == len(reports)
        shown = sum((Fraction(sent.rho) for sent in reports), Fraction(0))
        assert shown == paid, "the outbox shows what the ledger paid"


def assert_all_given_back(network: RealNetwork, round_id: str, job: int = 0) -> None:
    """Whoever was charged for a round's sum number `job` takes that charge back, once."""
    job_id = network.sums(round_id)[job].job.job_id
    for slug in network.slugs:
        if network.is_alive(slug) and network.ledger(slug).charge_of(job_id) is not None:
            until(
                lambda: network.ledger(slug).refund_of(job_id) is not None,  # noqa: B023
                f"{slug} taking back {round_id}",
                TELLING_SECONDS,
            )
            kept = network.ledger(slug)
            charged, refunded = kept.charge_of(job_id), kept.refund_of(job_id)
            assert charged is not None
            assert refunded is not None
            assert charged.rho == refunded.rho


def _entries(network: RealNetwork, slug: str, round_id: str, kind: EntryKind) -> list[LedgerEntry]:
    entries = network.ledger(slug).entries
    return [entry for entry in entries if entry.round_id == round_id and entry.kind is kind]


def _assert_helpers_agree(network: RealNetwork, round_id: str) -> None:
    for one in network.sums(round_id):
        for helper in network.helpers:
            memory = RoundFiles(network.folder(helper)).helper_state().answered
            kept = memory.get(one.job.job_id)
            if helper in one.answers:
                assert kept is not None
            if kept is not None:
                assert kept.set_digest == one.set_digest, "a helper answered another set"
                assert kept.members == one.chosen
                assert kept.rho == read_fraction(one.job.rho)
