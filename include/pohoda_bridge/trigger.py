"""What a scheduler's run asks for, as a request to the sync; knows no scheduler, only plain values."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pohoda_bridge.errors import SettingsError
from pohoda_bridge.ledger import Request


def request_of(
    run_type: str,
    params: Mapping[str, Any],
    interval: tuple[datetime | None, datetime | None],
    timezone: str,
) -> Request:
    """A scheduled or asset run reads from the cursor; a backfill its interval; a manual one what its form says.

    `interval` are aware times (start inclusive, end exclusive), `timezone` the zone of the source's naive times.
    """
    zone = ZoneInfo(timezone)
    if run_type == "backfill":
        since, until = (_naive(at, zone) for at in interval)
        return Request("window", since, until)
    if run_type != "manual":
        return Request()
    dry_run = bool(params.get("dry_run"))
    since, until = (_parsed(params.get(name), name, zone) for name in ("since", "until"))
    ids = tuple(params.get("ids") or ())
    mode = params.get("mode") or "incremental"
    if ids:
        return Request("ids", ids=ids, dry_run=dry_run)
    if mode == "window" and since is None and until is None:
        raise SettingsError("mode `window` needs `since`, `until` or both")
    if mode == "window" or since or until:
        return Request("window", since, until, dry_run=dry_run)
    if mode not in {"incremental", "full"}:
        raise SettingsError(f"unknown mode {mode!r}; it is incremental, full or window")
    return Request(mode, dry_run=dry_run)


def _parsed(text: str | None, name: str, zone: ZoneInfo) -> datetime | None:
    if not text:
        return None
    try:
        return _naive(datetime.fromisoformat(text), zone)
    except ValueError as error:
        raise SettingsError(f"`{name}` is no time: {text!r}; write it as 2026-01-31T08:00:00") from error


def _naive(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    return at.astimezone(zone).replace(tzinfo=None) if at is not None and at.tzinfo else at
