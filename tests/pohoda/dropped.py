"""What a listing says and no agenda reads: a pattern of the path below the listing, and why that is right."""

CODE_LISTS = {"listCentre", "listActivity", "listStore", "listNumericalSeries"}
"""Listings that no agenda reads: their codes are asked for before something is written."""

_LIST = "the id of a row in one of POHODA's lists: its code is read"
_OWN = "our own company: it is the unit itself"
_LINE_SUM = "net and VAT of the line added up"
_SLOT_SUM = "net and VAT of the slot added up"
_ROUNDING = "how POHODA came to the amounts; the amounts are read"
_LINE_LINK = "the document that a line was made from: the record's `sources` have it"
_RECYCLING = "the share of recycling in a price: information for the printed document"

DROPPED = {
    "*/markRecord": "the mark of a person at the screen",
    "*/lock2": "whether accounting locked the record",
    "*/extId/exSystemText": "the title of the system whose mark it is; its name is read",
    "*/myIdentity/*": _OWN,
    # Ids of list rows.
    "*/number/id": _LIST,
    "addressbook/*/number/ids": "the series of address numbers: clients have no series",
    "*/account/id": _LIST,
    "*/accounting/id": _LIST,
    "*/activity/id": _LIST,
    "*/centre/id": _LIST,
    "*/classificationVAT/id": _LIST,
    "*/contract/id": _LIST,
    "*/country/id": _LIST,
    "*/stockPrice/id": _LIST,
    "*/currency/id": _LIST,
    "*/listValueRef/id": _LIST,
    "*/paymentType/id": _LIST,
    "*/priceLevel/id": _LIST,
    "*/storage/id": _LIST,
    "*/store/id": _LIST,
    # Said twice.
    "*/account/accountNo": "our own account: its code is read",
    "*/account/bankCode": "our own account: its code is read",
    "*/classificationVAT/classificationVATType": "what the code of the classification means",
    "*/paymentType/paymentType": "what the code of the payment method means",
    "*/parameters/parameter/list/*": "the list of a custom field: its definition has it",
    "*Item/homeCurrency/priceSum": _LINE_SUM,
    "*Item/foreignCurrency/priceSum": _LINE_SUM,
    "*Summary/homeCurrency/price3Sum": _SLOT_SUM,
    "*Summary/homeCurrency/priceHighSum": _SLOT_SUM,
    "*Summary/homeCurrency/priceLowSum": _SLOT_SUM,
    "*Summary/calculateVAT": _ROUNDING,
    "*Summary/roundingVAT": _ROUNDING,
    "*Summary/typeCalculateVATInclusivePrice": _ROUNDING,
    "*Item/linkedDocument/*": _LINE_LINK,
    # Address book.
    "addressbook/addressbookAccount/*": "bank accounts of a company: no CRM has a place for them",
    "*/addressbookHeader/accountingIssuedInvoice/*": "a default of POHODA for new documents",
    "*/addressbookHeader/accountingReceivedInvoice/*": "a default of POHODA for new documents",
    "*/addressbookHeader/responsiblePerson/*": "a person of POHODA's own list: the owner comes of centre or activity",
    "*/addressbookHeader/turnover": "a sum that POHODA makes of documents when it is asked",
    # Contracts.
    "contract/contractDesc/labels/*": "coloured labels of the screen",
    "contract/contractDesc/responsiblePerson/id": _LIST,
    # Lines of invoices.
    "*/invoiceItem/guarantee": "the guarantee is printed on the document",
    "*/invoiceItem/guaranteeType": "the guarantee is printed on the document",
    "*/invoiceItem/linkToStock/id": "the card of a text line, as after an issue slip: no stock moves by it",
    "*/invoiceItem/recyclingContrib/*": _RECYCLING,
    "*/invoiceItem/stockItem/stockItem/PLU": "the card has it",
    "*/invoiceItem/stockItem/stockItem/ids": "the line's own code is the same",
    "*/invoiceAdvancePaymentItem/symPar": "the deducted document is read by its id and number",
    # Orders.
    "*/orderHeader/permamentDocument": "the misspelt twin of permanentDocument that programs before 12000 wrote",
    # Stock and prices.
    "*/stockHeader/countIssue": "what can be issued: quantity less what is reserved",
    "individualPrice/setPrices/stocks/stockItem/price": "the card's own price: the card has it",
    "itemSellingPrice/rounding": "how POHODA came to the prices; the prices are read",
}
