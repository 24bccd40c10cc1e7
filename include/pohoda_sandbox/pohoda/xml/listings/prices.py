"""Price levels, prices and discounts of single customers, action prices."""

from collections.abc import Mapping

from pohoda_sandbox.pohoda.xml.codes import STEPS
from pohoda_sandbox.pohoda.xml.filters import ADDRESS_BOOK, PLAIN, Search
from pohoda_sandbox.pohoda.xml.listings import links
from pohoda_sandbox.pohoda.xml.listings.common import ref
from pohoda_sandbox.pohoda.xml.listings.form import Default, Form, If, Many, Row, Words
from pohoda_sandbox.pohoda.xml.listings.listing import Ask, Listing, Rows

_KINDS = {1: "basicPrice", 2: "accessoryPrice", 3: "discount"}
_VALIDITIES = {0: "pernament", 1: "pernament", 2: "temporary", 3: "suspended"}
_CALCULATIONS = {0: "excludedVAT", 1: "includedVAT"}
STOCK, GROUP = 20, 22
"""`ADcn.RelAgID`: a card's price or discount, or that of a price group; any other is for all cards."""

_LEVEL: Form = {
    "lst:id": "ID",
    "lst:code": Default("IDS", ""),
    "lst:name": "SText",
    "lst:discountValidity": Words("RelTpPlt", _VALIDITIES, "pernament"),
    "lst:dateFrom": "DatOd",
    "lst:dateTill": "DatDo",
    "lst:priceType": Words("RelTpCeny", _KINDS, "discount"),
    "lst:margin": "Marze",
    "lst:rebate": "Rabat",
    "lst:discountPercentage": "Sleva",
    "lst:calculation": Words("SDph", _CALCULATIONS),
    "lst:rounding": Words("RelTpZkr", STEPS, "0,1"),
    "lst:currency": ref("RefCM", "sCMeny", "Kod"),
    "lst:rate": If("RefCM", "CmKurs"),
}
LEVELS = Listing(
    record="lst:itemSellingPrice",
    search=Search("SkCeny", "SkCeny", "Prodejní ceny"),
    form=lambda ask: _LEVEL,
    version="",
)


def _individual(ask: Ask) -> Form:
    stock: Form = {
        "idp:id": "RefPol",
        "idp:ids": Default("Kod", ""),
        "idp:name": "Nazev",
        "idp:storage": {"typ:id": "RefStruct"},
        "idp:price": "CenaPC",
        "idp:discountPercentage": "Sleva",
        "idp:individualPrice": "Cena",
        "idp:currency": ref("RefCM", "sCMeny", "Kod"),
        "idp:payVAT": "SDph",
    }
    group: Form = {
        "idp:id": "RefPol",
        "idp:name": Default("Nazev", ""),
        "idp:discountPercentage": "Sleva",
    }
    return {
        "idp:partnerIdentity": {"idp:id": "ID", "idp:extId": Many("extId", links.EXTERNAL)},
        "idp:setPrices": {
            "idp:stocks": {"idp:stockItem": Many("stocks", stock)},
            "idp:priceGroups": {"idp:priceGroupItem": Many("groups", group)},
            "idp:allStocks": Many("all", {"idp:description": "Nazev", "idp:discountPercentage": "Sleva"}),
        },
    }


def _only(agenda: str) -> Rows:
    return Rows("ADcn", where=f"COALESCE(t.RelAgID, 0) {agenda}", order="t.ID")


INDIVIDUAL = Listing(
    record="lst:individualPrice",
    search=Search(
        "AD", "AD", "Adresář", (ADDRESS_BOOK,), PLAIN, always="AD.ID IN (SELECT RefAg FROM ADcn WHERE RefAg <> 0)"
    ),
    form=_individual,
    sets={"stocks": _only(f"= {STOCK}"), "groups": _only(f"= {GROUP}"), "all": _only(f"NOT IN ({STOCK}, {GROUP})")},
    prepare=(links.external(lambda row: ADDRESS_BOOK, most=1),),
)


def _action(ask: Ask) -> Form:
    card: Form = {
        "acp:stock": {"acp:id": "RefSKz", "acp:code": "Kod"},
        "acp:text": "Nazev",
        "acp:storage": {"typ:id": "RefStruct"},
        "acp:defaultPriceStock": {
            "acp:price": Default("ProdejZPC"),
            "acp:payVAT": "SDph",
            "acp:foreignCurrency": If("RefCM", {"acp:currency": ref("RefCM", "sCMeny", "Kod"), "acp:rate": "CmKurs"}),
        },
        "acp:actionPriceStock": {"acp:price": "ProdejC", "acp:discountPercentage": "Sleva"},
    }
    newer = ask.content.get("actionPricesVersion") == "2.1"
    return {
        "acp:actionPriceHeader": {
            "acp:id": "ID",
            "acp:name": Default("IDS", ""),
            "acp:description": "SText",
            "acp:validityAction": {"acp:dateFrom": Default("DatOd", "1900-01-01"), "acp:dateTill": "DatDo"},
            "acp:discountPercentage": Default("Sleva", "0.0"),
            "acp:deriveFromAccesoryPrice": "RefSkCeny/SkCeny.IDS",
            "acp:rounding": If("UseZkr", Words("RelTpZkr", STEPS, "0,01")),
            "acp:note": "Pozn",
        },
        "acp:actionPriceStocks" if newer else "acp:actionPriceItem": {
            "acp:actionPriceStockItem": Many("SkACnPol", card)
        },
        "acp:actionPriceCustomers": {"acp:customer": Many("SkACnAD", {"acp:id": "RefAD"})},
        "acp:actionPriceGroups": {"acp:group": Many("groups", {"acp:name": "name"})},
    }


def _groups(ask: Ask, page: list[Row]) -> None:
    for row in page:
        names = [name.strip()[:16] for name in (row["Skupina"] or "").split(",") if name.strip()]
        row["groups"] = [{"name": name} for name in names]


ACTIONS: Mapping[str, Listing] = {
    version: Listing(
        record="lst:actionPrice",
        search=Search("SkACn", "SkACn", "Cenové akce"),
        form=_action,
        sets={"SkACnPol": Rows("SkACnPol"), "SkACnAD": Rows("SkACnAD")},
        prepare=(_groups,),
        version=version,
    )
    for version in ("2.0", "2.1")
}
