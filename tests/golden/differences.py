"""Where a document that was written reads other than it was: what POHODA makes of it, each with its reason."""

DEFAULTS = {
    "number": "the next of its series", "series": "none, when the number is given",
    "symbol": "the digits of the number", "taxed_on": "the day of issue", "accounted_on": "the day of issue",
    "due_on": "the days due of the partner or the unit", "payment_method": "the partner's, else an order to the bank",
    "account": "the unit's first account", "vat_class": "inland", "accounting": "the first of the agenda",
}  # fmt: skip
"""What POHODA fills in by itself on a new document that does not say it."""

OWN = {
    "id": "of lines: POHODA numbers them", "delivered": "of the document: POHODA sees it by its lines",
    "balance": "what is left to pay follows from payments and deducted advances",
    "advance_deducted": "POHODA adds deducted advances up",
    "foreign_balance": "what is left to pay, in the foreign currency",
    "state_number": "POHODA gives a new contract the first state of its list",
}  # fmt: skip
"""What POHODA works out of a document and nobody can send."""

TOLD = {
    ("issued_invoices", "vat_class"): "it was filled in, and POHODA tells so",
    ("issued_invoices", "taxed_on"): "a supply of another year, invoiced late, and POHODA tells so",
    ("issued_invoices", "kv_section"): "its column is not known: the sandbox keeps none",
    ("issued_invoices", "original_number"): "a Slovak note sends it twice, once for the control statement: that column "
    "is not known, the sandbox keeps none",
}
"""What POHODA says of golden documents though all is well."""

UNLINKED = {
    "credit_note": "one with lines names its invoice by number: POHODA ignores lines when it makes one of an invoice",
    "invoice": "a deducted advance is named by the line that deducts it",
}
"""Documents whose sources among invoices are told by other fields, by kind; orders are linked."""

AMOUNTS = (
    "net_none", "net_low", "vat_low", "net_high", "vat_high", "net_third", "vat_third", "total", "rounding",
    "foreign_total",
)  # fmt: skip
"""What a document without lines of its own has from the one that POHODA makes it of, as it has the lines."""
