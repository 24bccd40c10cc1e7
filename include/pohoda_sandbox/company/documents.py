"""Two years of documents, stock, prices and payments around the address book of the sample company."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import date
from functools import partial
from itertools import chain, islice
from random import Random

from pohoda_sandbox.company import document_dirt
from pohoda_sandbox.company.advances import advance
from pohoda_sandbox.company.closing import take_over
from pohoda_sandbox.company.codes import insert_codes
from pohoda_sandbox.company.contracts import insert_contracts
from pohoda_sandbox.company.custom import Values, add_columns, add_definitions
from pohoda_sandbox.company.dirt import Dirt
from pohoda_sandbox.company.drawing import Drawing
from pohoda_sandbox.company.invoices import (
    ADVANCE,
    LIABILITY,
    PROFORMA,
    RECEIVABLE,
    RECEIVED_ADVANCE,
    bought,
    cancelled,
    flat,
    old_credit,
    oss,
    placeholder,
    returned,
    returned_purchase,
    sale,
)  # fmt: skip
from pohoda_sandbox.company.orders import FROM_CUSTOMER, TO_SUPPLIER, offer, order
from pohoda_sandbox.company.partners import Partners
from pohoda_sandbox.company.prices import insert_actions, insert_individual, insert_levels, insert_prices
from pohoda_sandbox.company.rates import rates
from pohoda_sandbox.company.stock import LEAST, insert_stock
from pohoda_sandbox.company.writing import Writer
from pohoda_sandbox.company.year import Case, Firm, Year
from pohoda_sandbox.pohoda.database import Pohoda

Say = Callable[[str], None]
SHARED = (
    "sCMeny", "sADskup", "sADklic", "SkCeny", "sZAK", "sZeme", "sSTR", "sCIN", "sFormUh", "sCRady", "AD", "ADdodaci",
    "ADucet",
)  # fmt: skip
_CASES: dict[Case, int] = {
    sale: 50,
    partial(order, kind=FROM_CUSTOMER): 22,
    partial(order, kind=TO_SUPPLIER): 8,
    offer: 8,
    bought: 10,
    partial(advance, kind=ADVANCE): 3,
    partial(advance, kind=PROFORMA): 2,
    partial(advance, kind=RECEIVED_ADVANCE): 2,
    oss: 2,
    returned: 1,
    cancelled: 1,
    returned_purchase: 1,
    old_credit: 1,
    partial(flat, kind=RECEIVABLE): 1,
    partial(flat, kind=LIABILITY): 1,
}
_FIRST: tuple[Case, ...] = (
    *(partial(sale, way=way) for way in ("whole", "part", "over", "several", "cash")),
    *(partial(sale, way="whole", countries=(country,)) for country in ("HU", "CZ", "DE")),
    partial(sale, way="part", countries=("HU",)),
    *_CASES,
)
_EVERY = 5.0


def fill_documents(this: Pohoda, last: Pohoda | None, *, size: int, seed: int, home: str, dirty: bool,
                   say: Say) -> tuple[Dirt, ...]:  # fmt: skip
    """Adds what surrounds an address book that is filled already, with about `size` issued invoices to this year and
    half as many to the last one; gives this year's dirt. The last year takes over the address book, too."""
    units = [this, *([last] if last else [])]
    with ExitStack() as held:
        for unit in units:
            held.enter_context(unit.transaction())
        if last:
            _share(this, last)
        writers = [Writer(unit) for unit in units]
        firm = _firm(writers, size, seed, home)
        years = [Year(firm, writer, int(writer.pohoda.settings()["Rok"]), this.now()) for writer in writers]
        if not firm.partners.ids:
            for year in years:
                year.close()
            return ()
        for year in reversed(years):
            firm.stock.open_year(year.writer, year.first)
            if year is not years[-1]:
                take_over(years[-1], year)
            placeholder(year, year.first)
            number = size * 5 // (4 if year is years[0] else 8) + 1
            year.run(_cases(firm.drawing, number), number, _progress(say, year.year, number))
            if year is years[0]:
                break
            year.close()
        found = tuple(document_dirt.plant(years[0])) if dirty else ()
        years[0].close()
    return found


def _firm(writers: Sequence[Writer], size: int, seed: int, home: str) -> Firm:
    drawing, custom = Drawing(Random(f"documents {seed}"), home), Values(Random(f"custom {seed}"))
    this, first = writers[0].pohoda, date(int(writers[-1].pohoda.settings()["Rok"]), 1, 1)
    add_definitions(writers)
    codes = insert_codes(writers, home)
    levels = insert_levels(writers, home, codes)
    partners = Partners(this, drawing)
    valid = rates(home, date(this.settings()["Rok"], 1, 1))
    products = max(LEAST, size // 2) if partners.ids else 0
    stock = insert_stock(writers, drawing, codes, partners.ids, valid, products, custom)
    contracts: list[str] = []
    if products:
        insert_prices(writers, stock, levels, valid, codes)
        insert_individual(writers, drawing, stock, partners)
        insert_actions(writers, drawing, stock, partners, first)
        contracts = insert_contracts(writers, drawing, codes, partners, custom, first, 4 + size // 20)
    return Firm(home, drawing, codes, partners, stock, custom, contracts)


def _share(this: Pohoda, last: Pohoda) -> None:
    """Writes the address book with its lists into the last year, with the same ids."""
    add_columns(last)
    for table in SHARED:
        done, plain = 0, [column.name for column in this.columns(table).values() if not column.computed]
        names = ", ".join(f'"{name}"' for name in plain)
        while rows := this.rows(f"SELECT {names} FROM {table} WHERE ID > ? ORDER BY ID LIMIT 2000", done):
            last.insert_many(table, rows)
            done = int(rows[-1]["ID"])


def _cases(drawing: Drawing, number: int) -> Iterator[Case]:
    """The first ones show everything there is, those that follow are as often as in a firm's life."""
    kinds, weights = list(_CASES), list(_CASES.values())
    drawn = (drawing.draw.choices(kinds, weights)[0] for _ in range(number))
    return islice(chain(_FIRST, drawn), number)


def _progress(say: Say, year: int, number: int) -> Callable[[int], None]:
    """Tells every few seconds how far it is; a short filling says nothing."""
    told = time.monotonic()

    def done(count: int) -> None:
        nonlocal told
        if count % 200 == 0 and time.monotonic() - told > _EVERY:
            told = time.monotonic()
            say(f"  {year}: {count * 100 // number} % of its documents")

    return done
