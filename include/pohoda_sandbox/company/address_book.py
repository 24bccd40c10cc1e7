"""Clean rows of the address book: companies with their parts, contact persons, private persons."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from pohoda_sandbox.company import names
from pohoda_sandbox.company.custom import Values
from pohoda_sandbox.company.drawing import Drawing, plain
from pohoda_sandbox.company.lists import ACTIVITIES, CENTRES, GROUPS, KEYS, PAYMENTS, Lists
from pohoda_sandbox.pohoda.database import Pohoda

_LAST = 99_999


@dataclass(kw_only=True)
class Book(Drawing):
    """Draws rows for one unit and adds them to it."""

    pohoda: Pohoda
    lists: Lists
    custom: Values | None = None
    _number: int = 0
    _full: int = 0

    def number(self) -> str:
        if self._number == _LAST:
            self._next_series()
        self._number += 1
        return f"{self.lists.prefix}{self._full or ''}{self._number:05d}"

    def close(self) -> None:
        """Notes on the number series how far it came."""
        self.pohoda.edit("sCRady", self.lists.series, Cislo=f"{self._number:05d}")

    def _next_series(self) -> None:
        self.close()
        self._number, self._full = 0, self._full + 1
        prefix, text = f"{self.lists.prefix}{self._full}", f"Adresár {self._full + 1}"
        series = self.pohoda.insert("sCRady", IDS=prefix, Cislo="00000", SText=text, RelCrAg=13)
        self.lists = replace(self.lists, series=series)

    def saved(self) -> dict[str, datetime | None]:
        """When a row was made and last saved, in the past; sometimes never saved since it was made."""
        created = self.pohoda.now() - timedelta(minutes=self.draw.randrange(1_500, 500_000))
        if self.often(3):
            return {"DatCreate": created, "DatSave": None}
        later = self.draw.randrange(int((self.pohoda.now() - created).total_seconds()) - 600)
        return {"DatCreate": created, "DatSave": created + timedelta(seconds=later)}

    def address(self, country: str, suffix: str = "") -> dict[str, Any]:
        town, code, region = self.pick(names.TOWNS[country])
        return {
            f"Ulice{suffix}": self.street(),
            f"Obec{suffix}": town,
            f"PSC{suffix}": code,
            f"RefZeme{suffix}": self.lists.countries[country],
            **({} if suffix else {"Okres": region}),
        }

    def company(self, **fixed: Any) -> int:
        """Adds a company without parts; `fixed` columns replace the drawn ones."""
        country = str(fixed.pop("country", None) or self.partner_country())
        name = str(fixed.pop("Firma", None) or self.company_name(country))
        domain = f"{plain(name)[:12]}.example"
        mails = [self.email(box, domain) for box in ("info", "obchod", "uctaren")[: self.pick((1, 1, 1, 2, 3))]]
        columns = {
            "Cislo": self.number(),
            "RelCR": self.lists.series,
            "Firma": name,
            "Utvar": self.pick((None, None, "", "Nákup", "Účtáreň")),
            "Jmeno": self.person()[0] if self.often(40) else None,
            **self.address(country),
            **self.tax_numbers(country),
            "Tel": self.phone(),
            "GSM": self.mobile() if self.often(50) else None,
            "Email": ";".join(mails),
            "WWW": f"www.{domain}" if self.often(60) else None,
            "Skupina": self.pick((None, *GROUPS, ",".join(GROUPS))),
            "Klic": self.pick((None, None, *KEYS)),
            "RefStr": self.pick((None, 0, *(self.lists.centres[code] for code in CENTRES))),
            "RefCin": self.pick((None, 0, *(self.lists.activities[code] for code in ACTIVITIES))),
            "RelForUh": self.lists.payments[self.pick(tuple(PAYMENTS))],
            "ADSplat": self.pick((None, 7, 14, 30)),
            "ADKredit": Decimal(self.draw.randrange(100_000)) / 4 if self.often(20) else None,
            "KcObrat": Decimal(self.draw.randrange(10_000_000)) / 100 if self.often(70) else None,
            "P1": self.often(30),
            "P2": self.often(80),
            "Pozn": self.note() if self.often(25) else None,
            **self.saved(),
            **(self.custom.of("AD") if self.custom else {}),
            **fixed,
        }
        return self.pohoda.insert("AD", **columns)

    def note(self) -> str:
        lines = (
            "Volať vždy doobeda.",
            "Fakturu poslať e-mailom.",
            "Pozor: úhrada až po reklamácii!",
            "Kľúč u vrátnika.",
        )
        return "\r\n".join(self.draw.sample(lines, self.draw.randrange(1, 4)))

    def contact(self, parent: int, **fixed: Any) -> int:
        """Adds a contact person of a company."""
        company = self.pohoda.rows("SELECT * FROM AD WHERE ID = ?", parent)[0]
        name, sex = self.person()
        domain = f"{plain(company['Firma'])[:12]}.example"
        repeated = ("Firma", "Ulice", "Obec", "PSC", "RefZeme") if self.often(70) else ("Firma",)
        columns = {
            "RefAD": parent,
            "Cislo": self.number(),
            "RelCR": self.lists.series,
            "Jmeno": name,
            "RelPohl": sex,
            "Funkce": self.pick((None, *names.POSITIONS)),
            "Osloveni": self.pick((None, "Vážený pane" if sex == 1 else "Vážená paní")),
            "Email": self.email(name.replace(" ", "."), domain),
            "Tel": f"+420 {self.draw.randrange(200, 800)} {self.draw.randrange(100_000, 999_999)}",
            **{column: company[column] for column in repeated},
            **self.saved(),
            **fixed,
        }
        return self.pohoda.insert("AD", **columns)

    def private_person(self) -> int:
        """Adds a row with Jméno alone: a private person, no company."""
        name, sex = self.person()
        return self.pohoda.insert(
            "AD",
            Cislo=self.number(),
            RelCR=self.lists.series,
            Jmeno=name,
            RelPohl=sex,
            Email=self.email(name, "posta.example"),
            **self.address(self.home),
            **self.saved(),
        )

    def parts(self, address: int) -> None:
        """Adds delivery addresses (the first is the default one), accounts and contact persons."""
        row = self.pohoda.rows("SELECT Firma, DatCreate, DatSave FROM AD WHERE ID = ?", address)[0]
        saved = {"DatCreate": row["DatCreate"], "DatSave": row["DatSave"]}
        for place in range(self.pick((0, 0, 0, 1, 1, 2, 3))):
            self.pohoda.insert(
                "ADdodaci",
                RefAg=address,
                Firma2=f"{row['Firma'][:230]} - {('sklad', 'prodejna', 'dielňa')[place]}",
                Jmeno2=self.person()[0] if self.often(60) else None,
                **self.address(self.pick(names.DELIVERED[self.home]), "2"),
                Tel2=self.phone(900, 999),
                Vychozi=place == 0,
                **saved,
            )
        accounts: list[tuple[str, str]] = []
        for place in range(self.pick((0, 0, 1, 1, 2))):
            accounts.append((str(self.draw.randrange(10**8, 10**10)), self.pick(("0100", "0800", "1100", "7500"))))
            number, bank = accounts[-1]
            self.pohoda.insert("ADucet", RefAg=address, Ucet=number, KodBanky=bank, SpecSym="", Vychozi=place == 0)
        for _ in range(self.pick((0, 0, 1, 1, 2, 3))):
            self.contact(address)
        default = dict(zip(("Ucet", "KodBanky"), accounts[0], strict=True)) if accounts else {}
        self.pohoda.edit("AD", address, DatSave=row["DatSave"], **default)
