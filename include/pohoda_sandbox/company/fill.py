"""Fills an empty unit with the sample company."""

from random import Random

from pohoda_sandbox.company import dirt
from pohoda_sandbox.company.address_book import Book
from pohoda_sandbox.company.dirt import Planted
from pohoda_sandbox.company.lists import insert_lists
from pohoda_sandbox.pohoda.database import Pohoda

DIRT_FROM = 30
_FOREIGN = ("DE", "AT", "PL", "HU", "CZ", "SK")


def fill(pohoda: Pohoda, *, size: int = 300, seed: int = 1, country: str = "SK") -> Planted:
    """Adds code lists and `size` companies, dirty ones among them, to an empty unit; the same rows for the same
    seed, country and clock. `country` (SK or CZ) is the unit's own, and that of most companies in it. Below
    `DIRT_FROM` companies all are clean. Contact persons, private persons and the nameless row come on top. Raises
    ValueError when the unit is not empty.
    """
    if pohoda.rows("SELECT 1 FROM AD LIMIT 1") or pohoda.rows("SELECT 1 FROM sZeme LIMIT 1"):
        raise ValueError("the unit is not empty")
    with pohoda.transaction():
        book = Book(Random(seed), country, pohoda=pohoda, lists=insert_lists(pohoda))
        clean = size - dirt.COMPANIES if size >= DIRT_FROM else size
        for place in range(clean):
            first = {"country": _FOREIGN[place]} if place < len(_FOREIGN) else {}
            book.parts(book.company(**first))
            if place % 30 == 7:
                book.private_person()
        planted = dirt.plant(book) if size >= DIRT_FROM else ()
        pohoda.edit("sCRady", book.lists.series, Cislo=book.last_number)
    return Planted(entries=planted, companies=size)
