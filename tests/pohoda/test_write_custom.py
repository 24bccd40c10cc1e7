"""Custom fields of POHODA E1 ("volitelné parametry") are written with their records, typed, and read back as sent."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from pohoda_bridge.pohoda import PohodaSide
from pohoda_bridge.pohoda.reader import Source
from pohoda_bridge.pohoda.writing.forms import form_of
from pohoda_bridge.pohoda.writing.pack import pack
from pohoda_bridge.side import Answer
from pohoda_sandbox.company.custom import add_columns, add_definitions
from pohoda_sandbox.company.writing import Writer

from .conftest import UNIT, Bench, everything
from .document_items import INVOICE, LINE, ORDER
from .writing import SYSTEM, create, needs_schemas, paths, schema, update, write

WAYS = pytest.mark.parametrize("way", ["sql", "xml"])
CLIENT = {
    "custom.VPrSegment": "Žiarovky & spol.", "custom.VPrLimit": Decimal("1234.5"), "custom.VPrSkore": Decimal("-2.25"),
    "custom.VPrNovinky": True, "custom.VPrVyrocie": date(2026, 3, 1), "custom.RefVPrZdroj": "WEB",
}  # fmt: skip
DOCUMENTS = {
    "issued_invoices": (INVOICE, {"custom.VPrProjekt": "Most", "custom.VPrProvizia": Decimal("2.5"),
                                  "custom.VPrSchvalene": True, "custom.VPrSchvaleneDna": date(2026, 3, 2)}),
    "received_orders": (ORDER, {"custom.RefVPrDoprava": "KURIER", "custom.VPrRozpocet": Decimal("99.9")}),
    "offers": ({**ORDER, "kind": "issued"}, {"custom.VPrSanca": Decimal(75), "custom.RefVPrZdroj": "WEB"}),
    "deals": ({"name": "Deal", "issued_on": date(2026, 3, 1)}, {"custom.VPrHodiny": Decimal("12.5")}),
}  # fmt: skip


@pytest.fixture
def e1(bench: Bench) -> Bench:
    add_columns(bench.pohoda)
    writer = Writer(bench.pohoda)
    add_definitions([writer])
    writer.flush()
    return bench


def opened(bench: Bench, way: str) -> PohodaSide:
    side = PohodaSide(UNIT, bench.agendas, way, bench.connection, system=SYSTEM, custom=True)
    bench.opened.append(side)
    return side


def stored(answer: Answer, of: dict[str, Any]) -> dict[str, Any]:
    assert answer.state == "written", answer.reasons
    assert answer.row is not None
    assert not answer.reasons
    return {name: answer.row[name] for name in of}


@WAYS
def test_a_client_has_them_as_they_were_sent(e1: Bench, way: str) -> None:
    side = opened(e1, way)
    assert CLIENT.keys() <= side.writable("clients")
    (answer,) = write(side, "clients", create("i1", "C-1", company="Alfa", **CLIENT))
    assert stored(answer, CLIENT) == CLIENT
    changed = {"custom.VPrNovinky": False, "custom.VPrSegment": None, "custom.RefVPrZdroj": None, "city": "Brno"}
    assert answer.row is not None
    (answer,) = write(side, "clients", update("i2", answer.row["_id"], **changed), id="p2")
    assert stored(answer, CLIENT) == CLIENT | {name: changed[name] for name in changed if name != "city"}
    shown = [
        {name: row[name] for name in CLIENT} for way in ("sql", "xml") for row in everything(opened(e1, way), "clients")
    ]
    assert shown[0] == shown[1] == stored(answer, CLIENT)


@WAYS
@pytest.mark.parametrize("agenda", DOCUMENTS)
def test_a_document_has_them_as_they_were_sent(e1: Bench, way: str, agenda: str) -> None:
    values, own = DOCUMENTS[agenda]
    more = {"lines": [LINE]} if agenda != "deals" else {}
    side = opened(e1, way)
    values = {name: value for name, value in values.items() if name in side.writable(agenda)}
    values |= {"issued_on": date(2026, 3, 1)} if "issued_on" in values else {}
    (answer,) = write(side, agenda, create("i1", "C-1", **values, **more, **own))
    assert {name: (answer.row or {}).get(name) for name in own} == own, answer.reasons


@WAYS
def test_what_does_not_fit_is_refused_with_its_field(e1: Bench, way: str) -> None:
    wrong = {
        "custom.VPrLimit": ("1", "custom.VPrLimit: str is no value of a decimal field"),
        "custom.RefVPrZdroj": (
            "NIČ",
            "custom.RefVPrZdroj: POHODA's list has no such code, NIČ; add it there or correct it",
        ),
        "custom.VPrSegment": ("x" * 241, "custom.VPrSegment: 241 characters, POHODA takes 240"),
        "custom.VPrNic": ("x", "custom.VPrNic: POHODA does not take it"),
    }
    given = {name: value for name, (value, _) in wrong.items()}
    (answer,) = write(opened(e1, way), "clients", create("i1", "C-1", company="Alfa", **given))
    assert answer.state == "refused"
    assert set(answer.reasons) == {reason for _, reason in wrong.values()}
    assert e1.pohoda.rows("SELECT ID FROM AD") == []


def test_a_number_or_day_is_not_emptied(e1: Bench) -> None:
    """XML has no way to say so."""
    number = e1.pohoda.insert("AD", Firma="Alfa", VPrLimit=5)
    (answer,) = write(opened(e1, "sql"), "clients", update("i", f"2026/AD/{number}", **{"custom.VPrLimit": None}))
    assert answer.reasons == ("custom.VPrLimit: it cannot be emptied in POHODA",)


def test_nobody_who_does_not_ask_for_them_writes_them(e1: Bench) -> None:
    side = e1.side("sql", system=SYSTEM)
    assert not [name for name in side.writable("clients") if name.startswith("custom.")]


@needs_schemas
@WAYS
def test_pohodas_schema_takes_them(e1: Bench, way: str) -> None:
    side, official = opened(e1, way), schema()
    source = Source(UNIT, 2026, e1.agendas, SYSTEM, custom=True)
    for agenda, (values, own) in {**DOCUMENTS, "clients": ({"company": "Alfa"}, CLIENT)}.items():
        form = form_of(e1.agendas[agenda], source, side._years.reader())
        values = {name: value for name, value in values.items() if name in form.taken}
        values |= {"issued_on": date(2026, 3, 1)} if "issued_on" in values else {}
        made = form.outgoing(create("i", "C-1", **values, **own))
        root = etree.fromstring(pack(form, [made], id="p", ico=UNIT.ico))
        assert official.validate(root), (agenda, official.error_log)
        assert sum("parameters/parameter" in path for path in paths(root[0])) >= len(own)
