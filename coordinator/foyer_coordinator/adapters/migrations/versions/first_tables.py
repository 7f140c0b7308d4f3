"""The first tables: members, codes, rounds, sums, releases, history, sign-in."""

import sqlalchemy as sa
from alembic import op

from foyer_coordinator.adapters.migrations.forever import keep_for_ever

revision = "first_tables"
down_revision = None
branch_labels = None
depends_on = None

_FOR_EVER = {
    "release": ("round_id", "a release never changes"),
    "history": ("position", "history is only added to"),
}
"""Tables whose rows are never changed: the key that may come once, and what is said."""


def upgrade() -> None:
    """Make everything."""
    _make_members()
    _make_rounds()
    _make_history()
    _make_sums()
    _make_sign_in()
    for table, (key, refusal) in _FOR_EVER.items():
        keep_for_ever(table, key, refusal)


def _make_members() -> None:
    op.create_table(
        "institution",
        sa.Column("slug", sa.String(63), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("size_band", sa.String(2), nullable=False),
        sa.Column("signing_key", sa.String(64), nullable=False),
        sa.Column("transport_key", sa.Text(), nullable=False),
        sa.Column("helper_key", sa.Text(), nullable=False),
        sa.Column("helper_signature", sa.Text(), nullable=False),
        sa.Column("enrolled_at", sa.BigInteger(), nullable=False),
        sa.Column("data_until", sa.Date(), nullable=True),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=True),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_institution")),
    )
    op.create_table(
        "invitation",
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("institution", sa.String(63), nullable=False),
        sa.Column("expires_at", sa.String(32), nullable=False),
        sa.Column("keys_digest", sa.String(64), nullable=True),
        sa.Column("certificate_pem", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(keys_digest IS NULL) = (certificate_pem IS NULL)",
            name=op.f("ck_invitation_spent_with_certificate"),
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_invitation")),
    )
    op.create_table(
        "roster",
        sa.Column("epoch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("signed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("epoch", name=op.f("pk_roster")),
    )


def _make_rounds() -> None:
    op.create_table(
        "round",
        sa.Column("round_id", sa.String(63), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("phase", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(63), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("launched_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_round")),
    )
    op.create_table(
        "release",
        sa.Column("round_id", sa.String(63), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("released_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.round_id"], name=op.f("fk_release_round_id")),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_release")),
    )


def _make_history() -> None:
    op.create_table(
        "history",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_history")),
    )


def _make_sums() -> None:
    op.create_table(
        "private_sum",
        sa.Column("job_id", sa.String(32), nullable=False),
        sa.Column("round_id", sa.String(63), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("roster", sa.Text(), nullable=False),
        sa.Column("phase", sa.String(20), nullable=False),
        sa.Column("everyone", sa.Boolean(), nullable=False),
        sa.Column("invited", sa.Text(), nullable=False),
        sa.Column("chosen", sa.Text(), nullable=False),
        sa.Column("refusals", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(63), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.round_id"], name=op.f("fk_private_sum_round_id")
        ),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_private_sum")),
        sa.UniqueConstraint("round_id", "position", name=op.f("uq_private_sum_round_id")),
    )
    for table in ("report", "answer", "escrow"):
        op.create_table(
            table,
            sa.Column("job_id", sa.String(32), nullable=False),
            sa.Column("institution", sa.String(63), nullable=False),
            sa.Column("position", sa.Integer(), nullable=False),
            sa.Column("digest", sa.String(64), nullable=False),
            sa.Column("body", sa.LargeBinary(), nullable=False),
            sa.ForeignKeyConstraint(
                ["job_id"], ["private_sum.job_id"], name=op.f(f"fk_{table}_job_id")
            ),
            sa.PrimaryKeyConstraint("job_id", "institution", name=op.f(f"pk_{table}")),
        )


def _make_sign_in() -> None:
    op.create_table(
        "sign_in_link",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("reader", sa.String(120), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in_link")),
    )
    op.create_table(
        "portal_session",
        sa.Column("session_hash", sa.String(64), nullable=False),
        sa.Column("reader", sa.String(120), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("session_hash", name=op.f("pk_portal_session")),
    )
    op.create_index(op.f("ix_portal_session_reader"), "portal_session", ["reader"])
