"""Files of a company's folder of documents, handed out as the mServer does."""

import mimetypes
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path

from pohoda_sandbox.http import Reply


def found(folder: Path, path: str) -> Path | None:
    """The file with that path below the folder, whatever its letters' case; None when there is none."""
    place = folder
    for step in path.replace("\\", "/").split("/"):
        if step in {"", ".", ".."} or not place.is_dir():
            return None
        inside = {file.name: file for file in sorted(place.iterdir())}
        alike = [file for name, file in inside.items() if name.casefold() == step.casefold()]
        if not alike:
            return None
        place = inside.get(step, alike[0])
    return place if place.is_file() and place.resolve().is_relative_to(folder.resolve()) else None


def sent(file: Path, since: str) -> Reply:
    """The file, or 304 when it was not changed since that HTTP date; an unreadable date is none."""
    changed = datetime.fromtimestamp(int(file.stat().st_mtime), UTC)
    headers = (("Last-Modified", format_datetime(changed, usegmt=True)),)
    if not _newer(changed, since):
        return Reply(HTTPStatus.NOT_MODIFIED, b"", "text/xml", headers)
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return Reply(HTTPStatus.OK, file.read_bytes(), kind, headers)


def _newer(changed: datetime, since: str) -> bool:
    try:
        moment = parsedate_to_datetime(since)
    except ValueError:
        return True
    return changed > (moment if moment.tzinfo else moment.replace(tzinfo=UTC))
