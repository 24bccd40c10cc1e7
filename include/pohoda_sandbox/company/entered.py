"""What people entered in a CRM by themselves: cards of companies and persons, some of them known to POHODA.

| kind            | card    | what it is                                                                          |
|-----------------|---------|-------------------------------------------------------------------------------------|
| same_ico        | company | its IČO, written with spaces, is that of one company of the unit: `rows` has it     |
| branch_ico      | company | its IČO is that of several branches in the unit: `rows` has them                    |
| new             | both    | known in the CRM only                                                               |
| code_page       | both    | new, with characters that Windows-1250 lacks, and a note of several lines           |
| ico_checksum    | company | new, its IČO has a wrong check digit                                                |
| same_person     | person  | name and e-mail of a contact person of the company in the unit: `rows` has that one |
| titles          | person  | new, with titles                                                                    |
| email_malformed | person  | new, its e-mail is none                                                             |

Only `ico_checksum` and `email_malformed` are dirt. A unit too small for kinds with `rows` has more new cards instead.
"""

from collections.abc import Iterator
from itertools import cycle
from random import Random
from typing import Any, NamedTuple

from pohoda_sandbox.company import names, numbers
from pohoda_sandbox.company.dirt import Planted
from pohoda_sandbox.company.drawing import Drawing, plain
from pohoda_sandbox.company.entered_documents import Document, documents
from pohoda_sandbox.pohoda.database import Pohoda

COMPANIES, PERSONS, SAME_ICO, SAME_PERSONS = 12, 15, 4, 2
Texts = dict[str, str]
Row = dict[str, Any]
_TITLES = (("Ing.", ""), ("Mgr.", "Ph.D."), ("JUDr.", ""), ("Ing.", "MBA"))
_WRITING = (
    ("Иванов", "Dodávky → sklad 2 🚚\nVodič: Сергей\n\nPlatí vopred ✓"),
    ("Łódzka Przędzalnia → Východ", "Kontakt cez Łódź\nVzorky: 日本"),
)
_PERSONS_WRITING = (("Сергей", "Иванов"), ("Łucja", "Żółć-Øster"), ("Jana", "Nováková ☎"))
_NOTE = "Volať po 14. hodine.\nPýtať si pani Evu."
_KNOWN = """
    SELECT AD.*, z.Kod AS Krajina FROM AD JOIN sZeme z ON z.ID = AD.RefZeme
    WHERE AD.RefAD IS NULL AND AD.Firma <> '' AND AD.ICO <> ''
    ORDER BY NOT EXISTS (SELECT 1 FROM AD p WHERE p.RefAD = AD.ID AND p.Jmeno NOT LIKE '%.%'), AD.ID"""
_PERSON = "SELECT ID, Jmeno, Email FROM AD WHERE RefAD = ? AND Jmeno NOT LIKE '%.%' AND Email <> '' ORDER BY ID LIMIT 1"


class Card(NamedTuple):
    """`texts` by neutral names; `company`: the place of a person's company among the companies."""

    kind: str
    texts: Texts
    rows: tuple[int, ...] = ()
    company: int = -1


class Cards(NamedTuple):
    companies: tuple[Card, ...]
    persons: tuple[Card, ...]
    documents: tuple[Document, ...] = ()


def cards(pohoda: Pohoda, planted: Planted, crm: str, *, seed: int, home: str) -> Cards:
    """The cards of the CRM that is linked to the unit; the same for the same seed and company."""
    known = pohoda.rows("SELECT Firma, ICO, DIC, Email FROM AD")
    of = Drawing(Random(f"{crm} {seed}"), home, {str(value) for row in known for value in row.values() if value})
    dirty = {entry.id for entry in planted}
    met = [row for row in pohoda.rows(_KNOWN) if row["ID"] not in dirty][:SAME_ICO]
    companies = [*_same_ico(of, met), *_branch_ico(of, planted), *_code_page(of)]
    companies += [Card("new", _company(of, of.home)) for _ in range(COMPANIES - 1 - len(companies))]
    clean = [place for place, card in enumerate(companies) if card.kind != "branch_ico"]
    wrong = _company(of, of.home)
    companies.append(Card("ico_checksum", wrong | {"ico": numbers.wrong_ico(wrong["ico"]), "dic": "", "ic_dph": ""}))
    persons = [*_same_person(pohoda, met)][:SAME_PERSONS]
    persons += _new_persons(of, companies, clean, PERSONS - len(persons))
    mates = [place for place, card in enumerate(companies) if card.kind in {"same_ico", "new"}]
    return Cards(tuple(companies), tuple(persons), tuple(documents(of.home, mates)))


