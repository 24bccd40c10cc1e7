"""CRMs: plain REST ones by their file alone, others by an adapter of their own."""

from pohoda_bridge.crm.rest import RestCrm

__all__ = ["RestCrm"]
