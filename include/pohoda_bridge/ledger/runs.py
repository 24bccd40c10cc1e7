"""Runs and cursors: what was asked, how far a side was read, what came of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, insert, select, update

from pohoda_bridge.ledger import schema
from pohoda_bridge.ledger.scope import Scope, chunks, upsert
from pohoda_bridge.ledger.store import utc_now

OUTCOMES = (
    "in_doubt", "submitted", "left_out", "quarantined", "conflict", "held", "cannot_write",
    "created", "updated", "deleted", "unchanged",
)  # fmt: skip
STANDING = ("left_out", "cannot_write")
"""Outcomes that stand until the record changes."""
Mode = Literal["incremental", "full", "window", "ids"]


@dataclass(frozen=True)
class Request:
    """What a run is asked to do; times are by the source's clock. Only incremental and full runs move the cursor."""

    mode: Mode = "incremental"
    since: datetime | None = None
    until: datetime | None = None
    ids: tuple[str, ...] = ()
    dry_run: bool = False

    @property
    def moves_cursor(self) -> bool:
        return self.mode in {"incremental", "full"} and not self.dry_run

    def dumps(self) -> str:
        since, until = (at.isoformat() if at else None for at in (self.since, self.until))
        return json.dumps(
            {
                "mode": self.mode,
                "since": since,
                "until": until,
                "ids": list(self.ids),
                "dry_run": self.dry_run,
            }
        )

    @classmethod
    def loads(cls, text: str) -> "Request":
        data = json.loads(text)
        since, until = (datetime.fromisoformat(data[k]) if data[k] else None for k in ("since", "until"))
        return cls(data["mode"], since, until, tuple(data["ids"]), data["dry_run"])


@dataclass(frozen=True)
class Run:
    """One run as the ledger knows it."""

    id: str
    scope: Scope
    request: Request
    state: str
    watermark: datetime | None
    skipped: int
    counts: Mapping[str, int]
    report: str | None
    started: datetime
    finished: datetime | None


@dataclass(frozen=True)
class Outcome:
    """What became of one record: exactly one a run."""

    technical: str
    outcome: str
    reason: str | None = None
    target_id: str | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)


def begin(connection: Connection, run_id: str, scope: Scope, request: Request) -> None:
    """A run begins, or begins again: what an earlier try of the same run noted is forgotten."""
    connection.execute(delete(schema.outcomes).where(schema.outcomes.c.run_id == run_id))
    row = {
        "id": run_id, **scope.columns(), "mode": request.mode, "dry_run": request.dry_run, "state": "running",
        "started": utc_now(), "finished": None, "request": request.dumps(), "watermark": None, "skipped": 0,
        "counts": "{}", "report": None,
    }  # fmt: skip
    upsert(connection, schema.runs, [row])


def extracted(connection: Connection, run_id: str, watermark: datetime | None, skipped: int) -> None:
    """Note how far the source was read (its own clock), and how many rows were as they were before."""
    values = {"watermark": watermark.isoformat() if watermark else None, "skipped": skipped}
    connection.execute(update(schema.runs).where(schema.runs.c.id == run_id).values(**values))


def finish(connection: Connection, run: Run, counts: Mapping[str, int], report: str | None) -> None:
    """The run is over; in this transaction its cursor moves, if the run may move it and it would not move back."""
    done = {"state": "done", "finished": utc_now(), "counts": json.dumps(counts), "report": report}
    connection.execute(update(schema.runs).where(schema.runs.c.id == run.id).values(**done))
    if not run.request.moves_cursor or run.watermark is None:
        return
    old = cursor(connection, run.scope)
    if old is None or run.watermark > old:
        row = {**run.scope.columns(), "watermark": run.watermark.isoformat(), "run_id": run.id}
        upsert(connection, schema.cursors, [row])


def failed(connection: Connection, run_id: str, text: str) -> None:
    """Note why a run that is going on has failed; the text is for people."""
    values = {"state": "failed", "finished": utc_now(), "report": text[:2000]}
    where = (schema.runs.c.id == run_id) & (schema.runs.c.state == "running")
    connection.execute(update(schema.runs).where(where).values(**values))


def resumed(connection: Connection, run_id: str) -> None:
    """A step of a failed run is tried again: the run is going on."""
    where = (schema.runs.c.id == run_id) & (schema.runs.c.state == "failed")
    connection.execute(update(schema.runs).where(where).values(state="running", finished=None, report=None))


def cursor(connection: Connection, scope: Scope) -> datetime | None:
    """How far the source was read, by its own clock."""
    found = connection.scalar(select(schema.cursors.c.watermark).where(scope.of(schema.cursors)))
    return datetime.fromisoformat(found) if found else None


def cursor_age(connection: Connection, scope: Scope) -> timedelta:
    """How long ago, by our own clock, the run began that moved the cursor last; zero when that is not known."""
    moved_by = select(schema.cursors.c.run_id).where(scope.of(schema.cursors)).scalar_subquery()
    began = connection.scalar(select(schema.runs.c.started).where(schema.runs.c.id == moved_by))
    return max(utc_now() - began, timedelta()) if began else timedelta()


