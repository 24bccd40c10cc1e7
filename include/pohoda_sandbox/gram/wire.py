"""The wire names of the service as frozen types, read from the sections `api` and `entities` of the CRM's file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pohoda_sandbox import data_file

SHIPPED = Path(__file__).parents[2] / "crms" / "gram.yaml"
Json = dict[str, Any]
KINDS = frozenset(["text", "number", "currency", "bool", "date", "datetime", "option", "options", "ref"])
NESTED = frozenset(["object", "parts"])

# The records of users themselves; the file need not name them, because the product never touches them.
OWN: Json = {
    "Note": {"fields": {"Entity": {"kind": "text"}, "Record": {"kind": "text"}, "Text": {"kind": "text"}}},
    "Activity": {"fields": {"Entity": {"kind": "text"}, "Record": {"kind": "text"}, "Subject": {"kind": "text"}}},
}

# Operations which the file leaves out because the product has no use for them yet.
EXTRA: Json = {
    "logout": {"method": "POST", "path": "Logout"},
    "entities": {"method": "GET", "path": "Entity"},
    "add_field": {"method": "POST", "path": "Entity/{entity}/Field"},
    "delete": {"method": "DELETE", "path": "{entity}/{id}"},
    "deleted": {"method": "GET", "path": "{entity}/Deleted"},
    "bulk": {"method": "POST", "path": "Import/{entity}"},
}
OPERATIONS = ("login", "ping", "describe", "list", "read", "create", "update", "upsert", *EXTRA)


def shipped() -> Json:
    """The wire names that ship with the product, the only thing of it that the sandbox reads."""
    return data_file.read(SHIPPED)


@dataclass(frozen=True)
class Field:
    """One field of an entity. `options` None: any text goes; `entity`: what a ref refers to.

    `fields`: those of an object, or of each of its parts; `key`: the part's field that holds its own id.
    `unless`: worked out by the service, unless this flag of the record is set.
    """

    name: str
    kind: str
    length: int = 0
    required: bool = False
    read_only: bool = False
    unique: bool = False
    options: tuple[str, ...] | None = None
    entity: str = ""
    custom: bool = False
    unless: str = ""
    key: str = ""
    fields: Mapping[str, "Field"] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, spec: Json, *, custom: bool = False) -> "Field":
        options = spec.get("options")
        if spec["kind"] not in KINDS | NESTED:
            raise ValueError(f"field {name}: unknown kind {spec['kind']!r}")
        return cls(
            name=name,
            kind=spec["kind"],
            length=int(spec.get("length", 0)),
            required=bool(spec.get("required")),
            read_only=bool(spec.get("read_only")),
            unique=bool(spec.get("unique")),
            options=tuple(options) if isinstance(options, list) else None,
            entity=spec.get("entity", ""),
            custom=custom,
            unless=spec.get("unless", ""),
            key=spec.get("key", ""),
            fields={inner: cls.of(inner, shape) for inner, shape in spec.get("fields", {}).items()},
        )

    def without(self, gone: str) -> "Field":
        return replace(self, fields={name: spec for name, spec in self.fields.items() if name != gone})


@dataclass(frozen=True)
class Entity:
    name: str
    fields: Mapping[str, Field]
    natural_keys: tuple[tuple[str, ...], ...] = ()
    read_only: bool = False

    def without(self, gone: str) -> "Entity":
        """The entity less a field, or less a field of an object or of parts: `Items.Unit`."""
        of, _, inner = gone.partition(".")
        fields = {name: spec.without(inner) if name == of else spec for name, spec in self.fields.items()}
        return replace(self, fields={name: spec for name, spec in fields.items() if inner or name != of})

    def plus(self, *extra: Field) -> "Entity":
        return replace(self, fields={**self.fields, **{spec.name: spec for spec in extra}})


@dataclass(frozen=True)
class Route:
    operation: str
    method: str
    pattern: re.Pattern[str]
    literals: int


@dataclass(frozen=True)
class Wire:
    """Everything the simulator knows of the names on the wire."""

    api: Json
    entities: Mapping[str, Entity]
    timezone: str
    routes: tuple[Route, ...] = field(repr=False)

    @classmethod
    def of(cls, document: Json) -> "Wire":
        api = {**EXTRA, **document["api"]}
        entities = {name: _entity(name, spec) for name, spec in {**OWN, **document["entities"]}.items()}
        routes = [_route(name, api[name]) for name in OPERATIONS]
        routes.sort(key=lambda route: -route.literals)
        return cls(api, entities, document.get("timezone", "Europe/Bratislava"), tuple(routes))

    def envelope(self, name: str) -> str:
        return str(self.api["envelope"][name])

    def system(self, name: str) -> str:
        return str(self.api["system"][name])

    def parameter(self, name: str) -> str:
        return str(self.api["list"][name])

    @property
    def datetime(self) -> str:
        return str(self.api["datetime"])

    def base_path(self, organization: str) -> str:
        return str(self.api["base_path"]).format(organization=organization)

    def route(self, method: str, path: str) -> tuple[str, dict[str, str]] | None:
        """The operation that a path below the base asks for, with `entity` and `id` where it has them."""
        for route in self.routes:
            if route.method == method and (found := route.pattern.fullmatch(path)):
                return route.operation, found.groupdict()
        return None


def _entity(name: str, spec: Json) -> Entity:
    return Entity(
        name=name,
        fields={field: Field.of(field, shape) for field, shape in spec["fields"].items()},
        natural_keys=tuple(tuple(key) for key in spec.get("natural_keys", ())),
        read_only=bool(spec.get("read_only")),
    )


def _route(operation: str, spec: Json) -> Route:
    parts = spec["path"].strip("/").split("/")
    pattern = "/".join(f"(?P<{part[1:-1]}>[^/]+)" if part.startswith("{") else re.escape(part) for part in parts)
    return Route(operation, spec["method"], re.compile(f"/{pattern}/?"), sum("{" not in part for part in parts))
