"""The import of one order, offer or invoice: made once, never changed; an order may be deleted."""

from lxml import etree

from pohoda_sandbox.pohoda.xml.answers import External, Produced
from pohoda_sandbox.pohoda.xml.imports import external
from pohoda_sandbox.pohoda.xml.imports.cards import check_stock, keep_stock
from pohoda_sandbox.pohoda.xml.imports.defaults import fill_days, fill_symbol, tell_usual, usual
from pohoda_sandbox.pohoda.xml.imports.deletion import delete_order
from pohoda_sandbox.pohoda.xml.imports.draft import Draft
from pohoda_sandbox.pohoda.xml.imports.families import FAMILIES, HANDLED, UNTAXED, VAT_CLASSES
from pohoda_sandbox.pohoda.xml.imports.lines import add_deduction, add_line
from pohoda_sandbox.pohoda.xml.imports.numbers import Numbers, numbered
from pohoda_sandbox.pohoda.xml.imports.outcome import NO_DOCUMENT_RIGHT, NOT_SAVED, Outcome, Refused, Saving
from pohoda_sandbox.pohoda.xml.imports.parameters import labels, parameters
from pohoda_sandbox.pohoda.xml.imports.partner import partner
from pohoda_sandbox.pohoda.xml.imports.references import referred
from pohoda_sandbox.pohoda.xml.imports.sources import add_named_line, add_source_lines, find_sources, tie
from pohoda_sandbox.pohoda.xml.imports.sums import find_exchange, sum_up
from pohoda_sandbox.pohoda.xml.imports.values import plain
from pohoda_sandbox.pohoda.xml.names import child, children, short, text_of

_UNHELD = ("attachments", "print", "EET")


def run(saving: Saving, document: etree._Element) -> Outcome:
    """Carries the document out. Raises Refused; the caller undoes what was stored until then."""
    if not saving.terms.documents:
        raise Refused(document, NO_DOCUMENT_RIGHT[1], NO_DOCUMENT_RIGHT[0])
    family = FAMILIES[short(document)]
    action = child(document, f"{family.prefix}:actionType")
    removal = None if action is None else child(action, f"{family.prefix}:delete")
    if removal is not None:
        return delete_order(saving, removal)
    draft = _draft(saving, document)
    find_sources(draft)
    _fill_header(draft)
    _fill_lines(draft)
    return _store(draft)


def _draft(saving: Saving, document: etree._Element) -> Draft:
    """Raises Refused when something is missing that a new document must have."""
    family = FAMILIES[short(document)]
    header = child(document, family.tag("Header"))
    made_from = any(short(part).endswith((":links", "Document")) for part in children(document))
    for name in ("Header",) if header is None else family.needed:
        missing = header is None or child(header, f"{family.prefix}:{name}") is None
        if missing and not (made_from and name not in {"Header", family.kind}):
            tag = family.tag(name) if header is None else f"{family.prefix}:{name}"
            raise Refused(document, NOT_SAVED[1].format(reason=f"chybí {tag}"), NOT_SAVED[0])
    assert header is not None
    word = text_of(child(header, f"{family.prefix}:{family.kind}")) or family.otherwise
    return Draft(saving, family, document, header, {name: kind for kind, name in family.kinds.items()}[word])


