"""The accounting units of a sandbox: what each is, its company, its mServer, and how the product reaches it."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from pohoda_sandbox.company import Dirt, Entered, Planted, fill
from pohoda_sandbox.company.entered import Cards, cards
from pohoda_sandbox.pohoda.database import Pohoda
from pohoda_sandbox.pohoda.mserver import MServer

HOST = "127.0.0.1"
XML_USER, SQL_USER = "api", "pohoda_ro"
Json = dict[str, Any]


@dataclass(frozen=True)
class Unit:
    """`mark` stands in the names of its connections and files when there are several units."""

    name: str
    ico: str
    company: str
    country: str = "SK"
    year: int = 2026
    mark: str = ""

    @property
    def database(self) -> str:
        return f"StwPh_{self.ico}_{self.year}"

    @property
    def endpoint(self) -> str:
        """Its mServer's name in fault scripts."""
        return f"mserver_{self.mark}" if self.mark else "mserver"


FIRST = Unit("firma", "12345678", "Vzorová firma, s.r.o.")
FURTHER = {"obchod": Unit("obchod", "87654326", "Vzorový obchod, s.r.o.", "CZ", mark="obchod")}


@dataclass
class Opened:
    """A unit that is served. `planted` lists its dirt, and what people entered in the CRM that it is linked to."""

    unit: Unit
    pohoda: Pohoda
    planted: Planted
    mserver: MServer

    def describe(self, password: str, tds: Mapping[str, Any]) -> Json:
        """How to reach it; `tds` is the server's address and login."""
        login = {"user": XML_USER, "password": password, "ico": self.unit.ico}
        return {"mserver": {"url": self.mserver.url, **login}, "tds": {**tds, "database": self.unit.database}}

    def connections(self, info: Json) -> dict[str, Json]:
        """Its Airflow connections by id in upper case, from what `describe` told."""
        tds, xml = info["tds"], info["mserver"]
        suffix = f"{self.unit.mark.upper()}_{self.unit.year}".removeprefix("_")
        sql = {"conn_type": "odbc", "host": tds["server"], "port": tds["port"], "schema": tds["database"]}
        http = {"conn_type": "http", "host": xml["url"], "login": xml["user"], "password": xml["password"]}
        return {
            f"POHODA_SQL_{suffix}": {
                **sql, "login": tds["user"], "password": tds["password"], "extra": {"driver": "FreeTDS"},
            },
            f"POHODA_MSERVER_{suffix}": {**http, "extra": {"ico": self.unit.ico}},
        }  # fmt: skip


def company(folder: Path, unit: Unit, *, size: int, seed: int, say: Callable[[str], None]) -> tuple[Pohoda, Planted]:
    """The unit of the folder, filled when it is new; a filling that was broken off is begun anew."""
    path = folder / f"{unit.database}.db"
    listed = folder / ("_".join(filter(None, ("planted", unit.mark))) + ".json")
    if path.exists():
        say(f"Going on with the company {unit.ico} in {folder}.")
    else:
        say(f"Filling the company {unit.ico} with {size} companies in its address book ...")
        afresh(path, lambda part: _fill(part, listed, unit, size, seed))
    return Pohoda(path), _planted(json.loads(listed.read_text(encoding="utf-8")))


def afresh(path: Path, make: Callable[[Path], None]) -> None:
    """Have a database made beside its place, and put there once it is whole."""
    part = path.with_suffix(".part")
    for rest in part.parent.glob(f"{part.name}*"):
        rest.unlink()
    make(part)
    part.rename(path)


def _fill(path: Path, listed: Path, unit: Unit, size: int, seed: int) -> None:
    pohoda = Pohoda.create(path, ico=unit.ico, year=unit.year, company=unit.company, country=unit.country)
    try:
        planted = fill(pohoda, size=size, seed=seed, country=unit.country)
    finally:
        pohoda.close()
    listed.write_text(json.dumps(asdict(planted), ensure_ascii=False), encoding="utf-8")


def _planted(document: Json) -> Planted:
    entries = tuple(Dirt(**{**entry, "group": tuple(entry["group"])}) for entry in document["entries"])
    return Planted(entries=entries, companies=document["companies"])


def entered(
    folder: Path, opened: Opened, crm: str, *, seed: int, enter: Callable[[Path, Cards], Iterable[Entered]]
) -> Planted:
    """The unit's account with what people entered in its CRM; `enter` does so now when the CRM's database is new."""
    path, listed = folder / f"{crm}.db", folder / f"entered_{crm}.json"

    def fill_crm(part: Path) -> None:
        typed = cards(opened.pohoda, opened.planted, crm, seed=seed, home=opened.unit.country)
        done = [asdict(one) for one in enter(part, typed)]
        listed.write_text(json.dumps(done, ensure_ascii=False), encoding="utf-8")

    if not path.exists():
        afresh(path, fill_crm)
    known = json.loads(listed.read_text(encoding="utf-8")) if listed.exists() else []
    made = tuple(Entered(**{**one, "rows": tuple(one["rows"])}) for one in known)
    return replace(opened.planted, entered=opened.planted.entered + made)
