"""Three-way compare: what of the source is to be written, what both changed, what stays with the target."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pohoda_bridge.catalogue import Mapped
from pohoda_bridge.records.fingerprint import canonical

Winner = Literal["source", "target", "ask"]


@dataclass(frozen=True)
class Comparison:
    """`write`: field -> (old, new). `conflicts`: field -> (source, target). `base`: the values that count as synced.

    `stuck` fields differ but the target cannot take them. Base values are (source, target) in canonical form; a field
    that stays with the target keeps its old base, so that the other direction still sees it as changed.
    """

    write: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    conflicts: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    stuck: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    base: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


def compare(
    source: Mapping[str, Any],
    target: Mapping[str, Any],
    base: tuple[Mapping[str, Any], Mapping[str, Any]] | None,
    mapping: Mapping[str, Mapped],
    *,
    winners: Mapping[str, Winner],
    writable: Iterable[str],
    returning: Collection[str] = (),
    alike: Collection[str] = (),
    decided: Collection[str] = (),
) -> Comparison:
    """Compare the mapped fields of a pair. `base` are the last synced values (source's, target's), None for a new pair.
    A field that they lack was never synced, and counts as that of a new pair.

    Changed on one side only: that side's value stands; a change of the target to a field that is not `returning` by the
    other direction counts as one of both.
    Changed on both: the winner's value stands, or it is a conflict. A new pair has no base: an empty
    source never erases, an empty target is filled, anything else counts as changed on both but what is `alike`: the
    same text, of which one side could keep only a part. What a person `decided` to leave with the target counts as
    synced where there is no way back: it would be asked again for ever.
    """
    can = frozenset(writable)
    write: dict[str, tuple[Any, Any]] = {}
    conflicts: dict[str, tuple[Any, Any]] = {}
    stuck: dict[str, tuple[Any, Any]] = {}
    now: dict[str, tuple[Any, Any]] = {}
    for name, mapped in mapping.items():
        s, t = canonical(source.get(name)), canonical(target.get(name))
        synced = base is not None and (name in base[0] or name in base[1])
        old = (base[0].get(name), base[1].get(name)) if base is not None else (None, None)
        stands = _stands(s, t, old if synced else None, winners.get(name, "source"), name in returning)
        if name in alike:
            stands = "equal"
        if mapped.on_create_only or (mapped.if_empty and t is not None):
            stands = "equal" if stands != "target" else stands
        if stands == "source" and name not in can:
            stuck[name], now[name] = (t, s), old
        elif stands == "source":
            write[name], now[name] = (target.get(name), source.get(name)), (s, s)
        elif stands == "conflict":
            conflicts[name], now[name] = (s, t), old
        elif stands == "target":
            now[name] = (s, t if name in decided and name not in returning else old[1])
        else:
            now[name] = (s, t)
    return Comparison(write, conflicts, stuck, now)


def _stands(s: Any, t: Any, old: tuple[Any, Any] | None, winner: Winner, returns: bool) -> str:
    """Whose value stands: `source`, `target`, `equal` or `conflict`."""
    if s == t:
        return "equal"
    if old is None:
        if s is None or t is None:
            return "target" if s is None else "source"
        return {"source": "source", "target": "target", "ask": "conflict"}[winner]
    s_changed, t_changed = s != old[0], t != old[1]
    if not s_changed and not t_changed:
        return "equal"
    if not t_changed:
        return "source"
    if not s_changed and (returns or winner == "target"):
        return "target"
    return {"source": "source", "target": "target", "ask": "conflict"}[winner]
