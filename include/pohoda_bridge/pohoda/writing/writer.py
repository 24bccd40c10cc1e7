"""Writing one unit-year over mServer: a pack goes out once, and whatever leaves its outcome open is a doubt.

nothing left our side       -> retry (busy, not reachable, lease over), or StopAgenda before the first pack
refused as a whole          -> halved, down to the item that is at fault; a pack in doubt is never split
refused or stored, by item  -> `verdict`; what was stored is read back by the side's own way of reading
cut, late, unreadable       -> doubt for every item of the pack
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from pohoda_bridge.catalogue import Agenda
from pohoda_bridge.connections import Connection
from pohoda_bridge.errors import BridgeError, Doubt, RejectRecord, Retry, StopAgenda
from pohoda_bridge.pohoda.reader import Reader, Source
from pohoda_bridge.pohoda.writing import receipt, stored
from pohoda_bridge.pohoda.writing.ahead import Codes, look
from pohoda_bridge.pohoda.writing.forms import form_of
from pohoda_bridge.pohoda.writing.outgoing import Form, Outgoing
from pohoda_bridge.pohoda.writing.pack import pack as packed
from pohoda_bridge.pohoda.writing.stored import Judged
from pohoda_bridge.pohoda.writing.verdict import Verdict, one_line, verdict
from pohoda_bridge.pohoda.xml import about, status
from pohoda_bridge.pohoda.xml.mserver import MServer
from pohoda_bridge.pohoda.xml.walk import folded, of_pack
from pohoda_bridge.side import Answer, Pack

log = logging.getLogger(__name__)
MAX_BYTES = 4 << 20
UNSENT = "not sent: the records before it got no certain answer"


class Writer:
    """One request is in flight at a time. `reader` is how the side reads, and so how a written row is shown."""

    def __init__(
        self,
        source: Source,
        connection: Connection,
        reader: Reader,
        *,
        wait: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._source = source
        self._server = MServer(connection, unit=source.unit, wait=wait, now=now)
        self._reader = reader
        self._codes = Codes(reader)
        self._place = f"answer of mServer (connection {connection.id})"
        self._wait = wait
        self._now = now

    def write(self, agenda: Agenda, pack: Pack) -> list[Answer]:
        """One answer for each item, in order. StopAgenda only when nothing of the pack was stored."""
        form = form_of(agenda, self._source, self._reader)
        items, answers = form.all_of(pack.items)
        if items:
            answers |= self._written(form, pack, items)
        counts = Counter(answer.state for answer in answers.values())
        log.info("%s: pack %s of %d items: %s", agenda.agenda, pack.id, len(pack.items), dict(sorted(counts.items())))
        return [answers[item.id] for item in pack.items]

    def about(self) -> Mapping[str, str]:
        """What the mServer and the program behind it say of themselves."""
        return about.told(self._server, self._source.unit.ico, self._place)

    def close(self) -> None:
        self._server.close()

    def _written(self, form: Form, pack: Pack, items: list[Outgoing]) -> dict[str, Answer]:
        try:
            ahead = look(self._reader, self._codes, form, self._source, items)
            if ahead.items:
                self.probe()
        except Retry as error:
            return {one.item.id: Answer(one.item.id, "retry", reasons=(error.text,)) for one in items}
        judged = self._send(form, pack, ahead.items, sent=False) if ahead.items else []
        return ahead.answers | stored.answers(self._reader, form, self._source, judged, ahead.before)

    def probe(self) -> None:
        """The right unit is open and nothing waits there; Retry when others keep it busy for too long."""
        status.idle(self._server, self._source, self._wait)

    def _send(self, form: Form, pack: Pack, group: list[Outgoing], *, sent: bool) -> list[Judged]:
        body = packed(form, group, id=pack.id, ico=self._source.unit.ico, note=form.agenda.title.cs)
        if len(body) > MAX_BYTES:
            reason = f"it is larger than a pack may be, {len(body)} bytes of {MAX_BYTES}"
            return self._halved(form, pack, group, reason, sent=sent)
        try:
            told = self._told(pack, body)
        except RejectRecord as error:
            return self._halved(form, pack, group, error.text, sent=True)
        except Doubt as error:
            log.warning("%s: pack %s is in doubt: %s", form.agenda.agenda, pack.id, error.log)
            return _all(group, Verdict("doubt", reasons=(error.text,)))
        except (Retry, StopAgenda) as error:
            if isinstance(error, StopAgenda) and not sent:
                raise
            return _all(group, Verdict("retry", reasons=(error.text,)))
        return self._judged(form, group, told, sent=sent)

    def _told(self, pack: Pack, body: bytes) -> receipt.Receipt:
        """What POHODA said of the pack, which was not refused as a whole."""
        file = self._server.send(body, pack.id, pack.until, now=self._now)
        told = receipt.read(file, pack=pack.id, ico=self._source.unit.ico, place=self._place)
        if told.ok or told.items:
            return told
        raise _of_whole(told.note, self._place)

    def _judged(self, form: Form, group: list[Outgoing], told: receipt.Receipt, *, sent: bool) -> list[Judged]:
        judged = [(outgoing, verdict(form, outgoing, told.items.get(outgoing.item.id))) for outgoing in group]
        if not told.ok:
            unsure = Verdict("doubt", reasons=("POHODA refused the pack and yet says it stored the record",))
            judged = [(outgoing, unsure if one.state == "stored" else one) for outgoing, one in judged]
        stops = [one for _, one in judged if one.state == "stop"]
        if stops and not sent and all(one.state in {"stop", "refused", "retry"} for _, one in judged):
            raise StopAgenda("; ".join(stops[0].reasons), log=f"{self._place}: codes {stops[0].details.get('codes')}")
        return judged

    def _halved(self, form: Form, pack: Pack, group: list[Outgoing], reason: str, *, sent: bool) -> list[Judged]:
        """Each half for itself, with the same ids: nothing of the whole was stored. One item alone is refused."""
        if len(group) == 1:
            return [(group[0], Verdict("refused", reasons=(reason,), details={"level": "pack"}))]
        middle = len(group) // 2
        first = self._send(form, pack, group[:middle], sent=sent)
        if any(one.state in {"doubt", "retry"} for _, one in first):
            return [*first, *_all(group[middle:], Verdict("retry", reasons=(UNSENT,)))]
        return [*first, *self._send(form, pack, group[middle:], sent=True)]


def _all(group: Sequence[Outgoing], one: Verdict) -> list[Judged]:
    return [(outgoing, one) for outgoing in group]


def _of_whole(note: str, place: str) -> BridgeError:
    """Why a pack was refused as a whole: RejectRecord when its form was at fault, else nothing of the agenda goes."""
    plain, text = folded(note), f"{place}: {of_pack(note)}"
    said = f"{text} ({one_line(note)})" if note.strip() else text
    if "obalk" in plain or "schemat" in plain:
        return RejectRecord(said, log=text)
    return StopAgenda(said, log=text)
