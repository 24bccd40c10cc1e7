"""Writing one unit-year through folders: a pack is put there once, and what POHODA says of it is collected later.

certainly not put there    -> retry (share away, lease over), or StopAgenda before anything
put there, or there before -> submitted: it is not sent again before it was answered
no answer from the share   -> doubt, which the next run clears by looking into the folder
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from pohoda_bridge.catalogue import Agenda
from pohoda_bridge.connections import Connection
from pohoda_bridge.errors import Doubt, Retry
from pohoda_bridge.pohoda.folder.answers import Answers
from pohoda_bridge.pohoda.folder.ini import NAME, ini
from pohoda_bridge.pohoda.folder.place import Folders
from pohoda_bridge.pohoda.reader import Reader, Source
from pohoda_bridge.pohoda.writing.ahead import Codes, look
from pohoda_bridge.pohoda.writing.forms import form_of
from pohoda_bridge.pohoda.writing.outgoing import Form, Outgoing
from pohoda_bridge.pohoda.writing.pack import pack as packed
from pohoda_bridge.side import Answer, Collected, Pack

log = logging.getLogger(__name__)
MAX_BYTES = 32 << 20
FULL = "the pack was full without it; it goes in the next one"


class FolderWriter:
    """`reader` is how the side reads, and so how a written row is shown."""

    def __init__(
        self, source: Source, connection: Connection, reader: Reader, *, now: Callable[[], float] = time.time
    ) -> None:
        self._source = source
        self._folders = Folders(connection)
        self._ini = ini(connection, self._folders, source.unit, source.year)
        self._answers = Answers(self._folders, source, reader)
        self._reader = reader
        self._codes = Codes(reader)
        self._now = now

    def probe(self) -> None:
        """The folders are there and take files; the ini lies beside the packs when it is asked for."""
        self._folders.check()
        if self._ini is not None:
            self._folders.keep(NAME, self._ini)

    def write(self, agenda: Agenda, pack: Pack) -> list[Answer]:
        """One answer for each item, in order; StopAgenda only when nothing of the pack was put there."""
        try:
            if self._folders.lies(pack.id):
                return [Answer(item.id, "submitted") for item in pack.items]
            answers = self._submitted(form_of(agenda, self._source, self._reader), pack)
        except Retry as error:
            return [Answer(item.id, "retry", reasons=(error.text,)) for item in pack.items]
        return [answers[item.id] for item in pack.items]

    def handed(self, packs: Sequence[str]) -> frozenset[str]:
        """Those of the packs that lie in the folders."""
        return frozenset(pack for pack in packs if self._folders.lies(pack))

    def answered(self) -> frozenset[str]:
        """The packs, ours or not, whose answers have come."""
        return self._folders.answered()

    def collect(self, agenda: Agenda, packs: Sequence[Pack]) -> Collected:
        """What POHODA said of these packs."""
        return self._answers.collect(form_of(agenda, self._source, self._reader), packs)

    def put_away(self, packs: Sequence[str]) -> None:
        """Move these packs and their answers to `done`."""
        for pack in packs:
            self._folders.put_away(pack)

    def about(self) -> Mapping[str, str]:
        """Nobody is there to be asked."""
        return {}

    def close(self) -> None:
        """Nothing is held open."""

    def _submitted(self, form: Form, pack: Pack) -> dict[str, Answer]:
        items, answers = form.all_of(pack.items)
        if not items:
            return answers
        ahead = look(self._reader, self._codes, form, self._source, items)
        answers |= ahead.answers
        if ahead.items:
            self.probe()
            answers |= self._put(form, pack, ahead.items)
        return answers

    def _put(self, form: Form, pack: Pack, items: list[Outgoing]) -> dict[str, Answer]:
        group = items
        while len(body := self._body(form, pack, group)) > MAX_BYTES and len(group) > 1:
            group = group[: len(group) // 2]
        rest = _all(items[len(group) :], "retry", FULL)
        if len(body) > MAX_BYTES:
            return _all(group, "refused", f"it is larger than a pack may be, {len(body)} bytes of {MAX_BYTES}") | rest
        if self._now() >= pack.until:
            return _all(items, "retry", "the time to write was over before the pack was put into its folder")
        try:
            new = self._folders.put(pack.id, body)
        except Doubt as error:
            return _all(group, "doubt", error.text) | rest
        log.info("%s: pack %s of %d items %s", form.agenda.agenda, pack.id, len(group), "put" if new else "is there")
        return _all(group, "submitted") | rest

    def _body(self, form: Form, pack: Pack, items: Sequence[Outgoing]) -> bytes:
        return packed(form, items, id=pack.id, ico=self._source.unit.ico, note=form.agenda.title.cs)


def _all(items: Iterable[Outgoing], state: str, *reasons: str) -> dict[str, Answer]:
    return {one.item.id: Answer(one.item.id, state, reasons=reasons) for one in items}  # type: ignore[arg-type]
