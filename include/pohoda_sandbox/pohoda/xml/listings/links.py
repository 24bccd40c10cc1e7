"""What other tables know of a page of documents: external ids, linked documents, settlements, sources of lines."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from pohoda_sandbox.pohoda.database import Pohoda
from pohoda_sandbox.pohoda.xml.codes import ITEMS, LINKED
from pohoda_sandbox.pohoda.xml.listings.form import Form, Row
from pohoda_sandbox.pohoda.xml.listings.listing import Ask
from pohoda_sandbox.pohoda.xml.listings.source import grouped

OfRow = Callable[[Row], int]
DEDUCTED = frozenset({-1, 43, 44})
"""`RelAgID` of a line that deducts an advance; `RefPol` is then the advance's id."""

EXTERNAL: Form = {"typ:ids": "IDS", "typ:exSystemName": "System", "typ:exSystemText": "SText"}
LINK: Form = {
    "typ:sourceAgenda": "agenda",
    "typ:sourceDocument": {"typ:id": "id", "typ:number": "number"},
    "typ:sourceDocumentItem": {"typ:sourceItemId": "item"},
}


def external(agenda: OfRow, *, most: int | None = None) -> Callable[[Ask, list[Row]], None]:
    """Adds `extId`: the ids of one system or of all, at most `most`."""

    def prepare(ask: Ask, page: list[Row]) -> None:
        for number, rows in _by_agenda(page, agenda).items():
            found = grouped(
                ask.pohoda.rows(
                    "SELECT e.RefDocID, e.IDS, s.IDS AS System, s.SText FROM sExtID e "
                    "JOIN sExtSys s ON s.ID = e.RefExtSys WHERE e.RelAgID = ? AND e.RefDocID BETWEEN ? AND ? "
                    "AND ? IN ('', s.IDS) ORDER BY e.ID",
                    number,
                    *_span(rows),
                    ask.system,
                ),
                "RefDocID",
            )
            for row in rows:
                row["extId"] = found[row["ID"]][:most]

    return prepare


def linked(agenda: OfRow) -> Callable[[Ask, list[Row]], None]:
    """Adds `links`: the documents that rows of `Vazby` lead to from a document, which is their side 1."""

    def prepare(ask: Ask, page: list[Row]) -> None:
        for row in page:
            row["links"] = []
        if "documents" in ask.off:
            return
        for number, rows in _by_agenda(page, agenda).items():
            own = {row["ID"]: row for row in rows}
            found = ask.pohoda.rows(
                "SELECT RefID1 AS own, RelAgID2 AS agenda, RefID2 AS id, Cislo AS number FROM Vazby "
                "WHERE RelAgID1 = ? AND RefID1 BETWEEN ? AND ? ORDER BY ID",
                number,
                *_span(rows),
            )
            for link in found:
                if link["own"] in own and link["agenda"] in LINKED:
                    own[link["own"]]["links"].append(link)
        _named(ask.pohoda, (link for row in page for link in row["links"]))

    return prepare


def lines_linked(items: str) -> Callable[[Ask, list[Row]], None]:
    """Adds `linked` to each line: the document and the line it was made from."""

    def prepare(ask: Ask, page: list[Row]) -> None:
        wanted = defaultdict[str, list[Row]](list)
        for row in page:
            for line in row[items]:
                line["linked"] = []
                agenda = line["RelAgID"]
                if line["RefPol"] and agenda in LINKED and agenda not in DEDUCTED and LINKED[agenda][0] in ITEMS:
                    wanted[ITEMS[LINKED[agenda][0]]].append(line)
        for table, lines in wanted.items():
            marks = sorted({line["RefPol"] for line in lines})
            found = {row["ID"]: row["RefAg"] for row in _by_ids(ask.pohoda, table, "RefAg", marks)}
            for line in lines:
                if line["RefPol"] in found:
                    link = {"agenda": line["RelAgID"], "id": found[line["RefPol"]], "item": line["RefPol"]}
                    line["linked"].append(link)
        _named(ask.pohoda, (link for row in page for line in row[items] for link in line["linked"]))

    return prepare


def settled(agenda: OfRow) -> Callable[[Ask, list[Row]], None]:
    """Adds `paid`: the rows of `Uhrady` of each document."""

    def prepare(ask: Ask, page: list[Row]) -> None:
        for number, rows in _by_agenda(page, agenda).items():
            found = grouped(
                ask.pohoda.rows(
                    "SELECT u.*, p.Cislo AS TaxNumber FROM Uhrady u LEFT JOIN pINT p ON p.ID = u.RefDD "
                    "WHERE u.RelAgH = ? AND u.RelIDH BETWEEN ? AND ? ORDER BY u.DatumU, u.ID",
                    number,
                    *_span(rows),
                ),
                "RelIDH",
            )
            for row in rows:
                row["paid"] = found[row["ID"]]
                for payment in row["paid"]:
                    payment["day"] = (payment["DatumU"] or row["Datum"] or str(ask.pohoda.now()))[:10]

    return prepare


def _named(pohoda: Pohoda, links: Iterable[Row]) -> None:
    """Turns agenda numbers into words and adds the numbers of the documents."""
    tables = defaultdict[str, list[Row]](list)
    for link in links:
        table, link["agenda"] = LINKED[link["agenda"]]
        link |= {"item": link.get("item"), "number": link.get("number")}
        tables[table].append(link)
    tables.pop("", None)
    for table, found in tables.items():
        ids = sorted({link["id"] for link in found if link["id"]})
        kind = ", RelTpNab AS kind" if table == "NAB" else ""
        numbers = {row["ID"]: row for row in _by_ids(pohoda, table, f"Cislo{kind}", ids)}
        for link in found:
            known: dict[str, Any] = numbers.get(link["id"], {})
            link["number"] = link["number"] or known.get("Cislo")
            if known.get("kind") == 1:
                link["agenda"] = "receivedOffer"


def _by_ids(pohoda: Pohoda, table: str, columns: str, ids: list[int]) -> list[Row]:
    marks = f"[{','.join(map(str, ids))}]"
    return pohoda.rows(f"SELECT ID, {columns} FROM {table} WHERE ID IN (SELECT value FROM json_each(?))", marks)


def _by_agenda(page: list[Row], agenda: OfRow) -> dict[int, list[Row]]:
    found = defaultdict[int, list[Row]](list)
    for row in page:
        found[agenda(row)].append(row)
    return found


def _span(rows: list[Row]) -> tuple[int, int]:
    return rows[0]["ID"], rows[-1]["ID"]
