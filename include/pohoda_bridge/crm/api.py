"""The section `api` of a CRM file as frozen types: every name on the wire that the client needs, and none in Python."""

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Literal, Self

from pydantic import Field, ValidationError, model_validator

from pohoda_bridge.catalogue import Crm
from pohoda_bridge.catalogue.base import Settings
from pohoda_bridge.errors import SettingsError

LEVELS = ("L0", "L1", "L2", "L3")


class Operation(Settings):
    """One call: `path` below the base, with `{entity}` and `{id}` where it has them."""

    method: str
    path: str


class Login(Operation):
    """`user` and `password` name the keys of the body; `token` is the dotted place of the new token in the answer."""

    user: str
    password: str
    password_transform: Literal["none", "md5"] = "none"  # ruff: ignore[hardcoded-password-string]
    token: str


class Listing(Operation):
    """Names of a list's parameters. `stable_sort` is sent with every list; page numbers begin at `first_page`."""

    page: str
    size: str
    page_size: int = 100
    max_page_size: int | None = None
    first_page: int = 1
    sort: str | None = None
    stable_sort: str | None = None
    filter: str | None = None
    since: str | None = None
    fields: str | None = None


class Describe(Operation):
    """Keys of one described field; `kinds` translates the service's kinds into those of CRM files, `fields` names those
    of an object or of parts.
    """

    name: str
    kind: str
    read_only: str | None = None
    fields: str | None = None
    kinds: Mapping[str, str] = Field(default_factory=dict)


class Bulk(Operation):
    """Many creates in one call. `records` names the list sent, `results` the list answered, `size` its limit."""

    records: str
    results: str
    index: str
    size: int = 200


class Envelope(Settings):
    """Dotted places in an answer. Without `ok` the HTTP status alone decides; without `record(s)` the answer is it."""

    ok: str | None = None
    text: str | None = None
    record: str | None = None
    records: str | None = None
    action: str | None = None
    errors: str | None = None
    conflicts: str | None = None
    total: str | None = None


class Problem(Settings):
    """Keys of one entry of the errors of an answer."""

    field: str = "field"
    code: str = "code"
    text: str = "text"


class Filter(Settings):
    """How conditions are written; `in_` splits the values of the operator `in` and is None where there is no such."""

    form: str = "{field}:{op}:{value}"
    join: str = ";"
    in_: str | None = Field(default=None, alias="in")
    operators: Mapping[str, str] = Field(default_factory=dict)


class MarkForm(Settings):
    """How a program that ran before marked its records: `{ico}` (eight digits), `{year}` and `{id}`, each once."""

    source: str
    id: str

    @model_validator(mode="after")
    def _parts_named(self) -> Self:
        if sorted(re.findall(r"\{\w*\}|[{}]", self.source + self.id)) != ["{ico}", "{id}", "{year}"]:
            raise ValueError("a mark is made of {ico}, {year} and {id}, each once")
        return self


class System(Settings):
    """Fields that the service keeps on every record by itself, and the two that hold our mark.

    `connector`: the form of the marks that the vendor's Connector made.
    """

    id: str
    source: str | None = None
    external_id: str | None = None
    modified: str | None = None
    version: str | None = None
    connector: MarkForm | None = None


class Api(Settings):
    """A plain REST API. `level` is what the service can (L0 lists, L1 + change time, L2 + external id, L3 + bulk)."""

    adapter: Literal["rest"]
    base_path: str = ""
    auth_header: str
    auth_form: str = "{token}"
    login: Login | None = None
    ping: Operation | None = None
    envelope: Envelope = Envelope()
    actions: Mapping[str, str] = Field(default_factory=dict)
    problem: Problem = Problem()
    list: Listing
    read: Operation
    create: Operation
    update: Operation
    upsert: Operation | None = None
    delete: Operation | None = None
    describe: Describe | None = None
    bulk: Bulk | None = None
    filter: Filter = Filter()
    datetime: str = "%Y-%m-%d %H:%M:%S"
    date: str = "%Y-%m-%d"
    overlap_seconds: int = 120
    level: Literal["L0", "L1", "L2", "L3"] = "L0"
    system: System
    custom_prefix: str | None = None
    rate_per_minute: int = 0

    @cached_property
    def rank(self) -> int:
        return LEVELS.index(self.level)

    @property
    def marks(self) -> bool:
        """Whether records carry our mark and can be found by it."""
        return self.rank >= 2 and bool(self.system.source and self.system.external_id)

    @property
    def filters(self) -> bool:
        """Whether a list can be narrowed by any field."""
        return self.rank >= 2 and self.list.filter is not None


def api_of(crm: Crm) -> Api:
    """The API of a CRM file. SettingsError names every key that is missing, unknown or impossible."""
    try:
        return Api.model_validate(dict(crm.api))
    except ValidationError as error:
        faults = (f"api.{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise SettingsError(f"{crm.crm}.yaml: " + "; ".join(faults)) from None
