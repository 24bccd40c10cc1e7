"""What accountants change and take back in POHODA, as far as POHODA itself lets them; False: it does not."""

from decimal import Decimal
from typing import Any

from pohoda_sandbox import act
from pohoda_sandbox.company.amounts import Exchange, Terms, line, money, totals
from pohoda_sandbox.pohoda.database import Pohoda
from pohoda_sandbox.pohoda.xml.imports.cards import release
from tests.bothways import office

Row = dict[str, Any]
AGENDAS = {"NAB": (92,), "OBJ": (11, 12), "FA": (2, 43)}
PERCENTS = {0: Decimal(0), 1: Decimal(19), 2: Decimal(23), 3: Decimal(5)}
ADVANCES = (-1, 43)


def close(pohoda: Pohoda, kind: str, row: Row) -> bool:
    """Nothing more is to be done of an order or offer, or again something is."""
    if not row.get("DatStorn"):
        pohoda.edit(office.TABLES[kind], row["ID"], Vyrizeno=not row["Vyrizeno"])
    return not row.get("DatStorn")


def cancel(pohoda: Pohoda, kind: str, row: Row) -> bool:
    """An order gets the day on which it was cancelled, an invoice one that takes it back."""
    if not _is_free(pohoda, kind, row):
        return False
    if kind == "order":
        pohoda.edit("OBJ", row["ID"], DatStorn=pohoda.now().date())
    else:
        office.cancel(pohoda, row["Cislo"])
    return True


def change_line(pohoda: Pohoda, kind: str, row: Row, quantity: int, price: Decimal) -> bool:
    """The first line has another quantity and price, and the document the sums that follow."""
    if not _is_free(pohoda, kind, row):
        return False
    table = office.TABLES[kind]
    lines = [_exact(one) for one in _lines(pohoda, table, row)]
    slot = int(lines[0]["RelSzDPH"] or 0)
    foreign = Exchange(row["RefCM"], "", Decimal(str(row["CmKurs"])), row["CmMnoz"] or 1) if row["RefCM"] else None
    terms = Terms(PERCENTS, exchange=foreign)
    discount = Decimal(str(lines[0]["Sleva"] or 0))
    changed = line(terms, price=price, quantity=Decimal(quantity), slot=slot, discount=discount)
    with pohoda.transaction():
        if kind in {"order", "purchase"}:
            release(pohoda, row, lines[0], Decimal(str(lines[0]["Mnozstvi"])) - quantity)
        pohoda.edit(f"{table}pol", lines[0]["ID"], **changed)
        pohoda.edit(table, row["ID"], **totals([lines[0] | changed, *lines[1:]], terms))
    return True


def delete(pohoda: Pohoda, kind: str, row: Row) -> bool:
    """A document that nothing follows from goes, with its lines; what it was made from is open again."""
    if not _is_free(pohoda, kind, row):
        return False
    table, agendas = office.TABLES[kind], ", ".join(map(str, AGENDAS[office.TABLES[kind]]))
    with pohoda.transaction():
        for one in _lines(pohoda, table, row):
            if kind in {"order", "purchase"}:
                release(pohoda, row, one, Decimal(str(one["Mnozstvi"] or 0)))
            elif kind == "invoice" and one["Kod"] and one["Mnozstvi"]:
                act.move(pohoda, one["Kod"], Decimal(str(one["Mnozstvi"])))
            for tied in pohoda.rows(
                f"SELECT * FROM RefPolToPol WHERE RelAgID IN ({agendas}) AND RefPol = ?", one["ID"]
            ):
                _open_again(pohoda, tied)
                pohoda.delete("RefPolToPol", tied["ID"])
            pohoda.delete(f"{table}pol", one["ID"])
        for tied in pohoda.rows(f"SELECT ID FROM Vazby WHERE RelAgID1 IN ({agendas}) AND RefID1 = ?", row["ID"]):
            pohoda.delete("Vazby", tied["ID"])
        for mark in pohoda.rows(f"SELECT ID FROM sExtID WHERE RelAgID IN ({agendas}) AND RefDocID = ?", row["ID"]):
            for part in pohoda.rows("SELECT ID FROM sExtIDpol WHERE RefAg = ?", mark["ID"]):
                pohoda.delete("sExtIDpol", part["ID"])
            pohoda.delete("sExtID", mark["ID"])
        pohoda.delete(table, row["ID"])
    return True


