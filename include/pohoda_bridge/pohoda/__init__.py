"""POHODA, read over SQL or XML."""

from pohoda_bridge.pohoda.side import PohodaSide

__all__ = ["PohodaSide"]
