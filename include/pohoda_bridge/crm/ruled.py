"""Rules of a link as a filter of a list: it lets every record through that holds them all."""

from collections.abc import Sequence

from pohoda_bridge.catalogue import Rule
from pohoda_bridge.crm.api import Api
from pohoda_bridge.crm.listing import both, filterable, one_of
from pohoda_bridge.crm.shape import Shape
from pohoda_bridge.crm.wire import to_wire


def ruled(api: Api, shape: Shape, rules: Sequence[Rule]) -> str:
    """The filter, or "" where nothing can be asked.

    Only words of a list can: a text may stand there with blanks around it, which its rule does not see.
    """
    asked: dict[str, str] = {}
    for rule in rules if api.filters else ():
        mapped = shape.mapping.get(str(rule.field))
        words = {"equals": (rule.equals,), "in_": rule.in_ or ()}.get(rule.operator, ()) if rule.field else ()
        if mapped is None or shape.kinds.get(str(rule.field)) != "option" or "." in mapped.to or mapped.named:
            continue
        if not words or mapped.to in asked:
            continue
        known = [to_wire(word, "option", mapped.values or {}, shape.forms) for word in words if word is not None]
        if len(known) < len(words) or not all(filterable(api, word) for word in known):
            continue
        chunks = list(one_of(api, mapped.to, known))
        if len(chunks) == 1:
            asked[mapped.to] = chunks[0][0]
    return both(api, *asked.values()) if asked else ""
