"""Every way in which this software refuses, and whose move it then is.

    FoyerError
    ├─ ConfigError            operator
    ├─ EnrolmentRefused       operator: a wrong, used or expired code
    ├─ ProtocolError
    │  ├─ LocalProtocolError  us: a bug
    │  ├─ RemoteProtocolError the peer
    │  ├─ VersionMismatch     whoever is older
    │  └─ CatalogueMismatch   whoever is older
    ├─ RoundAborted           nobody: wait for the next round
    ├─ PrivacyRefusal         a correct outcome, not a failure
    │  ├─ BudgetExhausted     network: propose a cheaper plan
    │  ├─ CohortTooSmall      network
    │  ├─ NotApproved         steward
    │  ├─ AlreadyAnswered     nobody: the answer is there
    │  ├─ Unreadable          network: a longer period, fewer figures or a higher price
    │  └─ SecondPersonNeeded  a colleague: two people before a round costs anything
    ├─ DataError              institution
    │  ├─ NothingImported
    │  ├─ ConnectorError
    │  └─ QuarantineTooLarge
    ├─ StorageError           operator
    └─ InternalError          us: a bug

`code` is stable: it is the last part of `urn:foyer:problem:<code>`, it is printed in
brackets by the command line, and it never changes meaning. A message names what was
refused, the two things that collided and what did *not* happen; `hint` says what to do.
No message may hold a row, a name, a path inside a visitor's data or a count of visitors.
"""

from typing import ClassVar


class FoyerError(Exception):
    """The root of everything we raise on purpose.

    `may_leave` says whether the message, and not only `code`, may be sent to the
    coordinator.
    """

    code: ClassVar[str] = "internal"
    exit_status: ClassVar[int] = 70
    may_leave: ClassVar[bool] = False

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    @property
    def urn(self) -> str:
        """The problem's stable name, as in an HTTP problem document."""
        return f"urn:foyer:problem:{self.code}"


class ConfigError(FoyerError):
    """A setting is missing, unknown or impossible."""

    code = "config"
    exit_status = 10


class EnrolmentRefused(FoyerError):
    """A one-time code was wrong, used or expired, or a certificate is of another network."""

    code = "enrolment-refused"
    exit_status = 11
    may_leave = True


class ProtocolError(FoyerError):
    """A message or a call that the protocol does not allow now."""

    code = "protocol"
    exit_status = 20


class LocalProtocolError(ProtocolError):
    """Our own code asked for something illegal: a bug here."""

    code = "protocol-misuse"
    exit_status = 20


class RemoteProtocolError(ProtocolError):
    """The peer sent something illegal; our state is unchanged."""

    code = "protocol-violation"
    exit_status = 21
    may_leave = True


class VersionMismatch(ProtocolError):
    """The peer speaks another version of the protocol."""

    code = "version-mismatch"
    exit_status = 22
    may_leave = True


class CatalogueMismatch(ProtocolError):
    """The peer's catalogue of statistics is not ours."""

    code = "catalogue-mismatch"
    exit_status = 23
    may_leave = True


class RoundAborted(FoyerError):
    """A round ended without a release."""

    code = "round-aborted"
    exit_status = 25
    may_leave = True


class PrivacyRefusal(FoyerError):
    """A rule that protects visitors said no."""

    code = "privacy"
    exit_status = 30
    may_leave = True


class BudgetExhausted(PrivacyRefusal):
    """The ledger cannot pay for what was asked."""

    code = "budget-exhausted"
    exit_status = 31


class CohortTooSmall(PrivacyRefusal):
    """Fewer institutions than the minimum cohort."""

    code = "cohort-too-small"
    exit_status = 32


class NotApproved(PrivacyRefusal):
    """The steward's policy does not allow it."""

    code = "not-approved"
    exit_status = 33


class AlreadyAnswered(PrivacyRefusal):
    """The same was asked before, in round `round_id`; its answer costs nothing."""

    code = "already-answered"
    exit_status = 34

    def __init__(self, message: str, *, hint: str = "", round_id: str = "") -> None:
        super().__init__(message, hint=hint)
        self.round_id = round_id


class Unreadable(PrivacyRefusal):
    """The noise would leave figures that say too little: the budget would be paid for nothing."""

    code = "unreadable"
    exit_status = 35


class SecondPersonNeeded(PrivacyRefusal):
    """Whoever proposed it does not also launch or approve it."""

    code = "second-person"
    exit_status = 36


class DataError(FoyerError):
    """Something about the institution's own files."""

    code = "data"
    exit_status = 40


class NothingImported(DataError):
    """There is no imported data to compute on."""

    code = "nothing-imported"
    exit_status = 40


class ConnectorError(DataError):
    """A file could not be read as what it claims to be. Stays in the building."""

    code = "connector"
    exit_status = 41


class QuarantineTooLarge(DataError):
    """Too many rows of a file were refused, so that none were taken."""

    code = "quarantine"
    exit_status = 42


class StorageError(FoyerError):
    """The disk or the database failed us."""

    code = "storage"
    exit_status = 50


class InternalError(FoyerError):
    """A bug: something we did not foresee."""

    code = "internal"
    exit_status = 70


def every_error() -> tuple[type[FoyerError], ...]:
    """All classes above, for the generated page of problems and its test."""
    found: list[type[FoyerError]] = []
    queue: list[type[FoyerError]] = [FoyerError]
    while queue:
        kind = queue.pop(0)
        found.append(kind)
        queue.extend(kind.__subclasses__())
    return tuple(found)
