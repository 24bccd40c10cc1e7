"""What refuses a save beside its version: required members, a workflow's rules, the duplicate check, enum values."""

from dataclasses import dataclass

from pohoda_sandbox.eway.custom import MULTI, CustomFields
from pohoda_sandbox.eway.errors import Json, Refused, failed, wrong
from pohoda_sandbox.eway.folders import Field, Folder
from pohoda_sandbox.eway.store import Item, Store
from pohoda_sandbox.eway.switches import Switches

RULES = "rules of workflows and columns"
MANDATORY, LOCKED, UNIQUE = "mandatory", "locked", "unique"


@dataclass
class Rules:
    store: Store
    custom: CustomFields
    switches: Switches

    def add(self, folder: str, field: str, kind: str, message: str, optional: bool) -> None:
        if kind not in {MANDATORY, LOCKED, UNIQUE}:
            raise ValueError(f"unknown rule {kind!r}: {MANDATORY}, {LOCKED} or {UNIQUE}")
        rule = {"folder": folder, "field": field, "kind": kind, "message": message, "optional": optional}
        self.store.keep(RULES, [*self.store.note(RULES, []), rule])

    def clear(self) -> None:
        self.store.keep(RULES, [])

    def check(self, folder: Folder, before: Item | None, after: Item, ignored: list[str]) -> None:
        """Raises the service's refusal of what the item would become; `ignored`: messages the client waves through."""
        for name in folder.required:
            if after.data.get(name) is None:
                raise wrong(f"Value of '{name}' is required")
        for name in folder.unique:
            self._unique(folder, name, after, f"'{name}' must be unique")
        self._pair(folder, after)
        self._values(folder, before, after)
        for rule in self.store.note(RULES, []):
            if rule["folder"] == folder.name and rule["message"] not in (ignored if rule["optional"] else ()):
                self._rule(folder, rule, before, after)
        self._duplicates(folder, after)

    def _rule(self, folder: Folder, rule: Json, before: Item | None, after: Item) -> None:
        now = _member(after, rule["field"])
        broken = rule["kind"] == MANDATORY and _empty(now)
        broken |= rule["kind"] == LOCKED and before is not None and _member(before, rule["field"]) != now
        broken |= rule["kind"] == UNIQUE and bool(self._others(folder, rule["field"], after))
        if broken:
            text, optional = rule["message"] or f"Field '{rule['field']}' is {rule['kind']}", bool(rule["optional"])
            code = self.switches.rule_code
            raise Refused(code, text, UserMessage=text, IsUserMessageOptionalError=optional)

    def _values(self, folder: Folder, before: Item | None, after: Item) -> None:
        """A guid in a member of enum values must be one of its type."""
        for name, field in folder.fields.items():
            if field.enum:
                self._value(field, after.data.get(name), before.data.get(name) if before else None)
        own, was = (
            after.data.get("AdditionalFields") or {},
            (before.data if before else {}).get("AdditionalFields") or {},
        )
        for name, custom in self.custom.of(folder.name).items():
            chosen = own.get(name) if custom.type == MULTI else [own.get(name)]
            for one in (chosen or ()) if custom.field.enum else ():
                self._value(custom.field, one, was.get(name))

    def _value(self, field: Field, guid: str | None, was: object) -> None:
        if guid is None or guid == was:
            return
        value = self.store.get("EnumValues", guid)
        if value is None or value.data.get("EnumTypeName", "").casefold() != field.enum.casefold():
            raise failed(f"'{guid}' is no value of the enumeration '{field.enum}' ({field.name})")

    def _duplicates(self, folder: Folder, after: Item) -> None:
        member = folder.check_by.get(self._setting(folder.check_setting)) if folder.check_setting else None
        if member is None or not (others := self._others(folder, member, after)):
            return
        code = getattr(self.switches, f"{folder.singular.lower()}_duplicate", "rcGeneralError")
        text = f"Item with the same {member} already exists: '{others[0].guid}'"
        raise Refused(code, text, UserMessage=text, IsUserMessageOptionalError=False)

    def _setting(self, name: str) -> str:
        found = self.store.find("GlobalSettings", [("Name", name)])
        return str(found[0].data.get("Value") or "") if found else ""

    def _unique(self, folder: Folder, member: str, after: Item, text: str) -> None:
        if self._others(folder, member, after):
            raise failed(text)

    def _pair(self, folder: Folder, after: Item) -> None:
        """Members that no two items share; an item without the first of them is none's twin (assumed)."""
        values = [(name, after.data.get(name)) for name in folder.unique_together]
        if not values or _empty(values[0][1]):
            return
        given, bare = [one for one in values if not _empty(one[1])], [name for name, value in values if _empty(value)]
        for other in self.store.find(folder.name, given):
            if other.guid != after.guid and all(_empty(other.data.get(name)) for name in bare):
                raise failed(f"{' and '.join(folder.unique_together)} must be unique together: '{other.guid}'")

    def _others(self, folder: Folder, member: str, after: Item) -> list[Item]:
        value = _member(after, member)
        if _empty(value):
            return []
        path = f"AdditionalFields.{member}" if member.startswith("af_") else member
        return [item for item in self.store.find(folder.name, [(path, value)]) if item.guid != after.guid]


def _empty(value: object) -> bool:
    return value is None or (isinstance(value, str | list) and not value)


def _member(item: Item, name: str) -> object:
    return (item.data.get("AdditionalFields") or {}).get(name) if name.startswith("af_") else item.data.get(name)
