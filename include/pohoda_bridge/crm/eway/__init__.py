"""eWay-CRM: its web service as a side, and the sign-in that OAuth needs once."""

from pohoda_bridge.crm.eway.crm import EwayCrm
from pohoda_bridge.crm.eway.keeping import Keep, Memory, Tokens
from pohoda_bridge.crm.eway.oauth import SignIn, begin, finish

__all__ = ["EwayCrm", "Keep", "Memory", "SignIn", "Tokens", "begin", "finish"]
