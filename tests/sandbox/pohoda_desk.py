"""Writes import documents, sends them to a simulated POHODA and reads the answers; each is held against the
official schema when POHODA_XSD_DIR names it."""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from pohoda_sandbox.pohoda import Pohoda
from pohoda_sandbox.pohoda.xml import XmlUnit
from pohoda_sandbox.pohoda.xml.schemas import Schemas

BASE = "http://www.stormware.cz/schema/version_2/"
FILES = {
    "dat": "data", "ftr": "filter", "typ": "type", "lAdb": "list_addBook", "adb": "addressbook",
    "rdc": "documentresponse", "rsp": "response",
}  # fmt: skip
NS = {prefix: f"{BASE}{file}.xsd" for prefix, file in FILES.items()}
SPACES = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NS.items())
XSD = os.environ.get("POHODA_XSD_DIR")
SAMPLES = os.environ.get("POHODA_SAMPLES_DIR")
EXAMPLES = Path(__file__).parents[1] / "data" / "pohoda"
NO_XSD = "POHODA_XSD_DIR is not set"
NO_SAMPLES = "POHODA_SAMPLES_DIR is not set"
START = datetime(2026, 6, 15, 12, 0, 0)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def pass_hour(self) -> None:
        self.now += timedelta(hours=1)


@dataclass(frozen=True)
class Warned:
    """One `rdc:detail`: what it is about (the last step of its path), what was sent and what was kept."""

    state: str
    errno: str
    about: str
    requested: str | None
    produced: str | None


@dataclass(frozen=True)
class Answered:
    """One item of an answer: its own state, the state inside, the record, the details."""

    item: Any

    @property
    def states(self) -> tuple[str, str]:
        return self.item.get("state"), self.item[0].get("state") if len(self.item) else ""

    @property
    def id(self) -> int:
        return int(self.text("rdc:producedDetails/rdc:id"))

    @property
    def action(self) -> str:
        return self.text("rdc:producedDetails/rdc:actionType")

    @property
    def note(self) -> str:
        return self.text("rdc:importDetails/rdc:detail[last()]/rdc:note")

    @property
    def details(self) -> list[Warned]:
        return [
            Warned(
                state=detail.findtext("rdc:state", namespaces=NS),
                errno=detail.findtext("rdc:errno", "", NS),
                about=detail.findtext("rdc:XPath", "", NS).rsplit("/", 1)[-1],
                requested=detail.findtext("rdc:valueRequested", namespaces=NS),
                produced=detail.findtext("rdc:valueProduced", namespaces=NS),
            )
            for detail in self.item.iterfind(".//rdc:detail", NS)
        ]

    @property
    def parts(self) -> list[tuple[str, str, str]]:
        """Kind, action and external id of each part that was touched."""
        return [
            (box.get("type"), item.findtext("rdc:actionType", "", NS), item.findtext("rdc:extId", "", NS))
            for box in self.item.iterfind(".//rdc:itemDetails", NS)
            for item in box
        ]

    def text(self, path: str) -> str:
        return str(self.item[0].findtext(path, "", NS))


def stored(answer: Answered) -> bool:
    """As a client decides it: all three states ok and a record's id."""
    return answer.states == ("ok", "ok") and answer.id > 0


