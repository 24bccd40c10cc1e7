"""What is drawn from a seed for any company of a unit's home country: names, addresses, numbers, e-mails."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar

from pohoda_sandbox.company import names, numbers

_Choice = TypeVar("_Choice")
_PLAIN = str.maketrans(
    "áäčďéěíĺľňóôőöřŕšťúůűüýžÁÄČĎÉĚÍĹĽŇÓÔŘŔŠŤÚŮÝŽłŁśŚźŹżćąęß",
    "aacdeeillnoooorrstuuuuyzAACDEEILLNOORRSTUUYZlLsSzZzcaes",
)
_PARTNERS = {
    "SK": {"SK": 55, "CZ": 30, "DE": 5, "AT": 4, "PL": 3, "HU": 3},
    "CZ": {"CZ": 80, "SK": 8, "DE": 4, "AT": 3, "PL": 3, "HU": 2},
}


def plain(text: str) -> str:
    """The text in lower-case ASCII letters and digits, for e-mail and web addresses."""
    folded = text.translate(_PLAIN).lower()
    return "".join(letter for letter in folded if letter.isascii() and letter.isalnum())


@dataclass
class Drawing:
    """Draws for a unit of one country (`home`: SK or CZ); every IČO, e-mail and company name it gives is unique,
    and none of `used`."""

    draw: Random
    home: str = "SK"
    used: set[str] = field(default_factory=set)

    def pick(self, choices: Sequence[_Choice]) -> _Choice:
        return self.draw.choice(choices)

    def often(self, percent: int) -> bool:
        return self.draw.randrange(100) < percent

    def unique(self, make: Any) -> str:
        """The first value of `make()` not given before."""
        while True:
            value: str = make()
            if value not in self.used:
                self.used.add(value)
                return value

    def ico(self) -> str:
        return self.unique(lambda: numbers.ico(self.draw))

    def email(self, name: str, domain: str) -> str:
        base = f"{plain(name)[:24]}@{domain}"
        if base not in self.used:
            self.used.add(base)
            return base
        return self.unique(lambda: f"{plain(name)[:24]}{self.draw.randrange(10_000)}@{domain}")

    def phone(self, least: int = 200, below: int = 900) -> str:
        """A number of the unit's country."""
        return f"{names.DIAL[self.home]} {self.draw.randrange(least, below)} {self.draw.randrange(100_000, 999_999)}"

    def mobile(self) -> str:
        number = self.draw.randrange(900_000_000, 999_999_999)
        return f"0{number}" if self.home == "SK" else f"+420 {number - 300_000_000}"

    def partner_country(self) -> str:
        weights = _PARTNERS[self.home]
        return self.draw.choices(list(weights), list(weights.values()))[0]

    def full_name(self) -> tuple[str, str, int]:
        """First name, last name, and the sex they belong to (1 man, 2 woman)."""
        woman = self.often(50)
        first, last = (names.WOMEN, names.WOMEN_SURNAMES) if woman else (names.MEN, names.MEN_SURNAMES)
        return self.pick(first), self.pick(last), 2 if woman else 1

    def person(self) -> tuple[str, int]:
        """A full name, now and then with titles, and the sex it belongs to."""
        first, last, sex = self.full_name()
        full = f"{first} {last}"
        if self.often(12):
            full = f"{self.pick(names.TITLES)} {full}"
            if self.often(30):
                full = f"{full}, {self.pick(names.TITLES_AFTER)}"
        return full, sex

    def company_name(self, country: str) -> str:
        def make() -> str:
            form = self.pick(names.FORMS[country])
            if country in names.FOREIGN:
                return f"{self.pick(names.FOREIGN[country])} {self.draw.randrange(1, 1000)} {form}"
            first = self.pick((self.pick(names.MEN_SURNAMES), self.pick(names.PLACES)))
            return f"{self.pick(names.TRADES)} {first} {self.draw.randrange(1, 1000)}, {form}"

        return self.unique(make)

    def street(self) -> str:
        return f"{self.pick(names.STREETS)} {self.draw.randrange(1, 2000)}"

    def tax_numbers(self, country: str) -> dict[str, Any]:
        """IČO, DIČ and IČ DPH as companies of the country have them in a unit of its home; one in five pays no VAT.

        A Czech unit knows no IČ DPH: there the DIČ of a Slovak company begins with SK.
        """
        payer = self.often(80)
        if country == "SK":
            number = self.unique(lambda: numbers.slovak_tax_number(self.draw))
            vat = f"SK{number}" if payer else None
            return {"ICO": self.ico(), **({"DIC": number, "ICDPH": vat} if self.home == "SK" else {"DIC": vat})}
        if country == "CZ":
            ico = self.ico()
            return {"ICO": ico, "DIC": f"CZ{ico}" if payer else None}
        return {"DIC": self.unique(lambda: numbers.foreign_vat(country, self.draw))}
