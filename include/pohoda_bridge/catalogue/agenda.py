"""One kind of business record: where POHODA keeps it, its names here, what makes it good (`include/agendas`)."""

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import Field as Default

from pohoda_bridge.catalogue.base import Settings, Titles
from pohoda_bridge.catalogue.field import Field
from pohoda_bridge.catalogue.reading import Alike, Fold, Form, Gather, Read, Set
from pohoda_bridge.catalogue.rules import Rule


class Derive(Settings):
    """Fields that a named converter makes of others, after reading: `gives` from `of`."""

    with_: str = Default(alias="with")
    of: tuple[str, ...]
    gives: tuple[str, ...]


class LeaveOut(Settings):
    """Records of the agenda that do not go, unless the setting named by `unless` is on; `reason` is told by `why`."""

    when: tuple[Rule, ...]
    unless: str | None = None
    reason: str


class Expectation(Settings):
    """What the data must satisfy. `refuse` sends a row to quarantine, `warn` lets it go on and reports it. `way`: it
    is asked of the records of one direction only; `of_new`: of those that have no pair yet.

    Rules on a value: filled (any of the fields), unique (the fields together, over the whole side), ico, dic, ic_dph,
    email, country, length (of the target's limit) and whole (POHODA takes whole numbers only), which are made for
    every text field and every whole number by themselves.
    Rules on a record, where `set.field` is a field of the rows of a set: sum_of_lines, vat_of_rate (lines and slots),
    rate_filled (of a currency), in_year (a date lies in the year of the books), known (a reference leads to a record),
    unit (filled, with a factor), once (no two rows of the set share the field), balanced (payments and balance).
    """

    rule: Literal[
        "filled", "unique", "ico", "dic", "ic_dph", "email", "country", "length", "whole", "sum_of_lines",
        "vat_of_rate", "rate_filled", "in_year", "known", "unit", "once", "balanced",
    ]  # fmt: skip
    fields: tuple[str, ...]
    level: Literal["refuse", "warn"]
    way: Literal["to_crm", "to_pohoda"] | None = None
    of_new: bool = False
    limit: int | None = None
    text: Titles | None = None

    @property
    def name(self) -> str:
        return f"{self.rule}:{'+'.join(self.fields)}"


class Write(Settings):
    """What POHODA lets XML do with the agenda's records; an agenda without it is only read.

    Of documents: `listed_as` is POHODA's name of the agenda, for a deletion; `links` the agendas of documents
    that one may be made from, with the kinds that may be made; `corrects` the kinds that correct another document of
    the agenda; `checks_stock` the kinds that take goods out of stock; `countries` other names of kinds by the country
    of the unit (CZ, SK). `given`: what a new record has where the CRM says nothing, by the agenda's own names.
    """

    actions: tuple[Literal["create", "update", "delete"], ...]
    listed_as: str | None = None
    links: Mapping[str, tuple[str, ...]] = Default(default_factory=dict)
    corrects: tuple[str, ...] = ()
    checks_stock: tuple[str, ...] = ()
    countries: Mapping[Literal["CZ", "SK"], Mapping[str, str]] = Default(default_factory=dict)
    given: Mapping[str, Any] = Default(default_factory=dict)


class Variant(Settings):
    """What of a folded agenda is otherwise where a link switches the setting of this name on: which rows are one
    record, and by what a record is known, which then is what no two records share.
    """

    fold_by: tuple[str, ...]
    key: tuple[str, ...]


class Feeds(Settings):
    """A figure of another agenda's records, which documents of these kinds add up to: each in the record whose `key`
    the document has in its field `by`.
    """

    agenda: str
    figure: str
    key: str
    by: str
    kinds: tuple[str, ...]


class Agenda(Settings):
    """An agenda file. `duplicates`: the fields that no two records of a side share, by the check that is on.

    `like` names a file of `agendas/shared` whose fields and sets it has too, unless it gives its own (or `null`).
    `carried`: the field by which a record that POHODA carried over into the next year is known there; such a record is
    read from the newest year that has it.
    `sums`: where the amounts stand that both sides are compared by, by the day of `dated_by`, and their currency.
    `figures`: amounts summed from the documents of the agendas that `feeds` them, as far as they were carried.
    `known_by`: how a reference (`partner`, or `items.product` in the rows of a set) is found where its technical id
    leads to nothing bound, as one of an older year: the parts of the other agenda's key, and which fields beside the
    reference hold them.
    """

    agenda: str
    title: Titles
    about: str
    on_failure: str
    like: str | None = None
    years: Literal["newest", "all"] = "newest"
    carried: str | None = None
    after: tuple[str, ...] = ()
    form: str | None = None
    forms: Mapping[str, Form] = Default(default_factory=dict)
    read: Read
    fold: Fold | None = None
    variants: Mapping[str, Variant] = Default(default_factory=dict)
    gather: Gather | None = None
    alike: Alike | None = None
    sets: Mapping[str, Set] = Default(default_factory=dict)
    write: Write | None = None
    takes: tuple[Rule, ...] = ()
    key: tuple[tuple[str, ...], ...]
    known_by: Mapping[str, Mapping[str, str]] = Default(default_factory=dict)
    figures: tuple[str, ...] = ()
    feeds: Feeds | None = None
    dated_by: str | None = None
    sums: Mapping[Literal["net", "vat", "gross", "currency"], str] = Default(default_factory=dict)
    duplicates: Mapping[Literal["ico", "dic"], tuple[tuple[str, ...], ...]] = Default(default_factory=dict)
    fields: Mapping[str, Field]
    derive: tuple[Derive, ...] = ()
    leave_out: tuple[LeaveOut, ...] = ()
    settings: Mapping[str, Any] = Default(default_factory=dict)
    expect: tuple[Expectation, ...] = ()

    def varied(self, settings: Mapping[str, Any]) -> Self:
        """The agenda as a link with these settings has it."""
        made = self
        for name, variant in self.variants.items():
            if settings.get(name) and made.fold:
                known = made.key
                fold = made.fold.model_copy(update={"by": variant.fold_by})
                expect = tuple(
                    e.model_copy(update={"fields": variant.key}) if e.rule == "unique" and e.fields in known else e
                    for e in made.expect
                )
                made = made.model_copy(update={"fold": fold, "key": (variant.key,), "expect": expect})
        return made

    @property
    def parts(self) -> tuple[Self, ...]:
        """The agenda's tables, each as an agenda of its own: itself, and its further forms."""
        own = self.model_copy(update={"forms": {}})
        return (own, *(own.model_copy(update={"form": name, **dict(form)}) for name, form in self.forms.items()))

    @property
    def recorded(self) -> tuple[Self, ...]:
        """The parts whose rows are records: all but the one whose rows are gathered onto them."""
        return tuple(part for part in self.parts if self.gather is None or part.form != self.gather.form)

    @property
    def own_names(self) -> set[str]:
        """Every name that a record of the agenda has as it is read, before anything is derived."""
        own = {name for part in self.recorded for name in (*part.fields, *part.sets)}
        own |= {"form"} if self.forms else set()
        own |= {self.fold.into} if self.fold else set()
        own |= {self.alike.into} if self.alike else set()
        return own | ({self.gather.into} if self.gather else set())

    @property
    def names(self) -> set[str]:
        """Every canonical name that a record of the agenda can carry."""
        return self.own_names | {name for derive in self.derive for name in derive.gives} | {*self.figures}
