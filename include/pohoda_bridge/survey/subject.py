"""One agenda of a unit as it is judged: how it is read, what is expected of its records."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pohoda_bridge.catalogue import Agenda, Catalogue, Expectation, Flow, Unit


@dataclass(frozen=True)
class Subject:
    """An agenda to judge; `flow` is the way by which a link carries it to a CRM, where one does.

    `expectations` are the agenda's, and the limits of texts of every CRM that a link carries it to.
    """

    agenda: Agenda
    unit: Unit
    expectations: tuple[Expectation, ...]
    flow: Flow | None = None
    tables: Mapping[str, str] = field(default_factory=dict)

    @property
    def way(self) -> str:
        """How the agenda is read."""
        return self.flow.read if self.flow else self.unit.read

    @property
    def contact_names(self) -> str:
        """How names of persons are split."""
        return self.flow.contact_names if self.flow else "strict"

    def setting(self, name: str) -> object:
        """The value of a setting of the agenda."""
        return self.flow.setting(name) if self.flow else self.agenda.settings[name]


def subjects(known: Catalogue, unit: Unit, links: Sequence[str]) -> list[Subject]:
    """Every agenda of the unit, as the links that carry it read it."""
    flows = [flow for link in links for flow in known.flows(link) if flow.direction == "to_crm"]
    return [
        Subject(agenda, unit, (*_of_pohoda(agenda), *_lengths(agenda, own)), own[0] if own else None, known.tables)
        for agenda in known.agendas.values()
        for own in [[flow for flow in flows if flow.agenda.agenda == agenda.agenda]]
    ]


def _of_pohoda(agenda: Agenda) -> Iterator[Expectation]:
    """What is asked of POHODA's own records."""
    yield from (entry for entry in agenda.expect if entry.way != "to_pohoda")


def _lengths(agenda: Agenda, flows: Iterable[Flow]) -> Iterator[Expectation]:
    """The tightest limit of each text field."""
    limits: dict[str, Expectation] = {}
    for flow in flows:
        for entry in flow.expectations:
            name = entry.fields[0]
            if entry.rule == "length" and name in agenda.names:
                limits[name] = min(entry, limits.get(name, entry), key=lambda one: one.limit or 0)
    yield from limits.values()
