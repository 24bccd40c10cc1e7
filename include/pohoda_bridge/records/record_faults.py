"""What can be wrong with a whole record, told to the accountant with what to do about it in POHODA."""

from collections.abc import Mapping

from pohoda_bridge.records.faults import Fault

_ALL = (
    Fault(
        "lines_sum",
        "the lines do not add up to the document's amounts by VAT rate; open the document, check its lines, save it",
        "součet položek nesouhlasí s částkami dokladu podle sazeb DPH; otevřete doklad, zkontrolujte položky a uložte",
        "súčet položiek nesúhlasí so sumami dokladu podľa sadzieb DPH; otvorte doklad, skontrolujte položky a uložte",
    ),
    Fault(
        "total_sum",
        "the total is not the sum of the amounts by VAT rate and the rounding; open the document, check it, save it",
        "celková částka není součtem částek podle sazeb DPH a zaokrouhlení; otevřete doklad, zkontrolujte ho a uložte",
        "celková suma nie je súčtom súm podľa sadzieb DPH a zaokrúhlenia; otvorte doklad, skontrolujte ho a uložte",
    ),
    Fault(
        "vat_line",
        "VAT of a line is not what its rate makes on that day; check the line's VAT rate and amount, and the tax date",
        "DPH některé položky neodpovídá její sazbě k datu plnění; zkontrolujte sazbu, DPH a datum plnění",
        "DPH niektorej položky nezodpovedá jej sadzbe k dátumu dodania; skontrolujte sadzbu, DPH a dátum dodania",
    ),
    Fault(
        "vat_slot",
        "VAT of the document is not what its rate makes on that day; check VAT amounts by rate, and the tax date",
        "DPH dokladu neodpovídá sazbě k datu plnění; zkontrolujte částky DPH podle sazeb a datum plnění",
        "DPH dokladu nezodpovedá sadzbe k dátumu dodania; skontrolujte sumy DPH podľa sadzieb a dátum dodania",
    ),
    Fault(
        "rate_missing",
        "the document is in a foreign currency without its rate; fill in the rate and the amount that it is for",
        "doklad je v cizí měně bez kurzu; doplňte kurz a množství, pro které platí",
        "doklad je v cudzej mene bez kurzu; doplňte kurz a množstvo, pre ktoré platí",
    ),
    Fault(
        "foreign_total_missing",
        "the document is in a foreign currency without an amount in it; fill in the amounts in that currency",
        "doklad je v cizí měně, ale nemá v ní žádnou částku; doplňte částky v této měně",
        "doklad je v cudzej mene, ale nemá v nej žiadnu sumu; doplňte sumy v tejto mene",
    ),
    Fault(
        "year_later",
        "the date lies after the end of the accounting year that holds the document; correct the date",
        "datum je po konci účetního roku, ve kterém doklad je; opravte datum",
        "dátum je po konci účtovného roka, v ktorom doklad je; opravte dátum",
    ),
    Fault(
        "year_earlier",
        "the date lies before the accounting year of the document, and nothing of it was left open; correct the date",
        "datum je před začátkem účetního roku, ve kterém doklad je, a doklad nebyl otevřený; opravte datum",
        "dátum je pred začiatkom účtovného roka, v ktorom doklad je, a doklad nebol otvorený; opravte dátum",
    ),
    Fault(
        "reference_gone",
        "it refers to a record that is not there any more; choose the record again",
        "odkazuje na záznam, který už neexistuje; vyberte záznam znovu",
        "odkazuje na záznam, ktorý už neexistuje; vyberte záznam znova",
    ),
    Fault(
        "unit_missing",
        "the card has no unit of measure; fill it in",
        "karta nemá měrnou jednotku; doplňte ji",
        "karta nemá mernú jednotku; doplňte ju",
    ),
    Fault(
        "unit_line",
        "a line with a stock card has no unit of measure; fill it in",
        "položka se skladovou kartou nemá měrnou jednotku; doplňte ji",
        "položka so skladovou kartou nemá mernú jednotku; doplňte ju",
    ),
    Fault(
        "unit_factor",
        "a further unit of measure holds no basic units of the card; correct its factor on the card",
        "další měrná jednotka nemá přepočet na základní jednotku karty; opravte její koeficient na kartě",
        "ďalšia merná jednotka nemá prepočet na základnú jednotku karty; opravte jej koeficient na karte",
    ),
    Fault(
        "card_twice",
        "two cards of one store have this code; merge them, or give one another code",
        "v jednom skladu mají tento kód dvě karty; slučte je, nebo jedné dejte jiný kód",
        "v jednom sklade majú tento kód dve karty; zlúčte ich, alebo jednej dajte iný kód",
    ),
    Fault(
        "balance_over_total",
        "more is left to be paid than the document's total; settle the document again",
        "k likvidaci zbývá víc, než je celková částka dokladu; zkontrolujte likvidaci dokladu",
        "na likvidáciu zostáva viac, než je celková suma dokladu; skontrolujte likvidáciu dokladu",
    ),
    Fault(
        "balance_unlike_payments",
        "its payments are more than what the document says was paid; check its settlement",
        "úhrady jsou vyšší, než kolik je na dokladu uhrazeno; zkontrolujte likvidaci dokladu",
        "úhrady sú vyššie, než koľko je na doklade uhradené; skontrolujte likvidáciu dokladu",
    ),
)

RECORD_FAULTS: Mapping[str, Fault] = {fault.code: fault for fault in _ALL}
