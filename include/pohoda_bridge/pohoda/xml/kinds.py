"""The kinds of listings: what POHODA wants in a request for each, and where their records carry what is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pohoda_bridge.errors import StopAgenda

BASE = "http://www.stormware.cz/schema/version_2/"
LIST = f"{BASE}list.xsd"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What POHODA wants of one kind of listing.

    `type` is the attribute that chooses among several types of records, which tell theirs at `type_path` below the
    header. `inner` is the element that holds the filters, None where there is neither filter nor paging. `filters` maps
    a path below the header to the filter that finds it (`a/b` one inside another) and the longest value it takes;
    `changes` is the filter by the last change. `ext_id` is the path of the marks below the header, or None when such
    records carry none; `tells_system`: whose marks are wanted is said in the request. `code` is the element with the
    code of a record, `@` before it an attribute of the record itself; `record` the name of the records where it is not
    the kind's own. `parameters` is the agenda for which POHODA defines custom fields, `items` the elements of a
    record's rows that carry them too.
    """

    prefix: str = "lst"
    namespace: str = LIST
    request: str
    inner: str | None
    listing: str
    attributes: Mapping[str, str]
    type: str | None = None
    type_path: str = ""
    filters: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    changes: str | None = None
    ext_id: str | None = None
    tells_system: bool = False
    code: str = "code"
    record: str | None = None
    parameters: str | None = None
    items: tuple[str, ...] = ()

    @property
    def by_id(self) -> bool:
        """Whether a record can be asked for by its id."""
        return any(name == "id" for name, _ in self.filters.values())


def _kind(name: str, version: str, **more: Any) -> Kind:
    return Kind(
        **{
            "request": f"list{name}Request",
            "inner": f"request{name}",
            "listing": f"list{name}",
            "attributes": {"version": "2.0", version: "2.0"},
            "filters": {"id": ("id", 10)},
            **more,
        }
    )


_PARTNER = "partnerIdentity/address"
_DOCUMENT = {
    "filters": {
        "id": ("id", 10),
        "number/numberRequested": ("selectedNumbers/number/typ:numberRequested", 32),
        f"{_PARTNER}/company": ("selectedCompanys/company", 255),
        f"{_PARTNER}/ico": ("selectedIco/ico", 15),
    },
    "changes": "lastChanges",
}
_MARKED = {"ext_id": "extId", "tells_system": True}
_PLAIN = {"attributes": {"version": "1.1"}, "inner": None, "filters": {}}
_POSTING = {"code": "@code", "record": "itemAccounting"}
_CODE_LISTS: Mapping[str, Mapping[str, Any]] = {
    "payment": {"code": "name"}, "bankAccount": {"code": "ids"}, "classificationVAT": {"filters": {}},
}  # fmt: skip
_ADDRESS = {"company": 255, "name": 32, "city": 45, "street": 64, "zip": 15, "ico": 15, "dic": 18}

KINDS: Mapping[str, Kind] = {
    "addressbook": Kind(
        prefix="lAdb",
        namespace=f"{BASE}list_addBook.xsd",
        request="listAddressBookRequest",
        inner="requestAddressBook",
        listing="listAddressBook",
        attributes={"version": "2.0", "addressBookVersion": "2.0"},
        filters={"id": ("id", 10)}
        | {f"identity/address/{name}": (name, length) for name, length in _ADDRESS.items()},
        changes="lastChanges",
        ext_id="identity/extId",
        tells_system=True,
        parameters="adresar",
    ),
    "contract": _kind(
        "Contract", "contractVersion", prefix="lCon", namespace=f"{BASE}list_contract.xsd", **_DOCUMENT,
        parameters="zakazky",
    ),
    "order": _kind(
        "Order", "orderVersion", **_DOCUMENT, **_MARKED, type="orderType", type_path="orderType",
        parameters="objednavky", items=("orderItem",),
    ),
    "offer": _kind(
        "Offer", "offerVersion", **_DOCUMENT, **_MARKED, type="offerType", type_path="offerType",
        parameters="nabidky", items=("offerItem",),
    ),
    "invoice": _kind(
        "Invoice", "invoiceVersion", **_DOCUMENT, **_MARKED, type="invoiceType", type_path="invoiceType",
        parameters="faktury", items=("invoiceItem", "invoiceAdvancePaymentItem"),
    ),
    "stock": _kind(
        "Stock", "stockVersion", prefix="lStk", namespace=f"{BASE}list_stock.xsd", changes="lastChanges",
        filters={"id": ("id", 10), "code": ("code", 64), "EAN": ("EAN", 20), "name": ("name", 90)},
        ext_id="extId", parameters="zasoby",
    ),
    "sellingPrice": _kind("SellingPrice", "version", **_PLAIN, record="itemSellingPrice"),
    "individualPrice": _kind(
        "IndividualPrice", "individualPriceVersion", tells_system=True, changes="lastChangesIndividualPrice",
        filters={"partnerIdentity/id": ("id", 10)},
    ),
    "actionPrice": _kind("ActionPrice", "actionPricesVersion"),
    "centre": _kind("Centre", "centreVersion", prefix="lCen", namespace=f"{BASE}list_centre.xsd"),
    "activity": _kind("Activity", "activityVersion", prefix="lAcv", namespace=f"{BASE}list_activity.xsd"),
    "store": _kind("Store", "storeVersion", code="name"),
    "parameter": _kind("Parameter", "parameterVersion", filters={}),
    "userCode": _kind(
        "UserCode", "listVersion", attributes={"version": "1.1", "listVersion": "1.1"}, listing="listUserCodePack",
        filters={},
    ),
    "numericalSeries": _kind("NumericalSeries", "numericalSeriesVersion", filters={}, code="prefix"),
    "accountingDoubleEntry": _kind("AccountingDoubleEntry", "version", **_PLAIN, **_POSTING),
    "accountingSingleEntry": _kind("AccountingSingleEntry", "version", **_PLAIN, **_POSTING),
    **{name: _kind(name[0].upper() + name[1:], f"{name}Version", **more) for name, more in _CODE_LISTS.items()},
}  # fmt: skip


def kind_of(request: str) -> Kind:
    """The listing by its name in the agenda files; StopAgenda when this version has none."""
    if request not in KINDS:
        raise StopAgenda(f"this version has no XML listing {request!r}")
    return KINDS[request]
