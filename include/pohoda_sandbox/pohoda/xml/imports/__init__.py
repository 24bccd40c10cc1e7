"""The import of documents: each item is stored whole or not at all, and its answer says what became of every value."""

from pohoda_sandbox.pohoda.xml.imports.outcome import Outcome, Terms
from pohoda_sandbox.pohoda.xml.imports.run import IMPORTS, Importer

__all__ = ["IMPORTS", "Importer", "Outcome", "Terms"]
