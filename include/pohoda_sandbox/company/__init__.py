"""The sample company: an accounting unit filled from a seed, with planted dirt whose list is known."""

from pohoda_sandbox.company.dirt import Dirt, Entered, Planted
from pohoda_sandbox.company.fill import DIRT_FROM, fill

__all__ = ["DIRT_FROM", "Dirt", "Entered", "Planted", "fill"]
