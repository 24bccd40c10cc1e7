"""The operations of the service, one function each: what it answers beside Result and ResultText."""

from collections.abc import Callable
from dataclasses import dataclass, field

from pohoda_sandbox.gram import people, query
from pohoda_sandbox.gram.access import PROFILES, Rights, Tokens, digest
from pohoda_sandbox.gram.errors import Json, Refused, conflict, denied, invalid, not_found, problem, too_large
from pohoda_sandbox.gram.records import Records
from pohoda_sandbox.gram.store import Stored
from pohoda_sandbox.gram.wire import KINDS, NESTED, Entity, Field

MOST_IN_BULK = 200


@dataclass(frozen=True)
class Call:
    """One authorised command. `gone`: a field that does not exist for this one request."""

    records: Records
    tokens: Tokens
    password: str = field(repr=False)
    token: str = field(repr=False)
    user: str
    entity: str
    id: str
    parameters: dict[str, str]
    body: Json
    gone: str = ""

    def described(self) -> Entity:
        return self.records.entity(self.entity, self.gone)

    def rights(self) -> Rights:
        stored = self.records.store.get("User", self.user)
        return PROFILES.get(str(stored.data.get("Profile")), Rights()) if stored else Rights()

    def may_write(self) -> Entity:
        entity = self.described()
        if entity.read_only or not self.rights().writes:
            raise denied()
        return entity

    def own(self, identity: str) -> Stored:
        """The record, when the user may see it. Raises 404, 403."""
        stored = self.records.get(self.entity, identity)
        hidden = self.rights().own_only and self.entity != "User" and stored.data.get("Owner") != self.user
        if hidden:
            raise denied()
        return stored

    def shown(self, stored: Stored) -> Json:
        return self.records.shown(self.described(), stored)

    def named(self, name: str) -> str:
        return self.records.wire.envelope(name)


Answer = tuple[str, Json]


def login(call: Call) -> Answer:
    given = {name.lower(): value for name, value in call.body.items()}
    spec = call.records.wire.api["login"]
    user = people.find(call.records, str(given.get(spec["user"].lower(), "")))
    if user is None or given.get(spec["password"].lower()) != digest(call.password):
        raise Refused(200, "User name or password is not valid.")
    token, until = call.tokens.issue(user[call.records.wire.system("id")], call.records.clock.now())
    valid_to = call.records.clock.text(call.records.wire.datetime, until)
    return "User loged in.", {"Token": {"NewToken": token, "ValidTo": valid_to}}


def logout(call: Call) -> Answer:
    call.tokens.kill(call.token)
    return "User logged out.", {}


def ping(call: Call) -> Answer:
    return "Pong.", {}


def entities(call: Call) -> Answer:
    names = call.records.wire.entities
    return "Entities.", {call.named("records"): [{"Name": n, "Label": n, "Custom": False} for n in names]}


def describe(call: Call) -> Answer:
    fields = call.described().fields.values()
    return "Fields.", {call.named("records"): [_field(spec) for spec in fields]}


def add_field(call: Call) -> Answer:
    entity, spec = call.may_write(), call.body
    name, kind = spec.get("Name"), spec.get("Kind")
    if not isinstance(name, str) or not name.isidentifier():
        raise invalid(problem("Name", "required"))
    if kind not in KINDS:
        raise invalid(problem("Kind", "bad_option"))
    if name in entity.fields:
        raise conflict("Conflict.", problem("Name", "not_unique"))
    shape = {"kind": kind, "length": spec.get("Length") or 0, "options": spec.get("Options") or "any"}
    shape["entity"] = spec.get("RefEntity") or ""
    call.records.add_field(call.entity, name, shape)
    prefix = call.records.wire.api["custom_prefix"]
    warnings = [] if name.startswith(prefix) else [f"{name} does not begin with {prefix}: an update may delete it."]
    return "Field created.", {
        call.named("record"): _field(Field.of(name, shape, custom=True)),
        "Warnings": warnings,
    }


def list_(call: Call) -> Answer:
    records, entity = call.records, call.described()
    asked = query.read(records.wire, records.store, entity, call.parameters, records.switches.rank)
    where, values = list(asked.where), list(asked.values)
    if call.rights().own_only and call.entity != "User":
        where.append(f"{records.store.expression('Owner')} = ?")
        values.append(call.user)
    page = f"LIMIT {asked.size} OFFSET {(asked.page - 1) * asked.size}"
    found = records.store.select(call.entity, where, values, asked.order, page)
    total = records.store.total(call.entity, where, values)
    shown = [records.shown(entity, stored) for stored in found]
    if asked.fields:
        chosen = {records.wire.system("id"), *asked.fields}
        shown = [{name: value for name, value in record.items() if name in chosen} for record in shown]
    if found and asked.page * asked.size < total:
        records.disturb(entity, found[0], people.identity(records, str(people.SEED[0]["Login"])))
    numbers = {records.wire.parameter("page"): asked.page, records.wire.parameter("size"): asked.size}
    return f"{len(shown)} records.", {call.named("records"): shown, **numbers, call.named("total"): total}


