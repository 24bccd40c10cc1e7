"""One call of a method: who calls, with what, and what of the service it may reach."""

from dataclasses import dataclass, field

from pohoda_sandbox.eway import values
from pohoda_sandbox.eway.blobs import Blobs
from pohoda_sandbox.eway.errors import Json, wrong
from pohoda_sandbox.eway.folders import Folder
from pohoda_sandbox.eway.items import Items, Show
from pohoda_sandbox.eway.rights import Rights
from pohoda_sandbox.eway.sessions import Sessions
from pohoda_sandbox.eway.store import Item

TEXTS = "ignoredUserErrorMessages"


@dataclass(frozen=True)
class Call:
    """`body`: the members of the request; `user`: guid of the session's user, "" without a session."""

    items: Items
    rights: Rights
    sessions: Sessions
    blobs: Blobs
    body: Json
    user: str = ""
    gone: str = ""
    raw: bytes = field(default=b"", repr=False)

    def folder(self, name: object) -> Folder:
        """A folder by its name in a request. Raises rcParameterError."""
        known = self.items.folders.by_name
        found = next((one for key, one in known.items() if key.lower() == str(name).lower()), None)
        if found is None:
            raise wrong(f"Folder '{name}' is not known")
        return found

    def object(self, name: str = "transmitObject") -> Json:
        sent = self.body.get(name)
        if not isinstance(sent, dict):
            raise wrong(f"'{name}' is missing")
        return sent

    def objects(self) -> list[Json]:
        sent = self.body.get("transmitObjects")
        if not isinstance(sent, list) or not all(isinstance(one, dict) for one in sent):
            raise wrong("'transmitObjects' is missing")
        return sent

    def guid(self, *names: str) -> str:
        """The first of these members that is there."""
        return values.guid(next((self.body[name] for name in names if self.body.get(name)), None), names[0])

    def guids(self, *names: str) -> list[str]:
        """Raises rcParameterError when they are more than one call may carry."""
        sent = next((self.body[name] for name in names if name in self.body), None)
        if not isinstance(sent, list):
            raise wrong(f"'{names[0]}' is missing")
        most = self.items.switches.guids_per_call
        if most and len(sent) > most:
            raise wrong(f"'{names[0]}' has {len(sent)} guids, {most} are allowed in one call")
        return [values.guid(one, names[0]) for one in sent]

    def number(self, name: str) -> int:
        value = self.body.get(name)
        try:
            return int(str(value)) if not isinstance(value, bool) else _no_number(name)
        except ValueError:
            return _no_number(name)

    def on(self, name: str) -> bool:
        return values.boolean(self.body.get(name))

    def messages(self) -> list[str]:
        sent = self.body.get(TEXTS)
        return [str(text) for text in sent] if isinstance(sent, list) else []

    def show(self, *, keys: bool = True) -> Show:
        narrow: tuple[str, str] | None = None
        if self.on("includeRelations"):
            asked = self.body.get("relationsFilter")
            filter_ = asked if isinstance(asked, dict) else {}
            narrow = (str(filter_.get("RelationType") or ""), str(filter_.get("ForeignFolderName") or ""))
        without = [not self.on(name) for name in ("omitEnumValues", "omitGoodsInCart")]
        return Show(keys and self.on("includeForeignKeys"), narrow, *without)

    def answer(self, folder: Folder, items: list[Item], *, keys: bool = True) -> Json:
        """The ones of these that the user may see, in a DataResponse."""
        show, shape = self.show(keys=keys), folder.without(self.gone) if self.gone else folder
        seen = self.rights.seen(self.user, folder.name, items)
        return {"Data": [self.masked(folder, item, self.items.shown(shape, item, show)) for item in seen]}

    def masked(self, folder: Folder, item: Item, record: Json) -> Json:
        """The record without what the user may not see, in its lines neither."""
        if folder.rows is not None and (lines := record.get(folder.rows.member)):
            own = self.items.store.some(folder.rows.folder, [line["ItemGUID"] for line in lines])
            record[folder.rows.member] = [
                self.rights.masked(self.user, folder.rows.folder, one, line)
                for one, line in zip(own, lines, strict=True)
            ]
        return self.rights.masked(self.user, folder.name, item, record)


def _no_number(name: str) -> int:
    raise wrong(f"'{name}' is no number")