def _same_ico(of: Drawing, met: list[Row]) -> Iterator[Card]:
    """As POHODA has them, but for another note where there is one, and another telephone of the third."""
    for place, row in enumerate(met):
        columns = {"name": "Firma", "street": "Ulice", "city": "Obec", "zip": "PSC", "country": "Krajina"}
        texts = {name: str(row[column] or "") for name, column in columns.items()}
        texts |= {
            "ico": _spaced(row["ICO"]),
            "email": str(row["Email"] or "").split(";")[0],
            "note": _NOTE if row["Pozn"] else "",
        }
        yield Card("same_ico", texts | ({"phone": of.phone()} if place == 2 else {}), (row["ID"],))


def _branch_ico(of: Drawing, planted: Planted) -> Iterator[Card]:
    for branch in planted.of("branch")[:1]:
        texts = _company(of, "CZ") | {"ico": _spaced(branch.value), "dic": "", "ic_dph": "", "web": ""}
        yield Card("branch_ico", texts, branch.group)


def _code_page(of: Drawing) -> Iterator[Card]:
    for (name, note), country in zip(_WRITING, (of.home, "PL"), strict=True):
        texts = _company(of, country)
        yield Card("code_page", texts | {"name": f"{name} {of.draw.randrange(1, 1000)}", "note": note})


def _same_person(pohoda: Pohoda, met: list[Row]) -> Iterator[Card]:
    for place, row in enumerate(met):
        for person in pohoda.rows(_PERSON, row["ID"]):
            first, last = person["Jmeno"].rsplit(" ", 1)
            texts = {"first_name": first, "last_name": last, "email": person["Email"]}
            yield Card("same_person", texts, (person["ID"],), place)


def _new_persons(of: Drawing, companies: list[Card], places: list[int], number: int) -> Iterator[Card]:
    kinds = ["titles"] * len(_TITLES) + ["code_page"] * len(_PERSONS_WRITING) + ["email_malformed"]
    kinds += ["new"] * (number - len(kinds))
    titles, writing = iter(_TITLES), iter(_PERSONS_WRITING)
    for kind, place in zip(kinds, cycle(places), strict=False):
        first, last, _ = of.full_name()
        domain = companies[place].texts["email"].rpartition("@")[2] or "firma.example"
        texts = {
            "email": of.email(f"{first}.{last}", domain),
            "phone": of.phone(),
            "position": of.pick(names.POSITIONS),
        }
        texts |= {"first_name": first, "last_name": last}
        if kind == "titles":
            texts |= zip(("title_before", "title_after"), next(titles), strict=True)
        elif kind == "code_page":
            texts |= zip(("first_name", "last_name"), next(writing), strict=True)
            texts["note"] = "Pozná:\n→ Łódź\n→ Київ 🙂"
        elif kind == "email_malformed":
            texts["email"] = "jan@@firma"
        yield Card(kind, texts, company=place)


def _company(of: Drawing, country: str) -> Texts:
    name = of.company_name(country)
    town, code, _ = of.pick(names.TOWNS[country])
    tax = {"ICO": "ico", "DIC": "dic", "ICDPH": "ic_dph"}
    return {
        "name": name,
        **{tax[column]: str(number or "") for column, number in of.tax_numbers(country).items()},
        **{"street": of.street(), "city": town, "zip": code, "country": country, "phone": of.phone()},
        **{"email": of.email("info", f"{plain(name)[:12]}.example"), "web": f"www.{plain(name)[:12]}.example"},
    }


def _spaced(ico: str) -> str:
    return f"{ico[:3]} {ico[3:5]} {ico[5:]}"