def read(call: Call) -> Answer:
    return "Record read.", {call.named("record"): call.shown(call.own(call.id))}


def create(call: Call) -> Answer:
    stored = call.records.create(call.may_write(), call.body, call.user)
    return "Record created.", {call.named("record"): call.shown(stored)}


def update(call: Call) -> Answer:
    entity = call.may_write()
    call.own(call.id)
    stored, changed = call.records.update(entity, call.id, call.body, call.user)
    return "Record updated." if changed else "Record unchanged.", {call.named("record"): call.shown(stored)}


def upsert(call: Call) -> Answer:
    _needs(call, 2)
    stored, action = call.records.upsert(call.may_write(), call.body, call.user)
    return f"Record {action.lower()}.", {
        call.named("action"): action,
        call.named("record"): call.shown(stored),
    }


def delete(call: Call) -> Answer:
    call.may_write()
    call.own(call.id)
    if call.records.switches.keeps_used and (users := call.records.users(call.entity, call.id)):
        raise conflict("Record is used.", *(problem("", "used", f"{name}: {count}") for name, count in users.items()))
    call.records.delete(call.entity, call.id)
    return "Record deleted.", {}


def deleted(call: Call) -> Answer:
    _needs(call, 3)
    call.described()
    named = call.records.wire.system
    if not (since := call.parameters.get("Since")):
        raise invalid(problem("Since", "required"))
    names = (named("id"), named("source"), named("external_id"), "Deleted")
    rows = call.records.store.binned(call.entity, since)
    return f"{len(rows)} records.", {call.named("records"): [dict(zip(names, row, strict=True)) for row in rows]}


def bulk(call: Call) -> Answer:
    _needs(call, 3)
    entity, items = call.may_write(), call.body.get(call.named("records"))
    if not isinstance(items, list):
        raise invalid(problem(call.named("records"), "required"))
    if len(items) > MOST_IN_BULK:
        raise too_large()
    results = [{"Index": index, **_one(call, entity, item)} for index, item in enumerate(items)]
    good = sum(result[call.named("ok")] for result in results)
    return "Import done.", {"Results": results, "Succeeded": good, "Failed": len(results) - good}


def _one(call: Call, entity: Entity, item: Json) -> Json:
    """One record of a bulk: matched when it carries a mark, created when not; its refusal is its own."""
    ok, text, errors = call.named("ok"), call.named("text"), call.named("errors")
    try:
        if not isinstance(item, dict):
            raise invalid(problem("", "bad_type"))
        if item.get(call.records.wire.system("external_id")):
            stored, action = call.records.upsert(entity, item, call.user)
        else:
            stored, action = call.records.create(entity, item, call.user), "Created"
    except Refused as refused:
        problems = refused.payload.get("Errors") or refused.payload.get("Conflicts") or []
        return {ok: False, text: refused.text, "Id": None, call.named("action"): None, errors: problems}
    identity = stored.data[call.records.wire.system("id")]
    return {
        ok: True,
        text: f"Record {action.lower()}.",
        "Id": identity,
        call.named("action"): action,
        errors: [],
    }


def _needs(call: Call, rank: int) -> None:
    if call.records.switches.rank < rank:
        raise not_found()


def _field(spec: Field) -> Json:
    return {
        "Name": spec.name,
        "Label": spec.name,
        "Kind": spec.kind,
        "Length": spec.length or None,
        "Required": spec.required,
        "ReadOnly": spec.read_only,
        "Options": list(spec.options or ()),
        "RefEntity": spec.entity or None,
        "Custom": spec.custom,
        **({"Fields": [_field(inner) for inner in spec.fields.values()]} if spec.kind in NESTED else {}),
    }


OPERATIONS: dict[str, Callable[[Call], Answer]] = {
    "login": login, "logout": logout, "ping": ping, "entities": entities, "describe": describe,
    "add_field": add_field, "list": list_, "read": read, "create": create, "update": update,
    "upsert": upsert, "delete": delete, "deleted": deleted, "bulk": bulk,
}  # fmt: skip
