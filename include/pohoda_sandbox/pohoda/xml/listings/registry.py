"""For each list request the listing that answers it."""

from collections.abc import Mapping

from lxml import etree

from pohoda_sandbox.pohoda.database import Pohoda
from pohoda_sandbox.pohoda.xml.listings import (
    address_book,
    code_lists,
    contracts,
    definitions,
    invoices,
    money,
    offers,
    orders,
    prices,
    stock,
    unit,
)
from pohoda_sandbox.pohoda.xml.listings.listing import Ask, Listing, Made, Ways
from pohoda_sandbox.pohoda.xml.requests import REQUESTS

_VERSIONED: dict[str, tuple[str, Mapping[str, Listing | Made]]] = {
    "lst:listActionPriceRequest": ("actionPricesVersion", prices.ACTIONS),
    "lst:listBalanceRequest": ("balanceVersion", unit.BALANCES),
}
LISTINGS: dict[str, Listing | Made] = {
    "acu:listAccountingUnitRequest": unit.UNIT,
    "lAcv:listActivityRequest": code_lists.ACTIVITIES,
    "lAdb:listAddressBookRequest": address_book.LISTING,
    "lCen:listCentreRequest": code_lists.CENTRES,
    "lCon:listContractRequest": contracts.LISTING,
    "lStk:listStockRequest": stock.LISTING,
    "lst:listAccountRequest": unit.CHART,
    "lst:listAccountingDoubleEntryRequest": code_lists.DOUBLE_ENTRY,
    "lst:listAccountingSingleEntryRequest": code_lists.SINGLE_ENTRY,
    "lst:listBankAccountRequest": code_lists.ACCOUNTS,
    "lst:listBankRequest": money.BANK,
    "lst:listClassificationVATRequest": code_lists.VAT_CLASSES,
    "lst:listIndividualPriceRequest": prices.INDIVIDUAL,
    "lst:listIntDocRequest": money.INTERNAL,
    "lst:listInvoiceRequest": invoices.LISTING,
    "lst:listNumericSeriesRequest": code_lists.SERIES_OLD,
    "lst:listNumericalSeriesRequest": code_lists.SERIES_NEW,
    "lst:listOfferRequest": offers.LISTING,
    "lst:listOrderRequest": orders.LISTING,
    "lst:listParameterRequest": definitions.PARAMETERS,
    "lst:listPaymentRequest": code_lists.PAYMENTS,
    "lst:listSellingPriceRequest": prices.LEVELS,
    "lst:listStorageRequest": unit.STORAGE,
    "lst:listStoreRequest": code_lists.STORES,
    "lst:listUserCodeRequest": definitions.LISTS,
    "lst:listVoucherRequest": money.VOUCHER,
}


def records(pohoda: Pohoda, request: str, content: etree._Element, ways: Ways, named: Mapping[str, str]) -> list[bytes]:
    """The records that answer a request, in Windows-1250, a piece a page. `named` are the queries users saved.
    Raises FilterError."""
    ask = Ask(pohoda, content, REQUESTS[request], ways, named)
    if request in _VERSIONED:
        attribute, listings = _VERSIONED[request]
        return listings[content.get(attribute) or "2.0"].write(ask)
    return LISTINGS[request].write(ask)
