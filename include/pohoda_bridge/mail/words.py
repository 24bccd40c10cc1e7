"""What a mail says, in English, Czech and Slovak."""

from collections.abc import Mapping

from pohoda_bridge.catalogue.base import Titles
from pohoda_bridge.catalogue.link import CauseKind
from pohoda_bridge.quality.labels import labels
from pohoda_bridge.records.telling import Words

CONFLICT = Titles(
    en="both sides changed:",
    cs="obě strany změnily:",
    sk="obe strany zmenili:",
)
AMBIGUOUS = Titles(
    en="several records may be its pair, choose one",
    cs="protějškem může být několik záznamů, vyberte jeden",
    sk="párom môže byť niekoľko záznamov, vyberte jeden",
)
DELETED = Titles(
    en="deleted on one side; the deletion waits",
    cs="na jedné straně smazán; smazání čeká",
    sk="na jednej strane vymazaný; vymazanie čaká",
)
REFUSED = Titles(
    en="changed in the CRM, and POHODA takes no change of it:",
    cs="změněno v CRM, POHODA však změnu nepřijme:",
    sk="zmenené v CRM, POHODA však zmenu neprijme:",
)
CHANGES: Mapping[str, Words] = {
    "en": Words(),
    "cs": Words(
        "nic", "ano", "ne", "{} řádek", "řádků: {}", "tytéž řádky v jiném pořadí", "… a dalších {}",
        lambda name: labels([name]).cs,
    ),
    "sk": Words(
        "nič", "áno", "nie", "{} riadok", "riadkov: {}", "tie isté riadky v inom poradí", "… a ďalších {}",
        lambda name: labels([name]).sk,
    ),
}  # fmt: skip
NOT_TAKEN = Titles(en="not written:", cs="nezapsáno:", sk="nezapísané:")
HEADINGS: Mapping[CauseKind, Titles] = {
    "failure": Titles(en="run failed", cs="běh selhal", sk="beh zlyhal"),
    "quarantine": Titles(en="in quarantine", cs="v karanténě", sk="v karanténe"),
    "conflict": Titles(en="in conflict", cs="v konfliktu", sk="v konflikte"),
    "duplicate": Titles(en="duplicates", cs="duplicity", sk="duplicity"),
    "deletion": Titles(en="deletions", cs="smazání", sk="vymazania"),
    "cannot_write": Titles(en="cannot be written", cs="nelze zapsat", sk="nemožno zapísať"),
}
TO_DO: Mapping[CauseKind, Titles] = {
    "failure": Titles(
        en="Mend what the text names; nothing is lost, the next run goes on where this one stopped.",
        cs="Opravte, co text jmenuje; nic se neztratilo, další běh bude pokračovat.",
        sk="Opravte, čo text menuje; nič sa nestratilo, ďalší beh bude pokračovať.",
    ),
    "quarantine": Titles(
        en="Mend the record where it comes from; it goes by itself with the next run. The others went.",
        cs="Opravte záznam tam, odkud pochází; přenese se sám dalším během. Ostatní se přenesly.",
        sk="Opravte záznam tam, odkiaľ pochádza; prenesie sa sám ďalším behom. Ostatné sa preniesli.",
    ),
    "conflict": Titles(
        en="Nothing was overwritten. Say which side wins.",
        cs="Nic se nepřepsalo. Určete, která strana platí.",
        sk="Nič sa neprepísalo. Určte, ktorá strana platí.",
    ),
    "duplicate": Titles(
        en="Merge the records, or tell them apart; nothing was created twice.",
        cs="Záznamy slučte, nebo je odlište; nic nevzniklo dvakrát.",
        sk="Záznamy zlúčte, alebo ich odlíšte; nič nevzniklo dvakrát.",
    ),
    "deletion": Titles(
        en="Nothing was deleted yet. Look whether it should be.",
        cs="Zatím se nic nesmazalo. Podívejte se, zda se má.",
        sk="Zatiaľ sa nič nevymazalo. Pozrite sa, či sa má.",
    ),
    "cannot_write": Titles(
        en="Make the change on the other side by hand, or take it back; nothing was overwritten.",
        cs="Proveďte změnu ručně na druhé straně, nebo ji vraťte; nic se nepřepsalo.",
        sk="Urobte zmenu ručne na druhej strane, alebo ju vráťte; nič sa neprepísalo.",
    ),
}
COMMANDS: Mapping[CauseKind, str] = {
    "failure": "pohoda-bridge status",
    "quarantine": "pohoda-bridge quarantine list {link} --language {language}",
    "conflict": "pohoda-bridge conflicts list {link}",
    "duplicate": "pohoda-bridge match {link} {agenda}",
    "deletion": "pohoda-bridge reconcile {link}",
    "cannot_write": "pohoda-bridge why {link} {agenda} RECORD",
}
RECORD = Titles(en="record", cs="záznam", sk="záznam")
WHAT = Titles(en="what is wrong", cs="co je špatně", sk="čo je zle")
MORE = Titles(en="and {count} more", cs="a dalších {count}", sk="a ďalších {count}")
PAGE = Titles(en="Report of the run", cs="Zpráva o běhu", sk="Správa o behu")
ONCE = Titles(
    en="Each thing is mailed once, and again only when it comes back.",
    cs="Každá věc přijde jednou, a znovu jen když se vrátí.",
    sk="Každá vec príde raz, a znovu len keď sa vráti.",
)
