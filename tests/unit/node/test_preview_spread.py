"""A steward reads what a round asks beyond the sums, before anything is taken."""

from fractions import Fraction

from tests.simulation.test_spreads import KEYS, plan_of

from foyer_node.preview import RoundPreview
from foyer_protocol.messages.codec import fraction_text


def preview(spread):
    plan = plan_of(spread)
    cost = fraction_text(plan.figures_rho)
    return RoundPreview(plan=plan, cost=cost, left="9/1", leaves=(), refusal=None)


def test_a_round_that_asks_in_which_range_one_is_says_so_with_the_names():
    seen = preview(Fraction(1, 50))
    assert "in which public range" in seen.as_text()
    assert "Sold online" in seen.as_text().split("in which public range")[1]
    assert seen.as_dict()["ranges"] == list(KEYS[:3])


def test_a_round_that_does_not_ask_says_nothing_of_it():
    seen = preview(Fraction(0))
    assert "range" not in seen.as_text()
    assert seen.as_dict()["ranges"] == []
