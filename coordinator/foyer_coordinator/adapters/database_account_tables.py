"""Tables of people and how they sign in, beside those of `database_tables`, and the audit log.

Secrets are kept as hashes only: of a link, a cookie, a password. A passkey's public key and
a provider's name for somebody are no secrets. Times are seconds since 1970, UTC.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    LargeBinary,
    Named,
    String,
    Table,
    Text,
    TypedColumns,
)

from foyer_coordinator.adapters.database_tables import METADATA

_PERSON = "person.person_id"


class PersonColumns(TypedColumns):
    """One person with an account. `institution` is empty for the network's own people."""

    person_id: Named[str] = Column(String(32), primary_key=True)
    login: Named[str] = Column(String(120), unique=True)
    name: Named[str] = Column(String(120))
    role: Named[str] = Column(String(20))
    institution: Named[str] = Column(String(63))
    created_at: Named[int] = Column(BigInteger)
    disabled_at: Named[int | None] = Column(BigInteger)


PERSON = Table(
    "person",
    METADATA,
    PersonColumns,
    CheckConstraint("role <> 'steward' OR institution <> ''", name="steward_of_somewhere"),
    CheckConstraint(
        "role IN ('viewer', 'steward') OR institution = ''", name="network_roles_of_network"
    ),
)


class SignInLinkColumns(TypedColumns):
    """One one-time link, by the SHA-256 of its token; `kind` as in `sign_in.LinkKind`."""

    token_hash: Named[str] = Column(String(64), primary_key=True)
    person_id: Named[str] = Column(String(32), ForeignKey(_PERSON), index=True)
    kind: Named[str] = Column(String(20))
    expires_at: Named[int] = Column(BigInteger)
    used_at: Named[int | None] = Column(BigInteger)


SIGN_IN_LINK = Table("sign_in_link", METADATA, SignInLinkColumns)


class SessionColumns(TypedColumns):
    """One signed-in browser, by the SHA-256 of its cookie; `way` is how it signed in."""

    session_hash: Named[str] = Column(String(64), primary_key=True)
    person_id: Named[str] = Column(String(32), ForeignKey(_PERSON), index=True)
    way: Named[str] = Column(String(20))
    created_at: Named[int] = Column(BigInteger)
    expires_at: Named[int] = Column(BigInteger)


SESSION = Table("portal_session", METADATA, SessionColumns)


class PasswordColumns(TypedColumns):
    """A person's password as an argon2id hash in PHC form."""

    person_id: Named[str] = Column(String(32), ForeignKey(_PERSON), primary_key=True)
    hash: Named[str] = Column(Text)
    set_at: Named[int] = Column(BigInteger)


PASSWORD = Table("person_password", METADATA, PasswordColumns)


class PasskeyColumns(TypedColumns):
    """One passkey: its public half (COSE), by its credential id (base64url)."""

    credential_id: Named[str] = Column(String(1400), primary_key=True)
    person_id: Named[str] = Column(String(32), ForeignKey(_PERSON), index=True)
    public_key: Named[bytes] = Column(LargeBinary)
    sign_count: Named[int] = Column(BigInteger)
    added_at: Named[int] = Column(BigInteger)
    used_at: Named[int | None] = Column(BigInteger)


PASSKEY = Table("person_passkey", METADATA, PasskeyColumns)


class IdentityColumns(TypedColumns):
    """What an OpenID provider calls a person: issuer and subject, never an address."""

    issuer: Named[str] = Column(String(255), primary_key=True)
    subject: Named[str] = Column(String(255), primary_key=True)
    person_id: Named[str] = Column(String(32), ForeignKey(_PERSON), index=True)
    linked_at: Named[int] = Column(BigInteger)


IDENTITY = Table("person_identity", METADATA, IdentityColumns)


class TryColumns(TypedColumns):
    """One password that was tried, by the SHA-256 of the name it was tried for."""

    try_id: Named[str] = Column(String(32), primary_key=True)
    login_hash: Named[str] = Column(String(64), index=True)
    at: Named[int] = Column(BigInteger)


TRY = Table("sign_in_try", METADATA, TryColumns)


class FlowColumns(TypedColumns):
    """A sign-in that has begun: a challenge or a state that was given out, by its SHA-256."""

    flow_hash: Named[str] = Column(String(64), primary_key=True)
    purpose: Named[str] = Column(String(60))
    person_id: Named[str] = Column(String(32))  # empty for who signs in
    invitation: Named[str] = Column(String(64))  # the hash of the link that it will spend
    begun_at: Named[int] = Column(BigInteger, index=True)


FLOW = Table("sign_in_flow", METADATA, FlowColumns)


class AuditColumns(TypedColumns):
    """One change, for ever: triggers refuse to change or delete a row."""

    position: Named[int] = Column(BigInteger, primary_key=True, autoincrement=False)
    body: Named[str] = Column(Text)  # canonical JSON of a `portal.audit.Entry`


AUDIT = Table("audit", METADATA, AuditColumns)
