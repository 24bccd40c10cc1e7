"""The page of one agenda, made from its file and the CRMs' files: what goes, which field where, who wins."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pohoda_bridge.catalogue import Agenda, Catalogue, Crm, Flow, Link, Mapped, Unit
from pohoda_bridge.catalogue.field import Field
from pohoda_bridge.connections import from_environment
from pohoda_bridge.pohoda.side import PohodaSide
from pohoda_bridge.quality.labels import labels
from pohoda_bridge.quality.texts import promised
from pohoda_bridge.side import Direction
from pohoda_bridge.sync.shape import restorable

MADE_BY = "python -m pohoda_bridge.cli.agenda_pages"
DIRECTIONS: tuple[Direction, ...] = ("to_crm", "to_pohoda")
ARROWS = {(True, True): "both", (True, False): "to CRM", (False, True): "to POHODA", (False, False): ""}
WINNERS = {"pohoda": "POHODA", "crm": "CRM", "": ""}
UNIT = Unit.model_validate({
    "unit": "any", "ico": "00000000", "country": "SK", "timezone": "Europe/Bratislava", "edition": "e1-sql",
    "years": {2026: {"sql": "any", "mserver": "any"}},
})  # fmt: skip


@dataclass(frozen=True)
class Carried:
    """An agenda in one CRM: how it would go by a link that changes nothing. `ways` has the fields of each direction."""

    crm: Crm
    flows: Mapping[str, Flow]
    ways: Mapping[str, frozenset[str]]

    def place(self, name: str) -> Mapped | None:
        return next((flow.mapping[name] for flow in self.flows.values() if name in flow.mapping), None)

    def arrow(self, name: str) -> str:
        return ARROWS[name in self.ways.get("to_crm", ()), name in self.ways.get("to_pohoda", ())]

    def winner(self, name: str) -> str:
        going = [flow for direction, flow in self.flows.items() if name in self.ways[direction]]
        return WINNERS[going[0].master(name) if going else ""]


def page(known: Catalogue, name: str) -> str:
    """Markdown, whole; the same files make the same page."""
    agenda = known.agendas[name]
    carried = [_carried(known, agenda, crm) for crm in known.crms.values() if name in crm.agendas]
    title = agenda.title
    parts = [
        f"# {title.en} / {title.cs} / {title.sk}",
        f"<!-- Made by `{MADE_BY}` from include/agendas and include/crms: change those, not this page. -->",
        f"Agenda `{name}`. {agenda.about.strip()}",
        _table(("", ""), _facts(agenda, carried)),
        "## Fields",
        "Who wins: when both sides changed the field since the last run, and the link names no other master.",
        *_fields(agenda, carried),
        *_rows_of_sets(agenda, carried),
        "## What is expected",
        _expected(agenda),
        *_left_out(agenda, carried),
        "## When it fails",
        agenda.on_failure.strip(),
        "Refused records wait in quarantine with every reason (`pohoda-bridge quarantine list LINK`) until they change;"
        f" `pohoda-bridge why LINK {name} KEY` tells about one record.",
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _carried(known: Catalogue, agenda: Agenda, crm: Crm) -> Carried:
    name = agenda.agenda
    directions = [direction for direction in DIRECTIONS if direction in crm.agendas[name].directions]
    link = Link.model_validate({
        "link": "any", "unit": UNIT.unit, "crm": {"kind": crm.crm, "connection": "any"},
        "agendas": {name: {direction: {} for direction in directions}},
    })  # fmt: skip
    flows: dict[str, Flow] = {}
    for direction in directions:
        settings = link.agendas[name].direction(direction)
        if settings is not None:
            flows[direction] = Flow(link, UNIT, crm, agenda, direction, settings)
    taken = PohodaSide(UNIT, known.agendas, "sql", from_environment).writable(name)
    ways = {
        direction: frozenset(_locked(flow) if direction == "to_crm" else flow.mapping.keys() & restorable(flow, taken))
        for direction, flow in flows.items()
    }
    return Carried(crm, flows, ways)


def _locked(flow: Flow) -> Iterator[str]:
    """The fields that the CRM lets write."""
    for name, mapped in flow.mapping.items():
        place = flow.crm.place(flow.to_crm.entity, mapped.to)
        if place is None or not place.read_only:
            yield name


def _facts(agenda: Agenda, carried: list[Carried]) -> Iterator[tuple[str, str]]:
    for one in carried:
        own = one.crm.agendas[agenda.agenda]
        going = " and ".join(direction.replace("_", " ").replace("pohoda", "POHODA").replace("crm", "CRM")
                             for direction in own.directions)  # fmt: skip
        yield one.crm.title, f"`{own.entity}`, {going}"
    for part in agenda.parts:
        form = f", {part.form}" if part.form else ""
        yield (
            f"read by SQL{form}",
            f"table `{part.read.sql.table}`, {'every year' if part.years == 'all' else 'newest year'}",
        )
        yield f"read by XML{form}", f"listing `{part.read.xml.request}`" if part.read.xml else "not listed"
    actions = ", ".join(agenda.write.actions) if agenda.write else "nothing: POHODA takes no such records by XML"
    yield "POHODA lets XML do", actions
    if agenda.write and "update" not in agenda.write.actions:
        yield "later changes", "are listed as `cannot_write`, with old and new values"
    yield "key", " or else ".join(" + ".join(f"`{name}`" for name in key) for key in agenda.key)
    yield "goes after", _names(agenda.after) or "nothing"
    for name, parts in agenda.known_by.items():
        yield f"`{name}` is also known by", ", ".join(f"its `{own}` in `{here}`" for own, here in parts.items())
    for setting, value in agenda.settings.items():
        others = {one.crm.title: one.crm.agendas[agenda.agenda].settings.get(setting, value) for one in carried}
        apart = [f"`{_plain(own)}` with {title}" for title, own in others.items() if own != value]
        yield f"setting `{setting}`", ", ".join([f"default `{_plain(value)}`", *apart])


def _fields(agenda: Agenda, carried: list[Carried]) -> Iterator[str]:
    """What goes somewhere first, then what POHODA has beside it."""
    own = {name: spec for part in agenda.parts for name, spec in part.fields.items()}
    made = {name: derive.of for part in agenda.parts for derive in part.derive for name in derive.gives}
    places = [one.crm.title for one in carried]
    head = ("field", "in POHODA (cs / sk)", "SQL", "XML", *places, "goes", "who wins", "limits and notes")
    mapped = {name for one in carried for flow in one.flows.values() for name in flow.mapping}
    rows = {
        name: (
            f"`{name}`", _label(name), *_source(own.get(name), made.get(name)),
            *(_place(one, name) for one in carried), _each(one.arrow(name) for one in carried),
            _each(one.winner(name) for one in carried), _notes(own.get(name), name, carried),
        )
        for name in dict.fromkeys([*own, *made, *sorted(mapped - {*own, *made})])
    }  # fmt: skip
    if mapped:
        yield _table(head, [row for name, row in rows.items() if name in mapped])
    if rest := [(row[0], row[1], row[2], row[3], row[-1]) for name, row in rows.items() if name not in mapped]:
        yield "### Read, and not mapped\n\nRules may ask about them, and a link may map them (`fields`)."
        yield _table((*head[:4], head[-1]), rest)


def _source(spec: Field | None, of: Iterable[str] | None) -> tuple[str, str]:
    if of is not None:
        return f"made of {_names(of)}", "the same"
    return (f"`{spec.sql}`" if spec and spec.sql else "", f"`{spec.xml}`" if spec and spec.xml else "")


def _place(one: Carried, name: str) -> str:
    mapped = one.place(name)
    return f"`{mapped.to}`" if mapped else ""


def _notes(spec: Field | None, name: str, carried: list[Carried]) -> str:
    notes: list[str] = []
    if spec is not None:
        notes += [spec.type] if spec.type != "text" else []
        notes += [f"converter `{spec.convert}`"] if spec.convert else []
        notes += [f"refers to `{spec.ref}`"] if spec.ref else []
        notes += [f"at most {spec.limit}"] if spec.limit else []
        notes += ["needed for a new record in POHODA"] if spec.needed else []
        notes += [f"words: {', '.join(spec.words)}"] if spec.words else []
        notes += [text for text in (spec.about, spec.only) if text]
    for one in carried:
        mapped = one.place(name)
        if mapped is not None:
            notes += [f"{one.crm.title}: {note}" for note in _crm_notes(one, mapped)]
    return "; ".join(notes)


def _crm_notes(one: Carried, mapped: Mapped) -> Iterator[str]:
    flow = next(iter(one.flows.values()))
    place = one.crm.place(flow.to_crm.entity, mapped.to)
    if place is not None:
        yield from [f"at most {place.length}"] if place.length else []
        yield from ["needed"] if place.required else []
    yield from [f"the record of `{mapped.ref}`" + (", if it is there" if mapped.optional else "")] if mapped.ref else []
    yield from [f"`{mapped.named.entity}` of this {mapped.named.by}"] if mapped.named else []
    yield from [f"converter `{mapped.convert}`"] if mapped.convert else []
    yield from ["only with a new record"] if mapped.on_create_only else []
    yield from ["only where it is empty"] if mapped.if_empty else []


def _rows_of_sets(agenda: Agenda, carried: list[Carried]) -> Iterator[str]:
    for one in carried:
        for name, mapped in {n: m for flow in one.flows.values() for n, m in flow.mapping.items()}.items():
            if mapped.fields:
                where = f"records `{mapped.entity}`" if mapped.entity else f"parts below `{mapped.to}`"
                yield f"### Rows of `{name}` in {one.crm.title}\n\nAs {where}, compared and replaced as a whole."
                yield _table(
                    ("field", one.crm.title), [(f"`{own}`", f"`{to.to}`") for own, to in mapped.fields.items()]
                )
    for name, of in {name: of for part in agenda.parts for name, of in part.sets.items()}.items():
        table = f"table `{of.sql.table}`" if of.sql else "no table"
        yield f"### Rows of `{name}` in POHODA\n\nBy SQL from {table}."
        rows = [(f"`{own}`", *_source(spec, None), _notes(spec, own, [])) for own, spec in of.fields.items()]
        yield _table(("field", "SQL", "XML", "limits and notes"), rows)


def _expected(agenda: Agenda) -> str:
    if not agenda.expect:
        return "Nothing beyond the lengths that the target takes."
    rows = [
        (one.level, (one.way or "both").replace("_", " "), promised(one).removesuffix(f" ({one.level})"))
        for one in agenda.expect
    ]
    return "`refuse` sends a record to quarantine, `warn` lets it go on.\n\n" + _table(("level", "way", "what"), rows)


def _left_out(agenda: Agenda, carried: list[Carried]) -> Iterator[str]:
    entries = [("both", entry) for entry in agenda.leave_out]
    entries += [(one.crm.title, e) for one in carried for e in one.crm.agendas[agenda.agenda].leave_out]
    if entries:
        yield "## What does not go"
        rows = [(where, entry.reason, f"`{entry.unless}`" if entry.unless else "") for where, entry in entries]
        yield _table(("with", "why", "goes with the setting"), rows)


def _each(values: Iterable[str]) -> str:
    """One word where all CRMs agree, else each with its own, in their order."""
    said = list(values)
    filled = [one for one in said if one]
    return filled[0] if len(set(filled)) == 1 else " / ".join(one or "-" for one in said) if filled else ""


def _label(name: str) -> str:
    """As POHODA's form has it, Czech and Slovak. A `name` is a company's there, a card's or a list's here."""
    said = labels([name])
    if name in {"name", said.cs}:
        return ""
    return said.cs if said.cs == said.sk else f"{said.cs} / {said.sk}"


def _plain(value: object) -> str:
    """A value as YAML writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(head), *([cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
