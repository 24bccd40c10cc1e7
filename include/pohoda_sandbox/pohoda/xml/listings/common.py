"""Forms that several agendas share: references, addresses, custom fields, labels."""

from functools import partial

from pohoda_sandbox.pohoda.columns import Column
from pohoda_sandbox.pohoda.xml.codes import PAYMENTS
from pohoda_sandbox.pohoda.xml.listings.form import Asked, Constant, Default, Form, If, Node, Raw, Row, Words
from pohoda_sandbox.pohoda.xml.listings.listing import Ask
from pohoda_sandbox.pohoda.xml.listings.printing import PRINTERS, escaped
from pohoda_sandbox.pohoda.xml.listings.source import Source

_VALUES = {
    "bit": "booleanValue",
    "datetime": "datetimeValue",
    "float": "numberValue",
    "int": "integerValue",
    "money": "currencyValue",
    "real": "numberValue",
    "text": "memoValue",
}
_NOT_VAT = {"UN": "nonSubsume", "PN": "nonSubsume"}
_COMPANY = {
    "company": "Firma", "title": "Titul", "surname": "Prijm", "name": "Jmeno", "city": "Obec", "street": "Ulice",
    "number": "CP", "zip": "PSC", "ico": "ICO", "dic": "DIC", "icDph": "ICDPH", "phone": "Tel", "mobilPhone": "GSM",
    "fax": "Fax", "email": "Email", "www": "WWW",
}  # fmt: skip
_PHONES = {"phone": "Tel", "mobilPhone": "GSM", "fax": "Fax", "email": "Email"}
_DELIVERY = {"company": "Firma2", "division": "Utvar2", "name": "Jmeno2", "city": "Obec2", "street": "Ulice2"}


def ref(column: str, table: str, code: str = "IDS") -> dict[str, Node]:
    """`typ:id` and `typ:ids` of a row of a list; 0 is none, a row that is gone has no code."""
    return {"typ:id": column, "typ:ids": f"{column}/{table}.{code}"}


def coded(ask: Ask, column: str, table: str, key: str) -> Form:
    """The same where the row is referred to by its code: the contract's number, the price level."""
    known = {
        str(row["code"]).rstrip().casefold(): row["ID"]
        for row in ask.pohoda.rows(f"SELECT ID, {key} AS code FROM {table} WHERE {key} IS NOT NULL ORDER BY ID DESC")
    }

    def id(row: Row) -> int | None:
        return known.get(row[column].rstrip().casefold()) if row[column] else None

    return {"typ:id": id, "typ:ids": lambda row: row[column] or None}


def number(series: str = "RelCR") -> Form:
    return {
        "typ:id": series,
        "typ:ids": f"{series}/sCRady.IDS",
        "typ:numberRequested": lambda row: row["Cislo"] or None,
    }


PAYMENT: Form = {
    **ref("RelForUh", "sFormUh"),
    "typ:paymentType": Words("RelForUh/sFormUh.RelTyp", PAYMENTS),
}
ACCOUNTING: Form = {
    **ref("RelPk", "pPK"),
    "typ:accountingType": Words("RelPk/pPK.Bez", {1: "withoutAccounting"}),
}
VAT_CLASS: Form = {
    **ref("RelTpDPH", "sDPH"),
    "typ:classificationVATType": Words("RelTpDPH/sDPH.IDS", _NOT_VAT),
}
ACCOUNT: Form = {
    **ref("RefUcet", "sUcet"),
    "typ:accountNo": "RefUcet/sUcet.SText",
    "typ:bankCode": "RefUcet/sUcet.KodBanky",
}


def dimensions(ask: Ask, prefix: str) -> dict[str, Node]:
    """Centre, activity and contract."""
    return {
        f"{prefix}:centre": ref("RefStr", "sSTR"),
        f"{prefix}:activity": ref("RefCin", "sCIN"),
        f"{prefix}:contract": coded(ask, "CisloZAK", "sZAK", "Cislo"),
    }


