"""The environment of everything the demo starts: an Airflow of its own, on loopback, reporting to nobody.

Airflow's settings are all here. Three of them decide how rounds behave:

* `DAGS_ARE_PAUSED_AT_CREATION=False`: a triggered run of a paused DAG stays queued for ever.
* `USE_JOB_SCHEDULE=False`: the scheduler makes no runs of its own, neither the one that each DAG would get
  at once nor the tick that falls into a round, so the demo counts exactly the runs it triggered. A demo that
  stays up restarts the scheduler with schedules on (`SCHEDULES_ON`), so that the DAGs then tick as their links
  say.
* `SCHEDULER_IDLE_SLEEP_TIME=0.1`: a task follows its predecessor in a third of a second, not a whole one.
"""

import json
import os
import secrets
import shlex
from collections.abc import Mapping
from pathlib import Path

from cryptography.fernet import Fernet

ROOT = Path(__file__).resolve().parents[2]
USER = "admin"
SCHEDULES_ON = {"AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": "True"}

# The locked versions of Airflow and Great Expectations have no usage reporting left (looked up in their
# sources); the switches stay so that an upgrade cannot bring it back unseen.
TELEMETRY_OFF = {
    "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    "GX_ANALYTICS_ENABLED": "false",
    "OTEL_SDK_DISABLED": "true",
    "DO_NOT_TRACK": "1",
}


def base_environment() -> dict[str, str]:
    """This shell's environment without what would leak into the demo: Airflow's and the product's variables."""
    dropped = ("AIRFLOW_", "POHODA_BRIDGE_", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return {**kept, **TELEMETRY_OFF, "PYTHONUNBUFFERED": "1"}


def airflow_environment(project: Path, home: Path, port: int) -> dict[str, str]:
    """Airflow on SQLite and the LocalExecutor below `home`, its web server on 127.0.0.1:`port`, new secrets."""
    address = f"http://127.0.0.1:{port}"
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(project / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(project / "plugins"),
        "PYTHONPATH": str(project / "config"),  # airflow_local_settings.py
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
        "AIRFLOW__CORE__FERNET_KEY": Fernet.generate_key().decode(),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": address,
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__SECRET_KEY": secrets.token_hex(32),
        "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_hex(32),
        "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.1",
        "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": "False",
    }


def write_password(home: Path) -> str:
    """Make the login of this demo: a random password, in a file only its owner can read."""
    password = secrets.token_urlsafe(12)
    home.mkdir(parents=True, exist_ok=True)
    file = home / "passwords.json"
    file.touch(mode=0o600)
    file.write_text(json.dumps({USER: password}))
    return password


def write_shell(path: Path, env: Mapping[str, str]) -> None:
    """The variables as a file for a shell to source, for its owner's eyes only: it holds passwords."""
    path.touch(mode=0o600)
    path.write_text("".join(f"export {name}={shlex.quote(value)}\n" for name, value in sorted(env.items())), "utf-8")
