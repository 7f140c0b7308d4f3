"""An aborted round on real processes: every charge comes back and the same budget serves again.

Each node may spend just one round's price in the period. So the release at the end is only
possible if all that the two aborted rounds took is back.
"""

from collections.abc import Iterator
from fractions import Fraction

import pytest
from tests.support.ledgers import (
    assert_all_given_back,
    assert_ledgers_agree,
    assert_nothing_paid_twice,
)
from tests.support.network import Prepared, RealNetwork, copy_of, until

from foyer_coordinator.adapters.database_closing import DatabaseClosings
from foyer_protocol.messages.codec import fraction_text, read_fraction
from foyer_protocol.rounds.phases import Phase

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

PAUSED = "paused = true # by the test"


@pytest.fixture(scope="module")
def network(prepared: Prepared, tmp_path_factory) -> Iterator[RealNetwork]:
    """Three helpers that report, and three others that are paused: too few for any round."""
    folder = tmp_path_factory.mktemp("refunds")
    with copy_of(prepared, folder, report_seconds=8, answer_seconds=8) as made:
        made.demo.start_coordinator()
        made.propose("too-few")
        price = fraction_text(price_of(made, "too-few"))
        for slug in made.slugs:
            limit(made, slug, f'period_rho_cap = "{price}"')
        for slug in made.others:
            limit(made, slug, f'period_rho_cap = "{price}"\n{PAUSED}')
        made.start(*made.slugs)
        yield made


def limit(network: RealNetwork, slug: str, lines: str) -> None:
    """Replace the large budget, or what replaced it, in a node's settings."""
    path = network.folder(slug) / "node.toml"
    text = path.read_text(encoding="utf-8").replace(f"{PAUSED}\n", "")
    (old,) = [line for line in text.splitlines() if line.startswith("period_rho_cap")]
    path.write_text(text.replace(old, lines, 1), encoding="utf-8")


def price_of(network: RealNetwork, round_id: str) -> Fraction:
    """What the figures and the gate of a round cost a node."""
    row = network.rounds.round(round_id)
    assert row is not None
    return read_fraction(row.plan.gate_rho) + sum(
        (read_fraction(one.rho) for one in row.plan.scales), Fraction(0)
    )


def test_every_charge_comes_back_and_the_period_can_be_used_again(network):
    network.demo.command("round", "launch", "too-few")
    assert network.finish("too-few") is None
    assert network.reason("too-few") == "too-few-nodes"
    assert [len(network.charges(slug, "too-few")) for slug in network.helpers] == [1, 1, 1]
    assert_all_given_back(network, "too-few")
    assert_ledgers_agree(network, "too-few")
    for slug in network.helpers:
        kinds = [sent.kind for sent in network.outbox(slug)]
        assert kinds.count("abort-promise") == 1
        until(lambda: receipts(network, slug) == 1, f"the receipt of {slug}")  # noqa: B023
        assert "given back" in network.demo.node_command(slug, "ledger")

    a_helper_dies_and_comes_back(network)
    the_coordinator_starts_anew_and_tells_nobody_again(network)

    for slug in network.others:
        network.end(slug)
        limit(network, slug, f'period_rho_cap = "{fraction_text(price_of(network, "too-few"))}"')
        network.start(slug)
    network.launch("enough")
    assert network.finish("enough")
    assert_ledgers_agree(network, "enough")
    assert_nothing_paid_twice(network)
    price = price_of(network, "enough")
    assert all(network.ledger(slug).spent("2026") == price for slug in network.slugs)


def receipts(network: RealNetwork, slug: str) -> int:
    """How often a node said that it took a charge back."""
    return [sent.kind for sent in network.outbox(slug)].count("refunded")


def a_helper_dies_and_comes_back(network: RealNetwork) -> None:
    """It paid and was killed: the round ends without its promise, and it gives it later."""
    dead, slow = network.helpers[0], network.others[0]
    network.freeze(slow)  # keeps the round open until time is over
    network.launch("one-dies")
    network.await_reports("one-dies", network.helpers)
    network.kill(dead)
    network.thaw(slow)
    assert network.finish("one-dies") is None
    (sum_,) = network.sums("one-dies")
    job_id = sum_.job.job_id
    assert all(network.ledger(slug).is_open(job_id) for slug in network.helpers)
    network.start(dead)
    assert_all_given_back(network, "one-dies")


def the_coordinator_starts_anew_and_tells_nobody_again(network: RealNetwork) -> None:
    """All receipts are in its book, so that a hello brings no certificate."""
    book = DatabaseClosings(network.database)
    until(lambda: not book.owed(), "every receipt")
    before = {slug: receipts(network, slug) for slug in network.slugs}
    ledgers = {slug: network.ledger(slug) for slug in network.slugs}
    hellos = {slug: hello_count(network, slug) for slug in network.slugs}
    network.kill_coordinator()
    network.demo.start_coordinator()
    for slug in network.slugs:
        until(lambda: hello_count(network, slug) > hellos[slug], f"{slug} saying hello")  # noqa: B023
    network.launch("still-too-few")
    assert network.finish("still-too-few") is None
    assert_all_given_back(network, "still-too-few")
    for slug in network.helpers:  # once, for this round, and not again for the ones before
        until(lambda: receipts(network, slug) == before[slug] + 1, "a receipt")  # noqa: B023
    for slug in network.slugs:
        assert network.ledger(slug).entries[: len(ledgers[slug].entries)] == ledgers[slug].entries
    assert network.phase("one-dies") is Phase.ABORTED


def hello_count(network: RealNetwork, slug: str) -> int:
    """How often a node has said hello."""
    return [sent.kind for sent in network.outbox(slug)].count("hello")
