"""What a task's log says, for people: Airflow writes it as lines of JSON with whole stacks in them."""

import json
from pathlib import Path
from typing import Any

LOUD = frozenset({"warning", "error", "critical"})


def complaints(log: Path, lines: int = 5) -> str:
    """The last warnings and errors, one line each, the place of an exception with it; then where the log is."""
    text = log.read_text("utf-8", errors="replace").splitlines() if log.exists() else []
    found = [said for line in text if (said := _said(line))]
    return "\n".join([f"    {said}" for said in found[-lines:]] + [f"  The whole log: {log}"])


def _said(line: str) -> str:
    try:
        entry: dict[str, Any] = json.loads(line)
    except ValueError:
        return line
    if entry.get("level") not in LOUD:
        return ""
    parts = [str(entry.get("event", ""))]
    for error in entry.get("error_detail") or []:
        place = (error.get("frames") or [{}])[-1]
        at = f" ({place.get('filename')}:{place.get('lineno')})" if place else ""
        parts.append(f"{error.get('exc_type')}: {error.get('exc_value')}{at}")
    return ": ".join(parts)
