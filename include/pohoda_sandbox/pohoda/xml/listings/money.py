"""Bank, cash and internal documents."""

from collections.abc import Callable

from pohoda_sandbox.pohoda.xml.filters import Search
from pohoda_sandbox.pohoda.xml.listings import links
from pohoda_sandbox.pohoda.xml.listings.amounts import line, summary, with_rates
from pohoda_sandbox.pohoda.xml.listings.common import (
    ACCOUNTING,
    VAT_CLASS,
    coded,
    dimensions,
    labels,
    number,
    own,
    parameters,
    partner,
    partner_account,
    ref,
    stock_item,
)
from pohoda_sandbox.pohoda.xml.listings.form import Asked, Default, Form, If, Many, Node, Row, Words
from pohoda_sandbox.pohoda.xml.listings.invoices import storno
from pohoda_sandbox.pohoda.xml.listings.listing import Ask, Listing, Rows

_DIRECTIONS = {1: "receipt", 2: "expense"}
_CASH, _BANK, _INTERNAL = 27, 28, 29


def _statement(place: int) -> Callable[[Row], str | None]:
    """`Vypis` is `statement/movement`."""
    return lambda row: [*(row["Vypis"] or "").split("/"), ""][place].strip() or None


def _notes(prefix: str, table: str, ask: Ask) -> dict[str, Node]:
    return {
        f"{prefix}:note": "Pozn",
        f"{prefix}:intNote": "Pozn2",
        f"{prefix}:lock2": "Lock",
        f"{prefix}:markRecord": "Sel",
        f"{prefix}:labels": labels(f"{prefix}:labels"),
        f"{prefix}:parameters": parameters(ask, table),
    }


def _posting(prefix: str) -> dict[str, Node]:
    return {f"{prefix}:accounting": ACCOUNTING, f"{prefix}:classificationVAT": VAT_CLASS}


def _item(ask: Ask, prefix: str, table: str) -> Form:
    known = ask.pohoda.columns(table)
    card = {f"{prefix}:stockItem": stock_item()} if prefix == "vch" and "vcislo" in known else {}
    code = {f"{prefix}:code": "Kod"} if prefix != "bnk" else {}
    return {
        f"{prefix}:id": "ID",
        f"{prefix}:text": "SText",
        f"{prefix}:quantity": "Mnozstvi",
        f"{prefix}:unit": "MJ",
        f"{prefix}:coefficient": Default("MJKoef", "1.0"),
        **line(ask, prefix),
        **_paid(prefix),
        f"{prefix}:typeServiceMOSS": {"typ:ids": "MOSSDruh"},
        f"{prefix}:note": "Pozn",
        **code,
        f"{prefix}:symPar": "ParSym",
        **card,
        f"{prefix}:accounting": ref("RelPk", "pPK"),
        f"{prefix}:classificationVAT": VAT_CLASS,
        f"{prefix}:PDP": "PDP",
        **dimensions(ask, prefix),
        f"{prefix}:parameters": parameters(ask, table),
    }


def _paid(prefix: str) -> dict[str, Node]:
    """A line of the bank has its amount alone."""
    if prefix != "bnk":
        return {}
    home, foreign = ({"bnk:unitPrice": Default(column)} for column in ("KcJedn", "CmJedn"))
    return {"bnk:homeCurrency": home, "bnk:foreignCurrency": foreign}


