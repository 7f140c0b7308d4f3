"""What can happen to a private sum at the coordinator, and what its shell must then do."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from foyer_protocol.messages.escrow import EscrowAnswer, EscrowRequest
from foyer_protocol.messages.report import Report
from foyer_protocol.messages.unmask import UnmaskAnswer, UnmaskRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Launched:
    """The sum may begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportArrived:
    """A report came by `sender`'s authenticated envelope."""

    sender: str
    report: Report


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalArrived:
    """`sender` will not take part; `code` is a stable error code."""

    sender: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerArrived:
    """A helper's pads came by `sender`'s authenticated envelope."""

    sender: str
    answer: UnmaskAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class EscrowArrived:
    """A helper's escrow shares came by `sender`'s authenticated envelope."""

    sender: str
    answer: EscrowAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockTicked:
    """It is `now` (seconds since 1970, UTC)."""

    now: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """Nobody's objection is outstanding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """The sum is given up, for a stable reason."""

    reason: str


Event = (
    Launched
    | ReportArrived
    | RefusalArrived
    | AnswerArrived
    | EscrowArrived
    | ClockTicked
    | Reviewed
    | Withdrawn
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferJob:
    """Send the job to these institutions."""

    to: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskHelpers:
    """Send each helper its request. The state must be durable before the first leaves."""

    requests: Mapping[str, UnmaskRequest]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskEscrow:
    """Send each helper that answered the request for the silent ones' shares."""

    requests: Mapping[str, EscrowRequest]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summed:
    """The masks are off: the sum (signed, length `job.width`) of these institutions.

    `parts` are the sums of the groups in the order of `rounds.grouping.division`: one, equal
    to `aggregate`, where nothing is divided.
    """

    aggregate: NDArray[np.int64]
    parts: tuple[NDArray[np.int64], ...]
    members: tuple[str, ...]
    set_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GaveUp:
    """The sum is over and nothing is released."""

    reason: str


Effect = OfferJob | AskHelpers | AskEscrow | Summed | GaveUp
