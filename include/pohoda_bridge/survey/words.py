"""What the list for the accountant says beside the faults themselves, in three languages."""

from collections.abc import Mapping

from pohoda_bridge.catalogue.base import Language, Titles

_WORDS = {
    "title": ("What to mend in POHODA", "Co opravit v programu POHODA", "Čo opraviť v programe POHODA"),
    "made": ("made on", "vytvořeno", "vytvorené"),
    "agenda": ("Agenda", "Agenda", "Agenda"),
    "rows": ("Records", "Záznamů", "Záznamov"),
    "refuse": ("must be mended", "nutno opravit", "nutné opraviť"),
    "warn": ("warning", "upozornění", "upozornenie"),
    "refused": ("Must be mended", "Nutno opravit", "Nutné opraviť"),
    "warned": ("Warnings", "Upozornění", "Upozornenia"),
    "level": ("Level", "Závažnost", "Závažnosť"),
    "number": ("Number or code", "Číslo nebo kód", "Číslo alebo kód"),
    "name": ("Name or text", "Název nebo text", "Názov alebo text"),
    "field": ("Field", "Pole", "Pole"),
    "todo": ("What to do", "Co udělat", "Čo urobiť"),
    "id": ("Row in POHODA (year/table/ID)", "Řádek v POHODĚ (rok/tabulka/ID)", "Riadok v POHODE (rok/tabuľka/ID)"),
    "overview": ("Overview", "Přehled", "Prehľad"),
    "none": ("No fault in the data.", "V datech není žádná chyba.", "V údajoch nie je žiadna chyba."),
    "unread": ("could not be read", "nelze přečíst", "nemožno prečítať"),
    "more": ("and more; all of them are in the XLSX file", "a další; všechny jsou v souboru XLSX",
             "a ďalšie; všetky sú v súbore XLSX"),
    "explained": (
        "Records that must be mended do not go to the CRM until then; those with a warning go.",
        "Záznamy, které je nutno opravit, do té doby do CRM nepůjdou; záznamy s upozorněním ano.",
        "Záznamy, ktoré je nutné opraviť, dovtedy do CRM nepôjdu; záznamy s upozornením áno.",
    ),
}  # fmt: skip

WORDS: Mapping[str, Titles] = {key: Titles(en=en, cs=cs, sk=sk) for key, (en, cs, sk) in _WORDS.items()}


def said(titles: Titles, language: Language) -> str:
    """The text in the language."""
    text: str = getattr(titles, language)
    return text
