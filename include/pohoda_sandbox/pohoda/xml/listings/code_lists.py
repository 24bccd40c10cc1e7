"""Code lists: centres, activities, stores, number series, forms of payment, own bank accounts, posting rules."""

from collections.abc import Callable
from typing import Any

from pohoda_sandbox.pohoda.xml.codes import PERIODS, SERIES
from pohoda_sandbox.pohoda.xml.filters import Search, Where
from pohoda_sandbox.pohoda.xml.listings import links
from pohoda_sandbox.pohoda.xml.listings.common import parameters
from pohoda_sandbox.pohoda.xml.listings.form import Default, Element, Form, If, Many, Node, Row, Words
from pohoda_sandbox.pohoda.xml.listings.listing import Ask, Listing
from pohoda_sandbox.pohoda.xml.names import children, text_of

_CENTRES, _ACTIVITIES = 38, 37
_PAYMENTS = {1: "cash", 2: "creditCard", 3: "transfer", 4: "advance", 9: "delivery"}
_AGENDAS = {
    2: "issuedInvoice", 3: "receivedInvoice", 18: "claim", 19: "commitment", 27: "cashReceived", 28: "bankReceived",
    29: "internalDocument", 43: "issuedAdvanceInvoice", 44: "receivedAdvanceInvoice",
}  # fmt: skip
_DEFAULT_AGENDA = "internalDocument"


def _simple(list_prefix: str, prefix: str, name: str, table: str, title: str, agenda: int) -> Listing:
    form: Form = {
        f"{prefix}:{name}Header": {
            f"{prefix}:id": "ID",
            f"{prefix}:extId": Many("extId", links.EXTERNAL),
            f"{prefix}:code": "IDS",
            f"{prefix}:name": "SText",
            f"{prefix}:note": "Pozn",
            f"{prefix}:markRecord": "Sel",
        }
    }
    return Listing(
        record=f"{list_prefix}:{name}",
        search=Search(table, table, title, (agenda,)),
        form=lambda ask: form,
        prepare=(links.external(lambda row: agenda, most=1),),
        paged=False,
    )


CENTRES = _simple("lCen", "cen", "centre", "sSTR", "Střediska", _CENTRES)
ACTIVITIES = _simple("lAcv", "acv", "activity", "sCIN", "Činnosti", _ACTIVITIES)


def _store(ask: Ask) -> Form:
    return {
        "sto:id": "ID",
        "sto:name": Default("IDS", ""),
        "sto:text": Default("SText", ""),
        "sto:allowNegInvBalance": "SkMinus",
        "sto:note": "Pozn",
        "sto:markRecord": "Sel",
        "sto:parameters": parameters(ask, "sSklad"),
    }


STORES = Listing(record="lst:store", search=Search("sSklad", "sSklad", "Sklady", (57,)), form=_store)

_SERIES: Form = {
    "nms:numericalSeriesHeader": {
        "nms:id": "ID",
        "nms:prefix": "IDS",
        "nms:number": Default("Cislo", ""),
        "nms:name": lambda row: row["SText"] or row["IDS"],
        "nms:agenda": Words("RelCrAg", SERIES),
        "nms:period": Words("RelTpObd", PERIODS, "yearlong"),
        "nms:year": If("Rok", "Rok"),
        "nms:note": "Pozn",
        "nms:markRecord": "Sel",
    }
}
_NUMBERED = f"COALESCE(sCRady.IDS, '') <> '' AND sCRady.RelCrAg IN ({', '.join(map(str, SERIES))})"
SERIES_NEW = Listing(
    record="lst:numericalSeries",
    search=Search("sCRady", "sCRady", "Číselné řady", (35,), always=_NUMBERED),
    form=lambda ask: _SERIES,
)


def _posted(row: Row) -> str:
    return _AGENDAS.get(row["RelCrAg"], _DEFAULT_AGENDA)


