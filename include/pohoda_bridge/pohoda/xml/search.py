"""Look-ups as filters of a listing."""

from collections.abc import Sequence
from typing import Any

from pohoda_bridge.catalogue import Agenda, Rule
from pohoda_bridge.pohoda import identity
from pohoda_bridge.pohoda.reader import Source, known_key, matches
from pohoda_bridge.pohoda.xml.kinds import Kind
from pohoda_bridge.pohoda.xml.requests import Ask, Filter, askable
from pohoda_bridge.side import Lookup, Row

MARK_LENGTH = 64
NUMBERED = "number/numberRequested"
"""Only listings of documents have a filter for this, and filters for the day of issue."""
DAYS = {"since": "dateFrom", "until": "dateTill"}


def filters(agenda: Agenda, kind: Kind, lookup: Lookup, source: Source) -> list[Filter] | None:
    """The filters that find the wanted records, perhaps with others; None when no record can match.

    Records of sub-rows are found by what their header has; an empty list means: look through the whole listing.
    """
    whole = agenda.read.xml is not None and agenda.read.xml.rows is None
    if lookup.mark is not None:
        texts = (lookup.mark.id, lookup.mark.source)
        carried = whole and kind.ext_id and all(askable(text, MARK_LENGTH) for text in texts)
        return [Filter("extId", lookup.mark)] if carried else None
    if lookup.id is not None:
        number = identity.number_in(lookup.id, source.year, agenda.read.sql.table)
        if number is None or number >= 2**31:
            return None
        return [Filter("id", str(number))] if whole and kind.by_id else []
    known_key(agenda, lookup.key or {})
    made = []
    for name, value in (lookup.key or {}).items():
        path = _path(agenda, name)
        if value is None or path not in kind.filters:
            continue
        text, (filter_name, length) = _text(agenda, name, value, source), kind.filters[path]
        if text is not None and length < len(text) <= (agenda.fields[name].limit or 0):
            continue
        if text is None or not askable(text, length):
            return None
        made.append(Filter(filter_name, text))
    return made


def having(agenda: Agenda, kind: Kind, name: str, values: Sequence[str]) -> list[Ask] | None:
    """Questions that find the records whose text field holds one of the values, perhaps with others.

    None when POHODA has no filter for the field, or none that takes texts as long.
    """
    path = _path(agenda, name)
    filter_name, length = kind.filters.get(path, ("", 0))
    texts = dict.fromkeys(str(value).strip() for value in values)
    if not filter_name or any(length < len(text) <= (agenda.fields[name].limit or 0) for text in texts):
        return None
    asked = [text for text in texts if askable(text, length)]
    return [Ask(str(number), [Filter(filter_name, text)]) for number, text in enumerate(asked)]


def ruled(agenda: Agenda, kind: Kind, rules: Sequence[Rule]) -> list[Filter]:
    """Filters that let every record through that holds all rules: a day of issue, a text that a field equals."""
    made: dict[str, Filter] = {}
    derived = {gives for derive in agenda.derive for gives in derive.gives}
    for rule in rules:
        spec = agenda.fields.get(str(rule.field))
        if spec is None or rule.field in derived or any((spec.words, spec.up_to, spec.only_if, spec.repeats)):
            continue
        path = _path(agenda, str(rule.field))
        if rule.operator in DAYS and path == "date" and spec.type == "date" and NUMBERED in kind.filters:
            name, text = DAYS[rule.operator], getattr(rule, rule.operator).isoformat()
        elif rule.operator == "equals" and spec.type == "text" and isinstance(rule.equals, str):
            asked = None if spec.convert else having(agenda, kind, str(rule.field), [rule.equals])
            if not asked:
                continue
            ((name, text),) = ((known.name, str(known.value)) for known in asked[0].filters)
        else:
            continue
        made.setdefault(name, Filter(name, text))
    return [made[name] for name in sorted(made)]


def fits(row: Row, lookup: Lookup) -> bool:
    """Whether a record that was found is one that was wanted."""
    if lookup.mark is not None:
        return True
    if lookup.id is not None:
        return bool(row["_id"] == lookup.id)
    return matches(row, lookup.key or {})


def _path(agenda: Agenda, name: str) -> str:
    """Where the header has a field, or nothing for one that it does not have."""
    whole = agenda.read.xml is not None and agenda.read.xml.rows is None
    path = agenda.fields[name].xml or ""
    return path.removeprefix("../") if whole or path.startswith("../") else ""


def _text(agenda: Agenda, name: str, value: Any, source: Source) -> str | None:
    """A key's value as the filter takes it: of a reference the number, None when it names another table."""
    spec = agenda.fields[name]
    if spec.type != "reference":
        return str(value).strip()
    number = identity.number_in(value, source.year, source.table_of(spec.ref))
    return None if number is None else str(number)