def partner(ask: Ask, table: str) -> Form:
    """`partnerIdentity`: the link to the address book, the address as copied on the record, the delivery address."""
    known = ask.pohoda.columns(table)
    form: dict[str, Node] = {
        "typ:id": "RefAD",
        "typ:address": {
            "typ:company": "Firma",
            "typ:division": "Utvar",
            "typ:name": "Jmeno",
            "typ:city": "Obec",
            "typ:street": "Ulice",
            "typ:zip": "PSC",
            "typ:ico": "ICO",
            "typ:dic": "DIC",
            "typ:icDph": "ICDPH",
            "typ:country": ref("RefZeme", "sZeme"),
            **{f"typ:{name}": column for name, column in _PHONES.items() if column.lower() in known},
        },
    }
    if "firma2" in known:
        empty = {"company", "city", "street"} if ask.ways.empties else set()
        form["typ:shipToAddress"] = {
            "typ:id": "RefADdod",
            **{f"typ:{name}": Default(column, "") if name in empty else column for name, column in _DELIVERY.items()},
            "typ:zip": "PSC2",
            "typ:country": ref("RefZeme2", "sZeme"),
            "typ:phone": "Tel2",
            "typ:email": "Email2",
        }
    return form


def partner_account() -> Form:
    """The account of the other side, on documents that are paid to it."""
    return {"typ:accountNo": "Ucet", "typ:bankCode": Default("KodBanky", "")}


def own(ask: Ask, name: str) -> Node:
    """`myIdentity`: the unit itself, the same on every document."""
    filled = [(part, ask.settings[column]) for part, column in _COMPANY.items() if ask.settings[column]]
    inside = "".join(f"<typ:{part}>{escaped(value)}</typ:{part}>" for part, value in filled)
    text = f"<{name}><typ:address>{inside}</typ:address></{name}>"
    return Raw(lambda row: text)


def parameters(ask: Ask, table: str, switch: str = "parameters") -> Node:
    """The custom fields found on a table; those without a value are left out."""
    fields = tuple(("typ:parameter", _parameter(column)) for column in Source(ask.pohoda, table).custom())
    return Asked(switch, fields if fields or not ask.ways.empties else Constant(""))


def _parameter(column: Column) -> Node:
    name = column.name
    if not name.startswith("Ref"):
        return Raw(partial(_filled, column))
    listed: Form = {
        "typ:name": Constant(name),
        "typ:listValueRef": ref(name, "sVPULpol"),
        "typ:list": {"typ:id": f"{name}/sVPULpol.RefAg", "typ:ids": f"{name}/sVPULpol.RefAg/sVPUL.IDS"},
    }
    return If(name, listed)


def value_element(column: Column) -> str:
    """The element of a custom field's value, by the type of its column."""
    return "listValueRef" if column.name.startswith("Ref") else _VALUES.get(column.type, "textValue")


def _filled(column: Column, row: Row) -> str:
    if row[column.name] is None:
        return ""
    element, told = value_element(column), PRINTERS.get(column.type, escaped)(row[column.name])
    name = f"<typ:name>{column.name}</typ:name>"
    return f"<typ:parameter>{name}<typ:{element}>{told}</typ:{element}></typ:parameter>"


def labels(name: str) -> Node:
    """The labels of a record, kept as words between commas; ten at most, as the schema has it."""

    def made(row: Row) -> str:
        words = [word.strip() for word in (row["Labels"] or "").split(",") if word.strip()]
        inside = "".join(f"<typ:label><typ:ids>{escaped(word)}</typ:ids></typ:label>" for word in words[:10])
        return f"<{name}>{inside}</{name}>" if inside else ""

    return Raw(made)


def stock_item() -> Node:
    """The card of a line and its store; the serial number goes with them."""
    return If(
        "RefSKz",
        {
            "typ:store": {"typ:id": "RefSKz/SKz.RefSklad", "typ:ids": "RefSKz/SKz.RefSklad/sSklad.IDS"},
            "typ:stockItem": {
                "typ:id": "RefSKz",
                "typ:ids": "RefSKz/SKz.IDS",
                "typ:EAN": "RefSKz/SKz.EAN",
                "typ:PLU": "RefSKz/SKz.PLU",
            },
            "typ:serialNumber": "VCislo",
        },
    )
