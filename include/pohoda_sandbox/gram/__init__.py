"""Gram CRM, simulated with memory: its API at levels L0 to L3, its habits, and every way it can fail."""

from pohoda_sandbox.gram.server import Gram
from pohoda_sandbox.gram.switches import Switches
from pohoda_sandbox.gram.wire import shipped

__all__ = ["Gram", "Switches", "shipped"]
