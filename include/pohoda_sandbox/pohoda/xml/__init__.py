"""POHODA's XML, version 2: packs in, packs out; knows nothing of HTTP."""

from pohoda_sandbox.pohoda.xml.listings import Ways
from pohoda_sandbox.pohoda.xml.unit import XmlUnit

__all__ = ["Ways", "XmlUnit"]
