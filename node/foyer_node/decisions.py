"""What the institution's people decided about sharing: kept line by line, and never changed.

The later line holds. A session asks before it computes anything, so that a pause or a
decline holds from the next question on, whoever wrote it: the pages or the command line.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class Act(StrEnum):
    """What was decided; the first two about everything, the others about one round."""

    PAUSE = "pause"
    RESUME = "resume"
    APPROVE = "approve"
    DECLINE = "decline"


ABOUT_ROUNDS = frozenset({Act.APPROVE, Act.DECLINE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One decision. It stays here: a declined round is told that it was declined, not why."""

    at: int  # seconds since 1970, UTC
    act: Act
    round_id: str = ""
    reason: str = field(default="", repr=False)
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """All of them, oldest first."""

    all: tuple[Decision, ...] = ()

    @property
    def pause(self) -> Decision | None:
        """What paused all sharing, None where it is not paused."""
        about_all = [one for one in self.all if one.act not in ABOUT_ROUNDS]
        return about_all[-1] if about_all and about_all[-1].act is Act.PAUSE else None

    def of(self, round_id: str) -> Decision | None:
        """What holds of a round, None where nobody decided."""
        found = [one for one in self.all if one.act in ABOUT_ROUNDS and one.round_id == round_id]
        return found[-1] if found else None
