"""eWay-CRM, simulated with memory: its web service, its sessions and tokens, and every way it can refuse."""

from pohoda_sandbox.eway.server import EWay
from pohoda_sandbox.eway.switches import Switches

__all__ = ["EWay", "Switches"]
