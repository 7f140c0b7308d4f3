"""What is checked, by name, and how a check came out."""

from dataclasses import dataclass
from enum import StrEnum


class Name(StrEnum):
    """The checks, in the order they are made. The text is stable."""

    ROSTERS = "roster-chain"  # governance signed each, epochs rise, one network
    HELPER_KEYS = "helper-keys"  # each institution signed its own
    COORDINATOR = "coordinator-signature"  # over the release, by the key that the roster names
    PLAN = "plan"  # the release's facts are the plan's, and the catalogue is ours
    JOBS = "jobs"  # both sums are of that plan and that roster
    NOISE = "noise"  # as much as the price claims, bounds as in the catalogue
    ACCOUNTING = "accounting"  # rho, epsilon, group epsilons and variances
    HEADERS = "headers"  # one signed report to this very job from each institution
    LEDGERS = "ledger-charges"  # each report names a ledger entry of its own
    COHORT = "minimum-cohort"  # enough reported, and the band says so
    SETS = "set-digest"  # the release and the veto are about this set of reports
    ACKS = "acks"  # every helper answered about this set, or was recovered by escrow
    CONTENTS = "contents"  # masked vectors, pads and shares are those that were signed for
    SUM = "sum"  # masked reports less pads are the noised sum of the release
    VETO = "veto"  # asked of the same institutions about the same totals, and obeyed
    WITHHELD = "withheld"  # each figure is shown or withheld as the rules say
    CONTRIBUTORS = "contributors"  # the bands
    GROUPS = "groups"  # the groups of a divided cohort say what their sums say
    SPREADS = "spreads"  # quartiles of institutions follow from the ranges in the sum
    FIGURES = "figures"  # estimates and intervals follow from the sum


class Outcome(StrEnum):
    """How a check came out."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_SHOWN = "not-shown"  # what it needs is not in the bundle
    NOT_REACHED = "not-reached"  # what it stands on failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check. `reason` is empty where it passed."""

    name: Name
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Every check, in the order of `Name`."""

    checks: tuple[Check, ...]

    @property
    def accepted(self) -> bool:
        """No check failed."""
        return not self.failed

    @property
    def complete(self) -> bool:
        """Every check was made and passed: nothing had to be taken on trust."""
        return all(check.outcome is Outcome.PASSED for check in self.checks)

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that failed."""
        return tuple(check for check in self.checks if check.outcome is Outcome.FAILED)

    def of(self, name: Name) -> Check:
        """One check."""
        return next(check for check in self.checks if check.name is name)
