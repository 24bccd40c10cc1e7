"""What an import found on its way: warnings about values, a refusal, the record it made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lxml import etree

from pohoda_sandbox.pohoda.database import Pohoda
from pohoda_sandbox.pohoda.xml.answers import Detail, Produced
from pohoda_sandbox.pohoda.xml.filters import ADDRESS_BOOK
from pohoda_sandbox.pohoda.xml.names import children, short, text

NO_RIGHT = (101, "Uživatel nemá dostatečná práva pro práci v agendě Adresář.")
NO_DOCUMENT_RIGHT = (101, "Uživatel nemá dostatečná práva pro práci v agendě dokladů.")
CLOSED = (103, "Záznam nelze uložit: doklad spadá do uzavřeného období DPH.")
NO_TRANSFER = (114, "V této verzi není povolen přenos z agendy {source} do agendy {target}.")
NO_SOURCE = (115, "Záznam se zadaným ID/IDS neexistuje nebo ho není možné přenést.")
NOT_SAVED = (103, "Záznam nelze uložit: {reason}")
NOT_DELETED = (103, "Záznam nelze vymazat: {reason}")
UNUSABLE = (108, "Neznámá nebo nepoužitelná hodnota: {reason}")
DUPLICATE = (109, "Byl nalezen duplicitní záznam: {found}")
SEVERAL = "Pro daný filtr bylo nalezeno více jak 1 záznam."
NO_FILTER = "Pro vyhledání záznamu není zadán žádný filtr."
UNUSED = (602, "Hodnota prvku nebyla použita.")
CHANGED = (603, "Hodnota prvku musela být upravena.")
OUTSIDE = (606, "Datum není z účetního období.")


@dataclass(frozen=True)
class Terms:
    """Under which an import works: the user's rights to the address book and to documents, the queries users saved,
    whether an address without a delivery address gets a copy of its main one, and the last day of the VAT period that
    was closed last."""

    may_write: bool = True
    documents: bool = True
    user_filters: Mapping[str, str] = field(default_factory=dict)
    fills_delivery: bool = True
    closed_until: date | None = None


@dataclass(frozen=True)
class Outcome:
    """The answer to one item; `number` is the record's own and `agenda` that of the record, for the log of imports."""

    produced: Produced
    details: tuple[Detail, ...] = ()
    number: str | None = None
    agenda: int = ADDRESS_BOOK


class Refused(Exception):
    """Nothing of the item is stored; `detail` says why, `action` what had been begun."""

    def __init__(
        self, element: etree._Element, note: str, errno: int | None = None, *, action: str | None = None
    ) -> None:
        super().__init__(note)
        self.detail = Detail("error", errno, note, xpath(element))
        self.action = action


@dataclass
class Saving:
    """One record being saved: the unit, and the warnings that came up."""

    pohoda: Pohoda
    terms: Terms
    details: list[Detail] = field(default_factory=list)

    def changed(self, element: etree._Element, requested: Any, produced: Any, note: str = "") -> None:
        """Warns that another value than the one sent was stored."""
        values = text(requested), text(produced)
        self.details.append(Detail("warning", CHANGED[0], note or CHANGED[1], xpath(element), *values))

    def filled(self, parent: etree._Element, name: str, produced: Any) -> None:
        """Warns that a value was put in for an element that was not sent."""
        path = f"{xpath(parent)}[1]/{name}"
        self.details.append(Detail("warning", *CHANGED, path, produced=text(produced)))

    def outside(self, element: etree._Element, day: str) -> None:
        """Warns that a day, stored as it was sent, lies outside the accounting period."""
        self.details.append(Detail("warning", *OUTSIDE, xpath(element), day, day))

    def unused(self, element: etree._Element) -> None:
        """Warns that an element was read and not stored."""
        self.details.append(Detail("warning", *UNUSED, xpath(element)))


def xpath(element: etree._Element) -> str:
    """The path of an element as the program writes it: `/dat:dataPack/dat:dataPackItem[1]/.../adb:add`."""
    steps = [short(element)]
    for above in element.iterancestors():
        outer = above.getparent()
        if outer is None:
            steps.append(short(above))
        else:
            twins = [twin for twin in children(outer) if twin.tag == above.tag]
            steps.append(f"{short(above)}[{twins.index(above) + 1}]")
    return "/" + "/".join(reversed(steps))
