"""Planted dirt: faults of data put into the sample company on purpose, each with its entry in the list.

| kind            | table | what is wrong with the row                                                        |
|-----------------|-------|-----------------------------------------------------------------------------------|
| same_company    | AD    | the same company twice: IČO, name and postcode agree; `group` has both rows       |
| ico_spaces      | AD    | IČO written with spaces                                                           |
| ico_checksum    | AD    | IČO with a wrong check digit                                                      |
| dic             | AD    | DIČ of a wrong form                                                               |
| ic_dph          | AD    | IČ DPH of a wrong form                                                            |
| empty_company   | AD    | neither Firma nor Jméno                                                           |
| email_twice     | AD    | two contact persons with one e-mail; `group` has both                             |
| note_too_long   | AD    | a note of more than 2000 characters                                               |
| branch          | AD    | branches: one IČO, different names and postcodes; `group` has all                 |
| unknown_country | AD    | the country's row in `sZeme` has no code, or one that no country has              |
| email_malformed | AD    | an e-mail that is none                                                            |

The kinds of documents and stock stand in `document_dirt`.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from pohoda_sandbox.company import names, numbers
from pohoda_sandbox.company.address_book import Book

NOTE_LIMIT = 2000
# A Czech unit knows no IČ DPH; it has as many wrong DIČ more.
_WRONG_DIC = {
    "SK": (("CZ", "CZ12345"), ("SK", "20212345")),
    "CZ": (("CZ", "CZ12345"), ("SK", "SK20212"), ("CZ", "CZ1234567A"), ("CZ", "12345678X")),
}
_WRONG_IC_DPH = {"SK": ("SK20212", "2021234569X"), "CZ": ()}


@dataclass(frozen=True)
class Dirt:
    """One row with one fault: `column` holds it, `value` is what stands there, `group` the rows that share it."""

    kind: str
    table: str
    id: int
    column: str = ""
    value: str = ""
    group: tuple[int, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Entered:
    """A card as it lies in a CRM, by its entity and id there; `value` is the IČO of a company, the e-mail of a person,
    `rows` are the rows of POHODA's AD that it meets."""

    kind: str
    crm: str
    entity: str
    id: str
    value: str = ""
    rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class Planted:
    """All dirt of a filled unit; everything else in it is clean. `companies` counts the rows with Firma filled
    that are nobody's contact person; `entered` is what people entered in the CRM (see `company.entered`)."""

    entries: tuple[Dirt, ...] = ()
    companies: int = 0
    entered: tuple[Entered, ...] = ()

    def __iter__(self) -> Iterator[Dirt]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def of(self, kind: str) -> tuple[Dirt, ...]:
        return tuple(dirt for dirt in self.entries if dirt.kind == kind)

    def ids(self, kind: str) -> frozenset[int]:
        return frozenset(dirt.id for dirt in self.of(kind))


def plant(book: Book) -> tuple[Dirt, ...]:
    """Adds one set of every kind. Adds exactly `COMPANIES` companies, one nameless row and two contact persons."""
    entries: list[Dirt] = []
    for make in _KINDS:
        entries += make(book)
    return tuple(entries)


def _twice(book: Book) -> list[Dirt]:
    ico, name = book.ico(), book.company_name(book.home)
    town, code, _ = names.TOWNS[book.home][0]
    place = {"PSC": code, "Obec": town, "Ulice": "Mäsiarska 7", "DIC": None, "ICDPH": None}
    rows = tuple(book.company(country=book.home, Firma=name, ICO=ico, Jmeno=None, **place) for _ in range(2))
    return [Dirt("same_company", "AD", row, "ICO", ico, rows) for row in rows]


def _branches(book: Book) -> list[Dirt]:
    ico, name = book.ico(), book.company_name("CZ")
    places = (("Brno", "602 00"), ("Plzeň", "301 00"), ("Třebíč", "674 01"))
    rows = tuple(
        book.company(
            country="CZ", Firma=f"{name} - pobočka {town}", ICO=ico, DIC=f"CZ{ico}", Obec=town, PSC=code, Okres=town
        )
        for town, code in places
    )
    return [Dirt("branch", "AD", row, "ICO", ico, rows) for row in rows]


def _ico_spaces(book: Book) -> list[Dirt]:
    values = [f"{ico[:2]} {ico[2:5]} {ico[5:]}" for ico in (book.ico(), book.ico())]
    return [_one(book, "ico_spaces", "ICO", value, country=book.home, DIC=None, ICDPH=None) for value in values]


def _ico_checksum(book: Book) -> list[Dirt]:
    values = [numbers.wrong_ico(book.ico()) for _ in range(2)]
    return [_one(book, "ico_checksum", "ICO", value, country=book.home, DIC=None, ICDPH=None) for value in values]


def _dic(book: Book) -> list[Dirt]:
    return [
        _one(book, "dic", "DIC", value, country=country, **({"ICDPH": None} if country == "SK" else {}))
        for country, value in _WRONG_DIC[book.home]
    ]


def _ic_dph(book: Book) -> list[Dirt]:
    return [_one(book, "ic_dph", "ICDPH", value, country="SK") for value in _WRONG_IC_DPH[book.home]]


def _note(book: Book) -> list[Dirt]:
    value = ("Príliš žluťoučký kôň úpěl ďábelské ódy. " * 60).strip()
    return [_one(book, "note_too_long", "Pozn", value)]


def _email_malformed(book: Book) -> list[Dirt]:
    return [_one(book, "email_malformed", "Email", value) for value in ("info(zavináč)firma.example", "jan@@firma")]


def _unknown_country(book: Book) -> list[Dirt]:
    odd = (("", "", "Neznáma"), ("QQ", "QQ", "Krajina-nekrajina"))
    rows = [book.pohoda.insert("sZeme", IDS=code, Kod=short, SText=text) for code, short, text in odd]
    return [_one(book, "unknown_country", "RefZeme", row, country=book.home) for row in rows]


def _empty_company(book: Book) -> list[Dirt]:
    row = book.pohoda.insert(
        "AD", Cislo=book.number(), RelCR=book.lists.series, **book.address(book.home), **book.saved()
    )
    return [Dirt("empty_company", "AD", row, "Firma")]


def _email_twice(book: Book) -> list[Dirt]:
    parents = [book.company(country=book.home), book.company(country="CZ")]
    value = book.email("spolocna.schranka", "dvakrat.example")
    rows = tuple(book.contact(parent, Email=value) for parent in parents)
    return [Dirt("email_twice", "AD", row, "Email", value, rows) for row in rows]


def _one(book: Book, kind: str, column: str, value: Any, **fixed: Any) -> Dirt:
    row = book.company(**{**fixed, column: value})
    return Dirt(kind, "AD", row, column, str(value))


_KINDS: tuple[Callable[[Book], list[Dirt]], ...] = (
    _twice,
    _ico_spaces,
    _ico_checksum,
    _dic,
    _ic_dph,
    _empty_company,
    _email_twice,
    _note,
    _branches,
    _unknown_country,
    _email_malformed,
)
COMPANIES = 20
