"""A stand-in for the sandbox: one JSON line, then it waits to be ended."""

import json
import sys
import time
from pathlib import Path

data = Path(sys.argv[sys.argv.index("--data") + 1])
data.mkdir(parents=True, exist_ok=True)
page = data / "store/docs/fake__clients__to_crm/index.html"
page.parent.mkdir(parents=True)
page.touch()
print(json.dumps({"env": {"FAKE_NOTES": str(data / "notes"), "POHODA_BRIDGE_STORE": str(data / "store")}}), flush=True)
time.sleep(600)
