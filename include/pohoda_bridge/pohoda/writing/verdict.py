"""What an answer means for the items of a pack: stored, refused, still unknown; with reasons for a person."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pohoda_bridge.pohoda.errnos import Known, table
from pohoda_bridge.pohoda.writing.outgoing import LEAVES, Form, Outgoing
from pohoda_bridge.pohoda.writing.receipt import Detail, Told
from pohoda_bridge.pohoda.xml.walk import folded

NO_RIGHT, DUPLICATE = 101, 109
SILENT = {"en": "POHODA gives no reason", "cs": "POHODA důvod neuvádí", "sk": "POHODA dôvod neuvádza"}
LANGUAGES = tuple(SILENT)
State = Literal["stored", "there", "refused", "doubt", "retry", "stop"]


@dataclass(frozen=True)
class Verdict:
    """`stored`: read record `number` back. `there`: POHODA has it already, find it (`number` where it was told).

    `definite`: this sending stored nothing, so that where nothing is found the record is refused.
    `stop`: nothing of the agenda can go. `parts` are sub-records that were made.
    """

    state: State
    number: int | None = None
    reasons: tuple[str, ...] = field(default=(), repr=False)
    details: Mapping[str, Any] = field(default_factory=dict, repr=False)
    parts: tuple[int, ...] = ()
    definite: bool = False


def verdict(form: Form, outgoing: Outgoing, told: Told | None) -> Verdict:
    """The verdict on one item; None is an answer that says nothing of it."""
    if told is None:
        return Verdict("doubt", reasons=("POHODA's answer says nothing of this record",))
    if told.earlier is not None or (not told.ok and told.inner is None and _says_duplicate(told.note)):
        return _earlier(outgoing, told.earlier)
    if not told.ok and told.inner is None:
        return Verdict("refused", reasons=(_of_schema(form, told.note),), details={"level": "item"})
    errors = [detail for detail in told.details if detail.state == "error"]
    if told.inner and told.produced and told.ok:
        remarks = [_remark(form, outgoing, detail) for detail in told.details]
        details: dict[str, Any] = {"action": told.action, **_advised(form, outgoing, told.details)}
        if told.number:
            details["number"] = told.number
        if remarks:
            details["drift"] = remarks
        reasons = tuple(_sentence(form, outgoing, detail) for detail in told.details)
        return Verdict("stored", told.produced, reasons, details, told.parts)
    if told.inner and told.ok and not errors:
        return _nothing_happened(outgoing)
    return _refused(form, outgoing, errors or told.details)


def _earlier(outgoing: Outgoing, found: tuple[int | None, ...] | None) -> Verdict:
    """The item was imported before, by an earlier sending with the same ids."""
    details = {"found": "an earlier sending of the same pack"}
    if outgoing.item.action == "delete":
        return Verdict("there", outgoing.number, details=details)
    if found and not any(found):
        told = "an earlier sending was stored, and its record was deleted since"
        return Verdict("refused", reasons=(told,), details={"gone": True})
    numbers = {number for number in found or () if number}
    return Verdict("there", numbers.pop() if len(numbers) == 1 else None, details=details)


def _nothing_happened(outgoing: Outgoing) -> Verdict:
    """POHODA answers an update that found nothing with a success that made nothing."""
    if outgoing.number is None:
        return Verdict("doubt", reasons=("POHODA says it stored the record but not which one",))
    return Verdict("there", outgoing.number, details={"found": "POHODA changed nothing"})


def _refused(form: Form, outgoing: Outgoing, details: Sequence[Detail]) -> Verdict:
    numbers = [detail.number for detail in details if detail.number]
    known = _known(numbers)
    reasons = tuple(_sentence(form, outgoing, detail) for detail in details) or (
        "POHODA refused the record without a reason",
    )
    told: dict[str, Any] = {
        "level": "inner",
        "codes": numbers,
        "advice": [],
        **_advised(form, outgoing, details),
    }
    marked = outgoing.item.mark is not None and (form.ext_id is not None or form.owner is not None)
    if DUPLICATE in numbers and outgoing.number is None and marked:
        return Verdict("there", None, reasons, {**told, "found": "a record with our mark"}, definite=True)
    if outgoing.item.action == "delete" and NO_RIGHT in numbers:
        return Verdict("refused", reasons=reasons, details=told)
    for what in ("stop", "retry"):
        if any(one.do == what for one in known):
            return Verdict("stop" if what == "stop" else "retry", reasons=reasons, details=told)
    return Verdict("refused", reasons=reasons, details=told)


def _known(numbers: Iterable[int | None]) -> list[Known]:
    return [table()[number] for number in numbers if number and number in table()]


def _advised(form: Form, outgoing: Outgoing, details: Sequence[Detail]) -> dict[str, Any]:
    """What POHODA said of the record in each language (`told`), and of its numbers what to do (`advice`)."""
    if not details:
        return {}
    told = [{language: _sentence(form, outgoing, detail, language) for language in LANGUAGES} for detail in details]
    known = _known(detail.number for detail in details)
    return {"told": told, "advice": [{language: getattr(one, language) for language in LANGUAGES} for one in known]}


def _remark(form: Form, outgoing: Outgoing, detail: Detail) -> dict[str, Any]:
    return {
        "field": _field(form, outgoing, detail.xpath),
        "code": detail.number,
        "requested": detail.requested,
        "produced": detail.produced,
        "note": one_line(detail.note),
    }


def _sentence(form: Form, outgoing: Outgoing, detail: Detail, language: str = "en") -> str:
    """`field: POHODA's text (POHODA 108: what to do)`."""
    name, known = _field(form, outgoing, detail.xpath), table().get(detail.number or 0)
    what = getattr(known, language) if known else ""
    advice = f"POHODA {detail.number}" + (f": {what}" if what else "") if detail.number else ""
    text = one_line(detail.note) or what or SILENT[language]
    return (f"{name}: " if name else "") + text + (f" ({advice})" if advice else "")


def _of_schema(form: Form, note: str) -> str:
    """The note of an item that failed POHODA's schema, with the field that its element belongs to."""
    by_element: dict[str, str] = {}
    for name, spec in form.fields.items():
        steps = str(spec.xml).split("/")
        by_element.setdefault(steps[-2] if steps[-1] in LEAVES else steps[-1], name)
    words = re.findall(r"[:}'<](\w+)", note)
    found = next((by_element[word] for word in words if word in by_element), None)
    return (f"{found}: " if found else "") + (one_line(note) or "POHODA refused the record without a reason")


def _field(form: Form, outgoing: Outgoing, xpath: str) -> str | None:
    """The field whose element the path names, or lies below."""
    steps = re.findall(r"(?:^|/)(?:[\w.-]*:)?([\w.-]+)(?:\[(\d+)\])?", xpath)
    return form.named([(name, int(position or 1)) for name, position in steps], outgoing)


def _says_duplicate(note: str) -> bool:
    plain = folded(note)
    return "duplic" in plain or "jiz existuje" in plain


def one_line(note: str) -> str:
    """POHODA's text in one line, at most 500 characters."""
    return re.sub(r"\s+", " ", note).strip()[:500]
