"""Fills an empty unit with the sample company."""

from collections.abc import Callable
from random import Random

from pohoda_sandbox.company import dirt
from pohoda_sandbox.company.address_book import Book
from pohoda_sandbox.company.custom import Values, add_columns
from pohoda_sandbox.company.dirt import Planted
from pohoda_sandbox.company.documents import fill_documents
from pohoda_sandbox.company.lists import insert_lists
from pohoda_sandbox.pohoda.database import Pohoda

DIRT_FROM = 30
_FOREIGN = ("DE", "AT", "PL", "HU", "CZ", "SK")


def fill(
    pohoda: Pohoda,
    *,
    size: int = 300,
    seed: int = 1,
    country: str = "SK",
    documents: bool = False,
    last: Pohoda | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> Planted:
    """Adds code lists and `size` companies, dirty ones among them, to an empty unit; the same rows for the same
    seed, country and clock. `country` (SK or CZ) is the unit's own, and that of most companies in it. Below
    `DIRT_FROM` companies all are clean. Contact persons, private persons and the nameless row come on top.

    `documents` adds about as many issued invoices as companies, and all else that POHODA keeps around them; `last`,
    the empty database of the year before, then gets documents of its own, and what it leaves open is carried over.
    `say` gets a line of progress now and then when it takes long. Raises ValueError when the unit is not empty.
    """
    if any(_filled(unit) for unit in (pohoda, last) if unit):
        raise ValueError("the unit is not empty")
    with pohoda.transaction():
        if documents:
            add_columns(pohoda)
        custom = Values(Random(f"addresses {seed}")) if documents else None
        book = Book(Random(seed), country, pohoda=pohoda, lists=insert_lists(pohoda), custom=custom)
        clean = size - dirt.COMPANIES if size >= DIRT_FROM else size
        for place in range(clean):
            first = {"country": _FOREIGN[place]} if place < len(_FOREIGN) else {}
            book.parts(book.company(**first))
            if place % 30 == 7:
                book.private_person()
            if place % 10_000 == 9_999:
                say(f"  {place + 1} of {size} companies")
        planted = dirt.plant(book) if size >= DIRT_FROM else ()
        book.close()
        if documents:
            found = fill_documents(pohoda, last, size=size, seed=seed, home=country, dirty=bool(planted), say=say)
            planted += found
    return Planted(entries=planted, companies=size)


def _filled(pohoda: Pohoda) -> bool:
    return bool(pohoda.rows("SELECT 1 FROM AD LIMIT 1") or pohoda.rows("SELECT 1 FROM sZeme LIMIT 1"))
