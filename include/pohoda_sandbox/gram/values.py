"""Values of a write, checked field by field as the service does; all faults of a record are told at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from pohoda_sandbox.gram.errors import Json, invalid, problem
from pohoda_sandbox.gram.wire import Entity, Field, Wire

LARGEST = 10**11
PLACES = Decimal("0.0001")
WRONG = object()


@dataclass(frozen=True)
class Checker:
    """`exists(entity, id)` says whether a reference leads somewhere."""

    wire: Wire
    exists: Callable[[str, str], bool]
    ignore_unknown: bool = False

    def check(self, entity: Entity, body: Json, *, whole: bool) -> Json:
        """The writable fields of a body as they will be stored, empty ones as None.

        `whole`: required fields must be there, not just stay filled. Read-only fields are passed over
        without a word. Raises the 400 of the service.
        """
        values: Json = {}
        problems = []
        for name, value in body.items():
            field = entity.fields.get(name)
            if field is None:
                if not self.ignore_unknown:
                    problems.append(problem(name, "unknown_field", f"{name} is no field of {entity.name}."))
            elif not field.read_only:
                values[name], code = self._value(field, value)
                if code:
                    problems.append(problem(name, code))
        for field in entity.fields.values():
            absent = field.name not in values
            if field.required and (whole if absent else values[field.name] is None):
                problems.append(problem(field.name, "required", f"{field.name} is required."))
        if problems:
            raise invalid(*problems)
        return values

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
