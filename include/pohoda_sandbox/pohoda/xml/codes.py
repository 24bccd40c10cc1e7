"""Numbers of the program's internal lists and the words its XML has for them, used by several listings."""

from collections.abc import Mapping

INVOICES = {
    1: "issuedInvoice",
    2: "issuedCreditNotice",
    3: "issuedDebitNote",
    4: "issuedAdvanceInvoice",
    5: "receivable",
    6: "issuedProformaInvoice",
    7: "penalty",
    8: "issuedCorrectiveTax",
    11: "receivedInvoice",
    12: "receivedCreditNotice",
    13: "receivedDebitNote",
    14: "receivedAdvanceInvoice",
    15: "commitment",
    16: "receivedProformaInvoice",
    18: "receivedCorrectiveTax",
}
"""`FA.RelTpFak`; 2, 3, 7, 12 and 13 follow the order of the schema's list, the others are evidenced."""
AGENDAS_OF_INVOICES = {
    1: 2, 2: 2, 3: 2, 8: 2, 4: 43, 6: 43, 5: 18, 7: 18, 11: 3, 12: 3, 13: 3, 18: 3, 14: 44, 16: 44, 15: 19,
}  # fmt: skip
ORDERS = {1: "receivedOrder", 2: "issuedOrder"}
OFFERS = {1: "receivedOffer", 2: "issuedOffer"}
LINKED = {
    2: ("FA", "issuedInvoice"),
    3: ("FA", "receivedInvoice"),
    6: ("", "receiptVoucher"),
    7: ("", "issueSlip"),
    8: ("", "transfer"),
    9: ("", "production"),
    10: ("", "salesVouchers"),
    11: ("OBJ", "receivedOrder"),
    12: ("OBJ", "issuedOrder"),
    18: ("FA", "receivable"),
    19: ("FA", "commitment"),
    27: ("HO", "cashbox"),
    28: ("BV", "bank"),
    29: ("pINT", "internalDocuments"),
    43: ("FA", "issuedAdvanceInvoice"),
    44: ("FA", "receivedAdvanceInvoice"),
    92: ("NAB", "issuedOffer"),
}
"""Agenda number -> the table of its documents, where the sandbox keeps it, and its name among links."""
ITEMS = {"FA": "FApol", "OBJ": "OBJpol", "NAB": "NABpol", "pINT": "pINTpol", "BV": "BVpol", "HO": "HOpol"}
SERIES = {
    2: "vydane_faktury",
    3: "prijate_faktury",
    4: "drobny_majetek",
    5: "dlouhodoby_majetek",
    6: "prijemky",
    7: "vydejky",
    8: "prevod",
    9: "vyroba",
    10: "prodejky",
    11: "prijate_objednavky",
    12: "vydane_objednavky",
    13: "adresar",
    18: "ostatni_pohledavky",
    19: "ostatni_zavazky",
    25: "personalistika",
    27: "pokladna",
    29: "interni_doklady",
    39: "zakazky",
    43: "vydane_zalohove_faktury",
    44: "prijate_zalohove_faktury",
    92: "vydane_nabidky",
    97: "vydane_poptavky",
}
PERIODS = {0: "permanent", 1: "yearlong"}
SLOTS = {0: "none", 1: "low", 2: "high", 3: "third"}
PAYMENTS = {1: "cash", 2: "creditcard", 3: "draft", 4: "advance", 6: "compensation", 9: "delivery"}
GUARANTEES = {0: "none", 1: "hour", 2: "day", 3: "month", 4: "year", 5: "life"}
ROUNDINGS = {
    0: "none", 1: "math2one", 2: "math2half", 3: "math2tenth", 4: "math5cent", 5: "up2one", 6: "up2half", 7: "up2tenth",
    8: "down2one", 9: "down2half", 10: "down2tenth",
}  # fmt: skip
"""`ZaokrFV`: the sandbox's own numbers, the program's are not known."""
STEPS: Mapping[int, str] = {
    1: "0,0001", 2: "0,001", 3: "0,01", 4: "0,1", 5: "1", 6: "10", 7: "100", 8: "1000"
}  # fmt: skip
"""`RelTpZkr`, to what a price is rounded: the sandbox's own numbers."""
BRANCH = "COALESCE((SELECT k.IDS FROM sSklad k WHERE k.ID = {node}.RefSklad), '')" + "".join(
    f" || COALESCE('/' || NULLIF({{node}}.Vetev{level}, ''), '')" for level in range(1, 8)
)
"""The path of a node of the stock tree: `SKLAD/Branch/Twig`."""
