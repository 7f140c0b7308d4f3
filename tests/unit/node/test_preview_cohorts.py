"""Promise: a steward who looks at a round reads whether houses are compared by what they are."""

from tests.support.consortium import a_plan

from foyer_node.preview import RoundPreview
from foyer_protocol.catalogue.grid import Dimension


def preview_of(plan):
    return RoundPreview(plan=plan, cost="9/100", left="1/2", leaves=(), refusal=None)


def test_a_round_by_cohort_says_by_which_fact_and_how_few_may_be_in_one():
    seen = preview_of(a_plan("volume.bookers", cohorts=Dimension.TYPE))
    assert "divides the institutions by type, as the signed roster tells it" in seen.as_text()
    assert "cohorts of at least 4" in seen.as_text()
    assert seen.as_dict()["cohorts"] == "type"


def test_a_round_of_everybody_says_nothing_of_cohorts():
    seen = preview_of(a_plan("volume.bookers"))
    assert "divides" not in seen.as_text()
    assert seen.as_dict()["cohorts"] is None
