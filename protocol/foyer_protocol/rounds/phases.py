"""The life of a private sum and of a round, as one table.

Whether something may happen *now* is decided here and nowhere else. The diagram in
`protocol/README.md` is drawn from this table.
"""

from enum import StrEnum

from foyer_protocol.errors import LocalProtocolError


class Phase(StrEnum):
    """Where a sum stands. Order is the order of the happy path."""

    PLANNED = "planned"
    REPORTING = "reporting"
    UNMASKING = "unmasking"
    RECOVERING = "recovering"  # silent helpers, by escrow: legal only where f > 0
    REVIEWING = "reviewing"  # figures only: may any member object to what it would show?
    RELEASED = "released"
    ABORTED = "aborted"


TRANSITIONS: dict[Phase, dict[str, Phase]] = {
    Phase.PLANNED: {"launched": Phase.REPORTING},
    Phase.REPORTING: {"reports_closed": Phase.UNMASKING},
    Phase.UNMASKING: {"masks_removed": Phase.REVIEWING, "helpers_silent": Phase.RECOVERING},
    Phase.RECOVERING: {"masks_removed": Phase.REVIEWING},
    Phase.REVIEWING: {"reviewed": Phase.RELEASED},
    Phase.RELEASED: {},
    Phase.ABORTED: {},
}
"""`TRANSITIONS[phase][event]` is the next phase. Absent means forbidden."""


def advance(phase: Phase, event: str) -> Phase:
    """Return the phase that follows `event`, or refuse.

    `"aborted"` is legal from every phase that is not final.

    >>> advance(Phase.REPORTING, "reports_closed")
    <Phase.UNMASKING: 'unmasking'>

    Raises:
        LocalProtocolError: `event` is not allowed in `phase`; nothing has changed.
    """
    allowed = TRANSITIONS[phase]
    if event == "aborted" and allowed:
        return Phase.ABORTED
    if event not in allowed:
        expected = ", ".join(sorted(allowed)) or "nothing: the sum is over"
        raise LocalProtocolError(f"{event!r} came while a sum was {phase}; expected {expected}")
    return allowed[event]


def is_final(phase: Phase) -> bool:
    """Tell whether nothing can happen any more."""
    return not TRANSITIONS[phase]
