"""A record that was handed to a writer which answers later has no second intent beside that one."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NAME = "uq_intents_unanswered"
COLUMNS = ["link", "agenda", "direction", "technical"]


def upgrade() -> None:
    _index("state IN ('open', 'doubt', 'submitted')")


def downgrade() -> None:
    op.execute("UPDATE intents SET state = 'doubt' WHERE state = 'submitted'")
    _index("state IN ('open', 'doubt')")


def _index(where: str) -> None:
    op.drop_index(NAME, table_name="intents")
    op.create_index(NAME, "intents", COLUMNS, unique=True, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
