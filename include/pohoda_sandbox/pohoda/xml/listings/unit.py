"""What is told of the unit itself: the accounting unit, its stores with their branches, accounts, open balances."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from lxml import etree

from pohoda_sandbox.pohoda.xml.codes import INVOICES
from pohoda_sandbox.pohoda.xml.filters import Where, limited
from pohoda_sandbox.pohoda.xml.listings.amounts import total
from pohoda_sandbox.pohoda.xml.listings.form import Element, Form, Many, Raw, Row
from pohoda_sandbox.pohoda.xml.listings.listing import Ask, Made
from pohoda_sandbox.pohoda.xml.listings.printing import escaped
from pohoda_sandbox.pohoda.xml.names import child, children, text_of

_RECEIVED = range(11, 19)
_ADDRESS = {
    "company": "Firma", "division": "Utvar", "name": "Jmeno", "city": "Obec", "street": "Ulice", "zip": "PSC",
    "ico": "ICO", "dic": "DIC", "icDph": "ICDPH",
}  # fmt: skip


def _unit(ask: Ask) -> Iterator[Row]:
    yield ask.settings | {"database": ask.pohoda.database}


UNIT = Made(
    record="acu:itemAccountingUnit",
    rows=_unit,
    form={
        "acu:id": "ID",
        "acu:year": "Rok",
        "acu:yearType": lambda row: "calendar",
        "acu:dateFrom": lambda row: row["DatRokOd"][:10],
        "acu:dateTo": lambda row: row["DatRokDo"][:10],
        "acu:unitType": lambda row: "doubleEntry",
        "acu:stateType": lambda row: "legalPerson",
        "acu:accountingUnitIdentity": {"typ:address": {"typ:company": "Firma", "typ:ico": "ICO"}},
        "acu:dataFile": "database",
        "acu:key": "Klic",
    },
    version="",
)


def _storage(ask: Ask) -> Iterator[Row]:
    wanted = set()
    for named in children(ask.inner) if ask.inner is not None else ():
        wanted.add(text_of(child(named, "typ:id")) or text_of(child(named, "typ:ids")))
    branches = defaultdict[int, list[Row]](list)
    for node in ask.pohoda.rows("SELECT * FROM SkSt ORDER BY ID"):
        branches[node["RefSklad"]].append(node)
    for store in ask.pohoda.rows("SELECT * FROM sSklad ORDER BY ID"):
        if not wanted or {str(store["ID"]), store["IDS"]} & wanted:
            told = f'allowNegInvBalance="{"true" if store["SkMinus"] else "false"}"'
            yield {"xml": _node(store["ID"], store["IDS"], store["SText"], told, _branches(branches[store["ID"]]))}


def _branches(nodes: list[Row], level: int = 1) -> str:
    """The branches of a store below each other, by the names of their levels."""
    below = defaultdict[str, list[Row]](list)
    for node in nodes:
        if level <= 7 and node[f"Vetev{level}"]:
            below[node[f"Vetev{level}"]].append(node)
    made = []
    for name, found in below.items():
        own = next((node for node in found if level == 7 or not node[f"Vetev{level + 1}"]), found[0])
        made.append(_node(own["ID"], name, own["SText"], f'idStore="{own["RefSklad"]}"', _branches(found, level + 1)))
    return "".join(made)


def _node(id: int, code: str | None, name: str | None, more: str, inside: str) -> str:
    named = f' name="{escaped(name)}"' if name else ""
    head = f'lst:itemStorage id="{id}" code="{escaped(code or "")}" {more}{named}'
    return f"<{head}><lst:subStorages>{inside}</lst:subStorages></lst:itemStorage>" if inside else f"<{head}/>"


STORAGE = Made(record="", rows=_storage, form={"": Raw(lambda row: str(row["xml"]))}, version="")


def _accounts(ask: Ask) -> Iterator[Row]:
    """The accounts that posting rules name; the chart of accounts itself is not kept."""
    rules = ask.pohoda.rows("SELECT UMD, UD FROM pPK ORDER BY ID")
    codes = dict.fromkeys(code for rule in rules for code in (rule["UMD"], rule["UD"]) if code)
    for id, code in enumerate(codes, start=1):
        yield {"id": id, "code": code, "name": code}


CHART = Made(
    record="",
    rows=_accounts,
    form={"lst:itemAccount": Element({"id": "id", "code": "code", "name": "name"})},
    version="",
)


def _balances(ask: Ask) -> Iterator[Row]:
    """One record with an item for each open invoice of the day; nothing when all are paid."""
    told = children(ask.inner) if ask.inner is not None else ()
    asked = {etree.QName(part).localname: text_of(part) for part in told}
    until = asked.get("dateTo") or str(ask.pohoda.now())[:10]
    where = limited(Where(alias="FA"), ask.content, "lst").also("FA.Datum <= ?", f"{until} 00:00:00")
    if asked.get("removeBalancedRec") != "false":
        where = where.also("COALESCE(FA.KcLikv, 0) <> 0")
    rows = ask.pohoda.rows(
        "SELECT FA.*, p.UMD, p.UD, m.Kod AS currency FROM FA LEFT JOIN pPK p ON p.ID = FA.RelPk "
        f"LEFT JOIN sCMeny m ON m.ID = FA.RefCM {where.sql}",
        *where.values,
    )
    if rows:
        newer = ask.content.get("balanceVersion") == "2.0"
        yield {"until": until, "items": [_balance(row, newer=newer) for row in rows]}


def _balance(row: Row, *, newer: bool) -> Row:
    received = row["RelTpFak"] in _RECEIVED

    def sides(whole: Any, open: Any) -> Row:
        paid = total(whole, -(open or 0))
        debit, credit = (paid, total(whole)) if received else (total(whole), paid)
        return {"debit": debit, "credit": credit, "remain": debit - credit}

    home = sides(row["KcCelkem"], row["KcLikv"])
    foreign = {"id": row["RefCM"], "code": row["currency"], "rate": row["CmKurs"], "amount": row["CmMnoz"]}
    return {
        "id": row["ID"],
        "number": row["Cislo"] or "",
        "address": [{name: row[column] for name, column in _ADDRESS.items()}],
        "agenda": INVOICES[row["RelTpFak"]],
        "account": (row["UD"] if received else row["UMD"]) or "",
        "symbol": row["ParSym"] or row["VarSym"] or "",
        "date": (row["Datum"] or "")[:10],
        "due": row["DatSplat"] and row["DatSplat"][:10],
        "text": row["SText"],
        **(dict.fromkeys(home) if newer else home),
        "home": [home] if newer else [],
        "foreign": [foreign | sides(row["CmCelkem"], row["CmLikv"])] if newer and row["RefCM"] else [],
    }


_SIDES = {"bal:amountMD": "debit", "bal:amountD": "credit", "bal:amountRemain": "remain"}
_FOREIGN = {"bal:currency": {"typ:id": "id", "typ:ids": "code"}, **_SIDES, "bal:rate": "rate", "bal:amount": "amount"}
_ITEM: Form = {
    "bal:id": "id",
    "bal:number": "number",
    "bal:partnerIdentity": Many("address", {f"typ:{name}": name for name in _ADDRESS}),
    "bal:sourceAgenda": "agenda",
    "bal:accountNo": "account",
    "bal:pairSymbol": "symbol",
    "bal:date": "date",
    "bal:dueDate": "due",
    "bal:text": "text",
    **_SIDES,
    "bal:homeCurrency": Many("home", _SIDES),
    "bal:foreignCurrency": Many("foreign", _FOREIGN),
}
BALANCES = {
    version: Made(
        record="lst:balance",
        rows=_balances,
        form={"bal:balanceHeader": {"bal:dateTo": "until"}, "bal:balanceItem": Many("items", _ITEM)},
        version=version,
    )
    for version in ("1.0", "2.0")
}
