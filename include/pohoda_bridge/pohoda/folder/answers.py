"""What POHODA said of packs that lay in a folder: late, half written, of the whole or of each item.

A pack that was answered is taken out of POHODA's sight before the answer counts: started again, POHODA would import
what it refused the first time.
"""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO

from pohoda_bridge.errors import BridgeError, Doubt
from pohoda_bridge.pohoda import identity
from pohoda_bridge.pohoda.errnos import table
from pohoda_bridge.pohoda.folder.place import Folders
from pohoda_bridge.pohoda.reader import Reader, Source
from pohoda_bridge.pohoda.writing import receipt, stored
from pohoda_bridge.pohoda.writing.outgoing import Form, Outgoing, Unwritable
from pohoda_bridge.pohoda.writing.receipt import Receipt
from pohoda_bridge.pohoda.writing.stored import Judged
from pohoda_bridge.pohoda.writing.verdict import Verdict, one_line, verdict
from pohoda_bridge.pohoda.xml.walk import folded, of_pack
from pohoda_bridge.side import Answer, Collected, Item, Lookup, Pack

log = logging.getLogger(__name__)
UNSURE = Verdict("doubt", reasons=("POHODA refused the pack and yet says it stored the record",))
_NUMBER = re.compile(r"\b55[1-7]\b")
_ANOTHER = "POHODA was started for another company than the unit's: look at `database` in its ini"


@dataclass
class _Found:
    answers: dict[str, Sequence[Answer]] = field(default_factory=dict)
    smaller: set[str] = field(default_factory=set)
    stop: dict[str, str] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)


class Answers:
    """Reads the answers in the folders of one unit-year."""

    def __init__(self, folders: Folders, source: Source, reader: Reader) -> None:
        self._folders = folders
        self._source = source
        self._reader = reader

    def collect(self, form: Form, packs: Sequence[Pack]) -> Collected:
        """What has come for these packs; raises Retry when the share or the database cannot be reached."""
        found = _Found()
        for pack in packs:
            name = self._folders.newest(pack.id)
            if name is None:
                continue
            try:
                told = self._told(pack, name)
            except Doubt as error:
                log.warning("%s: %s", form.agenda.agenda, error.log)
                found.unreadable[pack.id] = error.text
                continue
            if told is not None:
                self._judge(form, pack, name, told, found)
        return Collected(found.answers, frozenset(found.smaller), found.stop, found.unreadable)

    def _told(self, pack: Pack, name: str) -> Receipt | None:
        body = self._folders.answer(name)
        if body is None:
            return None
        place = f"answer {name}.xml"
        return receipt.read(BytesIO(body), pack=pack.id, ico=self._source.unit.ico, place=place)

    def _judge(self, form: Form, pack: Pack, name: str, told: Receipt, found: _Found) -> None:
        if told.ok or told.items:
            self._folders.withdraw(name)
            self._judge_items(form, pack, told, found)
            return
        faulty, again, text = _of_whole(told.note)
        if not faulty and self._folders.waits(name):
            if not again:  # it lies in its folder still, and goes when POHODA is started rightly
                found.stop[pack.id] = text
            return
        self._folders.withdraw(name)
        if faulty and len(pack.items) > 1:
            found.smaller.add(pack.id)
            return
        if not faulty and not again:
            found.stop[pack.id] = text
        state = Answer("", "refused" if faulty else "retry", reasons=(text,), details={"level": "pack"})
        found.answers[pack.id] = [replace(state, item_id=item.id) for item in pack.items]

    def _judge_items(self, form: Form, pack: Pack, told: Receipt, found: _Found) -> None:
        judged: list[Judged] = []
        for outgoing in self._outgoing(form, pack.items):
            one = verdict(form, outgoing, told.items.get(outgoing.item.id))
            judged.append((outgoing, UNSURE if one.state == "stored" and not told.ok else one))
        if stops := [one for _, one in judged if one.state == "stop"]:
            found.stop[pack.id] = "; ".join(stops[0].reasons)
        answers = stored.answers(self._reader, form, self._source, judged, {})
        found.answers[pack.id] = [answers[item.id] for item in pack.items]

    def _outgoing(self, form: Form, items: Sequence[Item]) -> list[Outgoing]:
        """The items as they went. One that could not go any more, as settings changed, is told by its ids alone."""
        made: list[Outgoing] = []
        for item in items:
            try:
                made.append(form.outgoing(item))
            except Unwritable:
                number = identity.number_in(item.target_id, self._source.year, form.agenda.read.sql.table)
                made.append(Outgoing(item, (), {}, *((None, number) if form.owner else (number, None))))
        parts = [outgoing for outgoing in made if outgoing.part is not None and outgoing.number is None]
        owners = self._owners(form, parts)
        return [replace(outgoing, number=owners.get(outgoing.item.id, outgoing.number)) for outgoing in made]

    def _owners(self, form: Form, parts: Sequence[Outgoing]) -> dict[str, int | None]:
        """The records that changed sub-records lie in, by item id."""
        if not parts or form.owner is None:
            return {}
        table_of = self._source.table_of(form.fields[form.owner].ref)
        try:
            rows = self._reader.look_up(form.agenda, [Lookup(id=outgoing.item.target_id) for outgoing in parts])
        except BridgeError:
            return {}
        return {
            outgoing.item.id: identity.number_in(hits[0][form.owner], self._source.year, table_of)
            for outgoing, hits in zip(parts, rows, strict=True)
            if hits
        }


def _of_whole(note: str) -> tuple[bool, bool, str]:
    """Why a pack was refused as a whole: whether its form was at fault, whether it goes by itself, and in words."""
    plain, number = folded(note), _NUMBER.search(note)
    known = table().get(int(number[0])) if number else None
    text = known.en if known else _ANOTHER if "urcen" in plain else of_pack(note)
    said = f"POHODA refused a whole pack: {text}" + (f" ({one_line(note)})" if note.strip() else "")
    faulty = known is None and ("obalk" in plain or "schemat" in plain)
    return faulty, known is not None and known.do == "retry", said
