"""The code lists of the sample company: countries, centres, activities, payment forms, price levels,
contracts, series, groups, keys."""

from dataclasses import dataclass

from pohoda_sandbox.pohoda.database import Pohoda

COUNTRIES = {
    "SK": ("Slovenská republika", "703"),
    "CZ": ("Česká republika", "203"),
    "DE": ("Německo", "276"),
    "AT": ("Rakousko", "040"),
    "PL": ("Polsko", "616"),
    "HU": ("Maďarsko", "348"),
}
CENTRES = {"BA": "Bratislava", "KE": "Košice", "PRAHA": "Pobočka Praha", "BRNO": "Pobočka Brno"}
ACTIVITIES = {"SLUŽBY": "Služby", "VÝROBA": "Výroba", "OBCHOD": "Veľkoobchod"}
PAYMENTS = {"príkazom": 3, "hotově": 1, "dobierka": 9}
GROUPS = {"Zákazník": "Odberatelia", "Dodavatel": "Dodávatelia", "Obchod": "Veľkoobchod"}
PRICE_LEVELS = {"Prodejní": "Základná cena", "Sleva 1": "Zľava 1"}
CONTRACTS = ("Rekonštrukcia haly", "Údržba siete")
KEYS = {"PF": "Péefka", "VIP": "Dôležití", "NEWS": "Novinky e-mailom"}


@dataclass(frozen=True)
class Lists:
    """The ids of the rows by code, and of the address book's number series."""

    countries: dict[str, int]
    centres: dict[str, int]
    activities: dict[str, int]
    payments: dict[str, int]
    series: int
    prefix: str


def insert_lists(pohoda: Pohoda) -> Lists:
    """Adds the lists to an empty unit."""
    year = pohoda.settings()["Rok"]
    prefix = f"{year % 100:02d}AD"
    for kod, name in (("EUR", "Eurozóna"), ("CZK", "Česká republika"), ("HUF", "Maďarsko")):
        pohoda.insert("sCMeny", Kod=kod, IDS=kod, Zeme=name, Mnozstvi=100 if kod == "HUF" else 1, Pouzit=True)
    for table, codes in (("sADskup", GROUPS), ("sADklic", KEYS)):
        for code, text in codes.items():
            pohoda.insert(table, IDS=code, SText=text)
    for code, text in PRICE_LEVELS.items():
        pohoda.insert("SkCeny", IDS=code, SText=text)
    for place, text in enumerate(CONTRACTS, start=1):
        pohoda.insert("sZAK", Cislo=f"{year % 100:02d}Zak{place:05d}", SText=text)
    return Lists(
        countries={
            code: pohoda.insert("sZeme", IDS=code, Kod=code, KodVATEU=code, KodOSN=number, SText=name, Nabizet=True)
            for code, (name, number) in COUNTRIES.items()
        },
        centres={code: pohoda.insert("sSTR", IDS=code, SText=text) for code, text in CENTRES.items()},
        activities={code: pohoda.insert("sCIN", IDS=code, SText=text) for code, text in ACTIVITIES.items()},
        payments={code: pohoda.insert("sFormUh", IDS=code, SText=code, RelTyp=kind) for code, kind in PAYMENTS.items()},
        series=pohoda.insert("sCRady", IDS=prefix, Cislo="00000", SText="Adresár", RelCrAg=13, Rok=year),
        prefix=prefix,
    )
