"""Consortia of fourteen whose plan divides them into three groups."""

from collections.abc import Mapping

import numpy as np
from tests.support.committees import house
from tests.support.consortium import Consortium, a_plan, even, varied

from foyer_protocol.catalogue.contribution import Contribution
from foyer_protocol.messages.plan import Plan
from foyer_protocol.messages.report import Report
from foyer_protocol.rounds.grouping import divide
from foyer_protocol.rounds.kinds.figures import exact_vector
from foyer_protocol.simulate import make_network

GROUPS = 3
MEMBERS = 15
LEAST = 12
"""Three groups of the minimum cohort, four."""


def a_divided_consortium(
    *statistics: str, helpers: int = 3, silent: int = 0, members: int = MEMBERS, size: int = 0
) -> Consortium:
    """`size` in every slot, or numbers of each institution's own where it is 0."""
    plan = a_plan(*statistics, groups=GROUPS)
    parts = {house(n): even(plan, size) if size else varied(plan, n) for n in range(members)}
    roster, parties = make_network(parts, helpers=helpers, silent=silent)
    return Consortium(plan=plan, roster=roster, parties=parties)


def exact_parts(
    plan: Plan, contributions: Mapping[str, Contribution], set_digest: str
) -> list[np.ndarray]:
    """What nobody sees: the groups' sums without noise."""
    return [
        np.sum([exact_vector(plan, contributions[name]) for name in group], axis=0)
        for group in divide(set_digest, contributions, plan.groups)
    ]


def contributions_of(here: Consortium, reports: Mapping[str, Report]) -> dict[str, Contribution]:
    """The contributions behind `reports`."""
    return {name: here.parties[name].contribution for name in reports}
