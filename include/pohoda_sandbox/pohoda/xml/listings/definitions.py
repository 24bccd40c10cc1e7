"""Definitions of custom fields of an agenda, and the lists their values come from."""

from collections.abc import Iterator

from pohoda_sandbox.pohoda.xml.listings.common import value_element
from pohoda_sandbox.pohoda.xml.listings.form import Element, Form, Many, Node, Row
from pohoda_sandbox.pohoda.xml.listings.listing import Ask, Made
from pohoda_sandbox.pohoda.xml.listings.source import grouped

_TABLES = {
    "adresar": "AD",
    "banka": "BV",
    "cinnosti": "sCIN",
    "faktury": "FA",
    "interni": "pINT",
    "nabidky": "NAB",
    "objednavky": "OBJ",
    "pokladna": "HO",
    "sklady": "sSklad",
    "strediska": "sSTR",
    "zakazky": "sZAK",
    "zasoby": "SKz",
}
_TYPES = {
    "textValue": "text", "memoValue": "memo", "currencyValue": "currency", "booleanValue": "boolean",
    "numberValue": "number", "integerValue": "integer", "datetimeValue": "datetime", "listValueRef": "list",
}  # fmt: skip


def _definitions(ask: Ask) -> Iterator[Row]:
    """One record for the agenda asked for, when it has custom fields."""
    agenda = (ask.inner.get("idsAgenda") if ask.inner is not None else "") or ""
    table = _TABLES.get(agenda, "")
    found = ask.pohoda.rows(
        "SELECT p.*, v.TabMain, v.TabItem, u.IDS AS ListIDS FROM sVPpol p JOIN sVP v ON v.ID = p.RefAg "
        "LEFT JOIN sVPUL u ON u.ID = p.RelUL WHERE v.TabMain = ? ORDER BY p.OrderFld, p.ID",
        table,
    )
    for row in found:
        row["name"], row["type"] = _typed(ask, row)
        for name in ("Use0", "Use1", "Use2", "Use3", "Use4", "Use5", "Write"):
            row[name] = bool(row[name])
    if found:
        yield {
            "agenda": agenda,
            "version": ask.content.get("parameterVersion"),
            "header": [row for row in found if not row["Items"]],
            "items": [row for row in found if row["Items"]],
        }


def _typed(ask: Ask, row: Row) -> tuple[str, str]:
    """The name of the field's column and its type; a field whose column is missing is a text."""
    table = row["TabItem"] if row["Items"] else row["TabMain"]
    try:
        columns = ask.pohoda.columns(table)
    except ValueError:
        columns = {}
    for prefix in ("VPr", "RefVPr"):
        column = columns.get(f"{prefix}{row['Nazev']}".lower())
        if column is not None:
            return row["Nazev"], _TYPES[value_element(column)]
    return row["Nazev"], "list" if row["RelUL"] else "text"


_FIELD: Form = {
    "prm:id": "ID",
    "prm:label": "Popis",
    "prm:name": "name",
    "prm:type": "type",
    "prm:length": "Delka",
    "prm:definition": "Definice",
    "prm:list": {"typ:id": lambda row: row["RelUL"] or None, "typ:ids": "ListIDS"},
    "prm:write": "Write",
    **{f"prm:use{place}": f"Use{place}" for place in range(6)},
}
PARAMETERS = Made(
    record="",
    rows=_definitions,
    form={
        "lst:parameter": Element(
            {"version": "version", "idsAgenda": "agenda"},
            inside={
                "prm:formParameter": {"prm:parameterDef": Many("header", _FIELD)},
                "prm:itemParameter": {"prm:parameterDef": Many("items", _FIELD)},
            },
        )
    },
    version="",
)


def _lists(ask: Ask) -> Iterator[Row]:
    code = (ask.inner.get("code") if ask.inner is not None else "") or ""
    values = grouped(ask.pohoda.rows("SELECT * FROM sVPULpol ORDER BY OrderFld, ID"), "RefAg")
    for row in ask.pohoda.rows("SELECT * FROM sVPUL WHERE IDS = ? OR ? = '' ORDER BY ID", code, code):
        for value in values[row["ID"]] if not row["UseConstID"] else ():
            value["ConstID"] = None
        yield row | {"constants": bool(row["UseConstID"]), "values": values[row["ID"]]}


def _text(column: str) -> Node:
    return lambda row: row[column] or ""


_VALUE = Element({"id": "ID", "code": _text("IDS"), "name": _text("SText"), "constant": "ConstID"})
LISTS = Made(
    record="",
    rows=_lists,
    form={
        "lst:listUserCode": Element(
            {
                "version": lambda row: "1.1",
                "id": "ID",
                "code": _text("IDS"),
                "name": _text("SText"),
                "constants": "constants",
            },
            inside={"lst:itemUserCode": Many("values", _VALUE)},
        )
    },
    version="",
)
