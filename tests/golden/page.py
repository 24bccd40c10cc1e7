"""Writes `docs/golden-documents.md`, the page that explains the golden documents: `python -m tests.golden.page`."""

from pathlib import Path

from .cases import Case, cases
from .differences import DEFAULTS, OWN, TOLD, UNLINKED

PAGE = Path(__file__).parents[2] / "docs" / "golden-documents.md"
HEAD = """# Golden documents

Every document below is written to POHODA in a test, and must become exactly the XML that stands beside it; it is then
stored in the sandbox, read back over SQL and over XML, and must be what it was. `tests/golden/documents/CHECKED.md`
tells of each how it was checked, with its amounts worked out again. If your books need a case that is missing, say what
it is and what POHODA must show: it becomes one more row here.

- **Amounts** go as they are in the CRM: a line with its unit price, its amount without VAT and its VAT. POHODA has
  nothing left to round, so the invoice is the same to the cent on both sides. A document whose lines do not add up to
  its totals is not written at all, and says by how much they differ.
- **Another currency**: the lines go in that currency with the rate of the document, and POHODA converts them. The rate
  of forints is for a hundred of them.
- **Credit notes** have quantities (or prices) below zero, and name the invoice that they correct. In Slovakia its
  number goes twice, once for section C1 of the control statement.
- **VAT numbers** of other EU countries stand in IČ DPH in a Slovak unit and in DIČ in a Czech one.
- **A discount of the whole document** is a line below zero for each rate.
- **Deducted advances** are lines of their own, below zero. One that was taxed when it was paid lowers the base and VAT
  of the invoice; one that was not lowers only what is left to pay.
- **VAT classes, pre-assignments, accounts, centres** in these documents are examples. Yours come from the accounting
  table of your unit.

"Fields" are the names of the [agendas](agendas.md); a file is `tests/golden/documents/<kind>/<case>.yaml`.
"""
FAMILIES = {
    "received_orders": "Received orders (přijaté objednávky, prijaté objednávky)",
    "issued_orders": "Issued orders (vydané objednávky)",
    "offers": "Offers (vydané nabídky, vydané ponuky)",
    "invoices": "Issued invoices (vydané faktury, vydané faktúry)",
    "advances": "Advance invoices (zálohové faktury, zálohové faktúry)",
    "proformas": "Proforma invoices (proforma faktury, proforma faktúry)",
    "credit_notes": "Credit notes (opravné daňové doklady, dobropisy)",
    "debit_notes": "Debit notes (vrubopisy, ťarchopisy)",
    "contracts": "Contracts (zakázky, zákazky)",
}


def page() -> str:
    """The whole page, made of the cases' own words."""
    return "\n".join([HEAD, *(_table(family, title) for family, title in FAMILIES.items()), _differences()])


def _differences() -> str:
    """What POHODA makes of documents by itself, from the table that the round trip is held against."""
    rows = [(f"`{name}`", f"POHODA fills it when it is empty: {reason}") for name, reason in DEFAULTS.items()]
    rows += [(f"`{name}`", reason) for name, reason in OWN.items()]
    rows += [(f"`sources` of {kind.replace('_', ' ')}s", reason) for kind, reason in UNLINKED.items()]
    rows += [(f"`{name}` of {agenda.replace('_', ' ')}", reason) for (agenda, name), reason in TOLD.items()]
    table = [f"| {what} | {reason} |" for what, reason in rows]
    return "\n".join(["## What POHODA makes itself", "", "| field | what |", "|---|---|", *table, ""])


def _table(family: str, title: str) -> str:
    rows = [_row(case) for case in cases() if case.family == family]
    return "\n".join([f"## {title}", "", "| case | unit | what is special | fields |", "|---|---|---|---|", *rows, ""])


def _row(case: Case) -> str:
    fields = ", ".join(f"`{name}`" for name in case.shows)
    return f"| `{case.name}` | {case.country} | {case.about} | {fields} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
