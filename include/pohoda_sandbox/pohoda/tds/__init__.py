"""A TDS 7.4 server over SQLite: what pyodbc with FreeTDS needs to read POHODA as from Microsoft SQL Server."""

from pohoda_sandbox.pohoda.tds.login import Login
from pohoda_sandbox.pohoda.tds.server import Statement, TdsServer

__all__ = ["Login", "Statement", "TdsServer"]
