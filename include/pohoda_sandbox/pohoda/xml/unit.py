"""The XML side of one accounting unit: takes a request document, gives the answer document.

Checked in POHODA's order: readable, envelope, company number, right to XML, then each item by itself; only the
first four refuse the whole pack. An import document reaches `IMPORTS` by its element name.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from lxml import etree

from pohoda_sandbox.pohoda.database import Pohoda
from pohoda_sandbox.pohoda.xml import answers
from pohoda_sandbox.pohoda.xml.checks import Violation, check
from pohoda_sandbox.pohoda.xml.document_checks import check_import
from pohoda_sandbox.pohoda.xml.envelope import (
    NO_XML_RIGHT,
    UNREADABLE,
    WRONG_UNIT,
    Item,
    Pack,
    PackError,
    parse,
    read,
)
from pohoda_sandbox.pohoda.xml.filters import FilterError
from pohoda_sandbox.pohoda.xml.imports import IMPORTS, Importer, Terms
from pohoda_sandbox.pohoda.xml.listings import Ways, records
from pohoda_sandbox.pohoda.xml.names import short
from pohoda_sandbox.pohoda.xml.requests import REQUESTS
from pohoda_sandbox.pohoda.xml.schemas import Schemas

UNKNOWN = (
    "Neznámá žádost '{name}', zaúčtování nemohlo být provedeno. "
    "Ve verzi 'dataPack version=2' ještě není možné použít element '{name}'."
)
INVALID = "\n• Nepodařila se validace dokumentu podle schématu. \n\t\t\t{element}\n{reason}\n"
NO_IMPORT = "Import dokladu '{name}' tato verze simulátoru neprovádí; nic nebylo uloženo."

_DOCUMENTS = (
    "acv:activity adb:addressbook cen:centre con:contract stk:stock sto:store str:storage nms:numericalSeries "
    "prm:parameter dis:discount ord:order ofr:offer inv:invoice bnk:bank vch:voucher int:intDoc "
    "lwl:liquidationWithoutLink prijemka:prijemka prodejka:prodejka prevodka:prevodka vydejka:vydejka "
    "vyroba:vyroba enquiry:enquiry GDPR:GDPR print:print"
)
DOCUMENTS = frozenset(_DOCUMENTS.split())


class XmlUnit:
    """Answers packs from one Pohoda; not safe between threads, as the program works one request at a time."""

    def __init__(
        self,
        pohoda: Pohoda,
        schemas: Schemas | None = None,
        user_filters: Mapping[str, str] | None = None,
        *,
        fills_delivery: bool = True,
        ways: Ways | None = None,
    ) -> None:
        self._pohoda = pohoda
        self._schemas = schemas
        self._ways = ways or Ways()
        self._terms = Terms(user_filters=dict(user_filters or {}), fills_delivery=fills_delivery)

    def answer(
        self,
        body: bytes,
        *,
        may_xml: bool = True,
        may_write: bool = True,
        documents: bool = True,
        closed_until: date | None = None,
        check_duplicity: bool = False,
    ) -> bytes:
        """The answer to a request document, in Windows-1250; every fault of the request is in the answer.

        `may_write` and `documents` are the user's rights to the address book and to documents, `closed_until` the last
        day of the closed VAT period (what the unit says, unless told). With `check_duplicity` an import item is refused
        when one with its pack's and its own id was stored before.
        """
        unit = self._pohoda.settings()
        sender = answers.Sender(ico=unit["ICO"], key=unit["Klic"])
        try:
            pack = self._opened(body, sender)
            if not may_xml:
                raise PackError(NO_XML_RIGHT)
        except PackError as error:
            return answers.printed(answers.pack(sender, id=error.id, note=error.note, state="error"))
        root = answers.pack(sender, id=pack.id, note=pack.note)
        bodies: answers.Bodies = []
        closed = closed_until or self._pohoda.closed_until
        terms = replace(self._terms, may_write=may_write, documents=documents, closed_until=closed)
        importer = Importer(self._pohoda, terms)
        for item in pack.items:
            if not (check_duplicity and item.name in IMPORTS and importer.repeated(root, pack, item)):
                self._answer_item(root, pack, item, importer, bodies)
        return answers.printed(root, bodies)

    def _opened(self, body: bytes, sender: answers.Sender) -> Pack:
        root = parse(body)
        if self._schemas is not None:
            reason = self._schemas.envelope(root)
            if reason is not None:
                raise PackError(UNREADABLE.format(reason=reason), root.get("id") or "")
        pack = read(root)
        if (pack.ico and pack.ico != sender.ico) or (not pack.ico and pack.key and pack.key != sender.key):
            raise PackError(WRONG_UNIT, pack.id)
        return pack

    def _answer_item(
        self, root: etree._Element, pack: Pack, item: Item, importer: Importer, bodies: answers.Bodies
    ) -> None:
        name = etree.QName(item.content).localname
        if item.name not in REQUESTS and item.name not in DOCUMENTS:
            answers.item(root, item.id, error=UNKNOWN.format(name=name))
            return
        violation = self._violation(item)
        if violation is not None:
            answers.item(root, item.id, error=violation)
        elif item.name in IMPORTS:
            importer.carry_out(root, pack, item)
        elif item.name in DOCUMENTS:
            answers.item(root, item.id, error=NO_IMPORT.format(name=name))
        else:
            self._list(root, item, bodies)

    def _violation(self, item: Item) -> str | None:
        if self._schemas is not None:
            reason = self._schemas.item(item.content)
            return None if reason is None else INVALID.format(element=f"<{short(item.content)}>", reason=reason)
        try:
            if item.name in REQUESTS:
                check(REQUESTS[item.name], item.content)
            elif item.name in IMPORTS:
                check_import(item.content)
        except Violation as broken:
            element = f"<{short(broken.element)}>"
            return INVALID.format(element=element, reason=broken.reason)
        return None

    def _list(self, root: etree._Element, item: Item, bodies: answers.Bodies) -> None:
        try:
            pieces = records(self._pohoda, item.name, item.content, self._ways, self._terms.user_filters)
        except (FilterError, ValueError, OverflowError, sqlite3.Error) as error:
            answers.item(root, item.id, error=str(error))
            return
        box = answers.item(root, item.id)
        listing = answers.listing(box, REQUESTS[item.name].answer, self._pohoda.now())
        answers.filled(listing, pieces, bodies)
