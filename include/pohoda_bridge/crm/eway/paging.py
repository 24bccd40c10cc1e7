"""The guids of a large folder page by page, by the service's Query; where that is not served, they come all at once.

Query is published without its answer. So nothing rests on it: an answer in another form, and pages that bring fewer
items than the service counts, are as good as none. A page goes on after the last guid of the one before, in the
service's own order: what is made or deleted meanwhile moves no row to another page.
"""

import logging
from collections.abc import Iterator, Sequence
from typing import Any

from pohoda_bridge.crm.answer import Document
from pohoda_bridge.crm.eway.api import EwayApi
from pohoda_bridge.crm.eway.guids import same
from pohoda_bridge.crm.eway.session import Session
from pohoda_bridge.crm.failure import Failure
from pohoda_bridge.errors import BridgeError

GUID = "ItemGUID"
log = logging.getLogger(__name__)


class Pages:
    """Folders of one installation. `fault`: why they are not read by pages any more, "" while they are."""

    def __init__(self, session: Session, api: EwayApi) -> None:
        self.fault = ""
        self._session = session
        self._size, self._rows, self._amount = api.query_page, api.query_rows, api.query_amount

    def guids(self, folder: str, wire: str | None, kinds: Sequence[str]) -> list[str] | None:
        """The guids of all items of a folder, of those whose member `wire` is one of `kinds` where it is given.

        None: it is not large, or the service does not serve pages, which is said once.
        """
        if not self._size or self.fault:
            return None
        parts = [_predicate("In", wire, list(kinds))] if wire else []
        try:
            before = self._counted(folder, parts)
            if before <= self._size:
                return None
            found = list(dict.fromkeys(self._paged(folder, parts)))
            if len(found) < min(before, self._counted(folder, parts)):
                raise Failure("unreadable", "POST Query")
        except (BridgeError, Failure) as error:
            self._missing(folder, error)
            return None
        return found

    def tried(self, folders: Sequence[str]) -> str:
        """Why large folders are not read by pages, by a page of one of these; "" when they are, or need not be."""
        if self._size and folders:
            try:
                if self._counted(folders[0], []):
                    next(self._paged(folders[0], []))
            except (BridgeError, Failure) as error:
                self._missing(folders[0], error)
        return self.fault

    def _missing(self, folder: str, error: Exception) -> None:
        self.fault = f"large folders of eWay-CRM are read whole, not by pages: {error} (of {folder})"
        log.warning("%s", self.fault)

    def _paged(self, folder: str, parts: list[dict[str, Any]]) -> Iterator[str]:
        last = ""
        while True:
            after = [_predicate("Greater", GUID, last)] if last else []
            page = {"Fields": [_column(GUID)], "Sort": [{"Field": _column(GUID), "OrderDirection": "Ascending"}],
                    "Paging": {"Skip": 0, "Take": self._size}}  # fmt: skip
            rows = self._ask("Query", folder, parts + after, **page).at(self._rows)
            found = [same(row.get(GUID)) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else [""]
            if "" in found or last in found:
                raise Failure("unreadable", "POST Query")
            yield from found
            if len(found) < self._size:
                return
            last = found[-1]

    def _counted(self, folder: str, parts: list[dict[str, Any]]) -> int:
        told = self._ask("QueryAmount", folder, parts, Fields=[_column(GUID)]).at(self._amount)
        if isinstance(told, bool) or not str(told).isdecimal():
            raise Failure("unreadable", "POST QueryAmount")
        return int(str(told))

    def _ask(self, method: str, folder: str, parts: list[dict[str, Any]], **more: Any) -> Document:
        """Asked once only: whatever fails, there is the other way."""
        where = {"__type": "AndFilterExpressionOperator:#EQ", "Children": parts} if parts else None
        query = {"__type": "MainTableQuery:#EQ", "ItemTypes": [folder], "Filter": where, **more}
        return self._session.tell(method, query=query)


def _column(name: str) -> dict[str, Any]:
    return {"__type": "Column:#EQ", "Source": {"__type": "MainTable:#EQ"}, "Name": name, "Alias": name}


def _predicate(kind: str, name: str, value: Any) -> dict[str, Any]:
    return {"__type": f"{kind}FilterExpressionPredicate:#EQ", "Field": _column(name), "Value": value}
