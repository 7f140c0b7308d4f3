"""People with roles and ways to sign in, and the audit log.

Links and sessions belong to a person now. Those that are there belong to nobody, live for
hours at most, and are dropped: whoever was signed in asks for a new link.
"""

import sqlalchemy as sa
from alembic import op

from foyer_coordinator.adapters.migrations.forever import keep_for_ever

revision = "accounts"
down_revision = "member_facts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.drop_index(op.f("ix_portal_session_reader"), table_name="portal_session")
    op.drop_table("portal_session")
    op.drop_table("sign_in_link")
    _make_people()
    _make_ways()
    _make_beginnings()
    op.create_table(
        "audit",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit")),
    )
    keep_for_ever("audit", "position", "the audit log is only added to")


def _make_people() -> None:
    op.create_table(
        "person",
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("login", sa.String(120), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("institution", sa.String(63), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "role <> 'steward' OR institution <> ''", name=op.f("ck_person_steward_of_somewhere")
        ),
        sa.CheckConstraint(
            "role IN ('viewer', 'steward') OR institution = ''",
            name=op.f("ck_person_network_roles_of_network"),
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person")),
        sa.UniqueConstraint("login", name=op.f("uq_person_login")),
    )


def _of_person(table: str) -> tuple[sa.Column[str], sa.ForeignKeyConstraint]:
    """The column that says whose a row is."""
    return (
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.person_id"], name=op.f(f"fk_{table}_person_id")
        ),
    )


def _index_person(table: str) -> None:
    op.create_index(op.f(f"ix_{table}_person_id"), table, ["person_id"])


def _make_ways() -> None:
    op.create_table(
        "sign_in_link",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        *_of_person("sign_in_link"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in_link")),
    )
    op.create_table(
        "portal_session",
        sa.Column("session_hash", sa.String(64), nullable=False),
        sa.Column("way", sa.String(20), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        *_of_person("portal_session"),
        sa.PrimaryKeyConstraint("session_hash", name=op.f("pk_portal_session")),
    )
    op.create_table(
        "person_password",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        *_of_person("person_password"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person_password")),
    )
    op.create_table(
        "person_passkey",
        sa.Column("credential_id", sa.String(1400), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        *_of_person("person_passkey"),
        sa.PrimaryKeyConstraint("credential_id", name=op.f("pk_person_passkey")),
    )
    op.create_table(
        "person_identity",
        sa.Column("issuer", sa.String(255), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("linked_at", sa.BigInteger(), nullable=False),
        *_of_person("person_identity"),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_person_identity")),
    )
    for table in ("sign_in_link", "portal_session", "person_passkey", "person_identity"):
        _index_person(table)


def _make_beginnings() -> None:
    op.create_table(
        "sign_in_try",
        sa.Column("try_id", sa.String(32), nullable=False),
        sa.Column("login_hash", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("try_id", name=op.f("pk_sign_in_try")),
    )
    op.create_index(op.f("ix_sign_in_try_login_hash"), "sign_in_try", ["login_hash"])
    op.create_table(
        "sign_in_flow",
        sa.Column("flow_hash", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(60), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("invitation", sa.String(64), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("flow_hash", name=op.f("pk_sign_in_flow")),
    )
    op.create_index(op.f("ix_sign_in_flow_begun_at"), "sign_in_flow", ["begun_at"])
