"""Parsing is done every half minute and once a task: it loads nothing heavy, and neither does a run without news."""

import os
import subprocess
import sys

from tests.airflow_home import ROOT
from tests.dags.conftest import Open

HEAVY = {"pandas", "numpy", "pyarrow", "lxml", "great_expectations", "pyodbc", "sqlglot", "fsspec", "requests"}
PARSE = f"""
import sys, runpy, airflow.sdk, airflow.sdk.definitions.dag
def tell(): print(*{{name.split('.')[0] for name in sys.modules}})
tell()
runpy.run_path({str(ROOT / "dags/agendas.py")!r})
runpy.run_path({str(ROOT / "dags/maintenance.py")!r})
tell()
import pandas
tell()
"""
EXTRACT = """
import sys, tests.dags.world as w
world = w.World(None)
print(world.step('extract', 'another'))
print(*{name.split('.')[0] for name in sys.modules})
"""


def lines(code: str) -> list[set[str]]:
    """What the code prints in a fresh process, each line as a set of words."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [set(line.split()) for line in done.stdout.splitlines()]


def test_parsing_loads_nothing_heavy_beyond_airflow_itself() -> None:
    airflow, parsed, with_pandas = lines(PARSE)[-3:]
    assert "pohoda_bridge" in parsed - airflow
    assert (parsed - airflow) & HEAVY == set()
    assert not parsed & {"pandas", "pyarrow", "lxml", "great_expectations", "pyodbc", "sqlglot"}
    assert "pandas" in (with_pandas - airflow) & HEAVY


def test_a_run_without_news_loads_no_great_expectations(open_world: Open) -> None:
    with open_world(size=4) as world:
        world.run("one")
        answer, loaded = lines(EXTRACT)[-2:]
        assert answer == {"False"}
        assert not loaded & {"great_expectations", "pandas"}
        world.sandbox.pohoda.edit("AD", world.clients()[0]["ID"], Firma="Renamed Ltd.")
        answer, loaded = lines(EXTRACT)[-2:]
        assert answer == {"True"}
        assert "pandas" in loaded
