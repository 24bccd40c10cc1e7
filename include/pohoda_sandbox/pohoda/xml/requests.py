"""The list requests POHODA knows: which attributes and filters each takes and which listing answers it."""

from dataclasses import dataclass, field

_DOCUMENT = ("documents", "attachments", "parameters", "liquidations")
_STOCK = (
    "relatedFiles relatedLinks pictures categories relatedStocks alternativeStocks intParameters stockItem "
    "stockAttach stockSerialNumber stockPriceItem stockParameters attachments"
)
_INVOICES = (
    "issuedInvoice issuedCreditNotice issuedDebitNote issuedAdvanceInvoice receivable issuedProformaInvoice "
    "penalty issuedCorrectiveTax receivedInvoice receivedCreditNotice receivedDebitNote "
    "receivedAdvanceInvoice commitment receivedProformaInvoice receivedCorrectiveTax"
)
_TWO = ("2.0",)


@dataclass(frozen=True)
class Request:
    """One kind of list request. `required` and `optional` map an attribute to its allowed values, empty for any.

    `filters` names the kind of filter the inner element takes: documents, addresses, stock, id, any (unchecked).
    An `ordered` inner element keeps the order filter, queryFilter, userFilterName.
    """

    name: str
    answer: str
    inner: str = ""
    filters: str = "any"
    required: dict[str, tuple[str, ...]] = field(default_factory=dict)
    optional: dict[str, tuple[str, ...]] = field(default_factory=dict)
    restrictions: tuple[str, ...] = ()
    ordered: bool = False


def _documents(name: str, version: str, *, external: bool = True, **types: str) -> Request:
    allowed = {kind: tuple(values.split()) for kind, values in types.items()}
    optional = {"offerType": allowed.pop("offerType")} if "offerType" in allowed else {}
    return Request(
        name=f"lst:list{name}Request",
        answer=f"lst:list{name}",
        inner=f"lst:request{name}",
        filters="documents",
        required={"version": _TWO, version: _TWO, **allowed},
        optional=optional | ({"extSystem": ()} if external else {}),
        restrictions=_DOCUMENT,
    )


def _codes(
    prefix: str, name: str, version: str, filters: str = "id", values: tuple[str, ...] = _TWO, switches: str = ""
) -> Request:
    return Request(
        name=f"{prefix}:list{name}Request",
        answer=f"{prefix}:list{name}",
        inner=f"{prefix}:request{name}",
        filters=filters,
        required={"version": _TWO, version: values},
        restrictions=tuple(switches.split()),
    )


def _plain(name: str, inner: str = "") -> Request:
    return Request(f"{name}Request", name, inner=inner, required={"version": ()})


REQUESTS: dict[str, Request] = {
    request.name: request
    for request in (
        Request(
            name="lAdb:listAddressBookRequest",
            answer="lAdb:listAddressBook",
            inner="lAdb:requestAddressBook",
            filters="addresses",
            required={"version": _TWO, "addressBookVersion": _TWO},
            optional={"extSystem": ()},
            restrictions=("attachments",),
            ordered=True,
        ),
        Request(
            name="lCon:listContractRequest",
            answer="lCon:listContract",
            inner="lCon:requestContract",
            filters="documents",
            required={"version": _TWO, "contractVersion": _TWO},
            restrictions=("attachments", "parameters"),
        ),
        Request(
            name="lStk:listStockRequest",
            answer="lStk:listStock",
            inner="lStk:requestStock",
            filters="stock",
            required={"version": _TWO, "stockVersion": ("2.0", "2.1")},
            restrictions=tuple(_STOCK.split()),
            ordered=True,
        ),
        Request(
            name="lst:listIndividualPriceRequest",
            answer="lst:listIndividualPrice",
            inner="lst:requestIndividualPrice",
            filters="addresses",
            required={"version": _TWO, "individualPriceVersion": _TWO},
            optional={"extSystem": ()},
            ordered=True,
        ),
        Request(
            name="lst:listBalanceRequest",
            answer="lst:listBalance",
            inner="lst:requestBalance",
            required={"version": ("1.0",), "balanceVersion": ("1.0", "2.0")},
            optional={"extSystem": ()},
        ),
        Request(
            name="lst:listUserCodeRequest",
            answer="lst:listUserCodePack",
            inner="lst:requestUserCode",
            required={"version": (), "listVersion": ()},
        ),
        _documents("Invoice", "invoiceVersion", invoiceType=_INVOICES),
        _documents("Order", "orderVersion", orderType="issuedOrder receivedOrder"),
        _documents("Offer", "offerVersion", offerType="issuedOffer receivedOffer"),
        _documents("Voucher", "voucherVersion"),
        _documents("IntDoc", "intDocVersion"),
        _documents("Bank", "bankVersion", external=False),
        _codes("lCen", "Centre", "centreVersion"),
        _codes("lAcv", "Activity", "activityVersion"),
        _codes("lst", "Store", "storeVersion", filters="documents", switches="parameters"),
        _codes("lst", "ActionPrice", "actionPricesVersion", values=("2.0", "2.1")),
        _codes("lst", "NumericalSeries", "numericalSeriesVersion", filters="any"),
        _codes("lst", "Parameter", "parameterVersion", filters="any", values=("2.0", "2.1", "2.2")),
        _codes("lst", "BankAccount", "bankAccountVersion"),
        _codes("lst", "Payment", "paymentVersion"),
        _codes("lst", "ClassificationVAT", "classificationVATVersion", filters="any"),
        _plain("lst:listSellingPrice"),
        _plain("lst:listAccount"),
        _plain("lst:listStorage", inner="lst:stores"),
        _plain("lst:listNumericSeries", inner="lst:agendas"),
        _plain("lst:listAccountingDoubleEntry", inner="lst:agendas"),
        _plain("lst:listAccountingSingleEntry", inner="lst:agendas"),
        _plain("acu:listAccountingUnit"),
    )
}
