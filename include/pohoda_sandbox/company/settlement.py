"""A payment of an invoice: what it changes on the invoice, and the rows of the payment and of the settlement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pohoda_sandbox.company.amounts import ZERO, cents, money

CASH, BANK, INTERNAL = 27, 28, 29
AGENDAS = {1: 2, 8: 2, 4: 43, 6: 43, 5: 18, 11: 3, 18: 3, 14: 44, 16: 44, 15: 19}
"""Agenda number of a row of FA, by its kind (`RelTpFak`)."""
ISSUED = frozenset({1, 4, 5, 6, 8})
PAYERS = {BANK: "BV", CASH: "HO", INTERNAL: "pINT"}
_PARTNER = ("RefAD", "Firma", "Utvar", "Jmeno", "Ulice", "PSC", "Obec", "RefZeme", "ICO", "DIC", "ICDPH")


@dataclass(frozen=True)
class Settlement:
    """`home` and `foreign` lower what is left to pay; `over` is paid beyond it, `difference` is what the payment's
    own rate `kurs` makes of a foreign amount (both in home currency). `sent`: all of it in the invoice's currency."""

    day: date
    sent: Decimal
    home: Decimal
    foreign: Decimal = ZERO
    over: Decimal = ZERO
    difference: Decimal = ZERO
    kurs: float = 0.0


def settlement(invoice: Mapping[str, Any], amount: Decimal, day: date, kurs: Decimal | None = None) -> Settlement:
    """What a payment of `amount`, in the invoice's currency and with the sign of what is left to pay, settles."""
    foreign = bool(invoice.get("RefCM"))
    left = money(invoice["CmLikv" if foreign else "KcLikv"])
    used = min(amount, left, key=abs)
    over = amount - used
    if not foreign:
        return Settlement(day, amount, used, over=over)
    units = int(invoice["CmMnoz"])
    own = Decimal(str(invoice["CmKurs"])) / units
    home = money(invoice["KcLikv"]) if used == left else cents(used * own)
    paid = kurs / units if kurs else own
    difference = cents(used * paid) - home if kurs else ZERO
    return Settlement(day, amount, home, used, cents(over * paid), difference, float(paid * units))


def on_invoice(invoice: Mapping[str, Any], paid: Settlement) -> dict[str, Any]:
    """The columns of the invoice that a settlement changes, with their new values."""
    columns: dict[str, Any] = {
        "KcLikv": money(invoice["KcLikv"]) - paid.home,
        "KcU": money(invoice.get("KcU")) + paid.home,
        "DatLikv": paid.day,
    }
    if invoice.get("RefCM"):
        columns["CmLikv"] = money(invoice["CmLikv"]) - paid.foreign
        columns["CmU"] = money(invoice.get("CmU")) + paid.foreign
    if paid.over:
        over = money(invoice.get("KcPrepl")) + paid.over
        columns |= {"KcPrepl": over, "KcPreplCelkem": over}
    return columns


def payer(invoice: Mapping[str, Any], paid: Settlement, agenda: int, number: str) -> dict[str, Any]:
    """The paying document: a bank, cash or internal one."""
    moved = paid.home + paid.over + paid.difference
    comes = (int(invoice["RelTpFak"]) in ISSUED) == (moved > 0)
    total = moved if agenda == INTERNAL else abs(moved)
    columns: dict[str, Any] = {
        "Cislo": number,
        "SText": f"Úhrada dokladu {invoice['Cislo']}",
        "Datum": paid.day,
        "Kc0": total,
        "KcCelkem": total,
        "KcU": paid.home,
        **{name: invoice.get(name) for name in _PARTNER},
    }
    if agenda in {BANK, CASH}:
        columns |= {"DatPlat": paid.day, "RelTpBV" if agenda == BANK else "RelTpHO": 1 if comes else 2}
    if agenda != CASH:
        columns["VarSym"] = invoice.get("VarSym")
    if invoice.get("RefCM"):
        columns |= {"RefCM": invoice["RefCM"], "CmKurs": paid.kurs, "CmMnoz": invoice["CmMnoz"]}
        columns |= {"Cm0": abs(paid.sent), "CmCelkem": abs(paid.sent)}
    return columns


def link(invoice: Mapping[str, Any], paid: Settlement, agenda: int, id: int, number: str) -> dict[str, Any]:
    """The row of `Uhrady` that ties the two together."""
    columns: dict[str, Any] = {
        "RelAgH": AGENDAS[int(invoice["RelTpFak"])],
        "RelIDH": invoice["ID"],
        "CisloH": invoice["Cislo"],
        "VarSymH": invoice.get("VarSym"),
        "RelAgU": agenda,
        "RelIDU": id,
        "CisloU": number,
        "KcU": paid.home,
        "KcKRozd": paid.difference,
        "DatumU": paid.day,
    }
    if invoice.get("RefCM"):
        columns |= {"CmH": paid.foreign, "CmU": paid.foreign}
    if paid.over:
        columns["KcPrepl"] = paid.over
    return columns
