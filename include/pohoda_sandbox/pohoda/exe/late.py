"""Answers that come later: kept in the data folder, and written where they belong when the program is started again."""

import base64
import json
from pathlib import Path

NAME = "exe_late.json"


def keep(data: Path, path: Path, answer: bytes) -> None:
    """Keep an answer for the next start."""
    known = _known(data)
    (data / NAME).write_text(json.dumps({**known, str(path): base64.b64encode(answer).decode()}), encoding="utf-8")


def deliver(data: Path) -> None:
    """Write every answer that was kept."""
    for path, answer in _known(data).items():
        Path(path).write_bytes(base64.b64decode(answer))
    (data / NAME).unlink(missing_ok=True)


def _known(data: Path) -> dict[str, str]:
    file = data / NAME
    known: dict[str, str] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return known
