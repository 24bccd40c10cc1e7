"""Store the sandbox's connections in Airflow: sandbox_connections.py READY_JSON."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

PREFIX = "AIRFLOW_CONN_"


def connections(ready: str) -> dict[str, str]:
    """Airflow's import form from the sandbox's JSON line: connection id -> its JSON or URI."""
    env = json.loads(ready.strip().splitlines()[-1])["env"]
    found = {name.removeprefix(PREFIX).lower(): value for name, value in env.items() if name.startswith(PREFIX)}
    return {name: json.loads(value) if value.lstrip().startswith("{") else value for name, value in found.items()}


def main() -> None:
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".json") as file:  # mode 600
        json.dump(connections(Path(sys.argv[1]).read_text(encoding="utf-8")), file)
        file.flush()
        subprocess.run(["airflow", "connections", "import", "--overwrite", file.name], check=True)


if __name__ == "__main__":
    main()
