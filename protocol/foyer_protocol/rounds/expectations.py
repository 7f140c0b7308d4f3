"""What a round is expected to find: totals by leaf, each from a named source.

From the newest release that shows a leaf, brought to this plan's days and institutions;
where there is none, from the constants of `rounds.sector`. Only published numbers enter.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from foyer_protocol.catalogue.measures import Leaf
from foyer_protocol.dp.noise_shares import total_variance
from foyer_protocol.errors import CatalogueMismatch
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.messages.plan import Plan
from foyer_protocol.messages.release import Release
from foyer_protocol.rounds.rules import noise_scale
from foyer_protocol.rounds.sector import SOURCE, sector_totals


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """Totals of all institutions together, in raw units, and where each is from, by leaf.

    A leaf that nobody can say anything about is in neither.
    """

    institutions: int
    totals: Mapping[Leaf, tuple[Fraction, ...]]
    sources: Mapping[Leaf, str]

    def scaled(self, factor: Fraction) -> "Expectation":
        """The same institutions with every total multiplied, as of a longer period."""
        grown = {leaf: tuple(one * factor for one in slots) for leaf, slots in self.totals.items()}
        return Expectation(institutions=self.institutions, totals=grown, sources=self.sources)

    def of(self, institutions: int) -> "Expectation":
        """What so many of the institutions have, each counted alike."""
        part = self.scaled(Fraction(institutions, self.institutions))
        return Expectation(institutions=institutions, totals=part.totals, sources=self.sources)


def expect(
    plan: Plan,
    institutions: int,
    past: Iterable[tuple[Plan, Release]] = (),
    visits: int | None = None,
) -> Expectation:
    """What `institutions` are expected to report to `plan`.

    `past` are released rounds, oldest first. With `visits`, the tickets of all together as
    somebody who knows the network states them, no release is read: the statement is newer.
    """
    totals = dict(sector_totals(plan, institutions, visits))
    sources = dict.fromkeys(totals, SOURCE)
    for before, release in past if visits is None else ():
        known = _released(before, release, plan, institutions)
        totals |= known
        sources |= dict.fromkeys(known, f"round {release.round_id}")
    return Expectation(institutions=institutions, totals=totals, sources=sources)


def reporters_of(plan: Plan, release: Release) -> int:
    """How many institutions reported to a release: its variance says so exactly.

    The share of noise of one reporter is public, and a sum's variance is that many shares.
    """
    one = total_variance(noise_scale(plan.scales[0]), 1)
    return int(read_fraction(release.variances[0]) / one)


def _released(
    before: Plan, release: Release, plan: Plan, institutions: int
) -> dict[Leaf, tuple[Fraction, ...]]:
    """The leaves that a release shows, brought to the days and institutions of `plan`.

    Visitors of a longer period are counted once however often they come, so that theirs
    grow less than days do: a forecast from a shorter period is a little too hopeful.
    """
    try:
        layout = before.layout()
    except CatalogueMismatch:  # an older catalogue's figures: nothing here can be read off them
        return {}
    factor = Fraction(
        institutions * (plan.ends - plan.starts).days,
        reporters_of(before, release) * (before.ends - before.starts).days,
    )
    found = {}
    for leaf in set(layout.leaves) & set(plan.layout().leaves):
        grid = before.scale(leaf.family).grid
        shown = [slot for slot in release.noised[layout.slots(leaf)] if slot is not None]
        if len(shown) == leaf.width:
            found[leaf] = tuple(Fraction(max(0, slot), grid) * factor for slot in shown)
    return found
