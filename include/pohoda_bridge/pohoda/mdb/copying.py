"""A private copy of an Access file that others write to meanwhile: the file as it stood at one moment, or none.

Two readings of the file that give the same bytes, one after the other, give what stood there between them. Size and
time of the file prove nothing: on a network folder both come late.
"""

import logging
import shutil
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from errno import ENOSPC
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Self

from pohoda_bridge.errors import Retry, StopAgenda

log = logging.getLogger(__name__)
TRIES = 3
WAIT_SECONDS = 5.0
CHUNK = 4 << 20
RESERVE = 64 << 20
# The copy, and its tables once more where they are asked.
ROOM = 2
PAGE = 4096
JET_4 = b"\x00\x01\x00\x00Standard Jet DB\x00\x01"


class Copy:
    """A copy in a folder that only we may open; `taken` is the moment (UTC) before its first byte was read.

    The folder goes with `close`, and with the process when it ends in any order.
    """

    def __init__(self, source: Path, *, wait: Callable[[float], None] = time.sleep) -> None:
        """Raises StopAgenda for a file that is not there, not ours to read or no Access file; Retry when no whole
        copy could be had."""
        self._folder = tempfile.TemporaryDirectory(prefix="pohoda-mdb-", ignore_cleanup_errors=True)
        self.path = Path(self._folder.name) / "copy.mdb"
        self.taken = datetime.now(UTC)
        try:
            with _readable(source):
                self._take(source, wait)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _take(self, source: Path, wait: Callable[[float], None]) -> None:
        if source.with_suffix(".ldb").exists():
            log.info("the Access file is in use (there is an .ldb beside it); it is read from a copy")
        for left in reversed(range(TRIES)):
            self.taken = datetime.now(UTC)
            size = source.stat().st_size
            _room(Path(self._folder.name), size)
            if _digest(source, self.path) == _digest(source):
                return _check(self.path, source)
            log.info("the Access file changed while it was copied; %d tries left", left)
            if left:
                wait(WAIT_SECONDS)
        raise Retry(
            f"{source} changed while it was copied, {TRIES} times: read it when fewer people work in POHODA, "
            "or let `extra.path` name a copy that is made at night"
        )


def _digest(source: Path, target: Path | None = None) -> bytes:
    """The digest of a file, which is written to `target` meanwhile."""
    seen = blake2b()
    with source.open("rb") as file:
        if target is None:
            while chunk := file.read(CHUNK):
                seen.update(chunk)
            return seen.digest()
        with target.open("wb") as copy:
            while chunk := file.read(CHUNK):
                seen.update(chunk)
                copy.write(chunk)
    return seen.digest()


def _check(copy: Path, source: Path) -> None:
    """StopAgenda unless the copy looks like a whole Access file; what is torn inside shows when tables are read."""
    with copy.open("rb") as file:
        head = file.read(len(JET_4))
    if head != JET_4:
        raise StopAgenda(f"{source} is no Access file of POHODA (Jet 4): check `extra.path` of the connection")
    if size := copy.stat().st_size % PAGE:
        raise StopAgenda(f"{source} is cut off: {size} bytes after its last whole page; copy it again, or restore it")


def _room(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < size * ROOM + RESERVE:
        raise _full(folder, f"{size * ROOM + RESERVE >> 20} MB are needed, {free >> 20} MB are free")


def _full(folder: Path, why: str) -> Retry:
    return Retry(f"no room for a copy of the Access file in {folder.parent}: {why}; make room, or set TMPDIR")


@contextmanager
def _readable(source: Path) -> Generator[None]:
    """Turns the system's errors into ours."""
    try:
        yield
    except FileNotFoundError:
        raise StopAgenda(f"there is no file {source}: check `extra.path`; a network folder must be mounted") from None
    except (PermissionError, IsADirectoryError):
        raise StopAgenda(f"{source} may not be read here: check `extra.path` and the rights to the file") from None
    except OSError as error:
        if error.errno == ENOSPC:
            raise _full(Path(tempfile.gettempdir()), "the disk ran full") from None
        raise Retry(f"{source} could not be read: {error.strerror or 'the system gave no reason'}") from None
