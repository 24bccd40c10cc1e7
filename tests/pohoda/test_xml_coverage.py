"""Every element of a listing that has a text is read, or stands in one table that says why not."""

import os
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from pohoda_bridge.catalogue import Agenda
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.pohoda.reader import Source
from pohoda_bridge.pohoda.xml.kinds import KINDS
from pohoda_bridge.pohoda.xml.rows import Shape
from pohoda_bridge.pohoda.xml.walk import local

from .conftest import UNIT
from .dropped import CODE_LISTS, DROPPED
from .xml_files import EXAMPLES

SAMPLES = os.environ.get("POHODA_SAMPLES_DIR")
FILES = [*sorted(EXAMPLES.glob("response_list_*.xml")), *sorted(Path(SAMPLES or ".").glob("resp_list_*.xml"))]
PARSER = etree.XMLParser(remove_comments=True)


class Readers:
    """The shapes of all agendas, by listing."""

    def __init__(self, agendas: dict[str, Agenda]) -> None:
        source = Source(UNIT, 2026, agendas, "ExampleCRM", custom=True)
        self._of: dict[str, list[Shape]] = {}
        for agenda in agendas.values():
            for part in agenda.parts:
                if part.read.xml:
                    kind = KINDS[part.read.xml.request]
                    self._of.setdefault(kind.listing, []).append(Shape(part, source, kind.ext_id))

    def of(self, listing: Any, record: Any) -> list[Shape]:
        """Those that read a record; a listing of several types is read by the agendas that ask for its type."""
        kind = next(kind for kind in KINDS.values() if kind.listing == local(listing))
        said = record.findtext(f"{{*}}*/{{*}}{kind.type_path}") if kind.type else None
        shapes = [shape for shape in self._of[kind.listing] if not shape.xml.types or said in shape.xml.types]
        assert all(shape.xml.record == local(record) for shape in shapes)
        return shapes


def texts(element: Any, path: str) -> Iterator[tuple[str, Any]]:
    """The path of every element below that has a text, with the element."""
    for child in element:
        below = f"{path}/{local(child)}"
        if child.text and child.text.strip() and not len(child):
            yield below, child
        yield from texts(child, below)


def dropped(shapes: list[Shape], record: Any, known: set[str]) -> set[str]:
    """The paths whose texts change nothing in the rows; those that do are added to `known`."""
    plain = [shape.rows(record, "file") for shape in shapes]
    found = dict[str, list[Any]]()
    for path, element in texts(record, local(record)):
        found.setdefault(path, []).append(element)
    for path in found.keys() - known:
        if _matters(shapes, record, plain, found[path]):
            known.add(path)
    return found.keys() - known


def _matters(shapes: list[Shape], record: Any, plain: list[Any], elements: list[Any]) -> bool:
    before = [element.text for element in elements]
    try:
        for element in elements:
            element.text = "x"
        return any(shape.rows(record, "file") != rows for shape, rows in zip(shapes, plain, strict=True))
    except StopAgenda:
        return True
    finally:
        for element, text in zip(elements, before, strict=True):
            element.text = text


def unread(file: Path, agendas: dict[str, Agenda]) -> set[str]:
    """The paths of a file that no agenda reads."""
    readers, known, lost = Readers(agendas), set[str](), set[str]()
    for listing in etree.parse(file, PARSER).getroot().iterfind("{*}responsePackItem/*"):
        if local(listing) in CODE_LISTS:
            continue
        for record in listing:
            lost |= dropped(readers.of(listing, record), record, known)
    return lost - known


def reason(path: str) -> str | None:
    """Why it is right not to read an element."""
    return next((why for pattern, why in DROPPED.items() if fnmatchcase(path, pattern)), None)


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_every_element_is_read_or_left_for_a_reason(file: Path, agendas: dict[str, Agenda]) -> None:
    assert {path for path in unread(file, agendas) if reason(path) is None} == set()


def test_the_files_were_found() -> None:
    assert len(FILES) == 12 + (5 if SAMPLES else 0)


def test_an_element_that_is_not_read_is_seen(agendas: dict[str, Agenda]) -> None:
    """Without a field of the file its element is among the lost ones."""
    less = agendas["deals"].model_copy(
        update={"fields": {name: spec for name, spec in agendas["deals"].fields.items() if name != "name"}}
    )
    lost = unread(EXAMPLES / "response_list_contracts.xml", {**agendas, "deals": less})
    assert "contract/contractDesc/text" in {path for path in lost if reason(path) is None}


@pytest.mark.skipif(not SAMPLES, reason="POHODA_SAMPLES_DIR names no folder of recorded documents")
def test_no_reason_is_left_over(agendas: dict[str, Agenda]) -> None:
    lost = set[str]().union(*(unread(file, agendas) for file in FILES))
    assert [pattern for pattern in DROPPED if not any(fnmatchcase(path, pattern) for path in lost)] == []
