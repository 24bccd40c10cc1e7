"""What the simulated mServer lists, from POHODA's own tables: one module a family of records, each a table that says
which element holds which column."""

from pohoda_sandbox.pohoda.xml.listings.listing import Ways
from pohoda_sandbox.pohoda.xml.listings.registry import LISTINGS, records

__all__ = ["LISTINGS", "Ways", "records"]
