"""What holds of documents when both sides are at rest: each is there once, and equal or told, by eyes of its own."""

from decimal import Decimal
from typing import Any

from tests.bothways import office
from tests.bothways.people import People

Row = dict[str, Any]
DIFFERS = {"cannot_write", "held", "quarantined", "conflict"}
ALONE = {*DIFFERS, "left_out"}
DELETED = "was deleted on the target"


def compare(people: People, kind: str, agenda: str) -> None:
    """The documents of a kind in POHODA with those in the CRM, and with the plans of the last runs, which were full."""
    records = people.desk.records(kind)
    rows = {row["Cislo"]: row for row in people.rows(kind)}
    plans = {way: people.world.plans.get((agenda, way), []) for way in ("to_crm", "to_pohoda")}
    outcomes = {way: {line["_id"]: line["outcome"] for line in lines} for way, lines in plans.items()}
    _each_once(kind, people.rows(kind), records, set(rows))
    numbers = {record["number"] for record in records}
    if (agenda, "to_crm") in people.world.flows:
        for row in rows.values():
            technical = f"2026/{office.TABLES[kind]}/{row['ID']}"
            assert row["Cislo"] in numbers or outcomes["to_crm"].get(technical) in ALONE, (kind, row)
    for record in records:
        pair, there = rows.get(record["number"]), outcomes["to_pohoda"].get(record["id"])
        if pair is None:
            supplier = kind == "purchase" and (agenda, "to_crm") not in people.world.flows  # keeps Gram's number
            draft = record["currency"] == "CZK" or record["status"] in {"draft", "canceled"}
            assert there in ALONE or supplier or draft, (kind, record)
            continue
        here = outcomes["to_crm"].get(f"2026/{office.TABLES[kind]}/{pair['ID']}")
        if not DIFFERS & {there, here} and agenda not in people.left:
            _equal(people, kind, pair, record, edited=there == "left_out")
    told = {way: sum(DELETED in str(line.get("reason")) for line in lines) for way, lines in plans.items()}
    assert told["to_pohoda"] <= sum(of == kind for of, _ in people.deleted), plans["to_pohoda"]
    assert told["to_crm"] <= sum(of == kind for of, _ in people.dropped), plans["to_crm"]


def _each_once(kind: str, rows: list[Row], records: list[Row], known: set[str]) -> None:
    assert len(known) == len(rows), f"{kind}: POHODA has a number twice"
    numbers = [record["number"] for record in records if record["number"] in known]
    assert len(numbers) == len(set(numbers)), f"{kind}: the CRM has a number twice"
    if kind == "invoice":  # invoices of one order, and what cancels one, have the same lines
        return
    firsts = [row["first"] for row in rows if row["first"]]
    names = [record["items"][0]["name"] for record in records]
    assert len(firsts) == len(set(firsts)), f"{kind}: POHODA has a document twice"
    assert len(names) == len(set(names)), f"{kind}: the CRM has a document twice"


def _equal(people: People, kind: str, row: Row, record: Row, *, edited: bool) -> None:
    """`edited`: a rule keeps it in the CRM, and what people change there."""
    gross = Decimal(str(row["CmCelkem"] if row["RefCM"] else row["KcCelkem"]))
    same = (gross, row["Pozn"] or None) == (Decimal(str(record["gross"])), record["note"] or None)
    assert same or edited, (kind, row, record)
    if status := _status(people, kind, row):
        shown = people.desk.shown(kind, status=status)["status"]
        assert record["status"] == shown, (kind, status, row, record)


def _status(people: People, kind: str, row: Row) -> str:
    """What POHODA says of it; empty where the CRM is the salesperson's."""
    if kind == "order":
        done = "SELECT 1 FROM OBJpol WHERE RefAg = ? AND Dodano <> 0"
        begun = "in_progress" if people.pohoda.rows(done, row["ID"]) else "new"
        return "cancelled" if row["DatStorn"] else "done" if row["Vyrizeno"] or row["BDodano"] else begun
    if kind != "invoice":
        return ""
    total, left = (row[f"Cm{name}" if row["RefCM"] else f"Kc{name}"] or 0 for name in ("Celkem", "Likv"))
    if row["RelStorn"] or not left or (left > 0) != (total > 0):
        return "cancelled" if row["RelStorn"] else "paid"
    return "issued" if abs(left) >= abs(total) else "part_paid"
