"""Stock cards, one a store: quantities, prices of the levels, the path in the tree of stores."""

from pohoda_sandbox.pohoda.xml.codes import BRANCH, GUARANTEES, SLOTS
from pohoda_sandbox.pohoda.xml.filters import Search
from pohoda_sandbox.pohoda.xml.listings import links
from pohoda_sandbox.pohoda.xml.listings.amounts import total
from pohoda_sandbox.pohoda.xml.listings.common import labels, parameters, ref
from pohoda_sandbox.pohoda.xml.listings.form import Asked, Constant, Default, Element, Form, If, Many, Node, Row, Words
from pohoda_sandbox.pohoda.xml.listings.listing import Ask, Listing, Rows
from pohoda_sandbox.pohoda.xml.listings.printing import measure
from pohoda_sandbox.pohoda.xml.listings.vat import rates

_AGENDA = 20
_KINDS = {1: "card", 2: "text", 3: "service", 4: "set", 5: "package", 6: "product"}
_CLASSES = {2: "goods", 3: "material"}
_FIXATIONS = {0: "none", 1: "sellingPrice", 2: "margin"}
_SERIAL, _BATCH = 1, 2
_FLAGS = {
    "news": "Novinka", "clearanceSale": "Doprodej", "sale": "Akce", "recommended": "Doporucujeme",
    "discount": "Sleva", "prepare": "Priprav",
}  # fmt: skip
_TEXTS = {
    "availability": "Dodani", "handlingInformation": "Doprava", "foreignName1": "Nazev1",
    "foreignNameComplement1": "SText1", "foreignName2": "Nazev2", "foreignNameComplement2": "SText2",
    "description": "Popis", "description2": "Popis2",
}  # fmt: skip


def _tracked(kind: int) -> Node:
    return lambda row: row["RelSKzVC"] == kind


def _rate(column: str) -> Element:
    """The slot of a price with its percentage of today."""

    def percent(row: Row) -> float:
        number = row[column] or 0
        return row["rates"][number - 1] if 1 <= number <= 3 else 0

    return Element({"value": percent}, Words(column, SLOTS, "none"))


def _available(row: Row) -> str:
    """What can still be sold: the quantity less what is reserved."""
    return measure(total(row["StavZ"], -(row["Rezer"] or 0)))


def _price(column: str) -> Element:
    return Element({"payVAT": Constant("false")}, Default(column))


def _header(ask: Ask) -> Form:
    return {
        "stk:id": "ID",
        "stk:extId": Many("extId", links.EXTERNAL),
        "stk:stockType": Words("RelSkTyp", _KINDS, "card"),
        "stk:code": "IDS",
        "stk:EAN": "EAN",
        "stk:PLU": Default("PLU"),
        "stk:isSales": "Odbyt",
        "stk:isSerialNumber": _tracked(_SERIAL),
        "stk:isInternet": "IObchod",
        "stk:isBatch": _tracked(_BATCH),
        "stk:purchasingRateVAT": _rate("RelDPHn"),
        "stk:sellingRateVAT": _rate("RelDPHp"),
        "stk:name": "Nazev",
        "stk:nameComplement": "SText",
        "stk:unit": "MJ",
        "stk:unit2": "MJ2",
        "stk:unit3": "MJ3",
        "stk:coefficient2": If("MJ2", "MJ2Koef"),
        "stk:coefficient3": If("MJ3", "MJ3Koef"),
        "stk:storage": {"typ:id": "RefStruct", "typ:ids": lambda row: row["path"] or None},
        "stk:typePrice": ref("RefSkSkup", "SkCS"),
        "stk:weightedPurchasePrice": "VNakup",
        "stk:purchasingPrice": _price("NakupC"),
        "stk:sellingPrice": _price("ProdejKc"),
        "stk:fixation": Words("RelTpFix", _FIXATIONS),
        "stk:limitMin": "MinLim",
        "stk:limitMax": "MinMax",
        "stk:mass": "Hmotnost",
        "stk:volume": "Objem",
        "stk:count": Default("StavZ", "0.0"),
        "stk:countIssue": _available,
        "stk:countReceivedOrders": Default("ObjedP", "0.0"),
        "stk:reservation": Default("Rezer", "0.0"),
        "stk:supplier": {"typ:id": "RefAD"},
        "stk:orderName": "ObjNazev",
        "stk:orderQuantity": "ObjMn",
        "stk:countIssuedOrders": Default("ObjedV", "0.0"),
        "stk:reclamation": Default("Reklam", "0.0"),
        "stk:service": Default("Servis", "0.0"),
        "stk:shortName": "NazevRP",
        "stk:guaranteeType": Words("RelZaruka", GUARANTEES),
        "stk:guarantee": "Zaruka",
        "stk:producer": lambda row: row["Vyrobce"] and row["Vyrobce"][:90],
        "stk:unitOfMeasure": "MJCn",
        "stk:coefficientOfMeasure": "MJCnKoef",
        "stk:yield": "Vynos",
        "stk:cost": "Naklad",
        "stk:classificationVATReceipt": ref("RelTpDPHp", "sDPH"),
        "stk:classificationVATIssue": ref("RelTpDPHv", "sDPH"),
        "stk:classOfStock": Words("RelSkDruh", _CLASSES),
        "stk:acc": "AUcet",
        "stk:typeServiceMOSS": {"typ:ids": "MOSSDruh"},
        **{f"stk:{name}": If(column, column) for name, column in _FLAGS.items()},
        **{f"stk:{name}": column for name, column in _TEXTS.items()},
        "stk:pictures": Asked(
            "pictures",
            If("Obrazek", {"stk:picture": Element({"default": Constant("true")}, inside={"stk:filepath": "Obrazek"})}),
        ),
        "stk:note": "Pozn",
        "stk:markRecord": "Sel",
        "stk:labels": labels("stk:labels"),
        "stk:parameters": parameters(ask, "SKz", "stockParameters"),
    }


def _form(ask: Ask) -> Form:
    price: Form = {"typ:id": "RefSkCeny", "typ:ids": "RefSkCeny/SkCeny.IDS", "typ:price": Default("ProdejC")}
    return {
        "stk:stockHeader": _header(ask),
        "stk:stockPriceItem": Asked("stockPriceItem", {"stk:stockPrice": Many("SKzCn", price)}),
    }


def _prepare(ask: Ask, page: list[Row]) -> None:
    paths = {
        row["ID"]: row["path"] for row in ask.pohoda.rows(f"SELECT n.ID, {BRANCH.format(node='n')} AS path FROM SkSt n")
    }
    stores = {row["ID"]: row["IDS"] for row in ask.pohoda.rows("SELECT ID, IDS FROM sSklad")}
    today = rates(ask.country, str(ask.pohoda.now()))
    for row in page:
        row["path"] = paths.get(row["RefStruct"]) or stores.get(row["RefSklad"])
        row["rates"] = today


LISTING = Listing(
    record="lStk:stock",
    search=Search(
        "SKz",
        "SKz",
        "Zásoby",
        (_AGENDA,),
        {"code": "IDS", "EAN": "EAN", "PLU": "PLU", "name": "Nazev"},
        always="SKz.Template = 0",
    ),
    form=_form,
    sets={"SKzCn": Rows("SKzCn", order="t.RefSkCeny, t.ID")},
    prepare=(_prepare, links.external(lambda row: _AGENDA, most=1)),
)
