"""What a round would take from this institution, before anything is taken."""

from collections.abc import Callable
from dataclasses import dataclass, field

from foyer_node.adapters.decision_file import DecisionFile
from foyer_node.adapters.history_files import HistoryFiles
from foyer_node.adapters.round_files import RoundFiles
from foyer_node.app import contribution_of, now, open_node
from foyer_node.config import NodeConfig
from foyer_node.leaf_words import name_of
from foyer_node.stewardship import approve, period_cap
from foyer_protocol.catalogue.contribution import Contribution
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.measures import Leaf
from foyer_protocol.dp.accountant import epsilon
from foyer_protocol.errors import BudgetExhausted, ConfigError, FoyerError
from foyer_protocol.messages.codec import fraction_text, read_fraction
from foyer_protocol.messages.plan import Plan
from foyer_protocol.messages.roster import Roster, SignedRoster
from foyer_protocol.rounds.repeats import answered_before, question_of, refuse_repeat
from foyer_protocol.rounds.rules import check_plan


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafPreview:
    """One block of numbers that would stand behind the masks, still exact."""

    name: str
    bound: int  # squared change that one visitor can cause
    values: tuple[int, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundPreview:
    """What a plan would send. `refusal` is why the node would not take part, if it would not."""

    plan: Plan
    cost: str
    left: str
    leaves: tuple[LeafPreview, ...]
    refusal: FoyerError | None

    def as_dict(self) -> dict[str, object]:
        """For machines."""
        return {
            "round": self.plan.round_id,
            "statistics": list(self.plan.statistics),
            "groups": self.plan.groups,
            "cohorts": self.plan.cohorts,
            "ranges": list(self.plan.layout().bins),
            "period": [str(self.plan.starts), str(self.plan.ends)],
            "cost": self.cost,
            "left": self.left,
            "values": {leaf.name: list(leaf.values) for leaf in self.leaves},
            "squared_bounds": {leaf.name: leaf.bound for leaf in self.leaves},
            "refusal": self.refusal.code if self.refusal else None,
        }

    def as_text(self) -> str:
        """For people."""
        cost = read_fraction(self.cost)
        lines = [
            f"round {self.plan.round_id}: {self.plan.starts} to {self.plan.ends}",
            *(f"  asks  {CATALOGUE[key].title}" for key in self.plan.statistics),
            *self._division(),
            *self._spread(),
            f"  costs rho {float(cost):.4f} (epsilon {epsilon(cost):.2f} at delta 1e-6);"
            f" {float(read_fraction(self.left)):.4f} is left this period",
            "  exact values of this institution, which leave only noised and masked:",
        ]
        lines += [
            f"    {leaf.name}: {_shorten(leaf.values)}"
            f"   (one visitor moves it by at most {leaf.bound**0.5:.4g})"
            for leaf in self.leaves
        ]
        lines.append(
            f"  would refuse: {self.refusal.message}" if self.refusal else "  would answer"
        )
        return "\n".join(lines)

    def _division(self) -> tuple[str, ...]:
        """What dividing means for this institution, where the plan divides."""
        if self.plan.cohorts is not None:
            return (
                f"  divides the institutions by {self.plan.cohorts}, as the signed roster tells it,"
                f" into cohorts of at least {self.plan.minimum_cohort}, each summed by itself",
            )
        if self.plan.groups == 1:
            return ()
        return (
            f"  divides the institutions by lot into {self.plan.groups} groups of at least"
            f" {self.plan.minimum_cohort}, each summed by itself",
        )

    def _spread(self) -> tuple[str, ...]:
        """What leaves of this institution's own values, where the plan asks how they are spread."""
        bins = self.plan.layout().bins
        if not bins:
            return ()
        titles = ", ".join(CATALOGUE[key].title for key in bins)
        return (
            "  asks in which public range this institution's own value lies, noised first and"
            f" counted with the others': {titles}",
        )

    def refuse_if_it_would(self) -> None:
        """Raise what the round would be refused with."""
        if self.refusal is not None:
            raise self.refusal


def _shorten(values: tuple[int, ...]) -> str:
    shown = ", ".join(str(value) for value in values[:8])
    return shown if len(values) <= 8 else f"{shown}, … {len(values)} numbers, {sum(values)} in all"


def preview_round(config: NodeConfig, round_id: str) -> RoundPreview:
    """Compute what `round_id` would take. Sends nothing and charges nothing.

    Raises:
        ConfigError: no such round was proposed to this node.
        NothingImported: there is nothing to compute on.
    """
    node = open_node(config)
    raw = node.files.plan(round_id)
    if raw is None:
        raise ConfigError(
            f"no round {round_id!r} was proposed to this node",
            hint="Plans arrive over the control stream while `foyer-node run` is running.",
        )
    plan = Plan.from_json(raw)
    roster = node.session.roster()
    contribution = contribution_of(config, plan)
    cost = plan.figures_rho + read_fraction(plan.gate_rho)
    left = node.files.ledger().remaining(roster.period, period_cap(config.policy, roster))
    return RoundPreview(
        plan=plan,
        cost=fraction_text(cost),
        left=fraction_text(max(left, cost * 0)),
        leaves=tuple(_leaf(leaf, contribution) for leaf in plan.layout().leaves),
        refusal=_first_refusal(
            lambda: check_plan(plan),
            lambda: approve(plan, config.policy, DecisionFile(config.folder, now).read()),
            lambda: _refuse_repeat(plan, roster, config, node.files),
            lambda: _can_pay(plan, roster, config, node.files),
        ),
    )


def _leaf(leaf: Leaf, contribution: Contribution) -> LeafPreview:
    return LeafPreview(
        name=name_of(leaf),
        bound=leaf.squared_sensitivity,
        values=contribution.values[leaf],
    )


def _refuse_repeat(plan: Plan, roster: Roster, config: NodeConfig, files: RoundFiles) -> None:
    others = [one for one in files.questions() if one.round_id != plan.round_id]
    history = HistoryFiles(config.folder).history()
    before = answered_before(question_of(plan, roster), others, files.ledger(), history)
    if before is not None:
        raise refuse_repeat(plan.round_id, before)


def _can_pay(plan: Plan, roster: Roster, config: NodeConfig, files: RoundFiles) -> None:
    cost = plan.figures_rho + read_fraction(plan.gate_rho)
    left = files.ledger().remaining(roster.period, period_cap(config.policy, roster))
    if cost > left:
        raise BudgetExhausted(
            f"round {plan.round_id} costs rho {float(cost):.6f}; {float(left):.6f} is left"
        )


def _first_refusal(*checks: Callable[[], None]) -> FoyerError | None:
    for check in checks:
        try:
            check()
        except FoyerError as refusal:
            return refusal
    return None


def ledger_listing(config: NodeConfig) -> tuple[dict[str, object], str]:
    """The verified ledger, for machines and for people.

    Raises:
        StorageError: the chain does not hold.
    """
    files = RoundFiles(config.folder)
    ledger = files.ledger()
    kept = files.roster()
    roster = SignedRoster.from_bytes(kept[1]).roster if kept else None
    cap = (
        period_cap(config.policy, roster) if roster else read_fraction(config.policy.period_rho_cap)
    )
    periods = sorted(
        {entry.period for entry in ledger.entries} | ({roster.period} if roster else set())
    )
    entries = [
        {
            "index": entry.index,
            "kind": entry.kind,
            "round": entry.round_id,
            "job": entry.job_id,
            "rho": fraction_text(entry.rho),
            "period": entry.period,
            "release": entry.release,
        }
        for entry in ledger.entries
    ]
    spent = {period: fraction_text(ledger.spent(period)) for period in periods}
    lines = [
        f"{entry.index:5d}  {entry.kind:7s} {entry.round_id:28s} rho {float(entry.rho):.5f}"
        f"  {entry.period}"
        for entry in ledger.entries
    ]
    lines += [
        f"{period}: spent rho {float(ledger.spent(period)):.5f} of {float(cap):.5f}"
        + (f", given back {float(ledger.refunded(period)):.5f}" * bool(ledger.refunded(period)))
        for period in periods
    ]
    return (
        {"entries": entries, "spent": spent, "cap": fraction_text(cap), "head": ledger.head},
        "\n".join(lines) or "the ledger is empty",
    )
