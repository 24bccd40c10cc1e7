"""A stand-in for `pohoda-bridge`: answers the demo's questions from the notes that the fake DAGs left."""

import json
import os
import sys
from pathlib import Path

EQUAL = os.environ.get("FAKE_EQUAL", "yes") == "yes"


def runs() -> list[dict[str, object]]:
    notes = Path(os.environ["FAKE_NOTES"])
    lines = notes.read_text().splitlines() if notes.exists() else []
    found: list[dict[str, object]] = []
    for line in lines:
        agenda, run = line.split()
        first = not any(one["agenda"] == agenda for one in found)
        counts = {"read": 5, "created": 4, "quarantined": 1} if first else {"read": 5, "unchanged": 4, "quarantined": 1}
        found.append(
            {
                "run_id": f"{agenda}/{run}",
                "link": "fake",
                "agenda": agenda,
                "direction": "to_crm",
                "counts": counts,
                "state": "done",
                "report": f"/reports/{len(found)}.html",
                "started": f"{len(found):06}",
            }
        )
    return found


def dag(agenda: str, after: list[str], enabled: bool = True) -> dict[str, object]:
    dag_id = f"fake__{agenda}__to_crm"
    return {
        "dag_id": dag_id,
        "link": "fake",
        "agenda": agenda,
        "direction": "to_crm",
        "enabled": enabled,
        "after": after,
    }


ANSWERS = {
    "dags": lambda: [dag("contacts", ["clients"]), dag("clients", []), dag("deals", [], enabled=False)],
    "pools": lambda: {"fake_pool": {"slots": 1, "description": "one writer"}},
    "ledger": dict,
    "status": lambda: {"runs": runs()[::-1]},
    "reconcile": lambda: {"equal": EQUAL, "differences": [] if EQUAL else ["clients 12345678: name"]},
}

print("a line before the JSON")
print(json.dumps(ANSWERS[sys.argv[1]]()))
sys.exit(0 if EQUAL or sys.argv[1] != "reconcile" else 1)
