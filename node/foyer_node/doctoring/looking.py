"""Many looks at once: none hides another, by failing or by taking its time."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from foyer_node.doctoring.findings import Finding, Mark, finding
from foyer_node.faults import name_and_place
from foyer_protocol.errors import FoyerError, NothingImported

DEADLINE_SECONDS = 9.0

DAMAGE = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What reading a damaged file, or another user's, can raise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Something to look at; `name` heads what is said if it fails."""

    name: str
    at: Callable[[], Iterable[Finding]]


def look_at_all(looks: Sequence[Look], seconds: float = DEADLINE_SECONDS) -> tuple[Finding, ...]:
    """What each found, in the order of `looks`; one that takes too long is left behind."""
    answers: dict[str, list[Finding]] = {}
    threads = [threading.Thread(target=_one, args=(look, answers), daemon=True) for look in looks]
    until = time.monotonic() + seconds
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    late = {
        look.name: [finding(look.name, Mark.LOOK, "no-answer", seconds=round(seconds))]
        for look in looks
    }
    return tuple(one for look in looks for one in {**late, **answers}[look.name])


def _one(look: Look, answers: dict[str, list[Finding]]) -> None:
    """Put what a look found, or why it found no more, into `answers`."""
    found: list[Finding] = []
    try:
        for one in look.at():
            found.append(one)  # kept, whatever comes after it
    except FoyerError as refusal:
        mark = Mark.LOOK if isinstance(refusal, NothingImported) else Mark.BROKEN
        found.append(
            Finding(
                name=look.name,
                mark=mark,
                text=refusal.message,
                advice=refusal.hint,
                code=refusal.code,
            )
        )
    except DAMAGE as failure:
        reason = name_and_place(failure)
        found.append(finding(look.name, Mark.BROKEN, "cannot-look", reason=reason))
    answers[look.name] = found