def unpay(pohoda: Pohoda, row: Row) -> bool:
    """The last payment of an invoice was none: it goes, and the invoice is left to pay again. Like a payment it leaves
    the time of saving."""
    paid = pohoda.rows("SELECT * FROM Uhrady WHERE RelIDH = ? AND RelAgH IN (2, 43) ORDER BY ID", row["ID"])
    if not paid or money(row["KcUplat"]):
        return False
    last = paid[-1]
    over = money(row["KcPrepl"]) - money(last["KcPrepl"])
    back = {"KcLikv": money(row["KcLikv"]) + money(last["KcU"]), "KcU": money(row["KcU"]) - money(last["KcU"])}
    if row["RefCM"]:
        back |= {"CmLikv": money(row["CmLikv"]) + money(last["CmH"]), "CmU": money(row["CmU"]) - money(last["CmH"])}
    with pohoda.transaction():
        pohoda.delete("Uhrady", last["ID"])
        pohoda.delete("BV", last["RelIDU"])
        left = {"KcPrepl": over, "KcPreplCelkem": over, "DatLikv": paid[-2]["DatumU"] if len(paid) > 1 else None}
        pohoda.edit("FA", row["ID"], DatSave=row["DatSave"], **back, **left)
    return True


def _is_free(pohoda: Pohoda, kind: str, row: Row) -> bool:
    """Nothing was made of it, delivered, paid or deducted, and it is not cancelled."""
    table = office.TABLES[kind]
    agendas = ", ".join(map(str, AGENDAS[table]))
    made = pohoda.rows(f"SELECT 1 FROM Vazby WHERE RelAgID2 IN ({agendas}) AND RefID2 = ?", row["ID"])
    if made or row.get("DatStorn"):
        return False
    if table != "FA":
        done = "Dodano" if table == "OBJ" else "Prenes"
        return not any(one[done] for one in _lines(pohoda, table, row))
    paid = pohoda.rows("SELECT 1 FROM Uhrady WHERE RelIDH = ? AND RelAgH IN (2, 43)", row["ID"])
    deducts = any(one["RelAgID"] in ADVANCES for one in _lines(pohoda, table, row))
    return not (paid or deducts or row["RelStorn"] or money(row["KcUplat"]))


def _open_again(pohoda: Pohoda, tied: Row) -> None:
    """An order whose invoice goes has its lines to deliver again."""
    for one in pohoda.rows("SELECT * FROM OBJpol WHERE ID = ?", tied["RefPol1"]):
        rest = Decimal(str(one["Dodano"] or 0)) - Decimal(str(tied["Mnozstvi"]))
        pohoda.edit("OBJpol", one["ID"], Dodano=float(rest))
        [order] = pohoda.rows("SELECT * FROM OBJ WHERE ID = ?", one["RefAg"])
        release(pohoda, order, one, -Decimal(str(tied["Mnozstvi"])))
        pohoda.edit("OBJ", order["ID"], BDodano=False, Vyrizeno=False)


def _lines(pohoda: Pohoda, table: str, row: Row) -> list[Row]:
    return pohoda.rows(f"SELECT * FROM {table}pol WHERE RefAg = ? ORDER BY OrderFld, ID", row["ID"])


def _exact(one: Row) -> Row:
    return one | {name: money(one[name]) for name in ("Kc", "KcDPH", "Cm", "CmDPH")}
