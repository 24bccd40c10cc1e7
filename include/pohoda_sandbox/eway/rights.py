"""Module permissions of users: what of a folder each may see and change. Everything, unless said otherwise."""

from dataclasses import dataclass

from pohoda_sandbox.eway.errors import Json, denied
from pohoda_sandbox.eway.store import Item, Store

PERMISSIONS = "permissions"
RULES = ("All", "Own", "None")
FREE: Json = {"View": "All", "Edit": "All", "Delete": "All", "CanCreate": True}


@dataclass
class Rights:
    store: Store

    def set(self, user: str, folder: str, changed: Json) -> None:
        """`changed`: members of a ModulePermission. Raises ValueError."""
        for name, value in changed.items():
            if name not in FREE or (name != "CanCreate" and value not in RULES):
                raise ValueError(f"no permission {name}={value!r}: {', '.join(FREE)} with {', '.join(RULES)}")
        known = self.store.note(PERMISSIONS, {})
        known.setdefault(user, {})[folder] = {**self.of(user, folder), **changed}
        self.store.keep(PERMISSIONS, known)

    def of(self, user: str, folder: str) -> Json:
        mine: Json = self.store.note(PERMISSIONS, {}).get(user, {}).get(folder, FREE)
        return mine

    def seen(self, user: str, folder: str, items: list[Item]) -> list[Item]:
        """Those the user may see. Raises rcAccessDenied when the whole folder is closed."""
        view = self.of(user, folder)["View"]
        if view == "None":
            raise denied(f"You are not allowed to view items of folder '{folder}'")
        return items if view == "All" else [item for item in items if item.data.get("OwnerGUID") == user]

    def may(self, user: str, folder: str, right: str, item: Item | None) -> None:
        """Raises rcAccessDenied. `right`: Edit or Delete; `item` None: it would be created."""
        mine = self.of(user, folder)
        if item is None:
            allowed = bool(mine["CanCreate"])
        else:
            allowed = mine[right] == "All" or (mine[right] == "Own" and item.data.get("OwnerGUID") == user)
        if not allowed:
            raise denied(f"You are not allowed to change items of folder '{folder}'")
