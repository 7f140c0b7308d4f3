"""Two more public facts of an institution: where its venue is, and what it plays or shows."""

import sqlalchemy as sa
from alembic import op

revision = "member_facts"
down_revision = "abort_certificates"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; of those who enrolled before, nothing is known yet."""
    for name in ("discipline", "territory"):
        column = sa.Column(name, sa.String(40), nullable=False, server_default="")
        op.add_column("institution", column)
