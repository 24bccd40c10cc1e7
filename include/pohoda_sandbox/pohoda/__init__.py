"""POHODA, simulated: one accounting unit in POHODA's own tables, an mServer and a TDS server over them."""

from pohoda_sandbox.pohoda.database import Pohoda
from pohoda_sandbox.pohoda.mserver import Call, MServer, User
from pohoda_sandbox.pohoda.tds import Login, Statement, TdsServer

__all__ = ["Call", "Login", "MServer", "Pohoda", "Statement", "TdsServer", "User"]
