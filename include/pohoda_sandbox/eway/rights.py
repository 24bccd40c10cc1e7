"""What a user may see and change: of a module, and of its columns. Everything, unless said otherwise.

The levels and rules are those of the vendor's JavaScript library. (assumed): `Inherited` hides nothing, `Group` shows
the items of users with a group in common, `Related` those related to the user, a private item is its owner's alone;
an invisible column is shown empty, and one that may not be edited refuses the save.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pohoda_sandbox.eway.errors import Json, denied
from pohoda_sandbox.eway.relations import Relations
from pohoda_sandbox.eway.store import Item, Store
from pohoda_sandbox.eway.switches import Switches

PERMISSIONS = "permissions"
LEVELS = ("All", "Inherited", "Group", "Related", "Own", "None")
COLUMN_RULES = ("All", "Own", "Readonly", "Invisible", "None")
FREE: Json = {"View": "All", "Edit": "All", "Delete": "All", "CanCreate": True}
COLUMNS = "columns"
OPEN = frozenset({"All", "Inherited"})


@dataclass
class Rights:
    store: Store
    relations: Relations
    switches: Switches

    def set(self, user: str, folder: str, changed: Json) -> None:
        """`changed`: members of a ModulePermission, and `columns`: {column: rule}. Raises ValueError."""
        columns = changed.get(COLUMNS, {})
        for name, value in changed.items():
            if name not in {*FREE, COLUMNS} or (name not in {"CanCreate", COLUMNS} and value not in LEVELS):
                raise ValueError(f"no permission {name}={value!r}: {', '.join(FREE)} with {', '.join(LEVELS)}")
        if wrong := sorted(set(columns.values()) - set(COLUMN_RULES)):
            raise ValueError(f"no rules of columns: {', '.join(wrong)}; there are {', '.join(COLUMN_RULES)}")
        known = self.store.note(PERMISSIONS, {})
        mine = known.setdefault(user, {}).setdefault(folder, {})
        mine.update({**changed, COLUMNS: {**mine.get(COLUMNS, {}), **columns}})
        self.store.keep(PERMISSIONS, known)

    def of(self, user: str, folder: str) -> Json:
        """The module's permission."""
        return {name: self._set(user, folder).get(name, free) for name, free in FREE.items()}

    def columns(self, user: str, folder: str) -> Mapping[str, str]:
        """Column -> rule, of those that have one."""
        mine: dict[str, str] = self._set(user, folder).get(COLUMNS, {})
        return mine

    def seen(self, user: str, folder: str, items: list[Item]) -> list[Item]:
        """Those the user may see. Raises rcAccessDenied when the whole folder is closed (or none, by the switch)."""
        view = self.of(user, folder)["View"]
        if view == "None" and self.switches.closed_folder == "denied":
            raise denied(f"You are not allowed to view items of folder '{folder}'")
        return [item for item in items if self._reaches(view, user, item)]

    def may(self, user: str, folder: str, right: str, item: Item | None) -> None:
        """Raises rcAccessDenied. `right`: Edit or Delete; `item` None: it would be created."""
        mine = self.of(user, folder)
        if not (mine["CanCreate"] if item is None else self._reaches(mine[right], user, item)):
            raise denied(f"You are not allowed to change items of folder '{folder}'")

    def masked(self, user: str, folder: str, item: Item, record: Json) -> Json:
        """The record as an answer to this user shows it."""
        hidden = set(self._closed(user, folder, item, frozenset({"Invisible"})))
        return {name: None if name in hidden else value for name, value in record.items()} if hidden else record

    def may_change(self, user: str, folder: str, item: Item | None, names: frozenset[str]) -> None:
        """Raises rcAccessDenied when one of these columns may not be edited in the item."""
        if closed := sorted(names & set(self._closed(user, folder, item, frozenset({"Invisible", "Readonly"})))):
            raise denied(f"You are not allowed to change '{closed[0]}' in folder '{folder}'")

    def _closed(self, user: str, folder: str, item: Item | None, rules: frozenset[str]) -> Iterator[str]:
        own = item is None or item.data.get("OwnerGUID") == user
        for name, rule in self.columns(user, folder).items():
            if rule in rules or (rule == "Own" and not own):
                yield name

    def _reaches(self, level: str, user: str, item: Item) -> bool:
        owner = item.data.get("OwnerGUID")
        if owner == user:
            return level != "None"
        if item.data.get("IsPrivate"):
            return False
        if level == "Group":
            return bool(self._groups(user) & self._groups(str(owner)))
        if level == "Related":
            return any(user in {one.guid1, one.guid2} for one in self.relations.of(item.guid))
        return level in OPEN

    def _groups(self, user: str) -> frozenset[str]:
        return frozenset(one.guid2 for one in self.relations.of(user, "GROUP", "Groups"))

    def _set(self, user: str, folder: str) -> Json:
        mine: Json = self.store.note(PERMISSIONS, {}).get(user, {}).get(folder, {})
        return mine
