"""What opens this institution's own reports: kept for its auditor, or not at all.

Off by default, since what is kept can take the masks off. Only reports of figures are
kept: a veto's vector is 0 or a random word, and has no exact value to compare with.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from foyer_node.ports import OpeningStore
from foyer_protocol.catalogue.contribution import Contribution
from foyer_protocol.errors import ConfigError
from foyer_protocol.ids import HEX32
from foyer_protocol.messages.plan import Job, JobKind, Plan
from foyer_protocol.messages.report import Report, content_digest
from foyer_protocol.rounds.kinds.figures import exact_vector
from foyer_protocol.rounds.opening import Opening, differing, findings

DAY = 86_400
FOREVER = 2**62

CHECKS = {
    "signature": "this institution's key signed the header, for this job",
    "seeds": "every seed is the one committed to",
    "masks": "figures, noise and pads make up the vector that left",
    "noise": "the noise is where it belongs and within what can be drawn",
    "data": "the figures are what the data here give now",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What an auditor is told of one report; no figure stands in it.

    `header` is the digest of the signed header: the auditor asks a helper or the
    coordinator for theirs, so that no report made up later can be shown instead.
    `changed` names the families whose figures the data no longer give.
    """

    job_id: str
    round_id: str
    header: str
    holds: dict[str, bool]
    changed: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether everything holds."""
        return all(self.holds.values())

    def as_dict(self) -> dict[str, object]:
        """For machines."""
        return {
            "job_id": self.job_id,
            "round_id": self.round_id,
            "header": self.header,
            "holds": self.holds,
            "changed": list(self.changed),
            "passed": self.passed,
        }

    def as_text(self) -> str:
        """For people."""
        lines = [f"Report of round {self.round_id}, job {self.job_id}", f"header {self.header}", ""]
        lines += [
            f"{'yes' if self.holds[name] else 'NO ':3}  {words}" for name, words in CHECKS.items()
        ]
        if self.changed:
            lines += [
                "",
                f"Different now: {', '.join(self.changed)}. Either data were imported or erased"
                " since, or the report was not of them: the node's own pages list the imports.",
            ]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Openings:
    """Keeps for `days`, forgets afterwards, and audits what is kept."""

    store: OpeningStore
    days: int
    clock: Callable[[], int]

    def forget(self) -> None:
        """Delete what is over; all of it, where the policy keeps nothing."""
        self.store.forget(self.clock() if self.days else FOREVER)

    def keep(
        self,
        job: Job,
        report: Report,
        contribution: Contribution,
        vector: NDArray[np.int64],
        seeds: tuple[bytes, ...],
    ) -> None:
        """Keep what opens a report of figures that is about to leave, if the policy says so."""
        self.forget()
        if self.days == 0 or job.kind is not JobKind.FIGURES:
            return
        exact = exact_vector(job.plan, contribution)
        opening = Opening(job=job, report=report, exact=exact, noise=vector - exact, seeds=seeds)
        self.store.keep(job.job_id, self.clock() + self.days * DAY, opening.to_bytes())

    def read(self, job_id: str) -> Opening | None:
        """What opens the report to `job_id`, if it is kept.

        Raises:
            StorageError: what is kept was altered or is damaged.
        """
        self.forget()
        kept = self.store.read(job_id) if re.fullmatch(HEX32, job_id) else None
        return None if kept is None else Opening.from_bytes(kept)

    def audit(
        self, job_id: str, signing_key: str, compute: Callable[[Plan], Contribution]
    ) -> Audit:
        """Open the report to `job_id` and say what holds of it.

        Raises:
            ConfigError: nothing is kept of that job.
            StorageError: what is kept was altered or is damaged.
        """
        opening = self.read(job_id)
        if opening is None:
            raise ConfigError(
                f"nothing that opens a report to job {job_id[:8]} is kept; nothing was checked",
                hint="Only reports of figures sent while `keep_openings_days` under [policy] was"
                " above 0 can be opened, and only for so long.",
            )
        plan = opening.job.plan
        changed = differing(opening, exact_vector(plan, compute(plan)))
        return Audit(
            job_id=opening.job.job_id,
            round_id=plan.round_id,
            header=content_digest(opening.report.signed.header.to_json()),
            holds={**findings(opening, signing_key), "data": not changed},
            changed=changed,
        )
