"""The deletion of an order, with its lines, external ids and what it had ordered and reserved."""

from decimal import Decimal

from lxml import etree

from pohoda_sandbox.pohoda.xml.answers import Produced
from pohoda_sandbox.pohoda.xml.codes import SERIES
from pohoda_sandbox.pohoda.xml.imports.cards import release
from pohoda_sandbox.pohoda.xml.imports.outcome import (
    NO_FILTER,
    NOT_DELETED,
    SEVERAL,
    UNUSABLE,
    Outcome,
    Refused,
    Saving,
)
from pohoda_sandbox.pohoda.xml.names import child, text_of

_KINDS = {SERIES[11]: (1, 11), SERIES[12]: (2, 12)}


def delete_order(saving: Saving, removal: etree._Element) -> Outcome:
    """Deletes the order that the filter means; none is no error. Raises Refused for several, for another agenda, and
    for an order that something was delivered of."""
    pohoda, box = saving.pohoda, child(removal, "ftr:filter")
    agenda = (box.get("agenda") if box is not None else "") or ""
    id, number = (text_of(child(box, f"ftr:{name}")) if box is not None else "" for name in ("id", "number"))
    if box is None or not (id or number):
        raise Refused(removal, NO_FILTER)
    if agenda not in _KINDS:
        raise Refused(box, UNUSABLE[1].format(reason=agenda), UNUSABLE[0])
    kind, agenda_number = _KINDS[agenda]
    rules = {rule: value for rule, value in (("ID = ?", id), ("Cislo = ?", number)) if value}
    where = " AND ".join(("RelTpObj = ?", *rules))
    found = pohoda.rows(f"SELECT * FROM OBJ WHERE {where} LIMIT 2", kind, *rules.values())
    if len(found) > 1:
        raise Refused(removal, SEVERAL)
    if not found:
        return Outcome(Produced(0), agenda=agenda_number)
    order = found[0]
    lines = pohoda.rows("SELECT * FROM OBJpol WHERE RefAg = ?", order["ID"])
    tied = pohoda.rows("SELECT 1 FROM Vazby WHERE RelAgID2 = ? AND RefID2 = ? LIMIT 1", agenda_number, order["ID"])
    if tied or any(line["Dodano"] or line["DodBefor"] for line in lines):
        raise Refused(removal, NOT_DELETED[1].format(reason="doklad je přenesen do jiné agendy."), NOT_DELETED[0])
    for line in lines:
        release(pohoda, order, line, Decimal(str(line["Mnozstvi"] or 0)))
        pohoda.delete("OBJpol", line["ID"])
    for row in pohoda.rows("SELECT ID FROM sExtID WHERE RelAgID = ? AND RefDocID = ?", agenda_number, order["ID"]):
        for part in pohoda.rows("SELECT ID FROM sExtIDpol WHERE RefAg = ?", row["ID"]):
            pohoda.delete("sExtIDpol", part["ID"])
        pohoda.delete("sExtID", row["ID"])
    pohoda.delete("OBJ", order["ID"])
    produced = Produced(order["ID"], number=order["Cislo"], action="delete")
    return Outcome(produced, tuple(saving.details), order["Cislo"], agenda_number)