def get(connection: Connection, run_id: str) -> Run:
    """The run; one that never began is a fault of ours."""
    row = connection.execute(select(schema.runs).where(schema.runs.c.id == run_id)).one()
    return _run(row)


def find(connection: Connection, run_id: str) -> Run | None:
    """The run, or None when no such run has begun."""
    row = connection.execute(select(schema.runs).where(schema.runs.c.id == run_id)).first()
    return _run(row) if row is not None else None


def latest(connection: Connection, *, link: str | None = None, limit: int = 100) -> list[Run]:
    """The newest runs first."""
    query = select(schema.runs).order_by(schema.runs.c.started.desc()).limit(limit)
    if link:
        query = query.where(schema.runs.c.link == link)
    return [_run(row) for row in connection.execute(query)]


def of_ids(connection: Connection, ids: Select[tuple[str]]) -> list[Run]:
    """The runs whose ids the query gives."""
    return [_run(row) for row in connection.execute(select(schema.runs).where(schema.runs.c.id.in_(ids)))]


def newest_done(connection: Connection, scope: Scope) -> str | None:
    """The id of the flow's newest run that is done and was no dry run."""
    table = schema.runs
    where = (scope.of(table), table.c.state == "done", table.c.dry_run.is_(False))
    return connection.scalar(select(table.c.id).where(*where).order_by(table.c.started.desc()).limit(1))


def record_outcomes(connection: Connection, run_id: str, outcomes: Sequence[Outcome]) -> None:
    """Store every outcome but `unchanged`, which is only counted unless it ends a change that could not be written."""
    stuck = not_written(connection, get(connection, run_id).scope)
    rows = [
        {"run_id": run_id, "technical": o.technical, "outcome": o.outcome, "reason": o.reason,
         "target_id": o.target_id, "changes": json.dumps(o.changes, ensure_ascii=False, default=str)}
        for o in outcomes if o.outcome != "unchanged" or o.technical in stuck
    ]  # fmt: skip
    for part in chunks(rows):
        connection.execute(insert(schema.outcomes), part)


def outcomes_of(connection: Connection, run_id: str) -> list[Outcome]:
    """The stored outcomes of a run."""
    query = select(schema.outcomes).where(schema.outcomes.c.run_id == run_id).order_by(schema.outcomes.c.technical)
    return [_outcome(row) for row in connection.execute(query)]


def history(connection: Connection, scope: Scope, technical: str, limit: int = 10) -> list[tuple[Run, Outcome]]:
    """What became of one record in the newest runs that did more with it than find it unchanged."""
    query = (
        select(
            schema.runs,
            schema.outcomes.c.technical,
            schema.outcomes.c.outcome,
            schema.outcomes.c.reason,
            schema.outcomes.c.target_id,
            schema.outcomes.c.changes,
        )
        .join(schema.outcomes, schema.outcomes.c.run_id == schema.runs.c.id)
        .where(scope.of(schema.runs), schema.outcomes.c.technical == technical)
        .order_by(schema.runs.c.started.desc())
        .limit(limit)
    )
    return [(_run(row), _outcome(row)) for row in connection.execute(query)]


def standing(connection: Connection, scope: Scope) -> dict[str, str]:
    """The outcomes that stand until the record changes, from the newest run of each record."""
    newest = _newest(connection, scope)
    return {technical: one.outcome for technical, one in newest.items() if one.outcome in STANDING}


def not_written(connection: Connection, scope: Scope) -> dict[str, Outcome]:
    """The records with a change that the target could not take, as their newest stored outcome says."""
    refused = schema.outcomes.c.outcome == "cannot_write"
    newest = _newest(connection, scope, refused)
    return {technical: _outcome(one) for technical, one in newest.items() if one.outcome == "cannot_write"}


def _newest(connection: Connection, scope: Scope, *met: ColumnElement[bool]) -> dict[str, Row[Any]]:
    """The newest stored outcome of each record; of those alone that once had one that `met` this."""
    table = schema.outcomes
    of = (scope.of(schema.runs), schema.runs.c.dry_run.is_(False))
    kept = select(table).join(schema.runs, schema.runs.c.id == table.c.run_id).where(*of)
    if met:
        kept = kept.where(table.c.technical.in_(kept.where(*met).with_only_columns(table.c.technical)))
    return {row.technical: row for row in connection.execute(kept.order_by(schema.runs.c.started))}


def _outcome(row: Any) -> Outcome:
    return Outcome(row.technical, row.outcome, row.reason, row.target_id, json.loads(row.changes))


def _run(row: Any) -> Run:
    return Run(
        row.id, Scope(row.link, row.agenda, row.direction), Request.loads(row.request), row.state,
        datetime.fromisoformat(row.watermark) if row.watermark else None, row.skipped, json.loads(row.counts),
        row.report, row.started, row.finished,
    )  # fmt: skip
