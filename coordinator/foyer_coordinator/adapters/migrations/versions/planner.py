"""Who proposed and launched a round, and the calendar of rounds that come by themselves."""

import sqlalchemy as sa
from alembic import op

revision = "planner"
down_revision = "accounts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add two columns and make two tables."""
    for name in ("proposed_by", "launched_by"):
        op.add_column("round", sa.Column(name, sa.String(120), server_default="", nullable=False))
    op.create_table(
        "schedule",
        sa.Column("name", sa.String(63), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.String(120), nullable=False),
        sa.Column("approved_by", sa.String(120), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_schedule")),
    )
    op.create_table(
        "occurrence",
        sa.Column("schedule", sa.String(63), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(63), nullable=False),
        sa.Column("round_id", sa.String(63), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["schedule"], ["schedule.name"], name=op.f("fk_occurrence_schedule")
        ),
        sa.PrimaryKeyConstraint("schedule", "due_at", name=op.f("pk_occurrence")),
    )
