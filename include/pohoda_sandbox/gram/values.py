"""Values of a write, checked field by field as the service does; all faults of a record are told at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from pohoda_sandbox.gram.errors import Json, invalid, problem
from pohoda_sandbox.gram.nested import kept_part
from pohoda_sandbox.gram.wire import NESTED, Entity, Field, Wire

LARGEST = 10**11
PLACES = Decimal("0.0001")
WRONG = object()


@dataclass(frozen=True)
class Checker:
    """`exists(entity, id)` says whether a reference leads somewhere."""

    wire: Wire
    exists: Callable[[str, str], bool]
    ignore_unknown: bool = False

    def check(self, entity: Entity, body: Json, *, whole: bool, stored: Json | None = None) -> Json:
        """The writable fields of a body as they will be stored, empty ones as None; parts with what is kept of them.

        `whole`: required fields must be there, not just stay filled. Read-only fields are passed over
        without a word. Raises the 400 of the service.
        """
        problems: list[Json] = []
        values = self._fields(entity.fields, body, ("", entity.name), problems, whole=whole, stored=stored or {})
        if problems:
            raise invalid(*problems)
        return values

    def _fields(
        self,
        fields: Mapping[str, Field],
        body: Json,
        place: tuple[str, str],
        problems: list[Json],
        *,
        whole: bool,
        stored: Json,
    ) -> Json:
        """The values of one record, object or part; `place` is what stands before its names, and what it is."""
        before, owner = place
        values: Json = {}
        for name, value in body.items():
            field = fields.get(name)
            if field is None:
                if not self.ignore_unknown:
                    problems.append(problem(before + name, "unknown_field", f"{name} is no field of {owner}."))
            elif field.kind in NESTED and not field.read_only:
                values[name] = self._nested(field, value, before + name, problems, stored.get(name))
            elif not field.read_only:
                values[name], code = self._value(field, value)
                if code:
                    problems.append(problem(before + name, code))
        for field in fields.values():
            absent = field.name not in values
            if field.required and (whole if absent else values[field.name] is None):
                problems.append(problem(before + field.name, "required", f"{field.name} is required."))
        return values

    def _nested(self, field: Field, value: Any, place: str, problems: list[Json], stored: Any) -> Any:
        """An object as what of it changes, parts as whole parts; None when it is empty."""
        given = [] if value in (None, "", []) else [value] if field.kind == "object" else value
        if not isinstance(given, list) or not all(isinstance(part, dict) for part in given):
            problems.append(problem(place, "bad_type"))
            return None
        if field.kind == "object":
            found = [
                self._fields(field.fields, o, (f"{place}.", place), problems, whole=False, stored={}) for o in given
            ]
            return found[0] if found else None
        used: set[str] = set()
        parts = []
        for number, part in enumerate(given):
            kept = kept_part(field, part, stored or [], used)
            here = (f"{place}[{number}].", place)
            sent = self._fields(field.fields, part, here, problems, whole=not kept, stored={})
            known = {field.key: kept.get(field.key)} if field.key else {}
            parts.append({**kept, **sent, **known})
        return parts or None

    def _value(self, field: Field, value: Any) -> tuple[Any, str]:
        """(value to store, "") or (something, code of the fault)."""
        if value is None or value in ("", []):
            return None, ""
        kept = self._kept(field, value)
        if kept is WRONG:
            return value, "bad_type"
        if field.kind in {"number", "currency"} and abs(kept) >= LARGEST:
            return kept, "out_of_range"
        if field.kind == "text" and field.length and len(kept) > field.length:
            return kept, "too_long"
        chosen = kept if field.kind == "options" else [kept]
        if field.options is not None and not set(chosen) <= set(field.options):
            return kept, "bad_option"
        if field.kind == "ref" and field.entity in self.wire.entities and not self.exists(field.entity, kept):
            return kept, "bad_reference"
        return kept, ""

    def _kept(self, field: Field, value: Any) -> Any:
        """The value as its kind keeps it, or WRONG."""
        if field.kind == "bool":
            return value if isinstance(value, bool) else WRONG
        if field.kind in {"number", "currency"}:
            plain = isinstance(value, int | Decimal) and not isinstance(value, bool)
            return number(Decimal(value)) if plain else WRONG
        if field.kind == "options":
            good = isinstance(value, list) and all(isinstance(item, str) for item in value)
            return list(dict.fromkeys(value)) if good else WRONG
        if not isinstance(value, str):
            return WRONG
        if field.kind in {"date", "datetime"}:
            return value if _is_moment(value, self.wire.api[field.kind]) else WRONG
        return value


def number(value: Decimal) -> int | float:
    """A JSON number of at most four decimal places; below 10^11 a float shows exactly those."""
    if abs(value) >= LARGEST:
        return LARGEST if value > 0 else -LARGEST
    kept = value.quantize(PLACES)
    return int(kept) if kept == kept.to_integral_value() else float(kept)


def _is_moment(text: str, form: str) -> bool:
    try:
        return datetime.strptime(text, form).strftime(form) == text
    except ValueError:
        return False
