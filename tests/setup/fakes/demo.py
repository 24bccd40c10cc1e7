"""The demo with fake DAGs, a fake `pohoda-bridge` and a fake sandbox, but a real Airflow: demo.py FOLDER."""

import functools
import sys
from pathlib import Path

from pohoda_demo import __main__ as program

FAKES = Path(__file__).parent

program.HOME = Path(sys.argv[1])
program.Demo = functools.partial(
    program.Demo,
    project=FAKES,
    bridge_command=[sys.executable, str(FAKES / "bridge.py")],
    sandbox_command=[sys.executable, str(FAKES / "sandbox.py")],
)
sys.exit(program.main())
