"""Documents made from others: by a link, as a correction, as a cancellation."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from lxml import etree

from pohoda_sandbox.company.amounts import Terms
from pohoda_sandbox.company.amounts import line as computed
from pohoda_sandbox.pohoda.xml.codes import AGENDAS_OF_INVOICES, ITEMS, LINKED
from pohoda_sandbox.pohoda.xml.imports.cards import release
from pohoda_sandbox.pohoda.xml.imports.draft import Draft, Line, Row, Source
from pohoda_sandbox.pohoda.xml.imports.families import AGENDAS, CORRECTIVE
from pohoda_sandbox.pohoda.xml.imports.outcome import NO_SOURCE, NO_TRANSFER, Refused
from pohoda_sandbox.pohoda.xml.names import child, children, text_of

_INVOICE, _RECEIVED_INVOICE = 1, 11
_ALLOWED = {
    "receivedOrder": {2, 43}, "issuedOrder": {3, 44}, "issuedOffer": {11}, "issueSlip": {2}, "receiptVoucher": {3},
}  # fmt: skip
_NAMES = {word: number for number, (_, word) in LINKED.items()}
_DONE = {"OBJ": ("Vyrizeno", "BDodano", "DatStorn"), "NAB": ("Vyrizeno", "BPrenes"), "FA": ("RelStorn",)}
_HEADER = (
    "RefAD", "RefADdod", "Firma", "Utvar", "Jmeno", "Ulice", "PSC", "Obec", "RefZeme", "ICO", "DIC", "ICDPH", "Email",
    "Tel", "GSM", "Fax", "Firma2", "Utvar2", "Jmeno2", "Ulice2", "PSC2", "Obec2", "RefZeme2", "Tel2", "Email2",
    "RefStr", "RefCin", "CisloZAK", "RelForUh", "CenyIDS", "ZaokrFV",
)  # fmt: skip
_LINE = (
    "RefSKz", "RefSKz0", "SText", "Pozn", "Kod", "VCislo", "MJ", "MJKoef", "RelSzDPH", "ProcentoDPH", "SDph", "Sleva",
    "PDP", "RefStr", "RefCin", "CisloZAK", "RelPk", "RelTpDPH",
)  # fmt: skip
_KIND = {"OBJ": "RelTpObj", "NAB": "RelTpNab", "FA": "RelTpFak"}


def find_sources(draft: Draft) -> None:
    """The documents that this one is made from; the header takes over what theirs say. Raises Refused."""
    prefix = draft.family.prefix
    links = child(draft.element, f"{prefix}:links")
    for link in children(links) if links is not None else ():
        draft.sources.append(_linked(draft, link))
    for how, name in (("cancel", "cancelDocument"), ("correct", "correctiveDocument")):
        box = child(draft.element, f"{prefix}:{name}")
        if box is not None:
            draft.sources.append(_corrected(draft, box, how))
    known = draft.pohoda.columns(draft.family.table)
    for source in draft.sources:
        for name in _HEADER:
            if name.lower() in known and source.row.get(name) is not None:
                draft.row.setdefault(name, source.row[name])


def add_source_lines(draft: Draft, own: list[etree._Element]) -> None:
    """Takes over the lines of the sources: of a link those that are open, unless an invoice has lines of its own; of a
    correction when it says so, of a cancellation all, with their signs turned."""
    for source in draft.sources:
        if source.how == "link" and (not own or draft.family.table != "FA"):
            for row in _rows(draft, source):
                add_linked_line(draft, source, row)
        elif source.how == "cancel" or (source.how == "correct" and _transfers(draft)):
            for row in _rows(draft, source):
                _add(draft, source, row, -Decimal(str(row["Mnozstvi"] or 0)))


def add_named_line(draft: Draft, link: etree._Element) -> None:
    """Adds a line that names the one it is made from. Raises Refused when there is none."""
    word, id = text_of(child(link, "typ:sourceAgenda")), text_of(child(link, "typ:sourceItemId"))
    _allowed(draft, child(link, "typ:sourceAgenda"), word)
    agenda = _NAMES.get(word, 0)
    table = LINKED[agenda][0] if agenda else ""
    if table in _KIND and id:
        for row in draft.pohoda.rows(f"SELECT * FROM {ITEMS[table]} WHERE ID = ?", int(id)):
            header = draft.pohoda.rows(f"SELECT * FROM {table} WHERE ID = ?", row["RefAg"])[0]
            source = Source("link", agenda, table, header)
            if all(known.row["ID"] != header["ID"] for known in draft.sources):
                draft.sources.append(source)
            add_linked_line(draft, source, row)
            return
    raise Refused(link, NO_SOURCE[1], NO_SOURCE[0], action="link")


def add_linked_line(draft: Draft, source: Source, row: Row) -> None:
    """What is still open of a line."""
    done = sum(Decimal(str(row.get(name) or 0)) for name in ("Dodano", "DodBefor", "Prenes", "PrenesBfr"))
    quantity = Decimal(str(row["Mnozstvi"] or 0)) - done
    if quantity or not row["Mnozstvi"]:
        _add(draft, source, row, quantity)


def tie(draft: Draft, document: int, lines: list[int]) -> None:
    """Writes the links, and on the sources what became of them."""
    for source in draft.sources:
        tied = {"RelAgID1": draft.agenda, "RefID1": document, "RelAgID2": source.agenda, "RefID2": source.row["ID"]}
        told = {"Datum": source.row["Datum"], "Cislo": source.row["Cislo"], "Kc": source.row["KcCelkem"]}
        text = str(source.row["SText"] or "")[:64]
        draft.pohoda.insert("Vazby", RelTypVazby=1, SText=text, **tied, **told)
        if source.how == "cancel":
            _cancel(draft, source, document)
        elif source.how == "link":
            _deliver(draft, source)
    for line, id in zip(draft.lines, lines, strict=True):
        if line.source is not None:
            agenda, row = line.source
            ends = {"RelAgID": draft.agenda, "RefPol": id, "RelAgID1": agenda, "RefPol1": row["ID"]}
            draft.pohoda.insert("RefPolToPol", Mnozstvi=line.row["Mnozstvi"], **ends)


def _linked(draft: Draft, link: etree._Element) -> Source:
    told = child(link, "typ:sourceAgenda")
    word = text_of(told)
    _allowed(draft, told, word)
    agenda = _NAMES.get(word, 0)
    table = LINKED[agenda][0] if agenda else ""
    kinds = {"receivedOrder": 1, "issuedOrder": 2, "issuedOffer": 2}
    return Source("link", agenda, table, _found(draft, link, table, (kinds.get(word, 0),), "link"))


def _allowed(draft: Draft, told: etree._Element | None, word: str) -> None:
    """Only some agendas hand documents over, and in the agenda of invoices only to invoices themselves."""
    plain = draft.family.table != "FA" or draft.agenda in {43, 44} or draft.kind in {_INVOICE, _RECEIVED_INVOICE}
    if told is not None and (draft.agenda not in _ALLOWED.get(word, ()) or not plain):
        names = {"source": AGENDAS.get(_NAMES.get(word, 0), word), "target": AGENDAS[draft.agenda]}
        raise Refused(told, NO_TRANSFER[1].format(**names), NO_TRANSFER[0], action="link")


def _corrected(draft: Draft, box: etree._Element, how: str) -> Source:
    """The invoice that a correction or a cancellation is about: one of the same side."""
    kinds = tuple(kind for kind in AGENDAS_OF_INVOICES if draft.family.buys(kind) == draft.buys)
    row = _found(draft, box, "FA", kinds, None)
    source = Source(how, AGENDAS_OF_INVOICES[row["RelTpFak"]], "FA", row)
    if (how == "correct") != (draft.kind in CORRECTIVE) or (how == "cancel" and row["RelTpFak"] != draft.kind):
        names = {"source": AGENDAS[source.agenda], "target": AGENDAS[draft.agenda]}
        raise Refused(box, NO_TRANSFER[1].format(**names), NO_TRANSFER[0])
    return source


def _found(draft: Draft, box: etree._Element, table: str, kinds: tuple[int, ...], action: str | None) -> Row:
    """The document by id or number, unless it was carried out or cancelled already."""
    named = child(box, "typ:sourceDocument")
    id, cislo = (text_of(child(named, f"typ:{name}")) if named is not None else "" for name in ("id", "number"))
    if table and (id or cislo):
        condition = f"{_KIND[table]} IN ({', '.join(map(str, kinds))}) AND {'ID' if id else 'Cislo'} = ?"
        rows = draft.pohoda.rows(f"SELECT * FROM {table} WHERE {condition} LIMIT 2", id or cislo)
        if len(rows) == 1 and not any(rows[0][name] for name in _DONE[table]):
            return rows[0]
    raise Refused(box, NO_SOURCE[1], NO_SOURCE[0], action=action)


def _transfers(draft: Draft) -> bool:
    box = child(draft.element, f"{draft.family.prefix}:correctiveDocument")
    return box is not None and box.get("itemTransfer") in {"true", "1"}


def _rows(draft: Draft, source: Source) -> Iterator[Row]:
    table = ITEMS[source.table]
    yield from draft.pohoda.rows(f"SELECT * FROM {table} WHERE RefAg = ? ORDER BY OrderFld, ID", source.row["ID"])


def _add(draft: Draft, source: Source, row: Row, quantity: Decimal) -> None:
    """A line with the price of another and a quantity of its own; a quantity as it was keeps the amounts."""
    known = draft.pohoda.columns(draft.family.items)
    kept: dict[str, Any] = {name: row[name] for name in _LINE if name.lower() in known and row.get(name) is not None}
    names = ("KcJedn", "Kc", "KcDPH", "CmJedn", "Cm", "CmDPH")
    before = Decimal(str(row["Mnozstvi"] or 0))
    if abs(quantity) == abs(before):
        sign = -1 if quantity != before or source.how == "cancel" else 1
        amounts = {name: Decimal(str(row[name] or 0)) * (1 if name.endswith("Jedn") else sign) for name in names}
    else:
        slot = row["RelSzDPH"] or 0
        percent = _rate(row)
        terms = Terms({slot: percent}, exchange=draft.exchange, with_vat=bool(row["SDph"]))
        price = Decimal(str(row["CmJedn" if draft.exchange else "KcJedn"] or 0))
        discount = Decimal(str(row["Sleva"] or 0))
        amounts = computed(terms, price=price, quantity=quantity, slot=slot, discount=discount)
    tied = (source.agenda, row) if source.how == "link" else None
    ends = {"RelAgID": source.agenda, "RefPol": row["ID"]} if tied else {}
    cards = draft.pohoda.rows("SELECT * FROM SKz WHERE ID = ?", row["RefSKz"]) if row["RefSKz"] else []
    made = kept | amounts | ends | {"Mnozstvi": float(quantity)}
    draft.lines.append(Line(made, card=cards[0] if cards else None, source=tied))


def _rate(row: Row) -> Decimal:
    """The percentage of a line, as its amounts have it."""
    net, vat = (Decimal(str(row[name] or 0)) for name in ("Kc", "KcDPH"))
    return (vat * 100 / net).quantize(Decimal(1)) if net else Decimal(0)


def _cancel(draft: Draft, source: Source, document: int) -> None:
    """Both documents name each other, and neither leaves anything to pay."""
    paid = {"KcLikv": Decimal(0), "CmLikv": Decimal(0), "DatLikv": draft.row["Datum"]}
    draft.pohoda.edit("FA", document, TpStorn=True, RelStorn=source.row["ID"], **paid)
    draft.pohoda.edit("FA", source.row["ID"], RelStorn=document, DatStorn=draft.row["Datum"], **paid)


def _deliver(draft: Draft, source: Source) -> None:
    """The lines become delivered, and the document executed when nothing of it is open; an advance delivers nothing."""
    if draft.agenda in {43, 44}:
        return
    moved, whole = ("Dodano", "BDodano") if source.table == "OBJ" else ("Prenes", "BPrenes")
    table = ITEMS[source.table]
    for line in draft.lines:
        if line.source is not None and line.source[1]["RefAg"] == source.row["ID"]:
            row = line.source[1]
            draft.pohoda.edit(table, row["ID"], **{moved: float(row[moved] or 0) + line.row["Mnozstvi"]})
            if source.table == "OBJ":
                release(draft.pohoda, source.row, row, Decimal(str(line.row["Mnozstvi"])))
    before = "DodBefor" if source.table == "OBJ" else "PrenesBfr"
    rest = f"ABS(COALESCE(Mnozstvi, 0) - COALESCE({moved}, 0) - COALESCE({before}, 0)) > 0.000001"
    if not draft.pohoda.rows(f"SELECT 1 FROM {table} WHERE RefAg = ? AND {rest} LIMIT 1", source.row["ID"]):
        draft.pohoda.edit(source.table, source.row["ID"], **{whole: True, "Vyrizeno": True})
