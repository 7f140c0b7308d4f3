"""Sums that are given up: helpers' promises, certificates, and who has them."""

import sqlalchemy as sa
from alembic import op

revision = "abort_certificates"
down_revision = "first_tables"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "abort_promise",
        sa.Column("job_id", sa.String(32), nullable=False),
        sa.Column("institution", sa.String(63), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["private_sum.job_id"], name=op.f("fk_abort_promise_job_id")
        ),
        sa.PrimaryKeyConstraint("job_id", "institution", name=op.f("pk_abort_promise")),
    )
    op.create_table(
        "abort_certificate",
        sa.Column("job_id", sa.String(32), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["private_sum.job_id"], name=op.f("fk_abort_certificate_job_id")
        ),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_abort_certificate")),
    )
    op.create_table(
        "abort_receipt",
        sa.Column("job_id", sa.String(32), nullable=False),
        sa.Column("institution", sa.String(63), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["abort_certificate.job_id"], name=op.f("fk_abort_receipt_job_id")
        ),
        sa.PrimaryKeyConstraint("job_id", "institution", name=op.f("pk_abort_receipt")),
    )
