"""Documents through the derivations of their agenda, and back through the restorations, as the steps do it."""

from collections.abc import Mapping
from typing import Any

from pohoda_bridge.catalogue import Agenda, open_catalogue
from pohoda_bridge.records.derive import DERIVATIONS, DeriveContext
from pohoda_bridge.records.names import splitter
from pohoda_bridge.records.restore import RESTORATIONS

KEPT = ("kind", "issued_on", "taxed_on", "rate", "rate_amount", "oss_country", "number")
"""Fields of a document that go beside what is derived."""


def context(agenda: Agenda, country: str) -> DeriveContext:
    tables = {name: one.read.sql.table for name, one in open_catalogue().agendas.items()}
    write = agenda.write
    links = {**write.links, agenda.agenda: write.corrects} if write else {}
    return DeriveContext("2026/FA/7", {}, splitter("strict"), country, tables, links, 2026)


def derived(name: str, record: Mapping[str, Any], country: str) -> dict[str, Any]:
    """The record with everything that the agenda derives."""
    agenda = open_catalogue().agendas[name]
    row = {**dict.fromkeys((*agenda.fields, *agenda.sets)), **record}
    for derive in agenda.derive:
        values = DERIVATIONS[derive.with_](context(agenda, country), tuple(row[of] for of in derive.of))
        row.update(zip(derive.gives, values, strict=True))
    return row


def restored(name: str, wanted: Mapping[str, Any], country: str) -> dict[str, Any]:
    """A new document of POHODA with what a CRM has of it."""
    agenda = open_catalogue().agendas[name]
    made = {field: value for field, value in wanted.items() if field in agenda.fields}
    for derive in agenda.derive:
        if derive.with_ in RESTORATIONS and any(one in wanted for one in derive.gives):
            values = tuple(wanted.get(one) for one in derive.gives)
            stand = tuple(made.get(one) for one in derive.of)
            found = RESTORATIONS[derive.with_](context(agenda, country), values, stand)
            made.update(found if isinstance(found, Mapping) else zip(derive.of, found, strict=True))
    return made


def shown(name: str, record: Mapping[str, Any], country: str) -> dict[str, Any]:
    """What a CRM has of a document of POHODA."""
    agenda, row = open_catalogue().agendas[name], derived(name, record, country)
    gives = {one for derive in agenda.derive if derive.with_ in RESTORATIONS for one in derive.gives}
    return {one: row[one] for one in (*KEPT, *sorted(gives)) if row.get(one) is not None}