def _fill_header(draft: Draft) -> None:
    saving, family, header = draft.saving, draft.family, draft.header
    known = saving.pohoda.columns(family.table)
    identity = draft.sent("partnerIdentity")
    columns, draft.linked = partner(saving, identity, family.table)
    level = (draft.linked or {}).get("CenyIDS")
    draft.row = {"Sel": True, "CenyIDS": level} | draft.row | columns | {family.column: draft.kind}
    draft.row = {name: value for name, value in usual(draft).items() if value} | draft.row
    names = {f"{family.prefix}:{name}": column for name, column in family.plain.items()}
    lists = dict(family.lists)
    if draft.buys and "inv:classificationVAT" in lists:
        lists["inv:classificationVAT"] = VAT_CLASSES[True]
    draft.row |= plain(saving, header, names, known)
    elements = [part for part in children(header) if not _foreign_to_kind(draft, part)]
    draft.row |= referred(saving, elements, lists, draft.row)
    for part in children(header):
        local = short(part).partition(":")[2]
        if local in family.coded:
            draft.row |= plain(saving, part, {"typ:ids": family.coded[local]}, known)
        elif short(part) not in names and short(part) not in lists and local not in HANDLED:
            saving.unused(part)
    account = draft.sent("paymentAccount")
    if account is not None:
        draft.row |= plain(saving, account, {"typ:accountNo": "Ucet", "typ:bankCode": "KodBanky"}, known)
    draft.row |= labels(draft.sent("labels")) | parameters(saving, draft.sent("parameters"), family.table)
    for source in draft.sources:
        if source.how == "correct":
            draft.row["RelDobr"] = source.row["ID"]
            draft.row["PDoklad"] = draft.row.get("PDoklad") or source.row["Cislo" if not draft.buys else "PDoklad"]
    fill_days(draft)
    tell_usual(draft)
    draft.row |= numbered(saving, draft.sent("number"), of=_numbers(draft))
    if family.table == "FA":
        fill_symbol(draft)


def _foreign_to_kind(draft: Draft, element: etree._Element) -> bool:
    """Whether this kind of document has no such reference."""
    return draft.kind in UNTAXED and draft.family.table == "FA" and short(element) == "inv:classificationVAT"


def _numbers(draft: Draft) -> Numbers:
    year = int(draft.pohoda.settings()["Rok"]) % 100
    return Numbers(draft.family.table, draft.agenda, first=f"{year:02d}0000000")


def _fill_lines(draft: Draft) -> None:
    find_exchange(draft)
    detail = child(draft.element, draft.family.tag("Detail"))
    own = list(children(detail)) if detail is not None else []
    if any(source.how != "link" for source in draft.sources):
        own = []
    add_source_lines(draft, own)
    for element in own:
        link = child(element, f"{draft.family.prefix}:link")
        if short(element) == "inv:invoiceAdvancePaymentItem":
            add_deduction(draft, element)
        elif short(element).endswith(":roundingItem"):
            draft.saving.unused(element)
        elif link is not None:
            add_named_line(draft, link)
        else:
            add_line(draft, element)
    check_stock(draft)
    sum_up(draft)


def _store(draft: Draft) -> Outcome:
    pohoda, family = draft.pohoda, draft.family
    known = pohoda.columns(family.table)
    id = pohoda.insert(family.table, **{name: value for name, value in draft.row.items() if name.lower() in known})
    lines = []
    for place, line in enumerate(draft.lines, 1):
        lines.append(pohoda.insert(family.items, RefAg=id, OrderFld=place, **line.row))
        if line.row.get("RelAgID") in {43, 44}:
            _applied(draft, line.row)
    sent = draft.sent("extId")
    ids: tuple[External, ...] = external.sent([sent]) if sent is not None else ()
    external.remember(pohoda, draft.agenda, id, ids)
    for line, part in zip(draft.lines, lines, strict=True):
        if line.external:
            external.remember_part(pohoda, draft.agenda, id, family.items, part, line.external)
    keep_stock(draft, id)
    tie(draft, id, lines)
    for name in _UNHELD:
        for element in draft.element.findall(f"{{*}}{name}"):
            draft.saving.unused(element)
    action = "link" if draft.sources else "add"
    number = draft.row.get("Cislo")
    produced = Produced(id, number=number, action=action, external=ids[0] if ids else None)
    return Outcome(produced, tuple(draft.saving.details), number, draft.agenda)


def _applied(draft: Draft, row: dict[str, object]) -> None:
    """An advance knows how much of it was deducted."""
    amount = f"COALESCE(KcUplat, 0) - {row['Kc']} - {row['KcDPH']}"
    [advance] = draft.pohoda.rows(f"SELECT {amount} AS used, DatSave FROM FA WHERE ID = ?", row["RefPol"])
    draft.pohoda.edit("FA", int(str(row["RefPol"])), KcUplat=advance["used"], DatSave=advance["DatSave"])
