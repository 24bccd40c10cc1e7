"""`sandbox act`: one thing that a person does in POHODA, in the data of a sandbox that may be running.

Documents made from orders are in `act_documents`.

A payment and a stock movement leave `DatSave` of the invoice and of the card as it was, for POHODA is not known to
move it; an edit moves it. What cannot be done is one line on stderr and exit code 2, and nothing is changed.
"""

import argparse
import sqlite3
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pohoda_sandbox import act_documents
from pohoda_sandbox.act_records import ActError, Row, one, today
from pohoda_sandbox.company.amounts import ZERO, cents, money
from pohoda_sandbox.company.movements import CARD, average, movement
from pohoda_sandbox.company.settlement import BANK, link, on_invoice, payer, settlement
from pohoda_sandbox.pohoda.columns import Column
from pohoda_sandbox.pohoda.database import Pohoda
from pohoda_sandbox.units import FIRST, FURTHER, Unit

UNITS: dict[str, Unit] = {FIRST.name: FIRST, **FURTHER}
RECEIPTS, ISSUES = 6, 7
_NUMBERED = ("FA", "OBJ", "NAB", "sZAK")
_YES, _NO = {"1", "true", "yes", "ano", "áno"}, {"0", "false", "no", "ne", "nie", ""}
_CARDS = "SELECT k.*, s.IDS AS Sklad FROM SKz k JOIN sSklad s ON s.ID = k.RefSklad WHERE k.IDS = ? ORDER BY k.ID"
_LAST = "SELECT KcOceneni FROM SKzPoh WHERE RefSKz = ? ORDER BY Datum DESC, ID DESC LIMIT 1"


def payment(pohoda: Pohoda, number: str, amount: Decimal | None = None) -> str:
    """Pays an invoice through the bank: the whole rest, or `amount` in the invoice's currency. Says what was done."""
    with pohoda.transaction():
        invoice = one(pohoda.rows("SELECT * FROM FA WHERE Cislo = ? AND Cislo <> ''", number), f"invoice {number}")
        foreign = bool(invoice["RefCM"])
        left = money(invoice["CmLikv" if foreign else "KcLikv"])
        if amount is None and not left:
            raise ActError(f"Invoice {number} is paid: nothing is left; --amount pays beyond that.")
        if foreign and not (invoice["CmKurs"] and invoice["CmMnoz"]):
            raise ActError(f"Invoice {number} is in a foreign currency without rate.")
        sign = left or money(invoice["CmCelkem" if foreign else "KcCelkem"])
        paid = settlement(invoice, left if amount is None else amount.copy_sign(sign), today(pohoda))
        cislo, series = _next_number(pohoda, BANK)
        id = pohoda.insert("BV", **payer(invoice, paid, BANK, cislo), RelCR=series)
        pohoda.insert("Uhrady", **link(invoice, paid, BANK, id, cislo))
        changed = on_invoice(invoice, paid)
        pohoda.edit("FA", invoice["ID"], DatSave=invoice["DatSave"], **changed)
    rest = changed["CmLikv" if foreign else "KcLikv"]
    return f"Paid {abs(paid.sent)} of {number} by {cislo}; {abs(rest)} is left."


def move(pohoda: Pohoda, code: str, quantity: Decimal, store: str | None = None) -> str:
    """Receives (or, below zero, issues) goods of one card. Says what was done."""
    with pohoda.transaction():
        found = pohoda.rows(_CARDS, code)
        stores = sorted({str(row["Sklad"]) for row in found})
        if store is None and len(stores) > 1:
            raise ActError(f"Card {code} lies in several stores: choose one with --store ({', '.join(stores)}).")
        if store is not None:
            found = [row for row in found if row["Sklad"].casefold() == store.casefold()]
        where = f" in store {store} (it has: {', '.join(stores) or 'none'})" if store is not None else ""
        card = one(found, f"card {code}{where}")
        before = Decimal(str(card["StavZ"] or 0))
        if card["RelSkTyp"] != CARD:
            raise ActError(f"{code} is a service or a text: it has no stock.")
        if before + quantity < 0:
            raise ActError(f"Only {before.normalize():f} of {code} lie in store {card['Sklad']}.")
        last = pohoda.rows(_LAST, card["ID"])
        value = money(last[0]["KcOceneni"]) if last else ZERO
        worth = average(before, value, money(card["NakupC"]))
        after = before + quantity
        left = cents(value + quantity * worth) if after else ZERO
        day = today(pohoda)
        pohoda.insert(
            "SKzPoh",
            RefSKz=card["ID"],
            RelAg=RECEIPTS if quantity > 0 else ISSUES,
            Datum=day,
            Cislo=f"{day:%y}{'SP' if quantity > 0 else 'SV'}{_count(pohoda):05d}",
            **movement(after, left, quantity, worth),
        )
        pohoda.edit("SKz", card["ID"], DatSave=card["DatSave"], StavZ=float(after), VNakup=average(after, left, worth))
    return f"Moved {quantity:+f} of {code} in store {card['Sklad']}; {after.normalize():f} lie there now."


