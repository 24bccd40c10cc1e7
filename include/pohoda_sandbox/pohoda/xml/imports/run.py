"""One item of a pack through its import: refused as imported before, refused, or stored; all or nothing."""

import sqlite3
from collections.abc import Callable

from lxml import etree

from pohoda_sandbox.pohoda.database import Pohoda
from pohoda_sandbox.pohoda.xml import answers
from pohoda_sandbox.pohoda.xml.envelope import Item, Pack
from pohoda_sandbox.pohoda.xml.imports import address_book, contracts, documents, log, payments
from pohoda_sandbox.pohoda.xml.imports.outcome import NOT_SAVED, Outcome, Refused, Saving, Terms

REPEATED = "Kontrola duplicity dávek: položka '{item}' balíčku '{pack}' již byla importována."
IMPORTS: dict[str, Callable[[Saving, etree._Element], Outcome]] = {
    "adb:addressbook": address_book.run,
    "ord:order": documents.run,
    "ofr:offer": documents.run,
    "inv:invoice": documents.run,
    "con:contract": contracts.run,
    "lwl:liquidationWithoutLink": payments.run,
}


class Importer:
    """Imports items into one unit."""

    def __init__(self, pohoda: Pohoda, terms: Terms) -> None:
        self._pohoda = pohoda
        self._terms = terms

    def repeated(self, root: etree._Element, pack: Pack, item: Item) -> bool:
        """Answers an item that was imported before with the records it made then; False when it was not."""
        found = log.earlier(self._pohoda, pack.id, item.id)
        if found:
            box = answers.item(root, item.id, error=REPEATED.format(item=item.id, pack=pack.id))
            answers.duplicity(box, [(known.agenda, known.day, known.id, known.number) for known in found])
        return bool(found)

    def carry_out(self, root: etree._Element, pack: Pack, item: Item) -> None:
        """Imports the item and answers it."""
        outcome = self._stored(pack, item)
        answers.imported(answers.item(root, item.id), f"{item.name}Response", outcome.details, outcome.produced)

    def _stored(self, pack: Pack, item: Item) -> Outcome:
        saving = Saving(self._pohoda, self._terms)
        try:
            with self._pohoda.transaction():
                outcome = IMPORTS[item.name](saving, item.content)
                if outcome.produced.id:
                    record = (outcome.agenda, outcome.produced.id, outcome.number)
                    log.note(self._pohoda, pack.id, item.id, *record)
                return outcome
        except Refused as refused:
            return Outcome(_nothing(item, refused.action), (*saving.details, refused.detail))
        except (sqlite3.Error, OverflowError, ValueError, ArithmeticError) as error:
            refusal = Refused(item.content, NOT_SAVED[1].format(reason=error), NOT_SAVED[0])
            return Outcome(_nothing(item), (*saving.details, refusal.detail))


def _nothing(item: Item, action: str | None = None) -> answers.Produced:
    """What a refused item made: nothing; an address is told by an empty code."""
    return answers.Produced(0, code="" if item.name == "adb:addressbook" else None, action=action)
