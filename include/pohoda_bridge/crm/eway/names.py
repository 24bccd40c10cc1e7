"""Lists of names, text <-> guid: titles, countries, categories, sale prices; each is read once and added to if allowed.

What is added has a guid made of its list and text, so that two runs, or one that was cut, cannot add it twice.
"""

import logging
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID, uuid5

from pohoda_bridge.crm.eway.api import EwayApi, Names
from pohoda_bridge.crm.eway.codes import CONFLICTS, code_of
from pohoda_bridge.crm.eway.global_settings import GlobalSettings
from pohoda_bridge.crm.eway.guids import same
from pohoda_bridge.crm.eway.session import Session
from pohoda_bridge.crm.failure import Failure
from pohoda_bridge.crm.patience import repeated
from pohoda_bridge.errors import BridgeError, Retry, StopAgenda

SPACE = UUID("3f1d2a52-8b0f-5d65-9f0e-6d1c7a2e4b90")
TRANSLATIONS = ("En", "Cs", "Sk", "De", "Ru", "No")
log = logging.getLogger(__name__)


class Book:
    """One list. An unknown guid reads as itself, so that a comparison shows it; an unknown text has no guid."""

    def __init__(self, session: Session, title: str, spec: Names, settings: GlobalSettings, *, create: bool) -> None:
        self._session = session
        self._settings = settings
        self._title = title
        self._spec = spec
        self._create = create and spec.create
        self._texts: dict[str, str] | None = None
        self._guids: dict[str, str] = {}
        self._meant: dict[str, set[str]] = {}
        self._strange: set[str] = set()
        self._rank, self._type = 0, ""

    def text(self, guid: str) -> str:
        if self._texts is None or (guid not in self._texts and guid not in self._strange):
            self._load()
        assert self._texts is not None
        if guid not in self._texts:
            self._strange.add(guid)
        return self._texts.get(guid, guid)

    def has(self, guid: str) -> bool:
        """Whether a guid is of this list."""
        return self.text(guid) != guid

    def guid(self, text: str) -> str | None:
        """The guid of a text, made when it may be; None when there is none. Raises Retry, StopAgenda."""
        if self._texts is None:
            self._load()
        if (found := self._guids.get(_folded(text))) is None and self._create:
            found = self._add(text)
        return found

    def values(self, named: Mapping[str, str]) -> dict[str, str]:
        """Text in this installation -> canonical value, of what the file or the link names.

        Raises Retry; StopAgenda when two of the names are one text here, so that they could not be told apart, and when
        a name is a translation of several texts.
        """
        own: dict[str, str] = {}
        names: dict[str, str] = {}
        for canonical, name in named.items():
            text = self._called(name)
            if names.setdefault(text, name) != name:
                raise StopAgenda(
                    f"{self._title}: {text!r} is what eWay-CRM calls both {own[text]!r} and {canonical!r} "
                    f"({names[text]}, {name}); give them two names there, or say in the link's `values` which each has"
                )
            own[text] = canonical
        return own

    def _called(self, name: str) -> str:
        """The text of a name as its setting tells it and as the list itself writes it, of which a person may know a
        translation; the name itself where the list lacks it."""
        setting = self._spec.settings.get(name)
        text = (self._settings.value(setting) if setting else "") or name
        if self._texts is None:
            self._load()
        assert self._texts is not None
        if len(meant := self._meant.get(_folded(text), ())) > 1:
            told = ", ".join(sorted({self._texts[guid] for guid in meant}))
            raise StopAgenda(f"{self._title}: several are called {text!r} ({told}); say in the link's `values` which")
        return self._texts.get(self._guids.get(_folded(text), ""), text)

    def _load(self) -> None:
        self._texts, self._guids, self._meant = {}, {}, {}
        others: list[tuple[str, str]] = []
        for item in self._items():
            guid, texts = same(item.get("ItemGUID")), [item.get(self._spec.text), *(item.get(t) for t in TRANSLATIONS)]
            known = [text for text in texts if isinstance(text, str) and text]
            if not guid or not known:
                continue
            name = self._texts[guid] = self._canonical(known)
            self._guids.setdefault(_folded(known[0]), guid)
            others += [(text, guid) for text in (name, *known, *self._spec.also.get(name, ()))]
            self._rank = max(self._rank, int(item.get("Rank") or 0))
            self._type = str(item.get("EnumType") or self._type)
        own = set(self._guids)  # an item's own name comes before what another is called in some language
        for text, guid in others:
            self._guids.setdefault(_folded(text), guid)
            if _folded(text) not in own:
                self._meant.setdefault(_folded(text), set()).add(guid)

    def _canonical(self, texts: list[str]) -> str:
        """The name that one of the texts is another word for, else the first of them."""
        folded = {_folded(text) for text in texts}
        meant = (name for name, also in self._spec.also.items() if folded & {_folded(text) for text in (name, *also)})
        return next(meant, texts[0])

    def _items(self) -> Iterator[Mapping[str, Any]]:
        if self._spec.enum:
            told = self._session.ask("SearchEnumValues", transmitObject={"EnumTypeName": self._spec.enum})
        else:
            told = self._session.ask(f"Get{self._spec.plural}")
        for item in told.at("Data") or ():
            if all(item.get(name) == value for name, value in self._spec.only.items()):
                yield item

    def _add(self, text: str) -> str | None:
        """Its guid, or None when the service does not take it."""
        guid = str(uuid5(SPACE, f"{self._title}/{_folded(text)}"))
        item: dict[str, Any] = {"ItemGUID": guid, "ItemVersion": 1, "FileAs": text, self._spec.text: text}
        if self._spec.enum:
            item |= dict.fromkeys(TRANSLATIONS, text) | {"EnumType": self._enum_type(), "Rank": self._rank + 1}
        item |= self._spec.only
        try:
            repeated(lambda: self._save(item), self._session.pause)
        except BridgeError as error:
            log.warning("%s: no name was added (%s)", self._title, error.log)
            if isinstance(error, Retry):
                raise
            return None
        assert self._texts is not None
        self._texts[guid], self._guids[_folded(text)] = text, guid
        self._rank += 1
        log.info("%s: one name was added", self._title)
        return guid

    def _save(self, item: Mapping[str, Any]) -> None:
        try:
            self._session.tell(f"Save{self._spec.singular}", transmitObject=item, dieOnItemConflict=True)
        except Failure as failure:
            if code_of(failure) not in CONFLICTS:
                raise

    def _enum_type(self) -> str:
        if not self._type:
            told = self._session.ask(
                "SearchEnumTypes", transmitObject={"EnumName": self._spec.enum}, omitEnumValues=True
            )
            self._type = next((str(item.get("ItemGUID")) for item in told.at("Data") or ()), "")
        return self._type


class Library:
    """The books of one installation, each opened when it is first asked for."""

    def __init__(self, session: Session, api: EwayApi) -> None:
        self._session = session
        self._api = api
        self._books: dict[str, Book] = {}
        self._settings = GlobalSettings(session)

    def book(self, title: str) -> Book:
        """A list of the file, or the enumeration of that name that a custom field takes its values from."""
        if title not in self._books:
            spec = self._api.lists.get(title) or Names(enum=title)
            create = self._api.create_values if spec.enum else self._api.create_categories
            self._books[title] = Book(self._session, title, spec, self._settings, create=create)
        return self._books[title]


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
