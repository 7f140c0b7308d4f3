"""`verify_bundle`: every check on a release, each with its name and its reason.

Nothing here believes the coordinator: what counts are the governance keys that the reader
pinned, the signatures of institutions and helpers, the catalogue of this very program, and
arithmetic.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

from foyer_protocol.errors import FoyerError
from foyer_protocol.messages.bundle import Bundle
from foyer_protocol.messages.release import Release
from foyer_protocol.messages.roster import Roster
from foyer_protocol.verification import figures, provenance, sums
from foyer_protocol.verification.sums import Redone
from foyer_protocol.verification.verdict import Check, Name, Outcome, Verdict

T = TypeVar("T")

STANDS_ON: Mapping[Name, tuple[Name, ...]] = {
    Name.COORDINATOR: (Name.ROSTERS,),
    Name.JOBS: (Name.ROSTERS,),
    Name.HEADERS: (Name.ROSTERS,),
    Name.COHORT: (Name.ROSTERS,),
    Name.ACKS: (Name.ROSTERS,),
    Name.ACCOUNTING: (Name.NOISE,),
    Name.SUM: (Name.JOBS, Name.HEADERS, Name.ACKS, Name.CONTENTS),
    Name.VETO: (Name.SUM, Name.PLAN),
    Name.WITHHELD: (Name.SUM, Name.PLAN),
    Name.CONTRIBUTORS: (Name.SUM, Name.PLAN),
    Name.GROUPS: (Name.SUM, Name.PLAN),
    Name.SPREADS: (Name.SUM, Name.PLAN),
    Name.FIGURES: (Name.ROSTERS, Name.JOBS, Name.PLAN),
}
"""What must have passed before a check means anything."""

NEEDS_VECTORS = frozenset(
    {
        Name.CONTENTS,
        Name.SUM,
        Name.VETO,
        Name.WITHHELD,
        Name.CONTRIBUTORS,
        Name.GROUPS,
        Name.SPREADS,
    }
)
"""Checks that a closed bundle cannot answer."""


def verify_bundle(bundle: Bundle, pinned_governance: frozenset[str], quorum: int) -> Verdict:
    """Make every check and raise nothing: whatever is wrong stands in the verdict.

    `pinned_governance` are public keys from another source than the bundle, of which
    `quorum` must have signed each roster.
    """
    return _Examination(bundle, pinned_governance, quorum).verdict()


class _Examination:
    """One bundle under way: what was found so far, by check."""

    def __init__(self, bundle: Bundle, governance: frozenset[str], quorum: int) -> None:
        self._bundle = bundle
        self._governance = governance
        self._quorum = quorum
        self._done: dict[Name, Check] = {}

    def verdict(self) -> Verdict:
        bundle = self._bundle
        roster = self._make(
            Name.ROSTERS,
            lambda: provenance.follow_rosters(bundle, self._governance, self._quorum),
        )
        self._make(Name.HELPER_KEYS, lambda: provenance.check_helper_keys(bundle))
        self._make(Name.PLAN, lambda: provenance.check_same_plan(bundle))
        self._make(Name.NOISE, lambda: provenance.check_noise(bundle))
        self._make(Name.ACCOUNTING, lambda: provenance.check_accounting(bundle))
        self._make(Name.LEDGERS, lambda: sums.check_ledgers(bundle))
        self._make(Name.SETS, lambda: sums.check_sets(bundle))
        self._make(Name.CONTENTS, lambda: sums.check_contents(bundle))
        if roster is not None:
            self._under(roster)
        return Verdict(checks=tuple(self._done.get(name) or self._skipped(name) for name in Name))

    def _under(self, roster: Roster) -> None:
        """What is checked under the release's roster."""
        bundle = self._bundle
        self._make(Name.COORDINATOR, lambda: provenance.check_coordinator(bundle, roster))
        self._make(Name.JOBS, lambda: provenance.check_jobs(bundle, roster))
        self._make(Name.HEADERS, lambda: sums.check_headers(bundle, roster))
        self._make(Name.COHORT, lambda: sums.check_cohort(bundle, roster))
        self._make(Name.ACKS, lambda: sums.check_acks(bundle, roster))
        self._make(Name.FIGURES, lambda: figures.check_figures(bundle, roster))
        redone = self._make(Name.SUM, lambda: sums.redo_sums(bundle, roster))
        if redone is not None:
            self._from_the_sum(roster, redone)

    def _from_the_sum(self, roster: Roster, redone: Redone) -> None:
        """What follows from the sum alone."""
        bundle = self._bundle
        self._make(Name.VETO, lambda: figures.check_veto(bundle, roster, redone))
        again: list[Release] = []

        def withheld() -> None:
            again.append(figures.release_again(bundle, roster, redone))
            figures.check_withheld(bundle.release, again[0])
            figures.check_cohort_sums(bundle.release, again[0])

        self._make(Name.WITHHELD, withheld)
        self._make(Name.CONTRIBUTORS, lambda: figures.check_contributors(bundle.release, again[0]))
        self._make(Name.GROUPS, lambda: figures.check_groups(bundle.release, again[0]))
        self._make(Name.SPREADS, lambda: figures.check_spreads(bundle.release, again[0]))

    def _make(self, name: Name, check: Callable[[], T]) -> T | None:
        """Make one check if what it stands on has passed."""
        if self._blocked(name):
            return None
        try:
            found = check()
        except FoyerError as refusal:
            self._done[name] = Check(name=name, outcome=Outcome.FAILED, reason=refusal.message)
            return None
        except (ArithmeticError, LookupError, ValueError) as surprise:
            # A bundle is anybody's file: a form nobody thought of is a failed check.
            reason = f"the bundle is not of a form that can be checked ({type(surprise).__name__})"
            self._done[name] = Check(name=name, outcome=Outcome.FAILED, reason=reason)
            return None
        self._done[name] = Check(name=name, outcome=Outcome.PASSED)
        return found

    def _blocked(self, name: Name) -> bool:
        if name in NEEDS_VECTORS and not self._bundle.is_open:
            return True
        below = (self._done.get(one) for one in STANDS_ON.get(name, ()))
        return any(one is None or one.outcome is not Outcome.PASSED for one in below)

    def _skipped(self, name: Name) -> Check:
        if name in NEEDS_VECTORS and not self._bundle.is_open:
            reason = "the bundle carries no masked vectors and pads"
            return Check(name=name, outcome=Outcome.NOT_SHOWN, reason=reason)
        failed = [one for one in STANDS_ON.get(name, ()) if not self._has_passed(one)]
        reason = f"it stands on {', '.join(failed)}"
        return Check(name=name, outcome=Outcome.NOT_REACHED, reason=reason)

    def _has_passed(self, name: Name) -> bool:
        check = self._done.get(name)
        return check is not None and check.outcome is Outcome.PASSED
