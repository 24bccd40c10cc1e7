"""The section `api` of eWay-CRM's file as frozen types."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, ValidationError

from pohoda_bridge.catalogue import Crm
from pohoda_bridge.catalogue.base import Settings
from pohoda_bridge.errors import SettingsError

OWN = ("create_values", "create_categories", "ignore_warnings", "query_page", "price_list")
"""What the connection's extra may set."""


class Services(Settings):
    """Names of the service below the web service's URL, by its scheme; `legacy` is tried where these are unknown."""

    https: str
    http: str
    legacy: str


class SignIn(Settings):
    """Paths of the sign-in below the web service's URL, and the scope asked for."""

    authorize: str
    token: str
    scope: str


class Names(Settings):
    """A list of names: values of the enumeration `enum`, or items of the folder `plural` with their member `text`.

    `only`: members that an item must have. `create`: whether a missing name may be added. `also`: name -> other texts.
    `settings`: name -> the global setting that tells what the installation calls it.
    """

    enum: str | None = None
    plural: str = "EnumValues"
    singular: str = "EnumValue"
    text: str = "FileAs"
    only: Mapping[str, Any] = Field(default_factory=dict)
    create: bool = True
    also: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    settings: Mapping[str, str] = Field(default_factory=dict)


class Lines(Settings):
    """The items of `folder` that an item shows and saves inside its member of that name, in the order of `rank`.

    `parent`: their foreign key. `always`: what every line is written with; `currency`: the member that gets the item's
    own (`rated`); of a line that has another one, members that end on `exchanged` are in the item's. `discounted`:
    members that get the price in `price` without the percentage in `discount`. `kept`: the item's sums, which go
    together and with every save of its lines: whether the service works them out anew is not documented. `counted` is
    false of a line that is only offered beside: no line of the document. `gross` is true of one whose price is with
    VAT: what it costs without is told by its amounts alone.
    """

    folder: str
    singular: str
    parent: str
    rank: str
    always: Mapping[str, Any] = Field(default_factory=dict)
    counted: str = ""
    gross: str = ""
    currency: str = ""
    exchanged: str = ""
    price: str = ""
    discount: str = ""
    discounted: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


class Belonging(Settings):
    """The items of a folder that belong to one item by their foreign key `parent`; they are saved one by one.

    They have no currency: `home_only` names the field of a record whose currency must be that of the accounting unit.
    """

    folder: str
    singular: str
    parent: str
    home_only: str


class Exchange(Settings):
    """The folder of exchange rates, and its members: one unit of the currency `of` is so much of the currency `into`
    from day to day. `currencies`: the list that both are names of."""

    plural: str
    of: str
    into: str
    rate: str
    since: str
    until: str
    valid: str
    currencies: str


class Rated(Settings):
    """Members `rate` and `units` of an item that its folder does not have: they are taken from the list of exchange
    rates, for the member `currency` on the first of the `days` that is filled."""

    rate: str
    units: str
    currency: str
    days: tuple[str, ...]

    @property
    def wires(self) -> tuple[str, str]:
        """The names of both members."""
        return self.rate, self.units


class Relation(Settings):
    """A member that is kept as a relation of `type` with an item of `folder`, of which it is the child.

    Of several kinds of items in one folder it means the `kinds`, and it is one of items of the kinds `of` alone.
    """

    type: str
    folder: str
    kinds: tuple[str, ...] = ()
    of: tuple[str, ...] = ()


class Tie(Settings):
    """A relation with items of a folder; `parent`: the foreign key that those items have of it."""

    type: str
    folder: str
    parent: str | None = None


class Folder(Settings):
    """A folder, or with `part_of` a part of its items: there when one of `present` is filled; `owner` is its item.

    `lies_in`: the folder of the items, where that has another name. `kind`: the member that tells which of the items
    are records of the agenda: those with a name that the agenda's mapping has values for, or its constant.
    `beside`: the folder that further records of the agenda are parts in, with the members that a mapping has for it;
    `belonging`: what a part has in a folder of its own. `unpublished`: nobody has published a method for what is
    written there, or for what belongs to it; so a person is told.
    `along`: member -> what is saved with it whenever it is. `home`: an amount in the unit's currency -> the member that
    tells the currency of it there; where that is another one, the amount is left out.
    `tied`: only items with such a relation are records. `goes_on`: those with such a relation are not, as the other
    item took their place; there `origin` is the foreign key to them, and the folder that they lie in.
    """

    singular: str
    plural: str
    lies_in: str | None = None
    kind: str | None = None
    lines: Lines | None = None
    beside: str | None = None
    belonging: Belonging | None = None
    unpublished: str | None = None
    tied: Tie | None = None
    goes_on: Tie | None = None
    origin: Mapping[str, str] = Field(default_factory=dict)
    part_of: str | None = None
    owner: str | None = None
    present: tuple[str, ...] = ()
    composed: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    along: Mapping[str, Mapping[str, Any]] = Field(default_factory=dict)
    home: Mapping[str, str] = Field(default_factory=dict)
    names: Mapping[str, str] = Field(default_factory=dict)
    categories: str | None = None
    relations: Mapping[str, Relation] = Field(default_factory=dict)
    rated: Rated | None = None
    ranges: Mapping[str, tuple[int, int]] = Field(default_factory=dict)
    duplicates: tuple[str | tuple[str, ...], ...] = ()

    @property
    def picked(self) -> bool:
        """Whether an item must be looked at to know that it is a record of the agenda."""
        return bool(self.present or self.tied or self.goes_on)


class EwayApi(Settings):
    """How to speak with eWay-CRM, and what the bridge may add to its lists.

    `price_list`: by which methods the price list is written: `published` ones, of which there is none, or those that it
    is `assumed` to have, named as those of other folders.
    """

    adapter: Literal["eway"]
    custom_prefix: str
    services: Services
    sign_in: SignIn
    app_version: str
    overlap_seconds: int
    guids_per_call: int = Field(gt=0)
    query_page: int = Field(0, ge=0)
    query_rows: str = "Data"
    query_amount: str = "Datum"
    searches: int
    rate_per_minute: int = 0
    create_values: bool = True
    create_categories: bool = True
    ignore_warnings: bool = False
    price_list: Literal["published", "assumed"] = "published"
    exchange: Exchange | None = None
    folders: Mapping[str, Folder]
    lists: Mapping[str, Names]


def api_of(crm: Crm, extra: Mapping[str, Any]) -> EwayApi:
    """The API of the file, with the permissions that the connection's extra sets. SettingsError names what is wrong."""
    own = {name: extra[name] for name in OWN if name in extra}
    try:
        return EwayApi.model_validate({**crm.api, **own})
    except ValidationError as error:
        faults = (f"api.{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise SettingsError(f"{crm.crm}.yaml: " + "; ".join(faults)) from None
