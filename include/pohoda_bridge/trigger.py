"""What a scheduler's run asks for, as a request to the sync; knows no scheduler, only plain values."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pohoda_bridge.catalogue import Flow
from pohoda_bridge.errors import SettingsError
from pohoda_bridge.ledger import Request

Interval = tuple[datetime | None, datetime | None]
TICKS = frozenset({"scheduled", "asset_triggered", "asset_materialization"})


def request_of(run_type: str, params: Mapping[str, Any], interval: Interval, timezone: str) -> Request:
    """A scheduled or asset run reads from the cursor; a backfill its interval; any other what its form says.

    `interval` are aware times (start inclusive, end exclusive), `timezone` the zone of the source's naive times.
    Raises SettingsError when the form contradicts itself.
    """
    if run_type in TICKS:
        return Request()
    dry_run = bool(params.get("dry_run"))
    if run_type == "backfill":
        return Request("window", *local_window(*interval, ZoneInfo(timezone)), dry_run=dry_run)
    return _asked(params, ZoneInfo(timezone), dry_run)


def local_window(
    start: datetime | None, end: datetime | None, zone: ZoneInfo
) -> tuple[datetime | None, datetime | None]:
    """The naive local times in which everything lies that was saved from `start` to before `end`.

    Where the clock goes back within the interval an hour comes twice: the window is then an hour wider on both ends,
    for local times alone cannot tell its two passes apart. A row that is read twice is unchanged the second time.
    """
    if start is None or end is None:
        raise SettingsError("a backfill has a data interval; this run has none")
    back = max(_offset(start, zone) - _offset(end, zone), timedelta())
    return _naive(start, zone) - back, _naive(end, zone) + back


def technical_ids(flow: Flow, ids: tuple[str, ...]) -> tuple[str, ...]:
    """Technical ids; a bare number is POHODA's own ID in the agenda's table of the newest year."""
    year, table = max(flow.unit.years), flow.agenda.read.sql.table
    bare = flow.direction == "to_crm"
    return tuple(f"{year}/{table}/{one}" if bare and one.isdecimal() else one for one in ids)


def told(request: Request) -> str:
    """The request in words, for a log."""
    parts: list[str] = [request.mode]
    if request.mode == "window":
        parts.append(f"saved from {request.since or 'the beginning'} to before {request.until or 'now'}")
    if request.ids:
        parts.append(f"{len(request.ids)} records by id")
    return ", ".join([*parts, "dry run: nothing is written"] if request.dry_run else parts)


def _asked(params: Mapping[str, Any], zone: ZoneInfo, dry_run: bool) -> Request:
    since, until = (_parsed(params.get(name), name, zone) for name in ("since", "until"))
    ids = tuple(str(one).strip() for one in params.get("ids") or ())
    mode = params.get("mode") or "incremental"
    if mode not in {"incremental", "full", "window"}:
        raise SettingsError(f"unknown mode {mode!r}; it is incremental, full or window")
    windowed = since is not None or until is not None
    if ids and (windowed or mode != "incremental"):
        raise SettingsError("`ids` names the records already: leave `mode`, `since` and `until` as they are")
    if ids:
        return Request("ids", ids=ids, dry_run=dry_run)
    if mode == "full" and windowed:
        raise SettingsError("mode `full` reads everything: leave `since` and `until` empty, or take mode `window`")
    if mode == "window" and not windowed:
        raise SettingsError("mode `window` needs `since`, `until` or both")
    if since is not None and until is not None and since >= until:
        raise SettingsError("`since` must be before `until`")
    if windowed:
        return Request("window", since, until, dry_run=dry_run)
    return Request("full" if mode == "full" else "incremental", dry_run=dry_run)


def _parsed(text: str | None, name: str, zone: ZoneInfo) -> datetime | None:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise SettingsError(f"`{name}` is no time: {text!r}; write it as 2026-01-31T08:00:00") from error
    return _naive(at, zone) if at.tzinfo else at


def _naive(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()
