"""`POHODA_SANDBOX_DATA` names the sandbox's data folder, `POHODA_SANDBOX_FAULT` what goes wrong this time."""

import os
import signal
import sys
from pathlib import Path

from pohoda_sandbox.pohoda.exe import Killed, main

if __name__ == "__main__":
    try:
        folder = Path(os.environ["POHODA_SANDBOX_DATA"])
    except KeyError:
        sys.exit("POHODA_SANDBOX_DATA must name the data folder of a sandbox")
    try:
        sys.exit(main(sys.argv[1:], folder, os.environ.get("POHODA_SANDBOX_FAULT", "")))
    except Killed:
        os.kill(os.getpid(), signal.SIGKILL)
