"""What each carried document adds to a figure of the record that it names."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "figures",
        sa.Column("link", sa.String(64), primary_key=True),
        sa.Column("agenda", sa.String(64), primary_key=True),
        sa.Column("crm_id", sa.String(128), primary_key=True),
        sa.Column("figure", sa.String(64), nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("amount", sa.String(64), nullable=False),
    )
    op.create_index("ix_figures_key", "figures", ["link", "figure", "key"])


def downgrade() -> None:
    op.drop_table("figures")
