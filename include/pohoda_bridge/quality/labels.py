"""What a field is called where a person sees it: the labels of POHODA's forms, Czech and Slovak."""

from collections.abc import Iterable

from pohoda_bridge.catalogue.base import Titles

_LABELS = {
    "activity": ("activity", "Činnost", "Činnosť"),
    "agreement": ("agreement", "Smlouva", "Zmluva"),
    "centre": ("cost centre", "Středisko", "Stredisko"),
    "city": ("city", "Obec", "Obec"),
    "client": ("company", "firma", "firma"),
    "company": ("company", "Firma", "Firma"),
    "country": ("country", "Stát", "Štát"),
    "currency": ("currency", "Měna", "Mena"),
    "dic": ("DIČ", "DIČ", "DIČ"),
    "division": ("division", "Oddělení", "Oddelenie"),
    "due_days": ("due days", "Splatnost", "Splatnosť"),
    "email": ("e-mail", "E-mail", "E-mail"),
    "emails": ("e-mail", "E-mail", "E-mail"),
    "fax": ("fax", "Fax", "Fax"),
    "first_name": ("first name", "Jméno", "Meno"),
    "ic_dph": ("IČ DPH", "IČ DPH", "IČ DPH"),
    "ico": ("IČO", "IČO", "IČO"),
    "internal_note": ("internal note", "Interní poznámka", "Interná poznámka"),
    "last_name": ("last name", "Příjmení", "Priezvisko"),
    "message": ("message", "Zpráva", "Správa"),
    "mobile": ("mobile phone", "Mobil", "Mobil"),
    "name": ("company", "Firma", "Firma"),
    "note": ("note", "Poznámka", "Poznámka"),
    "number": ("number", "Číslo", "Číslo"),
    "person": ("person's name", "Jméno", "Meno"),
    "phone": ("phone", "Telefon", "Telefón"),
    "position": ("position", "Funkce", "Funkcia"),
    "street": ("street", "Ulice", "Ulica"),
    "title_after": ("title after the name", "Titul za jménem", "Titul za menom"),
    "title_before": ("title before the name", "Titul před jménem", "Titul pred menom"),
    "web": ("web", "WWW", "WWW"),
    "zip": ("postcode", "PSČ", "PSČ"),
}


def labels(fields: Iterable[str]) -> Titles:
    """The fields' labels, joined by commas; a field without one keeps its canonical name."""
    found = [_LABELS.get(name, (name, name, name)) for name in fields]
    en, cs, sk = (", ".join(dict.fromkeys(label[language] for label in found)) for language in range(3))
    return Titles(en=en, cs=cs, sk=sk)
