"""Mails to the person in charge: what is new, told once, over whatever door a scheduler opens."""

from pohoda_bridge.mail.post import post
from pohoda_bridge.mail.tell import Door, Ended, tell

__all__ = ["Door", "Ended", "post", "tell"]
