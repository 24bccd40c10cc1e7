"""The ledger's tables. Values of records are JSON text; times are UTC, cursors the source's own clock."""

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)  # fmt: skip

UNSETTLED = "state IN ('open', 'doubt', 'submitted')"
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)


def _flow() -> list[Column[str]]:
    """The columns that name a direction of an agenda of a link, part of the primary key."""
    return [Column(name, String(64), primary_key=True) for name in ("link", "agenda", "direction")]


def _record() -> list[Column[str]]:
    return [*_flow(), Column("technical", String(128), primary_key=True)]


runs = Table(
    "runs", metadata,
    Column("id", String(320), primary_key=True),
    Column("link", String(64), nullable=False),
    Column("agenda", String(64), nullable=False),
    Column("direction", String(64), nullable=False),
    Column("mode", String(16), nullable=False),
    Column("dry_run", Boolean, nullable=False),
    Column("state", String(16), nullable=False),
    Column("started", DateTime, nullable=False),
    Column("finished", DateTime),
    Column("request", Text, nullable=False),
    Column("watermark", String(32)),
    Column("skipped", Integer, nullable=False, server_default="0"),
    Column("counts", Text, nullable=False, server_default="{}"),
    Column("report", Text),
    Index(None, "link", "agenda", "direction", "started"),
)  # fmt: skip

cursors = Table("cursors", metadata, *_flow(), Column("watermark", String(32)), Column("run_id", String(320)))

accepted = Table(
    "accepted", metadata, *_flow(),
    Column("at", DateTime, nullable=False),
    Column("kinds", String(64), nullable=False, server_default="linked,new"),
)  # fmt: skip

bindings = Table(
    "bindings", metadata,
    Column("id", Integer, primary_key=True),
    Column("link", String(64), nullable=False),
    Column("agenda", String(64), nullable=False),
    Column("key", Text, nullable=False),
    Column("crm_id", String(128), nullable=False),
    Column("pohoda_values", Text, nullable=False),
    Column("crm_values", Text, nullable=False),
    Column("run_id", String(320), nullable=False),
    Column("at", DateTime, nullable=False),
    UniqueConstraint("link", "agenda", "key"),
    UniqueConstraint("link", "agenda", "crm_id"),
)  # fmt: skip

aliases = Table(
    "aliases", metadata,
    Column("link", String(64), primary_key=True),
    Column("agenda", String(64), primary_key=True),
    Column("technical", String(128), primary_key=True),
    Column("binding_id", Integer, nullable=False, index=True),
)  # fmt: skip

intents = Table(
    "intents", metadata,
    Column("id", String(64), primary_key=True),
    Column("pack_id", String(64), nullable=False),
    Column("run_id", String(320), nullable=False, index=True),
    Column("link", String(64), nullable=False),
    Column("agenda", String(64), nullable=False),
    Column("direction", String(64), nullable=False),
    Column("technical", String(128), nullable=False),
    Column("key", Text, nullable=False),
    Column("action", String(16), nullable=False),
    Column("target_id", String(128)),
    Column("print", String(64), nullable=False),
    Column("item", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reasons", Text, nullable=False, server_default="[]"),
    Column("drift", Text, nullable=False, server_default="{}"),
    Column("opened", DateTime, nullable=False),
    Column("closed", DateTime),
    Index("ix_intents_record", "link", "agenda", "direction", "technical"),
    Index(
        "uq_intents_unanswered", "link", "agenda", "direction", "technical", unique=True,
        sqlite_where=text(UNSETTLED), postgresql_where=text(UNSETTLED),
    ),
)  # fmt: skip

seen = Table(
    "seen", metadata, *_record(),
    Column("print", String(64), nullable=False),
    Column("settled", Boolean, nullable=False),
)  # fmt: skip

groups = Table(
    "groups", metadata, *_record(),
    Column("rule", String(128), primary_key=True),
    Column("value", Text, nullable=False),
    Index("ix_groups_value", "link", "agenda", "direction", "rule", "value"),
)  # fmt: skip

due = Table("due", metadata, *_record(), Column("why", String(128), nullable=False))

quarantine = Table(
    "quarantine", metadata, *_record(),
    Column("reasons", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("run_id", String(320), nullable=False),
    Column("since", DateTime, nullable=False),
    Column("dismissed", Boolean, nullable=False, server_default=text("false")),
)  # fmt: skip

held = Table(
    "held", metadata, *_record(),
    Column("waits_agenda", String(64)),
    Column("waits_for", String(128)),
    Column("waits_key", Text),
    Column("reason", Text, nullable=False),
    Column("since", DateTime, nullable=False),
)  # fmt: skip

wishes = Table(
    "wishes", metadata, *_record(),
    Column("waits_agenda", String(64), primary_key=True),
    Column("waits_for", String(128), primary_key=True),
    Column("waits_key", Text),
)  # fmt: skip
"""What a record went without, as it was not there: the record goes again when it is."""

conflicts = Table(
    "conflicts", metadata, *_record(),
    Column("fields", Text, nullable=False),
    Column("decision", Text, nullable=False, server_default="{}"),
    Column("since", DateTime, nullable=False),
)  # fmt: skip

outcomes = Table(
    "outcomes", metadata,
    Column("run_id", String(320), primary_key=True),
    Column("technical", String(128), primary_key=True, index=True),
    Column("outcome", String(16), nullable=False),
    Column("reason", Text),
    Column("target_id", String(128)),
    Column("changes", Text, nullable=False, server_default="{}"),
)  # fmt: skip

figures = Table(
    "figures", metadata,
    Column("link", String(64), primary_key=True),
    Column("agenda", String(64), primary_key=True),
    Column("crm_id", String(128), primary_key=True),
    Column("figure", String(64), nullable=False),
    Column("key", Text, nullable=False),
    Column("amount", String(64), nullable=False),
    Index("ix_figures_key", "link", "figure", "key"),
)  # fmt: skip
"""What each carried document adds to a figure of the record that it names."""

leases = Table(
    "leases", metadata,
    Column("target", String(320), primary_key=True),
    Column("owner", String(320), nullable=False),
    Column("token", Integer, nullable=False),
    Column("until", Float, nullable=False),
)  # fmt: skip

kept = Table("kept", metadata, Column("name", String(320), primary_key=True), Column("text", Text, nullable=False))
"""What a side keeps between runs, one text a name; secrets among them are encrypted."""

mails = Table(
    "mails", metadata, *_flow(),
    Column("cause", String(192), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("at", DateTime, nullable=False),
)  # fmt: skip

deletions = Table(
    "deletions", metadata, *_record(),
    Column("since", DateTime, nullable=False),
    Column("done", String(16)),
)  # fmt: skip

decisions = Table(
    "decisions", metadata, *_record(),
    Column("pair", String(128)),
    Column("at", DateTime, nullable=False),
)  # fmt: skip
"""What a person said of a record's match: its pair on the target, or none: it is a new one."""