def edit(pohoda: Pohoda, key: str, changes: Sequence[str]) -> str:
    """Changes columns (`FIELD=VALUE`) of the document, contract or address with that number, or the company with that
    IČO. Says what was done."""
    with pohoda.transaction():
        table, row = _named(pohoda, key)
        columns = pohoda.columns(table)
        values: Row = {}
        for change in changes:
            name, given, text = change.partition("=")
            if not given:
                raise ActError(f"{change!r} is no change: FIELD=VALUE is needed.")
            column = columns.get(name.strip().lower())
            if column is None:
                near = get_close_matches(name.strip().lower(), columns, 1)
                hint = f"; did you mean {columns[near[0]].name}?" if near else ""
                raise ActError(f"{table} has no column {name.strip()}{hint}")
            if column.computed or column.name == "ID":
                raise ActError(f"{column.name} cannot be changed.")
            values[column.name] = _value(column, text)
        try:
            pohoda.edit(table, row["ID"], **values)
        except (ValueError, sqlite3.IntegrityError) as error:
            raise ActError(f"POHODA would refuse that: {error}") from error
    return f"Changed {', '.join(values)} of {key} in {table}."


def close_vat(pohoda: Pohoda, until: date | None) -> str:
    """Closes the VAT period up to a day, that day included, or opens all of them (None). Says what was done."""
    pohoda.closed_until = until
    return f"VAT is closed up to {until}." if until else "No VAT period is closed."


def _named(pohoda: Pohoda, key: str) -> tuple[str, Row]:
    found = [(table, row) for table in _NUMBERED for row in pohoda.rows(f"SELECT ID FROM {table} WHERE Cislo = ?", key)]
    mine = "SELECT ID FROM AD WHERE Cislo = ? OR ICO = ? AND RefAD IS NULL"
    found += [("AD", row) for row in pohoda.rows(mine, key, key)]
    if len(found) > 1:
        places = ", ".join(f"{table} {row['ID']}" for table, row in found)
        raise ActError(f"{key} is not one record but {len(found)}: {places}.")
    if not key or not found:
        raise ActError(f"There is no document, contract or address with number or IČO {key!r}.")
    return found[0]


def _value(column: Column, text: str) -> Any:
    """The text as the column takes it; an empty one clears it."""
    try:
        match column.type:
            case "bit":
                word = text.strip().lower()
                if word not in _YES | _NO:
                    raise ValueError(text)
                return word in _YES
            case _ if text == "":
                return None
            case "int" | "smallint":
                return int(text)
            case "money":
                return _decimal(text)
            case "float" | "real":
                return float(_decimal(text))
            case "datetime":
                return date.fromisoformat(text.strip())
            case _:
                return text
    except ValueError as error:
        raise ActError(f"{text!r} is no value for {column.name} ({column.type}).") from error


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text.strip().replace(",", "."))
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not number.is_finite():
        raise ValueError(text)
    return number


def _count(pohoda: Pohoda) -> int:
    return int(pohoda.rows("SELECT COALESCE(MAX(ID), 0) + 1 AS next FROM SKzPoh")[0]["next"])


def _next_number(pohoda: Pohoda, agenda: int) -> tuple[str, int]:
    sql = "SELECT ID, IDS, Cislo FROM sCRady WHERE RelCrAg = ? AND Cislo < '99999' ORDER BY ID DESC LIMIT 1"
    series = one(pohoda.rows(sql, agenda), f"number series of agenda {agenda}")
    counter = f"{int(series['Cislo']) + 1:05d}"
    pohoda.edit("sCRady", series["ID"], Cislo=counter)
    return f"{series['IDS']}{counter}", int(series["ID"])


