"""The accounting units of a sandbox: what each is, its company, its mServer, and how the product reaches it."""

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
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
Say = Callable[[str], None]


@dataclass(frozen=True)
class Unit:
    """A unit in one year. `mark` stands in the names of its connections and files when there are several units."""

    name: str
    ico: str
    company: str
    country: str = "SK"
    year: int = 2026
    mark: str = ""
    closed: bool = False

    @property
    def before(self) -> "Unit":
        """The same unit in the year before, which is closed."""
        return replace(self, year=self.year - 1, closed=True)

    @property
    def database(self) -> str:
        return f"StwPh_{self.ico}_{self.year}"

    @property
    def endpoint(self) -> str:
        """Its mServer's name in fault scripts."""
        return "_".join(filter(None, ("mserver", self.mark, str(self.year) if self.closed else "")))


FIRST = Unit("firma", "12345678", "Vzorová firma, s.r.o.")
FURTHER = {"obchod": Unit("obchod", "87654326", "Vzorový obchod, s.r.o.", "CZ", mark="obchod")}


@dataclass
class Opened:
    """A unit that is served. `planted` lists its dirt, and what people entered in the CRM that it is linked to.
    `last` is the year before, when it is kept."""

    unit: Unit
    pohoda: Pohoda
    planted: Planted
    mserver: MServer
    last: "Opened | None" = None

    def describe(self, password: str, tds: Mapping[str, Any]) -> Json:
        """How to reach it; `tds` is the server's address and login."""
        login = {"user": XML_USER, "password": password, "ico": self.unit.ico}
        told = {"mserver": {"url": self.mserver.url, **login}, "tds": {**tds, "database": self.unit.database}}
        years = {str(self.last.unit.year): self.last.describe(password, tds)} if self.last else {}
        return told if self.unit.closed else {**told, "years": years}

    def connections(self, info: Json) -> dict[str, Json]:
        """Its Airflow connections by id in upper case, those of all its years, from what `describe` told."""
        before = self.last.connections(info["years"][str(self.last.unit.year)]) if self.last else {}
        tds, xml = info["tds"], info["mserver"]
        suffix = f"{self.unit.mark.upper()}_{self.unit.year}".removeprefix("_")
        sql = {"conn_type": "odbc", "host": tds["server"], "port": tds["port"], "schema": tds["database"]}
        http = {"conn_type": "http", "host": xml["url"], "login": xml["user"], "password": xml["password"]}
        return {
            f"POHODA_SQL_{suffix}": {
                **sql, "login": tds["user"], "password": tds["password"], "extra": {"driver": "FreeTDS"},
            },
            f"POHODA_MSERVER_{suffix}": {**http, "extra": {"ico": self.unit.ico}},
            **before,
        }  # fmt: skip


def company(
    folder: Path, unit: Unit, *, size: int, seed: int, documents: bool, say: Say
) -> tuple[dict[Unit, Pohoda], Planted]:
    """The years of the unit in the folder, the newest first, filled when they are new: this year, and with documents
    the last one as well. A filling that was broken off is begun anew."""
    if _place(folder, unit).exists():
        say(f"Going on with the company {unit.ico} in {folder}.")
    else:
        say(f"Filling the company {unit.ico} with {size} companies in its address book ...")
        years = [unit, unit.before] if documents else [unit]

        def fill_years(parts: list[Path]) -> None:
            with ExitStack() as opened:
                made = [_create(opened, part, one) for part, one in zip(parts, years, strict=True)]
                last = made[1] if documents else None
                planted = fill(
                    made[0], size=size, seed=seed, country=unit.country, documents=documents, last=last, say=say
                )
            _list_of(folder, unit).write_text(json.dumps(asdict(planted), ensure_ascii=False), encoding="utf-8")

        afresh([_place(folder, one) for one in years], fill_years)
    kept = [one for one in (unit, unit.before) if _place(folder, one).exists()]
    planted = _planted(json.loads(_list_of(folder, unit).read_text(encoding="utf-8")))
    return {one: Pohoda(_place(folder, one)) for one in kept}, planted


def afresh(paths: list[Path], make: Callable[[list[Path]], None]) -> None:
    """Have databases made beside their places, and put there once they are whole, the first one last of all."""
    parts = [path.with_suffix(".part") for path in paths]
    for part in parts:
        for rest in part.parent.glob(f"{part.name}*"):
            rest.unlink()
    make(parts)
    for part, path in reversed(list(zip(parts, paths, strict=True))):
        part.rename(path)


def _create(opened: ExitStack, path: Path, unit: Unit) -> Pohoda:
    pohoda = Pohoda.create(path, ico=unit.ico, year=unit.year, company=unit.company, country=unit.country)
    opened.callback(pohoda.close)
    return pohoda


def _place(folder: Path, unit: Unit) -> Path:
    return folder / f"{unit.database}.db"


def _list_of(folder: Path, unit: Unit) -> Path:
    return folder / ("_".join(filter(None, ("planted", unit.mark))) + ".json")


def _planted(document: Json) -> Planted:
    entries = tuple(Dirt(**{**entry, "group": tuple(entry["group"])}) for entry in document["entries"])
    return Planted(entries=entries, companies=document["companies"])


def entered(
    folder: Path, opened: Opened, crm: str, *, seed: int, enter: Callable[[Path, Cards], Iterable[Entered]]
) -> Planted:
    """The unit's account with what people entered in its CRM; `enter` does so now when the CRM's database is new."""
    path, listed = folder / f"{crm}.db", folder / f"entered_{crm}.json"

    def fill_crm(parts: list[Path]) -> None:
        typed = cards(opened.pohoda, opened.planted, crm, seed=seed, home=opened.unit.country)
        done = [asdict(one) for one in enter(parts[0], typed)]
        listed.write_text(json.dumps(done, ensure_ascii=False), encoding="utf-8")

    if not path.exists():
        afresh([path], fill_crm)
    known = json.loads(listed.read_text(encoding="utf-8")) if listed.exists() else []
    made = tuple(Entered(**{**one, "rows": tuple(one["rows"])}) for one in known)
    return replace(opened.planted, entered=opened.planted.entered + made)
