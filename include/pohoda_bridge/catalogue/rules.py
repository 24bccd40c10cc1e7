"""Rules: which records take part. A closed list of operators, no code, no expressions.

    - {field: country, in: [SK, CZ]}
    - any:
        - {field: due_days, above: 0}
        - not: {field: name, contains: test}

All rules of a list must hold. A rule on a value that is missing (None) holds only for `empty: true`,
`equals: null` and under `not`.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, model_validator

from pohoda_bridge.catalogue.base import Settings

Scalar = str | int | Decimal | bool | date | None

OPERATORS = (
    "equals", "in_", "empty", "filled", "contains", "starts_with", "above", "below", "since", "until",
)  # fmt: skip


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
        return f"{self.field} {self.operator.strip('_')} {wanted!r}"


def _compare(rule: Rule, value: Any) -> bool:
    wanted = getattr(rule, rule.operator)
    if rule.operator in {"empty", "filled"}:
        return (value in (None, "", [])) == (wanted if rule.operator == "empty" else not wanted)
    if rule.operator == "equals":
        return bool(value == wanted)
    if value is None:
        return False
    if rule.operator == "in_":
        return any(item in wanted for item in value) if isinstance(value, list) else value in wanted
    if rule.operator in {"since", "until"}:
        day = value.date() if isinstance(value, datetime) else value
        return bool(day >= wanted if rule.operator == "since" else day <= wanted)
    if rule.operator in {"above", "below"}:
        return bool(value > wanted if rule.operator == "above" else value < wanted)
    text = str(value).casefold()
    return text.startswith(wanted.casefold()) if rule.operator == "starts_with" else wanted.casefold() in text
