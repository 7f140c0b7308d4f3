"""The coordinator's tables. What is here and what the migrations make are compared by a test.

Times are whole seconds since 1970, UTC, unless a column says otherwise. Nothing about a
visitor is ever in a column: masked reports are uniform words without the helpers' pads.
"""

from datetime import date

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    LargeBinary,
    MetaData,
    Named,
    String,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
)

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Every constraint has a name, so that a later migration can take it away on any engine."""


class InstitutionColumns(TypedColumns):
    """One enrolled institution; columns as in `ports.Institution`."""

    slug: Named[str] = Column(String(63), primary_key=True)
    name: Named[str] = Column(Text)
    country: Named[str] = Column(String(2))
    type: Named[str] = Column(String(40))
    size_band: Named[str] = Column(String(2))
    signing_key: Named[str] = Column(String(64))
    transport_key: Named[str] = Column(Text)
    helper_key: Named[str] = Column(Text)
    helper_signature: Named[str] = Column(Text)
    enrolled_at: Named[int] = Column(BigInteger)
    data_until: Named[date | None]
    last_seen_at: Named[int | None] = Column(BigInteger)
    suspended: Named[bool]
    discipline: Named[str] = Column(String(40), server_default="")
    territory: Named[str] = Column(String(40), server_default="")


INSTITUTION = Table("institution", METADATA, InstitutionColumns)


class InvitationColumns(TypedColumns):
    """One one-time code, by its hash. Keys and certificate are set when it is spent."""

    code_hash: Named[str] = Column(String(64), primary_key=True)
    institution: Named[str] = Column(String(63))
    expires_at: Named[str] = Column(String(32))  # ISO 8601 to the microsecond, UTC
    keys_digest: Named[str | None] = Column(String(64))
    certificate_pem: Named[str | None] = Column(Text)


INVITATION = Table(
    "invitation",
    METADATA,
    InvitationColumns,
    CheckConstraint(
        "(keys_digest IS NULL) = (certificate_pem IS NULL)", name="spent_with_certificate"
    ),
)


class RosterColumns(TypedColumns):
    """One signed roster: `SignedRoster.to_bytes()`."""

    epoch: Named[int] = Column(BigInteger, primary_key=True, autoincrement=False)
    signed: Named[bytes] = Column(LargeBinary)


ROSTER = Table("roster", METADATA, RosterColumns)


class RoundColumns(TypedColumns):
    """One round. `plan` is the canonical JSON."""

    round_id: Named[str] = Column(String(63), primary_key=True)
    plan: Named[str] = Column(Text)
    phase: Named[str] = Column(String(20))
    reason: Named[str] = Column(String(63))
    created_at: Named[int] = Column(BigInteger)
    launched_at: Named[int | None] = Column(BigInteger)
    ended_at: Named[int | None] = Column(BigInteger)
    proposed_by: Named[str] = Column(String(120), server_default="")
    launched_by: Named[str] = Column(String(120), server_default="")


ROUND = Table("round", METADATA, RoundColumns)


class SumColumns(TypedColumns):
    """One private sum. `job` and `roster` are canonical JSON, the names are JSON lists.

    `position` counts the sums of a round in the order they were first saved.
    """

    job_id: Named[str] = Column(String(32), primary_key=True)
    round_id: Named[str] = Column(String(63), ForeignKey("round.round_id"))
    position: Named[int]
    job: Named[str] = Column(Text)
    roster: Named[str] = Column(Text)
    phase: Named[str] = Column(String(20))
    everyone: Named[bool]
    invited: Named[str] = Column(Text)
    chosen: Named[str] = Column(Text)
    refusals: Named[str] = Column(Text)  # JSON list of [institution, code]
    reason: Named[str] = Column(String(63))
    asked_at: Named[int | None] = Column(BigInteger)


SUM = Table("private_sum", METADATA, SumColumns, UniqueConstraint("round_id", "position"))


class PartColumns(TypedColumns):
    """One message inside a sum: its canonical bytes and their SHA-256."""

    job_id: Named[str] = Column(String(32), ForeignKey("private_sum.job_id"), primary_key=True)
    institution: Named[str] = Column(String(63), primary_key=True)
    position: Named[int]
    digest: Named[str] = Column(String(64))
    body: Named[bytes] = Column(LargeBinary)


REPORT = Table("report", METADATA, PartColumns)
ANSWER = Table("answer", METADATA, PartColumns)
ESCROW = Table("escrow", METADATA, PartColumns)


ABORT_PROMISE = Table("abort_promise", METADATA, PartColumns)


class CertificateColumns(TypedColumns):
    """The `AbortCertificate.to_bytes()` of a sum that will never be answered."""

    job_id: Named[str] = Column(String(32), ForeignKey("private_sum.job_id"), primary_key=True)
    digest: Named[str] = Column(String(64))
    body: Named[bytes] = Column(LargeBinary)
    made_at: Named[int] = Column(BigInteger)


ABORT_CERTIFICATE = Table("abort_certificate", METADATA, CertificateColumns)


class ReceiptColumns(TypedColumns):
    """One institution that has kept a certificate, and need not be told of it again."""

    job_id: Named[str] = Column(
        String(32), ForeignKey("abort_certificate.job_id"), primary_key=True
    )
    institution: Named[str] = Column(String(63), primary_key=True)
    received_at: Named[int] = Column(BigInteger)


ABORT_RECEIPT = Table("abort_receipt", METADATA, ReceiptColumns)


class ReleaseColumns(TypedColumns):
    """One release, for ever: triggers refuse to change or delete a row."""

    round_id: Named[str] = Column(String(63), ForeignKey("round.round_id"), primary_key=True)
    digest: Named[str] = Column(String(64))
    body: Named[str] = Column(Text)  # canonical JSON
    released_at: Named[int] = Column(BigInteger)


RELEASE = Table("release", METADATA, ReleaseColumns)


class ScheduleColumns(TypedColumns):
    """One recurring round. `rule` is canonical JSON; all its times up to `since` are done."""

    name: Named[str] = Column(String(63), primary_key=True)
    rule: Named[str] = Column(Text)
    proposed_by: Named[str] = Column(String(120))
    approved_by: Named[str] = Column(String(120))
    paused: Named[bool]
    since: Named[int] = Column(BigInteger)


SCHEDULE = Table("schedule", METADATA, ScheduleColumns)


class OccurrenceColumns(TypedColumns):
    """One time of a schedule that somebody has dealt with: there can be no second row."""

    schedule: Named[str] = Column(String(63), ForeignKey("schedule.name"), primary_key=True)
    due_at: Named[int] = Column(BigInteger, primary_key=True, autoincrement=False)
    outcome: Named[str] = Column(String(20))
    reason: Named[str] = Column(String(63))
    round_id: Named[str] = Column(String(63))
    settled_at: Named[int] = Column(BigInteger)


OCCURRENCE = Table("occurrence", METADATA, OccurrenceColumns)


class HistoryColumns(TypedColumns):
    """One announcement, for ever: triggers refuse to change or delete a row."""

    position: Named[int] = Column(BigInteger, primary_key=True, autoincrement=False)
    body: Named[str] = Column(Text)  # canonical JSON of a `HistoryEntry`


HISTORY = Table("history", METADATA, HistoryColumns)
