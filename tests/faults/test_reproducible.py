"""The same input gives the same plan, byte by byte: any hash seed, time zone, locale and order of rows (G23)."""

import os
import subprocess
import sys
from pathlib import Path

from tests.faults.arena import Arena, Arenas
from tests.faults.forks import ROOT

SURROUNDINGS = (
    {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "4711", "TZ": "America/St_Johns", "LC_ALL": "C.UTF-8"},
    {"PYTHONHASHSEED": "99", "TZ": "Pacific/Kiritimati", "LC_ALL": "cs_CZ.ISO8859-2", "REVERSED": "1"},
)
PLANNING = """
import json, os, sys
from pathlib import Path
from types import SimpleNamespace
from tests.faults import judging
from tests.faults.arena import Arena, open_ledger
from pohoda_bridge import sync
from pohoda_bridge.ledger import Request
from pohoda_bridge.pohoda.sql.reader import SqlReader
from pohoda_bridge.pohoda.xml.reader import XmlReader

if os.environ.get("REVERSED"):
    for reader in (SqlReader, XmlReader):
        def read(self, agenda, window, plain=reader.read):
            found = plain(self, agenda, window)
            parts = [part[::-1] for part in found.parts][::-1]
            return type(found)(found.now, iter(parts))
        reader.read = read
folder = Path(sys.argv[1])
ledger = open_ledger(f"sqlite:///{folder / 'ledger.db'}", migrate=False)
arena = Arena(SimpleNamespace(info=json.loads(sys.argv[2])), folder, ledger)
for agenda in ("clients", "addresses", "contacts"):
    with arena.job(agenda) as job:
        name = os.environ["NAME"] + agenda
        sync.extract(job, name, Request("full", dry_run=True))
        sync.validate(job, name); sync.transform(job, name); sync.plan(job, name)
        lines = job.files(name).lines("plan")
        (folder / (os.environ["NAME"] + agenda)).write_text("".join(json.dumps(line) + "\\n" for line in lines))
"""


def plans(arena: Arena, name: str, surroundings: dict[str, str]) -> list[list[str]]:
    """The lines of each agenda's plan, made by a process of its own; in the order of the records' ids."""
    import json

    environment = {**os.environ, **surroundings, "NAME": name}
    told = json.dumps({"env": arena.sandbox.info["env"]})
    command = [sys.executable, "-c", PLANNING, str(arena.folder), told]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return [
        sorted(Path(arena.folder / (name + agenda)).read_text(encoding="utf-8").splitlines())
        for agenda in ("clients", "addresses", "contacts")
    ]


def test_the_same_input_gives_the_same_plan(arenas: Arenas) -> None:
    """Clients that were carried and partly changed, addresses and contacts that are new."""
    with arenas.open(size=20, seed=2, after=("clients",)) as arena:
        for row in arena.companies()[::3]:
            arena.pohoda.edit("AD", row["ID"], Tel="+421 900 900 900", Obec="Žilina")
        first, *others = (plans(arena, f"p{n}", around) for n, around in enumerate(SURROUNDINGS))
        assert sum(map(len, first)) > 30
        for other in others:
            assert other == first
