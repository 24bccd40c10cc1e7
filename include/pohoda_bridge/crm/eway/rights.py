"""What our user may see and do in the modules of eWay-CRM, as far as the service tells it; what it does not is trusted.

A module that is closed may look like an empty one, and an item that is hidden like a deleted one: so whoever reads asks
here first, and no deletion is believed of a module that is shown in part.
"""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from pohoda_bridge.crm.eway.session import Session
from pohoda_bridge.crm.eway.shape import Shape
from pohoda_bridge.crm.failure import Failure
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.side import Action

WHOLE, NOTHING = frozenset({"All", "Inherited"}), frozenset({"None", "Readonly"})
"""Levels of a module permission that reach every record, and none; those between reach some."""
INVISIBLE = "Invisible"
RIGHTS: Mapping[Action, tuple[str, str]] = {
    "create": ("make", "CanCreate"), "update": ("change", "Edit"), "mark": ("change", "Edit"),
    "delete": ("delete", "Delete"),
}  # fmt: skip
log = logging.getLogger(__name__)


class Rights:
    """Of one user, asked for once. Raises Retry where the service cannot be asked now."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._told: dict[str, list[Mapping[str, Any]]] = {}

    def module(self, folder: str, *, anew: bool = False) -> Mapping[str, Any]:
        """The permission of a module (View, Edit, Delete, CanCreate ...), empty when it is not told."""
        method = "GetMyModulePermissions"
        if anew:
            self._told.pop(method, None)
        return next((one for one in self._of(method) if one.get("FolderName") == folder), {})

    def whole(self, shape: Shape) -> None:
        """Raises StopAgenda unless all items of the agenda's module are shown, as far as it tells."""
        view = self.module(shape.folder).get("View")
        if view is not None and view not in WHOLE:
            raise StopAgenda(
                f"{shape.agenda}: eWay-CRM shows our user only a part of {shape.folder} (View: {view}), so what was "
                "deleted cannot be told from what is hidden; give the user the right to see all of it"
            )

    def closed(self, shape: Shape) -> Iterator[str]:
        """What the agenda needs to see and the user may not: modules, and columns of them."""
        inner = [member for member in shape.members.values() if member.inner]
        modules = {shape.folder: shape.members.values(), **{one.wire: one.inner.values() for one in inner}}
        for folder, members in modules.items():
            view = self.module(folder).get("View")
            if view in NOTHING - {"Readonly"}:
                yield f"eWay-CRM does not let our user see {folder} (View: {view}); give the user this right"
                continue
            if view is not None and view not in WHOLE and view not in NOTHING:
                log.warning("eWay-CRM shows our user only a part of %s (View: %s)", folder, view)
            hidden = self._hidden(folder)
            for member in members:
                if member.wire.casefold() in hidden:
                    yield (
                        f"eWay-CRM does not let our user see {member.wire} of {folder} ({member.name}: {INVISIBLE}); "
                        "give the user this right, or `drop` the field in the link"
                    )

    def lacking(self, folder: str, action: Action) -> str:
        """The right to the module that the action lacks for every record, in words; "" when it lacks none."""
        what, name = RIGHTS[action]
        level = self.module(folder, anew=True).get(name)
        if level is False or level in NOTHING:
            return f"eWay-CRM denies access: our user may not {what} records of {folder} ({name}: {level})"
        return ""

    def _hidden(self, folder: str) -> frozenset[str]:
        rules = (one for one in self._of("GetMyColumnPermissions") if one.get("FolderName") == folder)
        return frozenset(
            str(one.get("ColumnName")).casefold() for one in rules if one.get("PermissionRule") == INVISIBLE
        )

    def _of(self, method: str) -> list[Mapping[str, Any]]:
        if method not in self._told:
            try:
                told = self._session.ask(method).at("Data")
            except (StopAgenda, Failure) as error:
                log.info("eWay-CRM does not tell our rights: %s", error)
                told = None
            self._told[method] = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
        return self._told[method]
