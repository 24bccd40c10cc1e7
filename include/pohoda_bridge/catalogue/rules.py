"""Rules: which records take part. A closed list of operators, no code, no expressions.

    - {field: country, in: [SK, CZ]}
    - any:
        - {field: due_days, above: 0}
        - not: {field: name, contains: test}

All rules of a list must hold. A rule on a value that is missing (None) holds only for `empty: true`,
`equals: null` and under `not`. On a list a rule holds when it holds for one of its entries.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, model_validator

from pohoda_bridge.catalogue.base import Settings

Scalar = str | int | Decimal | bool | date | None

OPERATORS = (
    "equals", "in_", "empty", "filled", "contains", "starts_with", "above", "below", "since", "until",
)  # fmt: skip
FITTING = {
    "contains": {"text", "list"}, "starts_with": {"text", "list"}, "above": {"integer", "decimal"},
    "below": {"integer", "decimal"}, "since": {"date", "datetime"}, "until": {"date", "datetime"},
}  # fmt: skip
VALUES: dict[str, tuple[type, ...]] = {
    "text": (str,), "list": (str,), "reference": (str,), "integer": (int,), "decimal": (int, Decimal),
    "boolean": (bool,), "date": (date,), "datetime": (date,),
}  # fmt: skip
ASKED: dict[str, tuple[type, ...]] = {
    "above": (int, Decimal), "below": (int, Decimal), "since": (date,), "until": (date,),
}  # fmt: skip
"""What an operator compares with; a derived value, or a custom field's, may be of another type, and then breaks it."""
DERIVED = {"text", "list", "boolean"}


class Rule(Settings):
    """One condition: a field with exactly one operator, or `any` / `not` around further rules."""

    field: str | None = None
    equals: Scalar = None
    in_: tuple[Scalar, ...] | None = Field(default=None, alias="in")
    empty: bool | None = None
    filled: bool | None = None
    contains: str | None = None
    starts_with: str | None = None
    above: Decimal | None = None
    below: Decimal | None = None
    since: date | None = None
    until: date | None = None
    any: tuple["Rule", ...] | None = None
    not_: Annotated["Rule | None", Field(alias="not")] = None

    @model_validator(mode="after")
    def _one_condition(self) -> "Rule":
        nested = [name for name in ("any", "not_") if name in self.model_fields_set]
        operators = [name for name in OPERATORS if name in self.model_fields_set]
        if len(nested) + bool(self.field) != 1 or len(operators) != bool(self.field):
            raise ValueError("a rule is a `field` with exactly one operator, or `any`, or `not`")
        return self

    @property
    def operator(self) -> str:
        return next(name for name in OPERATORS if name in self.model_fields_set)

    def fields(self) -> set[str]:
        """The canonical names that the rule asks about."""
        nested = [*(self.any or ()), *([self.not_] if self.not_ else [])]
        return {self.field} if self.field else set().union(*(rule.fields() for rule in nested))

    def misfit(self, kind: str | None) -> str | None:
        """Why no value of a field of this type (None: a derived one) can satisfy the condition, or None."""
        kinds = DERIVED if kind is None else {kind}
        if not kinds & FITTING.get(self.operator, kinds):
            return f"`{self.operator}` asks nothing of a {kind or 'derived'} field"
        given = {"equals": (self.equals,), "in_": self.in_ or ()}.get(self.operator, ())
        allowed = tuple(one for name in kinds for one in VALUES[name])
        wrong = [value for value in given if value is not None and not _is_one(value, allowed)]
        return f"{wrong[0]!r} is no value of a {kind or 'derived'} field" if wrong else None

    def holds(self, row: dict[str, Any]) -> bool:
        """Whether the row takes part."""
        if self.any is not None:
            return any(rule.holds(row) for rule in self.any)
        if self.not_ is not None:
            return not self.not_.holds(row)
        return _compare(self, row.get(str(self.field)))

    def __str__(self) -> str:
        if self.any is not None:
            return "any of (" + "; ".join(map(str, self.any)) + ")"
        if self.not_ is not None:
            return f"not ({self.not_})"
        wanted = getattr(self, self.operator)
        said = str(wanted) if isinstance(wanted, Decimal | date) else repr(wanted)
        return f"{self.field} {self.operator.strip('_')} {said}"


def _compare(rule: Rule, value: Any) -> bool:
    wanted = getattr(rule, rule.operator)
    if rule.operator in {"empty", "filled"}:
        return (value in (None, "", [])) == (wanted if rule.operator == "empty" else not wanted)
    if isinstance(value, list):
        return any(_compare(rule, entry) for entry in value)
    if rule.operator == "equals":
        return bool(value == wanted)
    if value is None:
        return False
    if rule.operator == "in_":
        return value in wanted
    if not isinstance(value, ASKED.get(rule.operator, object)):
        return False
    if rule.operator in {"since", "until"}:
        day = value.date() if isinstance(value, datetime) else value
        return bool(day >= wanted if rule.operator == "since" else day <= wanted)
    if rule.operator in {"above", "below"}:
        return bool(value > wanted if rule.operator == "above" else value < wanted)
    text = str(value).casefold()
    return text.startswith(wanted.casefold()) if rule.operator == "starts_with" else wanted.casefold() in text


def placed(rules: Sequence[Rule], place: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Rule]]:
    """Every rule that asks about a field, nested ones too, with its place in the file."""
    for number, rule in enumerate(rules):
        yield from _placed(rule, (*place, number))


def _placed(rule: Rule, place: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Rule]]:
    if rule.any is not None:
        yield from placed(rule.any, (*place, "any"))
    elif rule.not_ is not None:
        yield from _placed(rule.not_, (*place, "not"))
    else:
        yield place, rule


def _is_one(value: Any, kinds: tuple[type, ...]) -> bool:
    return isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))
