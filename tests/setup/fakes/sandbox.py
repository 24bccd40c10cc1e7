"""A stand-in for the sandbox: one JSON line, then it waits to be ended."""

import json
import sys
import time
from pathlib import Path

data = Path(sys.argv[sys.argv.index("--data") + 1])
data.mkdir(parents=True, exist_ok=True)
print(json.dumps({"env": {"FAKE_NOTES": str(data / "notes")}}), flush=True)
time.sleep(600)
