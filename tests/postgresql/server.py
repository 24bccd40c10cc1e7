"""A PostgreSQL server of the tests' own: in a temporary folder, on a socket in it, gone when they are done.

It sorts as Slovaks do, so that nothing leans on the order of bytes.
"""

import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from pohoda_bridge.ledger import open_ledger
from tests.waits import until

DRIVERS = ("psycopg2", "psycopg")
LACKING = "no PostgreSQL server here: make postgres"
SETTINGS = ("fsync=off", "full_page_writes=off", "shared_buffers=16MB", "autovacuum=off", "listen_addresses=")
_NAME = re.compile(r"/(ledger\d+)\?")


class Server:
    """`new` makes a database; `restart` is what a crash of the server is to those who are connected."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self.folder, self._numbers, self._template = programs, folder, count(1), ""
        self._as: dict[str, Any] = {}
        if os.getuid() == 0:  # root must not run it
            user = next(one for one in ("postgres", "nobody") if _known(one))
            self._as = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
            shutil.chown(folder, user)
        made = ("initdb", "-D", "data", "-U", "bridge", "-A", "trust", "-N", "-E", "UTF8", "--no-instructions",
                "--locale=C", "--locale-provider=icu", "--icu-locale=sk-SK")  # fmt: skip
        self._run(*made)
        self.start()

    def _command(self, program: str, *arguments: str) -> tuple[list[str], dict[str, Any]]:
        return [str(self._programs / program), *arguments], {"cwd": self.folder, **self._as}

    def _run(self, *command: str) -> None:
        words, options = self._command(*command)
        done = subprocess.run(words, **options, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        settings = [word for one in SETTINGS for word in ("-c", one)]
        words, options = self._command("postgres", "-D", "data", "-k", str(self.folder), *settings)
        with (self.folder / "log").open("a") as log:
            self._process = subprocess.Popen(words, **options, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        until(self._answers)

    def _answers(self) -> bool:
        assert self._process.poll() is None, (self.folder / "log").read_text()
        try:
            psycopg2.connect(host=self.folder, user="bridge", dbname="postgres").close()
        except psycopg2.OperationalError:
            return False
        return True

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """At once by default, as a crash; with SIGINT as an administrator does."""
        self._process.send_signal(how)
        self._process.wait(timeout=60)

    def restart(self, how: signal.Signals = signal.SIGQUIT) -> None:
        self.stop(how)
        self.start()

    def url(self, database: str, driver: str = DRIVERS[0]) -> str:
        return f"postgresql+{driver}://bridge@/{database}?host={self.folder}"

    def new(self, *, migrated: bool = True, driver: str = DRIVERS[0]) -> str:
        """The address of a new database, with an empty ledger unless told otherwise."""
        if migrated and not self._template:
            self._template = f"ledger{next(self._numbers)}"
            self.ask(f"CREATE DATABASE {self._template}")
            open_ledger(self.url(self._template)).close()
        name = f"ledger{next(self._numbers)}"
        self.ask(f"CREATE DATABASE {name} TEMPLATE {self._template if migrated else 'template1'}")
        return self.url(name, driver)

    def drop(self, url: str) -> None:
        """Forget a database, whoever is connected to it."""
        [name] = _NAME.findall(url)
        self.ask(f"DROP DATABASE {name} WITH (FORCE)")

    def ask(self, statement: str, url: str | None = None) -> None:
        """What no ledger does, in this database."""
        [name] = _NAME.findall(url) if url else ["postgres"]
        connection = psycopg2.connect(host=self.folder, user="bridge", dbname=name)
        connection.autocommit = True
        connection.cursor().execute(statement)
        connection.close()


@contextmanager
def server() -> Generator[Server]:
    """Without the server's programs the test is skipped, but where CI asks for all tests it fails."""
    programs = _programs()
    if programs is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(LACKING)
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    try:
        running = Server(programs, folder)
        try:
            yield running
        finally:
            running.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    """The folder of initdb and postgres: Debian's newest, or that on the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    other = shutil.which("postgres")
    newest = found[-1] if found else Path(other).resolve() if other else None
    return newest.parent if newest and (newest.parent / "initdb").exists() else None


def _known(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True