def _of_agendas(column: str) -> Callable[[Ask, Where], Where]:
    """Rows of the agendas named in `lst:agendas`; those without a name of their own count as internal documents."""

    def narrow(ask: Ask, where: Where) -> Where:
        wanted = {text_of(agenda) for agenda in children(ask.inner)} if ask.inner is not None else set()
        if not wanted:
            return where
        known = (
            f"COALESCE({where.alias}.{column}, 0) IN ({', '.join(str(n) for n, w in _AGENDAS.items() if w in wanted)})"
        )
        others = f"COALESCE({where.alias}.{column}, 0) NOT IN ({', '.join(map(str, _AGENDAS))})"
        return where.also(f"{known} OR {others}" if _DEFAULT_AGENDA in wanted else known)

    return narrow


def _attributes(name: str, table: str, agenda: str, told: dict[str, Node], always: str = "") -> Listing:
    """A listing whose records are single elements with attributes."""
    return Listing(
        record="",
        search=Search(table, table, name, always=always),
        form=lambda ask: {name: Element(told)},
        version="",
        narrow=_of_agendas(agenda),
    )


SERIES_OLD = _attributes(
    "lst:itemNumericSeries",
    "sCRady",
    "RelCrAg",
    {"id": "ID", "code": "IDS", "name": Default("SText", ""), "agenda": _posted, "year": Default("Rok", "2000")},
    _NUMBERED,
)


def _rule_agenda(row: Row) -> str:
    return _AGENDAS.get(row["RelPkAg"], _DEFAULT_AGENDA)


_RULE: dict[str, Any] = {"id": "ID", "code": Default("IDS", ""), "accounting": Default("SText", "")}
DOUBLE_ENTRY = _attributes(
    "lst:itemAccounting",
    "pPK",
    "RelPkAg",
    {**_RULE, "agenda": _rule_agenda, "debit": Default("UMD", ""), "credit": Default("UD", "")},
)
SINGLE_ENTRY = _attributes("lst:itemAccounting", "pPK", "RelPkAg", {**_RULE, "agenda": _rule_agenda})

_PAYMENT: Form = {
    "pay:paymentHeader": {
        "pay:id": "ID",
        "pay:name": Default("IDS", ""),
        "pay:text": "SText",
        "pay:paymentType": Words("RelTyp", _PAYMENTS, "other"),
        "pay:useInSales": "UseInAgPH",
        "pay:useInOtherAgendas": "UseInAgOT",
        "pay:note": "Pozn",
    }
}
PAYMENTS = Listing(record="lst:payment", search=Search("sFormUh", "sFormUh", "Formy úhrad"), form=lambda ask: _PAYMENT)

_VAT_CLASS: Form = {
    "vat:classificationVATHeader": {
        "vat:id": "ID",
        "vat:code": Default("IDS", ""),
        "vat:name": Default("SText", ""),
        "vat:VATType": {"typ:id": Default("RefTpDph", "1")},  # the schema wants one; its numbers are not published
        "vat:offer": "Nabizet",
        "vat:validFrom": "PlatneOd",
        "vat:validTill": "PlatneDo",
        "vat:note": "Pozn",
        "vat:markRecord": "Sel",
    }
}
VAT_CLASSES = Listing(
    record="lst:classificationVAT", search=Search("sDPH", "sDPH", "Členění DPH"), form=lambda ask: _VAT_CLASS
)

_ACCOUNT: Form = {
    "bka:bankAccountHeader": {
        "bka:id": "ID",
        "bka:ids": "IDS",
        "bka:numberAccount": "SText",
        "bka:codeBank": "KodBanky",
        "bka:nameBank": "Banka",
        "bka:symSpec": lambda row: row["SpecSym"] and row["SpecSym"][:16],
        "bka:IBAN": "IBAN",
        "bka:SWIFT": "Swift",
        "bka:analyticAccount": {"typ:ids": "AUcet"},
        "bka:cancelled": "Zrusen",
        "bka:note": "Pozn",
    }
}
ACCOUNTS = Listing(
    record="lst:bankAccount",
    search=Search("sUcet", "sUcet", "Bankovní účty", (41,), always="COALESCE(sUcet.RelJeUcet, 2) = 2"),
    form=lambda ask: _ACCOUNT,
)