def _bank(ask: Ask) -> Form:
    return {
        "bnk:bankHeader": {
            "bnk:id": "ID",
            "bnk:bankType": Words("RelTpBV", _DIRECTIONS),
            "bnk:account": ref("RefUcet", "sUcet"),
            "bnk:number": lambda row: row["Cislo"] and row["Cislo"][:15],
            "bnk:statementNumber": {"bnk:statementNumber": _statement(0), "bnk:numberMovement": _statement(1)},
            "bnk:symVar": "VarSym",
            "bnk:dateStatement": "Datum",
            "bnk:datePayment": "DatPlat",
            **_posting("bnk"),
            "bnk:text": "SText",
            "bnk:partnerIdentity": partner(ask, "BV"),
            "bnk:myIdentity": own(ask, "bnk:myIdentity"),
            "bnk:paymentAccount": If("Ucet", partner_account()),
            "bnk:symConst": "KonstSym",
            "bnk:symSpec": lambda row: row["SpecSym"] and row["SpecSym"][:16],
            "bnk:symPar": "ParSym",
            **dimensions(ask, "bnk"),
            **_notes("bnk", "BV", ask),
        },
        "bnk:bankDetail": {"bnk:bankItem": Many("BVpol", _item(ask, "bnk", "BVpol"))},
        "bnk:bankSummary": summary(ask, "bnk", "BV"),
        "bnk:linkedDocuments": Asked("documents", {"typ:link": Many("links", links.LINK)}),
    }


def _voucher(ask: Ask) -> Form:
    return {
        "vch:voucherHeader": {
            "vch:id": "ID",
            "vch:extId": Many("extId", links.EXTERNAL),
            "vch:voucherType": Words("RelTpHO", _DIRECTIONS),
            "vch:storno": storno,
            "vch:cashAccount": ref("RefUcet", "sUcet"),
            "vch:number": number(),
            "vch:originalDocument": "PDoklad",
            "vch:date": "Datum",
            "vch:datePayment": "DatPlat",
            "vch:dateTax": "DatZdPln",
            "vch:dateKHDPH": "DatKHDPH",
            **_posting("vch"),
            "vch:text": "SText",
            "vch:partnerIdentity": partner(ask, "HO"),
            "vch:myIdentity": own(ask, "vch:myIdentity"),
            "vch:symPar": "ParSym",
            "vch:priceLevel": coded(ask, "CenyIDS", "SkCeny", "IDS"),
            **dimensions(ask, "vch"),
            **_notes("vch", "HO", ask),
        },
        "vch:voucherDetail": {"vch:voucherItem": Many("HOpol", _item(ask, "vch", "HOpol"))},
        "vch:voucherSummary": summary(ask, "vch", "HO"),
    }


def _internal(ask: Ask) -> Form:
    return {
        "int:intDocHeader": {
            "int:id": "ID",
            "int:extId": Many("extId", links.EXTERNAL),
            "int:storno": storno,
            "int:number": number(),
            "int:symVar": "VarSym",
            "int:symPar": "ParSym",
            "int:date": "Datum",
            "int:dateTax": "DatZdPln",
            "int:dateAccounting": "DatUcP",
            "int:dateKHDPH": "DatKHDPH",
            **_posting("int"),
            "int:numberKHDPH": "CisloKHDPH",
            "int:text": "SText",
            "int:partnerIdentity": partner(ask, "pINT"),
            "int:myIdentity": own(ask, "int:myIdentity"),
            "int:liquidation": "KLikv",
            **dimensions(ask, "int"),
            **_notes("int", "pINT", ask),
        },
        "int:intDocDetail": {"int:intDocItem": Many("pINTpol", _item(ask, "int", "pINTpol"))},
        "int:intDocSummary": summary(ask, "int", "pINT"),
        "int:linkedDocuments": Asked("documents", {"typ:link": Many("links", links.LINK)}),
    }


def _listing(record: str, table: str, title: str, agenda: int, form: Callable[[Ask], Form]) -> Listing:
    items = f"{table}pol"

    def number_of(row: Row) -> int:
        return agenda

    return Listing(
        record=record,
        search=Search(table, table, title, (agenda,), day=f"{table}.Datum"),
        form=form,
        sets={items: Rows(items)},
        prepare=(with_rates(items), links.external(number_of, most=1), links.linked(number_of)),
    )


BANK = _listing("lst:bank", "BV", "Banka", _BANK, _bank)
VOUCHER = _listing("lst:voucher", "HO", "Pokladna", _CASH, _voucher)
INTERNAL = _listing("lst:intDoc", "pINT", "Interní doklady", _INTERNAL, _internal)
