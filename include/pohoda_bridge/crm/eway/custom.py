"""Custom fields: what kind of value each `af_nn` of a folder takes, asked once."""

from collections.abc import Mapping
from dataclasses import dataclass

from pohoda_bridge.crm.eway.session import Session

KINDS: Mapping[int, str] = {0: "text", 1: "option", 2: "number", 4: "bool", 5: "text", 6: "date", 7: "text"}
MEMBER = "AdditionalFields"


@dataclass(frozen=True)
class Custom:
    """`kind` is "" for a field whose value the API does not show (relations, multiple choices)."""

    kind: str
    book: str = ""


class CustomFields:
    """The definitions of one installation."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[str, dict[str, Custom]] | None = None

    def of(self, folder: str) -> Mapping[str, Custom]:
        """Name of the column -> definition. Raises Retry, StopAgenda."""
        if self._known is None:
            self._known = {}
            for item in self._session.ask("GetAdditionalFields").at("Data") or ():
                name, number = str(item.get("ColumnName") or ""), item.get("Type")
                kind = KINDS.get(int(number or 0), "")
                if kind == "date" and item.get("Data_IsDateTime") is True:
                    kind = "datetime"
                custom = Custom(kind, name.upper() if kind == "option" else "")
                self._known.setdefault(str(item.get("ObjectTypeFolderName")), {})[name.casefold()] = custom
        return self._known.get(folder, {})
