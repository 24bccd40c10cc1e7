"""One start of the program: prepared or not, then each request answered, one after another.

What can go wrong on purpose, by the word in `fault`:

| fault        | what happens                                                                     |
|--------------|----------------------------------------------------------------------------------|
| late         | everything is imported; the answers come at the next start                       |
| half         | everything is imported; half of each answer now, the whole at the next start     |
| missing      | everything is imported; no answer ever comes                                     |
| killed       | the program dies after the first request was imported, before its answer         |
| killed:N     | the same after N items of the first request                                      |
| 551 ... 557  | the program does not begin, with that number                                     |
"""

import fcntl
import json
import os
import sys
from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from lxml import etree

from pohoda_sandbox.pohoda.database import Pohoda
from pohoda_sandbox.pohoda.exe import ini as settings
from pohoda_sandbox.pohoda.exe import late
from pohoda_sandbox.pohoda.exe.errors import TEXTS, Unprepared
from pohoda_sandbox.pohoda.exe.ini import Ini
from pohoda_sandbox.pohoda.mserver import SCHEMAS_VARIABLE
from pohoda_sandbox.pohoda.xml import XmlUnit, answers
from pohoda_sandbox.pohoda.xml.schemas import Schemas

USER = "api"
OK, FAILED, MISUSED = 0, 1, 2
ITEM = "{http://www.stormware.cz/schema/version_2/data.xsd}dataPackItem"


class Killed(Exception):
    """The program dies here, as if its process was killed."""


def main(argv: Sequence[str], data: Path, fault: str = "") -> int:
    """The exit code: 0 when every request was worked on, whatever was said of it; 1 with a number from 551 to 557.

    `argv` is `/XML user password ini`; `data` the data folder of a sandbox, whose users and databases there are.
    """
    if len(argv) != 4 or argv[0].upper() != "/XML":
        sys.stderr.write("pohoda.exe /XML <user> <password> <ini>\n")
        return MISUSED
    late.deliver(data)
    _, user, password, ini = argv
    jobs: Sequence[tuple[Path, Path]] = ()
    try:
        known = settings.read(Path(ini))
        jobs = known.jobs
        with _opened(data, known.database, user, password, fault) as pohoda:
            for job in jobs:
                _work(data, pohoda, known, *job, fault)
    except Unprepared as error:
        sys.stderr.write(f"{error}\n")
        for _, answer in jobs:
            _write(answer, _refusal(error.number))
        return FAILED
    return OK


@contextmanager
def _opened(data: Path, database: str, user: str, password: str, fault: str) -> Generator[Pohoda]:
    """The unit, for this program alone. Raises Unprepared."""
    if fault.isdigit() and int(fault) in TEXTS:
        raise Unprepared(int(fault))
    name = database if database.startswith("StwPh_") else f"StwPh_{database.removesuffix('.mdb')}"
    path = data / f"{name}.db"
    if Path(name).name != name or not path.is_file():
        raise Unprepared(553)
    with (data / f"{name}.exe.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Unprepared(553) from error
        if user != USER or password != json.loads((data / "secrets.json").read_text(encoding="utf-8"))["mserver"]:
            raise Unprepared(554)
        with closing(Pohoda(path)) as pohoda:
            yield pohoda


def _work(data: Path, pohoda: Pohoda, ini: Ini, request: Path, answer: Path, fault: str) -> None:
    body = request.read_bytes()
    if ini.xslt_input is not None:
        body = _transformed(ini.xslt_input, body)
    kill, _, items = fault.partition(":")
    if kill == "killed" and items:
        body = _first(body, int(items))
    folder = os.environ.get(SCHEMAS_VARIABLE)
    unit = XmlUnit(pohoda, Schemas(Path(folder)) if folder else None)
    said = unit.answer(body, check_duplicity=ini.check_duplicity)
    if kill == "killed":
        raise Killed
    if ini.xslt_output is not None:
        said = _transformed(ini.xslt_output, said)
    if ini.format_output:
        said = _indented(said)
    if fault in {"late", "half"}:
        late.keep(data, answer, said)
    if fault not in {"late", "missing"}:
        _write(answer, said[: len(said) // 2] if fault == "half" else said)
    if ini.move_to is not None:
        ini.move_to.mkdir(exist_ok=True)
        request.rename(ini.move_to / request.name)


def _write(path: Path, said: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(said)


def _refusal(number: int) -> bytes:
    """How a preparation that failed is told is not known: a refused pack with the number in its note is assumed."""
    return answers.printed(
        answers.pack(answers.Sender("", ""), id="", note=f"{TEXTS[number]} ({number})", state="error")
    )


def _first(body: bytes, items: int) -> bytes:
    root: Any = etree.fromstring(body)
    for item in root.findall(ITEM)[items:]:
        root.remove(item)
    return _printed(root)


def _transformed(sheet: Path, body: bytes) -> bytes:
    """By the sheet; one that cannot be used is a general fault."""
    shut = dict.fromkeys(("read_file", "write_file", "create_dir", "read_network", "write_network"), False)
    access = etree.XSLTAccessControl(**shut)
    try:
        made = etree.XSLT(etree.parse(str(sheet)), access_control=access)(etree.fromstring(body))
    except (OSError, etree.LxmlError) as error:
        raise Unprepared(556) from error
    return bytes(made)


def _indented(said: bytes) -> bytes:
    root: Any = etree.fromstring(said)
    etree.indent(root)
    return _printed(root)


def _printed(root: Any) -> bytes:
    made: Any = etree.tostring(root, encoding="Windows-1250", xml_declaration=True)
    return bytes(made)
