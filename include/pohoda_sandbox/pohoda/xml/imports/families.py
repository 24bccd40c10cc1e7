"""The families of documents: which element of an order, offer or invoice lies in which column."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pohoda_sandbox.pohoda.xml.codes import AGENDAS_OF_INVOICES, INVOICES, OFFERS, ORDERS
from pohoda_sandbox.pohoda.xml.imports.references import LISTS, PRICE_LEVEL, CodeList

UNTAXED = frozenset({4, 6, 14, 16})
"""Kinds of invoices (`RelTpFak`) that have neither a tax day nor a VAT classification: advances, proformas."""
RECEIVED = frozenset(range(11, 19))
CORRECTIVE = frozenset({2, 8, 12, 18})
_HEADER = {"date": "Datum", "text": "SText", "note": "Pozn", "intNote": "Pozn2", "markRecord": "Sel"}
_MOSS = {"regVATinEU": "DICRegDPHEU", "MOSS": "MOSS", "evidentiaryResourcesMOSS": "MOSSDukaz"}
_LINE = {
    "text": "SText", "unit": "MJ", "coefficient": "MJKoef", "note": "Pozn", "code": "Kod", "PDP": "PDP",
    "percentVAT": "ProcentoDPH", "delivered": "Dodano", "guarantee": "Zaruka", "expirationDate": "DatExp",
    "symPar": "ParSym",
}  # fmt: skip
_ONLY_TOLD = (
    "id storno isDelivered dateCancellation iShop iShopName histRate lock1 lock2 liquidation applied "
    "dateOfPaymentOrder transferred linkedDocument"
)
_READ = (
    "extId orderType offerType invoiceType number partnerIdentity myIdentity parameters labels paymentAccount validate "
    "postponedIssue postponedReceive quantity payVAT rateVAT discountPercentage homeCurrency foreignCurrency stockItem "
    "link sourceDocument guaranteeType"
)
HANDLED = frozenset(f"{_ONLY_TOLD} {_READ}".split())
"""Local names of elements that POHODA only exports, and of those that are read by themselves."""


@dataclass(frozen=True)
class Family:
    """One element of a pack: its prefix and name, its table, the attribute-like element that tells its kind with the
    words for the kinds, and the elements that POHODA wants of a new one. `plain` and `coded` are columns by local name:
    a value, and a text within `typ:ids`."""

    prefix: str
    name: str
    table: str
    kind: str
    column: str
    kinds: Mapping[int, str]
    agenda: Callable[[int], int]
    plain: Mapping[str, str]
    lists: Mapping[str, CodeList]
    line_lists: Mapping[str, CodeList]
    needed: tuple[str, ...] = ()
    otherwise: str = ""
    coded: Mapping[str, str] = field(default_factory=lambda: _MOSS)

    @property
    def items(self) -> str:
        return f"{self.table}pol"

    @property
    def line(self) -> Mapping[str, str]:
        return {f"{self.prefix}:{name}": column for name, column in _LINE.items()}

    def tag(self, end: str) -> str:
        """`ord:orderHeader` for `Header`."""
        return f"{self.prefix}:{self.name}{end}"

    def buys(self, kind: int) -> bool:
        """Whether we are the customer."""
        return kind in RECEIVED if self.table == "FA" else kind == (2 if self.table == "OBJ" else 1)


_VAT_WORDS = ({"inland": "UD", "nonSubsume": "UN"}, {"inland": "PD", "nonSubsume": "PN"})
VAT_CLASSES = tuple(CodeList("RelTpDPH", "sDPH", words=words) for words in _VAT_WORDS)
"""VAT classifications of issued and of received documents."""
_DIMENSIONS = {name.partition(":")[2]: LISTS[name] for name in ("adb:centre", "adb:activity", "adb:contract")}
_PAYMENT = LISTS["adb:paymentType"]
_ACCOUNT = CodeList("RefUcet", "sUcet", agenda=41, unknown="Neznámý účet")
_ACCOUNTING = CodeList("RelPk", "pPK")


def _lists(prefix: str, **lists: CodeList) -> dict[str, CodeList]:
    return {f"{prefix}:{name}": known for name, known in (_DIMENSIONS | lists).items()}


ORDER = Family(
    prefix="ord", name="order", table="OBJ", kind="orderType", column="RelTpObj", kinds=ORDERS,
    agenda=lambda kind: 10 + kind,
    plain=_HEADER | {
        "numberOrder": "PDoklad", "dateDelivery": "DatDod", "dateFrom": "DatOd", "dateTo": "DatDo",
        "isExecuted": "Vyrizeno", "isReserved": "Rezer", "permamentDocument": "TrvalyDok",
        "permanentDocument": "TrvalyDok",
    },
    lists=_lists("ord", paymentType=_PAYMENT, priceLevel=PRICE_LEVEL),
    line_lists=_lists("ord"),
    needed=("orderType", "date", "partnerIdentity"),
)  # fmt: skip
OFFER = Family(
    prefix="ofr", name="offer", table="NAB", kind="offerType", column="RelTpNab", kinds=OFFERS, agenda=lambda kind: 92,
    plain=_HEADER | {
        "validTill": "DatDo", "isExecuted": "Vyrizeno", "permanentDocument": "TrvalyDok", "details": "PoznPred",
    },
    lists=_lists("ofr", priceLevel=PRICE_LEVEL),
    line_lists=_lists("ofr"),
    needed=("date", "partnerIdentity"),
    otherwise="issuedOffer",
)  # fmt: skip
INVOICE = Family(
    prefix="inv", name="invoice", table="FA", kind="invoiceType", column="RelTpFak", kinds=INVOICES,
    agenda=lambda kind: AGENDAS_OF_INVOICES[kind],
    plain=_HEADER | {
        "symVar": "VarSym", "originalDocument": "PDoklad", "symPar": "ParSym", "dateTax": "DatZdPln",
        "dateAccounting": "DatUcP", "dateKHDPH": "DatKHDPH", "dateDue": "DatSplat", "dateApplicationVAT": "DatOdDPH",
        "numberKHDPH": "CisloKHDPH", "numberOrder": "CisloObj", "dateOrder": "DatObj", "symConst": "KonstSym",
        "symSpec": "SpecSym", "messageForRecipient": "PrijZprava", "paymentTerminal": "PlatTerm",
        "dateTaxOriginalDocumentMOSS": "DatZdPlnMOSS", "correctionMOSS": "MOSSOprava",
    },
    lists=_lists(
        "inv", paymentType=_PAYMENT, priceLevel=PRICE_LEVEL, account=_ACCOUNT, accounting=_ACCOUNTING,
        classificationVAT=VAT_CLASSES[0],
    ),
    line_lists=_lists("inv", accounting=_ACCOUNTING, classificationVAT=VAT_CLASSES[0]),
    needed=("invoiceType",),
)  # fmt: skip
FAMILIES = {f"{one.prefix}:{one.name}": one for one in (ORDER, OFFER, INVOICE)}
AGENDAS = {
    2: "Vydané faktury", 3: "Přijaté faktury", 11: "Přijaté objednávky", 12: "Vydané objednávky",
    18: "Ostatní pohledávky", 19: "Ostatní závazky", 43: "Vydané zálohové faktury", 44: "Přijaté zálohové faktury",
    92: "Vydané nabídky",
}  # fmt: skip
"""What the program calls the agendas of documents."""
