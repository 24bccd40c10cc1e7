"""What the tests of writing share: forms, packs, and packs read back as POHODA's parser reads them."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from pohoda_bridge.catalogue import Agenda
from pohoda_bridge.pohoda import PohodaSide
from pohoda_bridge.pohoda.reader import Source
from pohoda_bridge.pohoda.writing.outgoing import Form
from pohoda_bridge.pohoda.writing.pack import pack
from pohoda_bridge.side import Answer, Item, Mark, Pack, Row, Window

from .conftest import UNIT, everything

SYSTEM = "gram"
XSD = os.environ.get("POHODA_XSD_DIR")
needs_schemas = pytest.mark.skipif(not XSD, reason="POHODA_XSD_DIR is not set")


def form(agendas: Mapping[str, Agenda], agenda: str) -> Form:
    return Form(agendas[agenda], Source(UNIT, 2026, agendas, SYSTEM), "identity/extId")


def create(id: str, mark: str | None = None, **values: Any) -> Item:
    return Item(id, f"key {id}", "create", values, mark=Mark(SYSTEM, mark) if mark else None)


def update(id: str, target: str, **values: Any) -> Item:
    return Item(id, f"key {id}", "update", values, target_id=target)


def document(known: Form, items: Sequence[Item], id: str = "pack") -> Any:
    """The pack, parsed as XML says."""
    return etree.fromstring(pack(known, [known.outgoing(item) for item in items], id=id, ico=UNIT.ico))


def paths(element: Any, above: str = "") -> dict[str, str]:
    """Path of local names below an element -> text, of the leaves."""
    found: dict[str, str] = {}
    for child in element:
        path = above + etree.QName(child).localname
        found |= paths(child, path + "/") if len(child) else {path: child.text or ""}
    return found


def schema() -> etree.XMLSchema:
    return etree.XMLSchema(file=str(Path(str(XSD)) / "data.xsd"))


def write(side: PohodaSide, agenda: str, *items: Item, id: str = "p1") -> list[Answer]:
    answers = side.write(agenda, Pack(id, items))
    assert [answer.item_id for answer in answers] == [item.id for item in items]
    return answers


def written(side: PohodaSide, agenda: str, *items: Item, id: str = "p1") -> list[Row]:
    """The rows of items that must all be written, each as a reading shows it."""
    answers = write(side, agenda, *items, id=id)
    assert [(answer.state, answer.reasons) for answer in answers] == [("written", ())] * len(items)
    rows = [answer.row for answer in answers if answer.row is not None]
    shown = {row["_id"]: row for row in everything(side, agenda, Window(ids=tuple(row["_id"] for row in rows)))}
    for row in rows:
        assert row == shown[row["_id"]]
    return rows
