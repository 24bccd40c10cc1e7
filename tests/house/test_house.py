"""The house stands as the design draws it (section 4); every rule is broken once to see that it would be noticed."""

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pohoda_bridge.catalogue import Catalogue, open_catalogue
from pohoda_bridge.settings import ENVIRONMENT
from tests.house import rules
from tests.house.source import ROOT, sources

INCLUDE = ROOT / "include"
ANYONES = {"ID", "Datum"}
"""Columns of POHODA that are words of others too: `Datum` is a day there, and in eWay-CRM what an answer holds."""
ENGLISH = frozenset({"Type", "Unit", "Date", "Scope", "Items", "Order", "Invoice", "Centre", "Text", "Value"})
"""Words that a CRM calls its fields by, and the product and POHODA other things."""
DOC = '"""A file."""\n'
Check = Callable[[Path], Iterator[str]]


def variables(include: Path) -> Iterator[str]:
    return rules.unknown_variables(include, ENVIRONMENT)


def columns(known: Catalogue) -> frozenset[str]:
    """POHODA's tables and columns, as the agenda files name them."""
    parts = [part for agenda in known.agendas.values() for part in agenda.parts]
    sets = [of for part in parts for of in part.sets.values()]
    fields = [field for owner in (*parts, *sets) for field in owner.fields.values()]
    texts = [part.read.sql.table for part in parts] + [of.sql.table for of in sets if of.sql]
    texts += [field.sql for field in fields if field.sql]
    return frozenset(name for text in texts for name in re.split(r"[/.]", text)) - ANYONES


def wire_names(known: Catalogue) -> frozenset[str]:
    """The fields of every CRM, as the CRM files name them."""
    fields = (name for crm in known.crms.values() for entity in crm.entities.values() for name in entity.fields)
    return frozenset(fields) - ENGLISH


def pohoda_names(include: Path) -> Iterator[str]:
    known = open_catalogue()
    # POHODA's columns are Czech words, and `labels` has what its forms say.
    return rules.foreign_names(include, columns(known) - wire_names(known), ("pohoda", "quality.labels"))


def crm_names(include: Path) -> Iterator[str]:
    known = open_catalogue()
    # `records` splits names with groups that people write into their settings, and one CRM calls its fields so too.
    return rules.foreign_names(include, wire_names(known) - columns(known), ("records", "crm.eway"))


CHECKS: dict[Check, tuple[tuple[str, str, str], ...]] = {
    rules.layering: (
        ("records/x.py", "from pohoda_bridge.sync import run", "records imports sync"),
        ("sync/x.py", "def f():\n    from pohoda_bridge.pohoda.side import PohodaSide", "sync imports pohoda"),
        ("crm/x.py", "import pohoda_bridge.sync.load", "crm imports sync"),
        ("pohoda/x.py", "from ..crm import rest", "pohoda imports crm"),
        ("ledger/x.py", "from pohoda_bridge import link", "ledger imports link"),
        ("link.py", "from pohoda_bridge.year import switch", "link imports year"),
        ("wonder/x.py", "", "part wonder stands in no layer"),
    ),
    rules.cycles: (("side.py", "from pohoda_bridge.catalogue import Flow", "catalogue -> side -> catalogue"),),
    rules.heavy_imports: (
        ("sync/x.py", "import pandas as pd", "pandas outside a function"),
        ("sync/x.py", "try:\n    from lxml import etree\nexcept ImportError:\n    pass", "lxml outside a function"),
        ("sync/x.py", "class A:\n    import pyodbc", "pyodbc outside a function"),
    ),
    rules.strange_imports: (
        ("link.py", "from pohoda_sandbox.sandbox import Sandbox", "pohoda_bridge imports pohoda_sandbox"),
        ("steps.py", "def f():\n    from airflow.sdk import task", "pohoda_bridge imports airflow"),
        ("../pohoda_sandbox/x.py", "import pohoda_bridge", "pohoda_sandbox imports pohoda_bridge"),
    ),
    rules.undocumented: (
        ("sync/x.py", "def load(): ...", "load has no docstring"),
        ("sync/x.py", "class Load: ...", "Load has no docstring"),
    ),
    variables: (
        ("sync/x.py", "import os\nos.environ['SECRET']", "SECRET is not in settings"),
        ("sync/x.py", "import os\nos.environ.get('SECRET', 1)", "SECRET is not in settings"),
        ("sync/x.py", "import os\nos.getenv('SECRET')", "SECRET is not in settings"),
        ("sync/x.py", "import os\n'SECRET' in os.environ", "SECRET is not in settings"),
        ("sync/x.py", "import os\nname = 'A'\nos.environ[name]", "? is not in settings"),
    ),
    pohoda_names: (("sync/x.py", "row = {'RefAD': 1}", "RefAD"),),
    crm_names: (("pohoda/x.py", "row = {'CompanyId': 1}", "CompanyId"),),
}
SEEDED = [(check, *fault) for check, faults in CHECKS.items() for fault in faults]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_rule_is_kept(check: Check) -> None:
    assert len(sources(INCLUDE, "pohoda_bridge")) > 50
    assert [*check(INCLUDE)] == []


@pytest.mark.parametrize(("check", "place", "text", "says"), SEEDED)
def test_a_breach_is_found(tmp_path: Path, check: Check, place: str, text: str, says: str) -> None:
    rules.read(tmp_path / "pohoda_bridge/catalogue/__init__.py", f"{DOC}from pohoda_bridge.side import Row\n")
    assert [*check(tmp_path)] == []
    rules.read((tmp_path / "pohoda_bridge" / place).resolve(), f"{DOC}{text}\n")
    (found,) = check(tmp_path)
    assert says in found


def test_a_file_without_a_docstring_is_found(tmp_path: Path) -> None:
    rules.read(tmp_path / "pohoda_bridge/x.py", "A = 1\n")
    assert [*rules.undocumented(tmp_path)] == ["pohoda_bridge/x.py:1: no docstring"]


def test_what_is_allowed_is_not_found(tmp_path: Path) -> None:
    text = (
        f"{DOC}from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pandas\n"
        "def _late():\n    import pandas\n    os.environ['X'] = '1'\n"
    )
    rules.read(tmp_path / "pohoda_bridge/cli/sandbox.py", f"{text}    import pohoda_sandbox\n")
    for check in CHECKS:
        assert [*check(tmp_path)] == []


def test_no_file_wants_to_be_two(tmp_path: Path) -> None:
    assert [*rules.long_files(ROOT)] == []
    rules.read(tmp_path / "dags/x.py", "\n" * (rules.LINES + 1))
    assert [*rules.long_files(tmp_path)] == ["dags/x.py: 351 lines"]


def test_the_plugins_folder_holds_one_file(tmp_path: Path) -> None:
    assert rules.plugin_files(ROOT) == ["pohoda_bridge_plugin.py"]
    rules.read(tmp_path / "plugins/secrets.py", "")
    assert rules.plugin_files(tmp_path) == ["secrets.py"]


def test_no_file_names_a_place_on_somebodys_machine(tmp_path: Path) -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this copy is no git repository")
    assert [*rules.machine_paths(ROOT, listed.stdout.splitlines())] == []
    place = "/".join(["", "home", "somebody"])
    rules.read(tmp_path / "a.md", f"see {place}/x\nand https://example.com{place}/x\n")
    assert [*rules.machine_paths(tmp_path, ["a.md"])] == [f"a.md:1: {place}"]
