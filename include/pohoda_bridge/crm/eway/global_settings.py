"""The installation's own settings (GlobalSettings), by which it says what it calls the states of its records."""

import logging

from pohoda_bridge.crm.eway.session import Session
from pohoda_bridge.crm.failure import Failure
from pohoda_bridge.errors import StopAgenda

log = logging.getLogger(__name__)


class GlobalSettings:
    """Asked for once. Raises Retry where the service cannot be asked now."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._told: dict[str, str] | None = None

    def value(self, name: str) -> str:
        """The text of a setting; "" for one that is empty, not there, or not shown to our user."""
        if self._told is None:
            self._told = self._ask()
        return self._told.get(name, "")

    def _ask(self) -> dict[str, str]:
        try:
            told = self._session.ask("GetGlobalSettings").at("Data")
        except (StopAgenda, Failure) as error:
            log.info("eWay-CRM does not tell its settings, so states are called as its file says: %s", error)
            told = None
        known = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
        return {str(one.get("Name")): str(one.get("Value") or "").strip() for one in known}
