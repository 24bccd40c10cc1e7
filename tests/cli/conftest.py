"""A command run as a shell runs it, in this process: its exit code and what it printed."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from pohoda_bridge.cli import main


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """The JSON document on the last line of stdout."""
        return json.loads(self.out.rstrip("\n").splitlines()[-1])


Command = Callable[..., Done]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """`command("sync", "gram", ...)`; a traceback on either stream fails the test."""

    def run(*words: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["pohoda-bridge", *words])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        told = capsys.readouterr()
        assert "Traceback" not in told.out + told.err
        return Done(code, told.out, told.err)

    return run
