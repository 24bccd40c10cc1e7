"""All data of a unit judged before anything is connected, and the list of what to mend for the accountant."""

from pohoda_bridge.survey.report import Published, publish
from pohoda_bridge.survey.unit import Survey, survey

__all__ = ["Published", "Survey", "publish", "survey"]
