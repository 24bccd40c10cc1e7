"""Ledgers for tests: migrated once in a process and copied, with engines that keep the statements they compiled."""

import atexit
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import event

from pohoda_bridge.ledger import Ledger, open_ledger

OPEN: dict[str, Ledger] = {}
_taken: set[int] = set()


@contextmanager
def prepared(info: dict[str, Any]) -> Generator[None]:
    """An empty ledger, which the `info` of a sandbox names from now on; one that ended is followed at its address."""
    number = min(set(range(len(_taken) + 1)) - _taken)
    folder = _place() / str(number)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copy(_template(), folder / "ledger.db")
    url = f"sqlite:///{folder / 'ledger.db'}"
    info["env"]["POHODA_BRIDGE_LEDGER"] = url
    _taken.add(number)
    try:
        yield
    finally:
        _taken.remove(number)
        if url in OPEN:
            OPEN[url].close()


def at(url: str) -> Ledger:
    """The ledger of this address. What a crash of the machine would take is not kept safe: no test makes one."""
    if url not in OPEN:
        OPEN[url] = open_ledger(url, migrate=not url.startswith(f"sqlite:///{_place()}"))
        if url.startswith("sqlite"):
            event.listen(OPEN[url].engine, "connect", lambda made, _: made.execute("PRAGMA synchronous=OFF"))
    return OPEN[url]


@cache
def _place() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="ledgers-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def _template() -> Path:
    path = _place() / "template.db"
    open_ledger(f"sqlite:///{path}").close()
    return path
