"""The folders of one unit-year, on a share that POHODA and several machines of ours see.

A pack is the file `<pack>.xml`; one that is sent again after it was answered is `<pack>-2.xml`, and so on. Its answer
has the same name in the response folder. Files go this way, and none is ever written over:

    input/<name>.xml      put there under another name, then linked: whole at once, and only once
    response/<name>.xml   POHODA's answer
    done/<name>.xml, done/<name>.response.xml   both, once the ledger knows the answer
"""

import os
import re
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from pohoda_bridge.connections import Connection
from pohoda_bridge.errors import Doubt, Retry, StopAgenda

MAX_ANSWER = 64 << 20
FORGOTTEN = 86400.0
"""A file under another name that is so old (seconds) was left by a writer that was killed."""
_NAME = re.compile(r"([0-9A-Za-z]+)(?:-\d+)?")


class Folders:
    """`extra` of the connection: `input` (POHODA's input_dir), `response` and `done` (below `input` by default).

    Every method raises Retry when the share cannot be reached.
    """

    def __init__(self, connection: Connection) -> None:
        self._id = connection.id
        self.input = self._folder(connection, "input", "")
        self.response = self._folder(connection, "response", "response")
        self.done = self._folder(connection, "done", "done")
        if len({self.input, self.response, self.done}) < 3:
            raise StopAgenda(f"connection {self._id}: `input`, `response` and `done` must be three folders")

    def check(self) -> None:
        """StopAgenda when a pack could not be put there safely. Only folders below `input` are made."""
        with self._reached():
            for folder in (self.response, self.done):
                if folder.parent == self.input and self.input.is_dir():
                    folder.mkdir(exist_ok=True)
        for folder in (self.input, self.response, self.done):
            if not folder.is_dir():
                raise StopAgenda(f"connection {self._id}: there is no folder {folder.name!r}, or the share is away")
        try:
            part = self._part("probe", b"")
            try:
                os.link(part, moved := self.done / part.name)
                moved.unlink()
            finally:
                part.unlink()
        except OSError as error:
            raise StopAgenda(
                f"connection {self._id}: files cannot be made in `input` and linked from there to `done` "
                f"({error.strerror}); both lie in one file system, and without hard links two machines could put a "
                "pack there twice"
            ) from None

    def lies(self, pack: str) -> bool:
        """Whether the pack was put there and its last answer was not put away."""
        name = self.newest(pack)
        return name is not None and self._is_open(name)

    def put(self, pack: str, body: bytes) -> bool:
        """Put the pack there, whole at once; False when it lies there already, whoever put it.

        Retry: it is certainly not there. Doubt: nobody knows.
        """
        with self._reached():
            part = self._part(pack, body)
        try:
            last = self.newest(pack)  # asked once: a second look could find what another machine put there meanwhile
            if last is not None and self._is_open(last):
                return False
            name = pack if last is None else f"{pack}-{_number(last) + 1}"
            os.link(part, self._pack(name))
        except FileExistsError:
            return False
        except OSError as error:
            raise Doubt(f"the folder of packs did not say whether it took a pack ({error.strerror})") from None
        finally:
            with suppress(OSError):
                part.unlink()
        return True

    def newest(self, pack: str) -> str | None:
        """The name under which the pack was put there last, or None."""
        last = None
        with self._reached():
            for name in _names(pack):
                if not any(path.exists() for path in self._files(name)):
                    return last
                last = name
        return last

    def waits(self, name: str) -> bool:
        """Whether the file still lies where POHODA will take it, now or when it is started again."""
        with self._reached():
            return self._pack(name).exists()

    def answer(self, name: str) -> bytes | None:
        """The answer as it is, or None when none has come. Doubt while it grows."""
        for path in (self._answer(name), self._kept(name)):
            with self._reached():
                try:
                    before = path.stat()
                    if before.st_size > MAX_ANSWER:
                        raise Doubt("the answer is longer than any answer is")
                    body = path.read_bytes()
                    after = path.stat()
                except FileNotFoundError:
                    continue
            if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
                raise Doubt("the answer is being written")
            return body
        return None

    def withdraw(self, name: str) -> None:
        """Take the pack away from where POHODA would find it again; harmless when POHODA moved it."""
        with self._reached():
            _moved(self._pack(name), self.done / f"{name}.xml")

    def put_away(self, pack: str) -> None:
        """Move the pack and its answer to `done`, and remove what a killed writer left half done."""
        name = self.newest(pack)
        if name is None:
            return
        self.withdraw(name)
        with self._reached():
            _moved(self._answer(name), self._kept(name))
            for part in self.input.glob(".*.part"):
                with suppress(FileNotFoundError):
                    if part.name.startswith(f".{pack}.") or time.time() - part.stat().st_mtime > FORGOTTEN:
                        part.unlink()

    def answered(self) -> frozenset[str]:
        """The packs whose answers lie there, ours or not."""
        with self._reached():
            names = [path.stem for path in self.response.glob("*.xml")]
        return frozenset(found[1] if (found := _NAME.fullmatch(name)) else name for name in names)

    def keep(self, name: str, body: bytes) -> None:
        """A file beside the packs, whole at once, replaced when it is another."""
        with self._reached():
            path = self.input / name
            if not path.exists() or path.read_bytes() != body:
                self._part(name, body).replace(path)

    def _part(self, name: str, body: bytes) -> Path:
        part = self.input / f".{name}.{uuid4().hex}.part"
        try:
            with part.open("xb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            part.unlink(missing_ok=True)
            raise
        return part

    def _is_open(self, name: str) -> bool:
        with self._reached():
            return not self._kept(name).exists() or self._answer(name).exists()

    def _pack(self, name: str) -> Path:
        return self.input / f"{name}.xml"

    def _answer(self, name: str) -> Path:
        return self.response / f"{name}.xml"

    def _kept(self, name: str) -> Path:
        return self.done / f"{name}.response.xml"

    def _files(self, name: str) -> tuple[Path, ...]:
        return (self._pack(name), self._answer(name), self._kept(name), self.done / f"{name}.xml")

    def _folder(self, connection: Connection, name: str, below: str) -> Path:
        text = connection.extra.get(name)
        if isinstance(text, str) and text.strip():
            return Path(text.strip())
        if not below:
            raise StopAgenda(f"connection {connection.id} needs `{name}` in its extra: the folder of packs")
        return self.input / below

    @contextmanager
    def _reached(self) -> Generator[None]:
        try:
            yield
        except OSError as error:
            raise Retry(f"the folders of connection {self._id} cannot be used now ({error.strerror})") from None


def _names(pack: str) -> Iterator[str]:
    yield pack
    number = 2
    while True:
        yield f"{pack}-{number}"
        number += 1


def _number(name: str) -> int:
    return int(name.partition("-")[2] or 1)


def _moved(path: Path, to: Path) -> None:
    """Move a file that may be gone; one that stands there already, of an earlier answer, stays beside it."""
    number, wanted = 2, to
    while to.exists() and path.exists():
        to = wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}")
        number += 1
    try:
        path.rename(to)
    except FileNotFoundError:
        return
