"""A unit in which the golden documents can be written: its lists, address book, cards, and what they refer to."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from pohoda_bridge.catalogue import Unit, open_catalogue
from pohoda_sandbox.faults import Faults
from pohoda_sandbox.pohoda import MServer, Pohoda, TdsServer
from tests.golden.cases import UNITS, YEAR, partners, there

from .conftest import Bench

KINDS = {"invoice": (1, 2), "advance": (4, 43)}
"""`RelTpFak` and the agenda's number of the invoices that are there."""


class Company(Bench):
    """A bench whose database has the name of its own unit."""

    def connection(self, name: str, **more: Any) -> Any:
        return super().connection(name, **({"schema": self.pohoda.database} if name == "by_sql" else {}) | more)


def unit(country: str) -> Unit:
    zone = {"SK": "Europe/Bratislava", "CZ": "Europe/Prague"}[country]
    years = {YEAR: {"sql": "by_sql", "mserver": "by_mserver"}}
    told = {"unit": "golden", "ico": UNITS[country], "country": country, "timezone": zone, "edition": "sql"}
    return Unit.model_validate(told | {"years": years})


@contextmanager
def company(folder: Path, country: str) -> Generator[Company]:
    """The unit behind both its servers, on loopback."""
    ico = UNITS[country]
    pohoda = Pohoda.create(folder / f"{country}.sqlite", ico=ico, year=YEAR, country=country)
    furnish(pohoda, country)
    faults = Faults()
    tds = TdsServer({pohoda.database: pohoda}, faults, logins={"pohoda_ro": "secret-sql"})
    mserver = MServer(pohoda, faults, users={"bridge": "secret-xml"})
    tds.start()
    mserver.start()
    made = Company(pohoda, tds, mserver, faults, open_catalogue().agendas, [])
    try:
        yield made
    finally:
        for side in made.opened:
            side.close()
        mserver.stop()
        tds.stop()
        pohoda.close()


def furnish(pohoda: Pohoda, country: str) -> None:
    """Puts everything in that golden documents name."""
    for table, codes in there()["codes"].items():
        for code in codes:
            pohoda.insert(table, **_code(table, code))
    for series, agenda in there()["series"].items():
        pohoda.insert("sCRady", IDS=series, Cislo="00000", SText=series, RelCrAg=agenda, Rok=YEAR)
    countries = _ids(pohoda, "sZeme")
    columns = {
        "company": "Firma", "person": "Jmeno", "street": "Ulice", "city": "Obec", "zip": "PSC", "ico": "ICO",
        "dic": "DIC", "ic_dph": "ICDPH", "email": "Email",
    }  # fmt: skip
    for card in partners()[country].values():
        row = {column: card[name] for name, column in columns.items() if name in card}
        pohoda.insert("AD", ID=card["id"], RefZeme=countries[card["country"]], P2=True, **row)
    stores = _ids(pohoda, "sSklad")
    for card in there()["products"].values():
        pohoda.insert(
            "SKz", ID=card["id"], IDS=card["code"], Nazev=card["name"], SText=card["name"], MJ="ks", RelSkTyp=1,
            RefSklad=stores[card["store"]], StavZ=100000.0, NakupC=1, ProdejKc=1,
        )  # fmt: skip
    for document in there()["documents"].values():
        _document(pohoda, document)


def _code(table: str, code: str) -> dict[str, Any]:
    if table == "sZAK":
        return {"Cislo": code, "SText": code}
    if table == "sCMeny":
        return {"IDS": code, "Kod": code, "Mnozstvi": 100 if code == "HUF" else 1}
    return {"IDS": code, "SText": code, **({"Kod": code} if table == "sZeme" else {})}


def _ids(pohoda: Pohoda, table: str) -> dict[str, int]:
    return {row["IDS"]: row["ID"] for row in pohoda.rows(f"SELECT ID, IDS FROM {table}")}


def _document(pohoda: Pohoda, document: dict[str, Any]) -> None:
    """An order or invoice of one line without VAT."""
    row = {"ID": document["id"], "Cislo": document["number"], "Datum": datetime(YEAR, 1, 15), "SText": "Podklad"}
    row |= {"Kc0": document["net"], "KcCelkem": document["net"]}
    line = {"RefAg": document["id"], "SText": "Tovar", "Mnozstvi": 1.0, "MJKoef": 1.0, "OrderFld": 1}
    line |= {"KcJedn": document["net"], "Kc": document["net"]}
    if document["agenda"] == "received_orders":
        pohoda.insert("OBJ", RelTpObj=1, **row)
        pohoda.insert("OBJpol", **line)
        return
    kind, _ = KINDS[document["kind"]]
    pohoda.insert("FA", RelTpFak=kind, KcLikv=document["net"], VarSym=document["number"], **row)
    pohoda.insert("FApol", **line)
