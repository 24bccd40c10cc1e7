"""Bookkeeping records: lines inside their cart, amounts that follow from prices.

The published description has the members, not the arithmetic. (assumed): an amount that a save carries is kept, one
that it does not carry follows from the prices when it saves any; lines that a cart's save does not list stay; a line
that is saved or deleted by itself changes its cart.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from pohoda_sandbox.eway.errors import Json, wrong
from pohoda_sandbox.eway.folders import Folder
from pohoda_sandbox.eway.store import Item
from pohoda_sandbox.gram.values import LARGEST, number

if TYPE_CHECKING:
    from pohoda_sandbox.eway.items import Items, Show

CARTS, LINES = "Carts", "GoodsInCart"
PRICED = frozenset({"ListPrice", "SalePrice", "SalePriceExcludingVat", "Quantity", "Discount", "VatRate"})
SUMS = {"PriceTotalExcludingVat": "PriceTotalExcludingVat", "Vat": "VatTotal", "PriceTotal": "PriceTotal",
        "PurchaseExpenses": "PurchasePriceTotal"}  # fmt: skip
CENT, HUNDRED = Decimal("0.01"), Decimal(100)


def complete(folder: Folder, after: Item, sent: Json) -> None:
    """Amounts of a line that its prices make; what of a cart is left to be paid."""
    data = after.data
    if folder.name == LINES and PRICED & sent.keys():
        quantity, discount, rate = (_exact(data.get(name)) for name in ("Quantity", "Discount", "VatRate"))
        net = _exact(data.get("ListPrice")) * (HUNDRED - discount) / HUNDRED
        if {"SalePrice", "SalePriceExcludingVat"} & sent.keys() and "ListPrice" not in sent:
            net = _exact(data.get("SalePriceExcludingVat") or data.get("SalePrice"))
        whole = _cents(net * quantity)
        if "PriceTotalExcludingVat" in sent:
            whole = _exact(data.get("PriceTotalExcludingVat"))
        vat = _exact(data.get("VatTotal")) if "VatTotal" in sent else _cents(whole * rate / HUNDRED)
        made = {"SalePrice": net, "SalePriceExcludingVat": net, "PriceTotalExcludingVat": whole, "VatTotal": vat}
        made |= {"Vat": net * rate / HUNDRED, "PriceTotal": whole + vat}
        data |= {name: number(value) for name, value in made.items() if name not in sent}
    if folder.name == LINES and {"PurchasePrice", "Quantity"} & sent.keys() and "PurchasePriceTotal" not in sent:
        whole = _cents(_exact(data.get("PurchasePrice")) * _exact(data.get("Quantity")))
        data["PurchasePriceTotal"] = number(whole)
    if folder.name == CARTS and "ForPayment" not in sent and {"PriceTotal", "Paid"} & sent.keys():
        data["ForPayment"] = number(_exact(data.get("PriceTotal")) - _exact(data.get("Paid")))


def saved(items: "Items", folder: Folder, guid: str, sent: Json, user: str, ignored: list[str]) -> None:
    """The lines that came inside the cart; the sums of a cart whose lines were saved. Raises rcParameterError."""
    for cart in holders(items, folder, guid):
        summed(items, cart)
    if folder.rows is None or (inside := sent.get(folder.rows.member)) is None:
        return
    if not isinstance(inside, list) or not all(isinstance(one, dict) for one in inside):
        raise wrong(f"Value of '{folder.rows.member}' is not valid")
    shape = items.folders.by_name[folder.rows.folder]
    for line in inside:
        given = {name: value for name, value in line.items() if name != "ItemVersion"}
        items.save(shape, {**given, folder.rows.key: guid}, user, ignored=ignored, inside=True)
    _sum(items, guid, sent)


def holders(items: "Items", folder: Folder, guid: str) -> list[str]:
    """The cart that a line lies in."""
    if folder.name != LINES:
        return []
    return [one.guid2 for one in items.relations.of(guid, "GOODSINCART", CARTS) if one.guid1 == guid]


def summed(items: "Items", cart: str) -> None:
    """A line of the cart changed: it has other sums, and changed as well."""
    if items.store.get(CARTS, cart) is not None:
        _sum(items, cart, {})
        items.touch(CARTS, cart)


def emptied(items: "Items", folder: Folder, guid: str) -> None:
    """The lines of a cart go with it."""
    if folder.rows is not None:
        for line in lines(items, folder, guid):
            for relation in items.relations.of(line.guid):
                items.relations.remove(relation.guid)
            items.store.remove(line.folder, line.guid)
            items.changes.add(line.folder, line.guid, removed=True)


def lines(items: "Items", folder: Folder, guid: str) -> list[Item]:
    """The lines of a cart by their rank."""
    assert folder.rows is not None
    found = [one.guid1 for one in items.relations.of(guid, "GOODSINCART", folder.rows.folder) if one.guid2 == guid]
    return sorted(items.store.some(folder.rows.folder, found), key=lambda one: int(one.data.get("Rank") or 0))


def shown(items: "Items", folder: Folder, item: Item, show: "Show") -> Json:
    """What a cart shows of its lines, whose foreign keys come with them."""
    assert folder.rows is not None
    record: Json = {folder.rows.member: None}
    if show.rows:
        shape = items.folders.by_name[folder.rows.folder]
        inside = lines(items, folder, item.guid)
        record[folder.rows.member] = [
            {**items.shown(shape, one), **items.relations.parents(shape, one.guid)} for one in inside
        ]
    return record


def _sum(items: "Items", cart: str, sent: Json) -> None:
    """The sums of the lines, but for those that the save carries."""
    folder = items.folders.by_name[CARTS]
    item, inside = items.store.get(CARTS, cart), lines(items, folder, cart)
    assert item is not None
    made: Json = {
        name: number(sum((_exact(one.data.get(of)) for one in inside), Decimal(0)))
        for name, of in SUMS.items()
        if name not in sent
    }
    data = item.data | made | {"GoodsInCartCount": len(inside)}
    if "ForPayment" not in sent:
        data["ForPayment"] = number(_exact(data.get("PriceTotal")) - _exact(data.get("Paid")))
    if "Profit" not in sent:
        data["Profit"] = number(_exact(data.get("PriceTotalExcludingVat")) - _exact(data.get("PurchaseExpenses")))
    items.store.put(Item(CARTS, cart, item.version, data))


def _exact(value: Any) -> Decimal:
    return Decimal(str(value)) if value not in {None, ""} else Decimal(0)


def _cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP) if abs(value) < LARGEST else value
