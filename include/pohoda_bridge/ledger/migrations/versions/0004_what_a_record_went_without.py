"""A record waits for another one by its business key too; what it went without is noted."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("held", sa.Column("waits_key", sa.Text))
    op.create_table(
        "wishes",
        sa.Column("link", sa.String(64), primary_key=True),
        sa.Column("agenda", sa.String(64), primary_key=True),
        sa.Column("direction", sa.String(64), primary_key=True),
        sa.Column("technical", sa.String(128), primary_key=True),
        sa.Column("waits_agenda", sa.String(64), primary_key=True),
        sa.Column("waits_for", sa.String(128), primary_key=True),
        sa.Column("waits_key", sa.Text),
    )


def downgrade() -> None:
    op.drop_table("wishes")
    op.drop_column("held", "waits_key")
