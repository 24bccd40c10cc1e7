"""Asks a simulated POHODA for listings; answers are held against the official schema when POHODA_XSD_DIR names it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from pohoda_sandbox.pohoda import Pohoda
from pohoda_sandbox.pohoda.xml import Ways, XmlUnit
from pohoda_sandbox.pohoda.xml.names import NSMAP
from pohoda_sandbox.pohoda.xml.requests import REQUESTS

SPACES = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NSMAP.items())
XSD = os.environ.get("POHODA_XSD_DIR")
SAMPLES = os.environ.get("POHODA_SAMPLES_DIR")
EXAMPLES = Path(__file__).parents[1] / "data" / "pohoda"


@cache
def schema() -> etree.XMLSchema | None:
    return etree.XMLSchema(etree.parse(str(Path(XSD) / "response.xsd"))) if XSD else None


def valid(answer: bytes) -> Any:
    """The answer, parsed; fails when it is not as the official schema has it."""
    root = etree.fromstring(answer)
    official = schema()
    if official is not None:
        official.assertValid(root)
    return root


def told(element: Any) -> Any:
    """An element as plain values: its text, or its children by name; a list where a name comes several times."""
    if not len(element):
        return element.text
    found: dict[str, Any] = {}
    for child in element:
        name, value = etree.QName(child).localname, told(child)
        if name in found:
            value = [*(found[name] if isinstance(found[name], list) else [found[name]]), value]
        found[name] = value
    return found


@dataclass(frozen=True)
class Lists:
    """One unit that answers; `ways` and `named` as the simulator takes them."""

    pohoda: Pohoda
    ways: Ways = field(default_factory=Ways)
    named: Mapping[str, str] = field(default_factory=dict)
    schemas: bool = True

    def item(
        self, name: str, inside: str = "", *, limit: str = "", off: str = "", inner: str = "", **attributes: str
    ) -> Any:
        """The response item of a request such as `lst:listInvoiceRequest`; `off` is its restrictionData, `inner` the
        attributes of the element within."""
        request = REQUESTS[name]
        prefix = name.partition(":")[0]
        given = {key: (values or ("1.1",))[0] for key, values in request.required.items()} | attributes
        written = " ".join(f'{key}="{value}"' for key, value in given.items())
        parts = f"<{prefix}:limit>{limit}</{prefix}:limit>" if limit else ""
        if request.inner and (inside or inner or not request.inner.endswith(("stores", "agendas"))):
            parts += f"<{request.inner} {inner}>{inside}</{request.inner}>"
        parts += f"<{prefix}:restrictionData>{off}</{prefix}:restrictionData>" if off else ""
        body = (
            f'<dat:dataPack {SPACES} version="2.0" id="p" ico="12345678" application="t" note="">'
            f'<dat:dataPackItem version="2.0" id="i"><{name} {written}>{parts}</{name}></dat:dataPackItem>'
            "</dat:dataPack>"
        )
        answer = XmlUnit(self.pohoda, None, self.named, ways=self.ways).answer(body.encode())
        return (valid(answer) if self.schemas else etree.fromstring(answer))[0]

    def records(self, name: str, inside: str = "", **parts: str) -> list[Any]:
        """The records of a listing as plain values."""
        item = self.item(name, inside, **parts)
        assert item.get("state") == "ok", item.get("note")
        return [told(record) for record in item[0]]

    def one(self, name: str, inside: str = "", **parts: str) -> Any:
        [record] = self.records(name, inside, **parts)
        return record

    def ids(self, name: str, inside: str = "", **parts: str) -> list[int]:
        """The ids of a listing's records, wherever they stand."""
        item = self.item(name, inside, **parts)
        assert item.get("state") == "ok", item.get("note")
        return [int(next(record.iter("{*}id")).text) for record in item[0]]


def where(**conditions: str) -> str:
    inside = "".join(f"<ftr:{name}>{value}</ftr:{name}>" for name, value in conditions.items())
    return f"<ftr:filter>{inside}</ftr:filter>"
