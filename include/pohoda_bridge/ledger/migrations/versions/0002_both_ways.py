"""What both directions need: texts that sides keep, mails sent, deletions queued, matches decided by a person."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _flow(**more: int) -> list[sa.Column[str]]:
    names = {"link": 64, "agenda": 64, "direction": 64, **more}
    return [sa.Column(name, sa.String(length=length), nullable=False) for name, length in names.items()]


def upgrade() -> None:
    op.create_table(
        "kept",
        sa.Column("name", sa.String(length=320), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "mails",
        *_flow(cause=192),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("link", "agenda", "direction", "cause"),
    )
    op.create_table(
        "deletions",
        *_flow(technical=128),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("done", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("link", "agenda", "direction", "technical"),
    )
    op.create_table(
        "decisions",
        *_flow(technical=128),
        sa.Column("pair", sa.String(length=128), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("link", "agenda", "direction", "technical"),
    )

    with op.batch_alter_table("accepted") as batch:
        batch.add_column(sa.Column("kinds", sa.String(length=64), server_default="linked,new", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("accepted") as batch:
        batch.drop_column("kinds")
    for name in ("decisions", "deletions", "mails", "kept"):
        op.drop_table(name)
