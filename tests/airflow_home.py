"""An Airflow of the tests' own: a temporary home with SQLite, settled before anything imports Airflow.

Import this module first in a conftest. `initialise` makes the database, once in a test run.
"""

import atexit
import functools
import json
import os
import shutil
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
HOME = Path(tempfile.mkdtemp(prefix="airflow-"))
USERS = {"admin": "admin-word", "viewer": "viewer-word"}

atexit.register(shutil.rmtree, HOME, ignore_errors=True)
(HOME / "passwords.json").write_text(json.dumps(USERS), encoding="utf-8")
os.environ |= {
    "AIRFLOW_HOME": str(HOME),
    "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
    "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
    "AIRFLOW__CORE__FERNET_KEY": "",
    "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin,viewer:viewer",
    "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(HOME / "passwords.json"),
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{HOME}/airflow.db",
    "AIRFLOW__API_AUTH__JWT_SECRET": "a secret of the tests, " * 4,
    "AIRFLOW__API__SECRET_KEY": "another secret of the tests",
    "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
}


@functools.cache
def initialise() -> None:
    """Make Airflow's database, and the pools of the shipped settings in it."""
    from airflow.models.pool import Pool
    from airflow.utils import db

    from pohoda_bridge.catalogue import open_catalogue
    from pohoda_bridge.pools import pools_of

    db.initdb()
    for name in pools_of(open_catalogue()):
        Pool.create_or_update_pool(name, slots=1, description="", include_deferred=False)