class Desk:
    """One user's mServer session on one unit, without HTTP."""

    def __init__(self, pohoda: Pohoda, *, official: bool = False, fills_delivery: bool = True) -> None:
        self.pohoda = pohoda
        schemas = Schemas(Path(str(XSD))) if official else None
        self.unit = XmlUnit(pohoda, schemas, {"Pražáci": "AD.Obec = 'Praha'"}, fills_delivery=fills_delivery)

    def send(self, *documents: str, pack: str = "p", **terms: Any) -> list[Answered]:
        """The answers to documents sent as the items i1, i2 ... of one pack."""
        return self.post(packed(*documents, pack=pack), **terms)

    def one(self, document: str, **terms: Any) -> Answered:
        [answer] = self.send(document, **terms)
        return answer

    def post(self, body: bytes, **terms: Any) -> list[Answered]:
        root = etree.fromstring(self.unit.answer(body, **terms))
        valid(root)
        assert root.get("state") == "ok", root.get("note")
        return [Answered(item) for item in root]

    def listed(self, inside: str = "", *, system: str = "") -> list[Any]:
        """The headers of an address-book listing."""
        attribute = f'extSystem="{system}"' if system else ""
        request = (
            f'<lAdb:listAddressBookRequest version="2.0" addressBookVersion="2.0" {attribute}>'
            f"<lAdb:requestAddressBook>{inside}</lAdb:requestAddressBook></lAdb:listAddressBookRequest>"
        )
        root = etree.fromstring(self.unit.answer(packed(request)))
        valid(root)
        return root.findall(".//adb:addressbookHeader", NS)

    def row(self, id: int, table: str = "AD") -> dict[str, Any]:
        return self.pohoda.rows(f"SELECT * FROM {table} WHERE ID = ?", id)[0]

    def count(self, table: str = "AD") -> int:
        return int(self.pohoda.rows(f"SELECT COUNT(*) AS n FROM {table}")[0]["n"])

    def deliveries(self, address: int) -> list[dict[str, Any]]:
        return self.pohoda.rows("SELECT * FROM ADdodaci WHERE RefAg = ? ORDER BY ID", address)


@cache
def _schema(folder: str) -> Any:
    return etree.XMLSchema(etree.parse(str(Path(folder) / "response.xsd")))


def valid(root: Any) -> None:
    if XSD:
        assert _schema(XSD).validate(root), _schema(XSD).error_log


def packed(*documents: str, pack: str = "p", encoding: str = "UTF-8") -> bytes:
    items = "".join(
        f'<dat:dataPackItem version="2.0" id="i{place}">{document}</dat:dataPackItem>'
        for place, document in enumerate(documents, start=1)
    )
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    text = f'<dat:dataPack {SPACES} version="2.0" id="{pack}" ico="12345678" application="t" note="">{items}'
    return f"{head}{text}</dat:dataPack>".encode(encoding)


def document(
    header: str = "", action: str = "", *, ids: str = "", identity: str = "", accounts: str = "", **address: str
) -> str:
    """An `adb:addressbook`; keywords are elements of the main address, `ids` and `identity` what stands before and
    after it, `header` what follows the identity."""
    main = "".join(f"<typ:{name}>{value}</typ:{name}>" for name, value in address.items())
    main = f"<typ:address>{main}</typ:address>" if main else ""
    whole = f"{ids}{main}{identity}"
    inner = f"<adb:identity>{whole}</adb:identity>" if whole else ""
    box = f"<adb:actionType>{action}</adb:actionType>" if action else ""
    account = f"<adb:addressbookAccount>{accounts}</adb:addressbookAccount>" if accounts else ""
    head = f"<adb:addressbookHeader>{inner}{header}</adb:addressbookHeader>"
    return f'<adb:addressbook version="2.0">{box}{head}{account}</adb:addressbook>'


def action(kind: str, attributes: str = "", **conditions: str) -> str:
    """An action with a filter; without conditions, without one."""
    inside = "".join(f"<ftr:{name}>{value}</ftr:{name}>" for name, value in conditions.items())
    box = f"<ftr:filter>{inside}</ftr:filter>" if inside else ""
    return f"<adb:{kind} {attributes}>{box}</adb:{kind}>"


def deleted(**conditions: str) -> str:
    box = f"<adb:actionType>{action('delete', **conditions)}</adb:actionType>"
    return f'<adb:addressbook version="2.0">{box}</adb:addressbook>'


def external(ids: str, system: str = "CRM", element: str = "typ:extId") -> str:
    return f"<{element}><typ:ids>{ids}</typ:ids><typ:exSystemName>{system}</typ:exSystemName></{element}>"
