"""The sandbox as a process of the demo, and reading by XML where the ODBC parts are missing."""

import importlib
import json
import re
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from pohoda_demo.environment import ROOT
from pohoda_demo.errors import DemoError
from pohoda_demo.processes import Processes, tail

COMMAND = (sys.executable, "-m", "pohoda_sandbox.up")


def start(
    processes: Processes,
    data: Path,
    port: int,
    env: Mapping[str, str],
    command: Sequence[str] = COMMAND,
    patience: float = 60.0,
) -> dict[str, str]:
    """Start it and wait for its line of JSON: the variables with which the product works against it."""
    one = processes.start("sandbox", [*command, "--data", str(data), "--base-port", str(port)], env, answers=True)
    until = time.monotonic() + patience
    while time.monotonic() < until:
        for line in one.out.read_text("utf-8", errors="replace").splitlines(keepends=True):
            if line.startswith("{") and line.endswith("\n"):
                return {name: str(value) for name, value in json.loads(line)["env"].items()}
        processes.check()
        time.sleep(0.1)
    raise DemoError(f"The sandbox was not ready within {patience:.0f} s.\n{tail(one.log)}")


def can_read_sql() -> bool:
    """Whether pyodbc can be imported (it needs the system's libodbc) and finds FreeTDS's driver."""
    try:
        drivers = importlib.import_module("pyodbc").drivers()
    except ImportError:
        return False
    return any(name.lower() == "freetds" for name in drivers)


def settings_by_xml(folder: Path, source: Path = ROOT / "include") -> Path:
    """A copy of the demo's units and links in which everything is read by XML. Returns the folder."""
    for part in ("units", "links"):
        shutil.copytree(source / part, folder / part)
        for file in (folder / part).glob("*.yaml"):
            file.write_text(re.sub(r"\bread:(\s*)(?:sql|mdb)\b", r"read:\1xml", file.read_text()))
    return folder
