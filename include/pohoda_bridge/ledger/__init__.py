"""The only writer of state: bindings, cursors, runs, intents, quarantine, conflicts, leases; one database."""

from pohoda_bridge.ledger.bindings import Binding
from pohoda_bridge.ledger.intents import Intent
from pohoda_bridge.ledger.kept import Kept, Secret
from pohoda_bridge.ledger.runs import OUTCOMES, Outcome, Request, Run
from pohoda_bridge.ledger.scope import Scope
from pohoda_bridge.ledger.store import Ledger, open_ledger

__all__ = [
    "OUTCOMES", "Binding", "Intent", "Kept", "Ledger", "Outcome", "Request", "Run", "Scope", "Secret", "open_ledger",
]  # fmt: skip
