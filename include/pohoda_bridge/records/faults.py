"""What can be wrong with a value, told to the accountant with what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """A fault of one value; the texts hold no value and say what to do in POHODA."""

    code: str
    en: str
    cs: str
    sk: str


_ALL = (
    Fault(
        "whole_fraction",
        "POHODA takes a whole number only; round it in the CRM",
        "POHODA přijme jen celé číslo; zaokrouhlete je v CRM",
        "POHODA prijme len celé číslo; zaokrúhlite ho v CRM",
    ),
    Fault(
        "ico_spaces",
        "IČO is written with spaces; write its digits together",
        "IČO je napsáno s mezerami; napište číslice dohromady",
        "IČO je napísané s medzerami; napíšte číslice spolu",
    ),
    Fault(
        "ico_form",
        "IČO has eight digits; correct it by the company register",
        "IČO má osm číslic; opravte je podle obchodního rejstříku",
        "IČO má osem číslic; opravte ho podľa obchodného registra",
    ),
    Fault(
        "ico_checksum",
        "IČO has a wrong check digit, a digit is mistyped; correct it by the company register",
        "IČO nemá správnou kontrolní číslici, některá číslice je překlep; opravte je podle obchodního rejstříku",
        "IČO nemá správnu kontrolnú číslicu, niektorá číslica je preklep; opravte ho podľa obchodného registra",
    ),
    Fault(
        "dic_spaces",
        "DIČ is written with spaces; write it together",
        "DIČ je napsáno s mezerami; napište je dohromady",
        "DIČ je napísané s medzerami; napíšte ho spolu",
    ),
    Fault(
        "dic_form_cz",
        "a Czech DIČ is CZ and 8 to 10 digits; correct it",
        "české DIČ je CZ a 8 až 10 číslic; opravte je",
        "české DIČ je CZ a 8 až 10 číslic; opravte ho",
    ),
    Fault(
        "dic_form_sk",
        "a Slovak DIČ is ten digits without SK; the number with SK belongs to IČ DPH; correct it",
        "slovenské DIČ je deset číslic bez SK; číslo s SK patří do IČ DPH; opravte je",
        "slovenské DIČ je desať číslic bez SK; číslo s SK patrí do IČ DPH; opravte ho",
    ),
    Fault(
        "dic_checksum",
        "DIČ has a wrong check digit, a digit is mistyped; correct it by the tax office's list",
        "DIČ nemá správnou kontrolní číslici, některá číslice je překlep; opravte je podle registru plátců",
        "DIČ nemá správnu kontrolnú číslicu, niektorá číslica je preklep; opravte ho podľa zoznamu finančnej správy",
    ),
    Fault(
        "dic_form_eu",
        "DIČ does not have the form of the country whose letters it begins with; check it in VIES and correct it",
        "DIČ nemá tvar země, jejímiž písmeny začíná; ověřte je ve VIES a opravte",
        "DIČ nemá tvar krajiny, ktorej písmenami začína; overte ho vo VIES a opravte",
    ),
    Fault(
        "ic_dph_spaces",
        "IČ DPH is written with spaces; write it together",
        "IČ DPH je napsáno s mezerami; napište je dohromady",
        "IČ DPH je napísané s medzerami; napíšte ho spolu",
    ),
    Fault(
        "ic_dph_prefix",
        "IČ DPH begins with the two letters of an EU country (SK and ten digits for Slovakia); correct it",
        "IČ DPH začíná dvěma písmeny země EU (na Slovensku SK a deset číslic); opravte je",
        "IČ DPH začína dvoma písmenami krajiny EÚ (na Slovensku SK a desať číslic); opravte ho",
    ),
    Fault(
        "ic_dph_form",
        "IČ DPH does not have the form of its country; check it in VIES and correct it",
        "IČ DPH nemá tvar své země; ověřte je ve VIES a opravte",
        "IČ DPH nemá tvar svojej krajiny; overte ho vo VIES a opravte",
    ),
    Fault(
        "ic_dph_checksum",
        "IČ DPH has a wrong check digit, a digit is mistyped; check it in VIES and correct it",
        "IČ DPH nemá správnou kontrolní číslici, některá číslice je překlep; ověřte je ve VIES a opravte",
        "IČ DPH nemá správnu kontrolnú číslicu, niektorá číslica je preklep; overte ho vo VIES a opravte",
    ),
    Fault(
        "email_form",
        "an e-mail address is not valid; correct it, several addresses are split by a comma",
        "některá e-mailová adresa není platná; opravte ji, více adres oddělte čárkou",
        "niektorá e-mailová adresa nie je platná; opravte ju, viac adries oddeľte čiarkou",
    ),
    Fault(
        "country_unknown",
        "the country has no known two-letter code; choose another one, or correct the code in the list of countries",
        "země nemá známý dvoupísmenný kód; zvolte jinou, nebo opravte kód v seznamu zemí",
        "krajina nemá známy dvojpísmenový kód; zvoľte inú, alebo opravte kód v zozname krajín",
    ),
)

FAULTS: Mapping[str, Fault] = {fault.code: fault for fault in _ALL}
