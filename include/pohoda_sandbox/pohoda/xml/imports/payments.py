"""The import of `lwl:liquidationWithoutLink`: an invoice is settled without a document that pays it."""

from datetime import date
from typing import Any

from lxml import etree

from pohoda_sandbox.company.amounts import money
from pohoda_sandbox.company.settlement import on_invoice, settlement
from pohoda_sandbox.pohoda.xml.answers import Produced
from pohoda_sandbox.pohoda.xml.codes import AGENDAS_OF_INVOICES, LINKED
from pohoda_sandbox.pohoda.xml.filters import FilterError, Search, Where, selected
from pohoda_sandbox.pohoda.xml.imports.outcome import (
    NO_DOCUMENT_RIGHT,
    NO_FILTER,
    NO_SOURCE,
    NOT_SAVED,
    SEVERAL,
    UNUSABLE,
    Outcome,
    Refused,
    Saving,
)
from pohoda_sandbox.pohoda.xml.imports.values import number
from pohoda_sandbox.pohoda.xml.names import child, text_of

_AGENDAS = {word: number for number, (_, word) in LINKED.items()}
_ACTION = "liquidationWithoutLink"


def run(saving: Saving, document: etree._Element) -> Outcome:
    """Settles the one invoice that the filter means: by an amount, or by all that is left. Raises Refused."""
    if not saving.terms.documents:
        raise Refused(document, NO_DOCUMENT_RIGHT[1], NO_DOCUMENT_RIGHT[0])
    record = child(document, "lwl:record")
    if record is None:
        raise Refused(document, NO_FILTER)
    agenda = _AGENDAS.get(record.get("agenda") or "", 0)
    invoice = _invoice(saving, record, agenda)
    foreign = bool(invoice["RefCM"])
    left = money(invoice["CmLikv" if foreign else "KcLikv"])
    sent = child(document, "lwl:amountForeign" if foreign else "lwl:amountHome")
    amount = number(sent) if sent is not None and text_of(sent) else left
    if not amount or (left and (amount < 0) != (left < 0)):
        reason = "doklad je zlikvidován." if not left else "částka likvidace má opačné znaménko."
        raise Refused(record if sent is None else sent, NOT_SAVED[1].format(reason=reason), NOT_SAVED[0])
    told = text_of(child(document, "lwl:date"))
    day = date.fromisoformat(told[:10]) if told else saving.pohoda.now().date()
    paid = settlement(invoice, amount, day)
    saving.pohoda.edit("FA", invoice["ID"], DatSave=invoice["DatSave"], **on_invoice(invoice, paid))
    saving.pohoda.insert(
        "Uhrady",
        RelAgH=agenda,
        RelIDH=invoice["ID"],
        CisloH=invoice["Cislo"],
        VarSymH=invoice["VarSym"],
        KcU=paid.home,
        CmH=paid.foreign if foreign else None,
        CmU=paid.foreign if foreign else None,
        KcPrepl=paid.over or None,
        DatumU=day,
    )
    own = child(document, "lwl:extId")
    if own is not None:
        saving.unused(own)
    produced = Produced(invoice["ID"], number=invoice["Cislo"], action=_ACTION)
    return Outcome(produced, tuple(saving.details), invoice["Cislo"], agenda)


def _invoice(saving: Saving, record: etree._Element, agenda: int) -> dict[str, Any]:
    kinds = [str(kind) for kind, number in AGENDAS_OF_INVOICES.items() if number == agenda]
    try:
        search = Search("FA", "FA", "Faktury", (agenda,), day="FA.Datum")
        where = selected(Where(alias="FA"), record, set(saving.pohoda.columns("FA")), saving.terms.user_filters, search)
    except FilterError as error:
        raise Refused(record, UNUSABLE[1].format(reason=error), UNUSABLE[0]) from error
    if not where.conditions:
        raise Refused(record, NO_FILTER)
    where = where.also(f"FA.RelTpFak IN ({', '.join(kinds)})")
    found = saving.pohoda.rows(f"SELECT * FROM FA {where.sql} LIMIT 2", *where.values)
    if len(found) > 1:
        raise Refused(record, SEVERAL)
    if not found:
        raise Refused(record, NO_SOURCE[1], NO_SOURCE[0])
    return found[0]