def _open(data: Path, unit: Unit, year: int | None) -> Pohoda:
    """The unit's database of a year, the newest unless one is asked for."""
    kept = {int(path.stem[-4:]): path for path in data.glob(f"StwPh_{unit.ico}_[0-9][0-9][0-9][0-9].db")}
    if not kept:
        raise ActError(f"{data} has no unit {unit.name}: `sandbox up --data {data}` makes it.")
    if year is not None and year not in kept:
        raise ActError(f"{unit.name} has no year {year}, but {', '.join(map(str, sorted(kept)))}.")
    return Pohoda(kept[max(kept) if year is None else year])


def main(argv: Sequence[str] | None = None) -> int:
    """`argv`: the options, without the command's own name."""
    asked = _parser().parse_args(argv)
    act: Callable[[Pohoda], str] = asked.act(asked)
    try:
        with closing(_open(asked.data, UNITS[asked.unit], asked.year)) as pohoda:
            print(act(pohoda), flush=True)
    except ActError as error:
        print(error, file=sys.stderr)
        return 2
    except sqlite3.OperationalError as error:
        print(f"The data in {asked.data} cannot be changed now: {error}.", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="pohoda-bridge sandbox act", description="Do as a person in POHODA does.")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="the sandbox's folder")
    parser.add_argument("--unit", choices=sorted(UNITS), default=FIRST.name, help=f"the accounting unit ({FIRST.name})")
    parser.add_argument("--year", type=int, metavar="YYYY", help="the accounting year (the newest)")
    acts = parser.add_subparsers(required=True, metavar="payment|movement|edit|advance|invoice|close-vat")
    paying = acts.add_parser("payment", help="pay an invoice through the bank")
    paying.add_argument("number", metavar="NUMBER")
    paying.add_argument("--amount", type=_amount, metavar="A", help="in the invoice's currency (all that is left)")
    paying.set_defaults(act=lambda asked: lambda pohoda: payment(pohoda, asked.number, asked.amount))
    moving = acts.add_parser("movement", help="receive goods, or issue them (a quantity below zero)")
    moving.add_argument("code", metavar="CODE")
    moving.add_argument("--quantity", type=_quantity, required=True, metavar="Q")
    moving.add_argument("--store", metavar="S", help="needed when the card lies in several")
    moving.set_defaults(act=lambda asked: lambda pohoda: move(pohoda, asked.code, asked.quantity, asked.store))
    editing = acts.add_parser("edit", help="change fields of a document, contract or address")
    editing.add_argument("key", metavar="NUMBER|IČO")
    editing.add_argument("changes", nargs="+", metavar="FIELD=VALUE")
    editing.set_defaults(act=lambda asked: lambda pohoda: edit(pohoda, asked.key, asked.changes))
    asking = acts.add_parser("advance", help="ask for an advance on a customer's order")
    asking.add_argument("order", metavar="ORDER")
    asking.add_argument("--amount", type=_amount, required=True, metavar="A", help="in the order's currency")
    asking.set_defaults(act=lambda asked: lambda pohoda: act_documents.advance(pohoda, asked.order, asked.amount))
    billing = acts.add_parser("invoice", help="invoice what is open of a customer's order, and issue its goods")
    billing.add_argument("order", metavar="ORDER")
    billing.add_argument("--deduct", action="append", default=[], metavar="NUMBER", help="a paid advance; may repeat")
    billing.set_defaults(act=lambda asked: lambda pohoda: act_documents.invoice(pohoda, asked.order, asked.deduct))
    closing_vat = acts.add_parser("close-vat", help="close the VAT period: documents taxed in it are refused")
    closing_vat.add_argument("until", type=_day, metavar="YYYY-MM-DD|open", help="its last day; open: none is closed")
    closing_vat.set_defaults(act=lambda asked: lambda pohoda: close_vat(pohoda, asked.until))
    return parser


def _day(text: str) -> date | None:
    try:
        return None if text == "open" else date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no day: YYYY-MM-DD, or open") from None


def _amount(text: str) -> Decimal:
    number = _quantity(text)
    if number < 0 or number != cents(number):
        raise argparse.ArgumentTypeError(f"{text} is no amount: a number above zero with at most two decimals")
    return number


def _quantity(text: str) -> Decimal:
    try:
        number = _decimal(text)
    except ValueError:
        number = ZERO
    if not number or abs(number) >= 10**9:
        raise argparse.ArgumentTypeError(f"{text} is no number other than zero")
    return number


if __name__ == "__main__":
    sys.exit(main())
