"""Releases of six alike houses whose numbers could be true, with fresh noise each time."""

import os
from functools import cache

from tests.support.simulated_round import plan_of

from foyer_protocol.catalogue.contribution import Contribution
from foyer_protocol.catalogue.entries import BOOKERS, CATALOGUE, RESIDENCE
from foyer_protocol.catalogue.measures import LeadTimes, Residence, Spend, Tickets, Visitors
from foyer_protocol.rounds.kinds import figures
from foyer_protocol.rounds.publishing import make_release
from foyer_protocol.simulate import NOON, make_network

HOMES = RESIDENCE.leaves[0]
NODES = 6
CELLS = 4
KEYS = tuple(CATALOGUE)


def house(plan, size=600):
    """One institution whose numbers could be true: a few homes, and parts within wholes."""
    values = {}
    for leaf in plan.layout().leaves:
        match leaf:
            case Residence():
                values[leaf] = (*(size // CELLS,) * CELLS, *(0,) * (leaf.width - CELLS))
            case LeadTimes():
                values[leaf] = (size,) * leaf.width
            case Visitors():
                values[leaf] = (2 * size if leaf == BOOKERS else size // 2,)
            case Tickets():
                is_part = leaf.online or leaf.identified or leaf.paid
                values[leaf] = (size if is_part else 3 * size,)
            case Spend():
                values[leaf] = (90 * size,)
    return Contribution(values=values, contributes=dict.fromkeys(plan.statistics, True))


@cache
def ready():
    """The plan, its roster, its job and one house's contribution."""
    plan = plan_of("agreeing", KEYS)
    one = house(plan)
    roster, _ = make_network({f"house-{number}": one for number in range(NODES)})
    job = figures.make_job(plan, roster, job_id="a" * 32, reports_until=NOON, expires_at=NOON + 60)
    return plan, roster, job, one


def release_with(change=lambda vector, layout: None, objected=frozenset()):
    """A release, after `change` to the noised sum, with some figures withheld."""
    plan, roster, job, one = ready()
    total = sum(figures.noised_vector(plan, one, os.urandom) for _ in range(NODES))
    change(total, plan.layout())
    return make_release(
        job, roster, total, members=NODES, reports="b" * 64, objected=objected, released_at=NOON
    )
