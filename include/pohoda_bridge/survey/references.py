"""What references can lead to: the ids of every row there is, asked of each side once."""

from collections.abc import Mapping

from pohoda_bridge.catalogue import Agenda
from pohoda_bridge.errors import BridgeError
from pohoda_bridge.pohoda.side import PohodaSide
from pohoda_bridge.records.document_checks import Known
from pohoda_bridge.survey.subject import Subject


class References:
    """Answers by the agendas that stand in the table which a reference points into."""

    def __init__(self, agendas: Mapping[str, Agenda]) -> None:
        self._agendas = agendas
        self._ids: dict[tuple[str, str], frozenset[str]] = {}

    def known(self, subject: Subject, side: PohodaSide) -> Known:
        """Where the references of the agenda's `known` rules can lead; no ids where the side cannot tell them all."""
        named = {self._refers(subject.agenda, one.fields[0]) for one in subject.expectations if one.rule == "known"}
        tables = {self._agendas[name].read.sql.table for name in named if name}
        asked = [name for name, agenda in self._agendas.items() if agenda.read.sql.table in tables]
        try:
            return Known(frozenset().union(*(self._of(subject.way, name, side) for name in asked)))
        except BridgeError:
            return Known(frozenset())

    def _of(self, way: str, name: str, side: PohodaSide) -> frozenset[str]:
        if (way, name) not in self._ids:
            self._ids[way, name] = side.ids(name)
        return self._ids[way, name]

    @staticmethod
    def _refers(agenda: Agenda, field: str) -> str | None:
        """The agenda that a reference, of the record or of the rows of a set, leads to."""
        place, _, name = field.rpartition(".")
        return (agenda.sets[place].fields if place else agenda.fields)[name].ref
