"""Custom fields of POHODA E1 go to fields that users added in Gram, each with its type; a misfit stops the agenda."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.ledger import Request
from tests.both import Both

FIELDS = {
    "cSegment": ("custom.VPrSegment", "text"), "cLimit": ("custom.VPrLimit", "currency"),
    "cNews": ("custom.VPrNovinky", "bool"), "cSince": ("custom.VPrVyrocie", "date"),
    "cSource": ("custom.RefVPrZdroj", "text"),
}  # fmt: skip


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("custom")
    sample = {"size": 25, "documents": True}
    with pytest.MonkeyPatch.context() as patch, Both.open("gram", folder, patch, sample=sample) as opened:
        for name, (_, kind) in FIELDS.items():
            answer = requests.post(
                f"{opened.crm.url}/Entity/Client/Field", json={"Name": name, "Kind": kind, "Length": 80},
                headers={"Token": opened.crm.token}, timeout=20,
            )  # fmt: skip
            assert answer.ok, answer.text
        yield opened


def mapped(fields: dict[str, Any]) -> dict[str, Any]:
    return {"clients": {"to_crm": {"fields": fields, "constants": {"cOrigin": "POHODA"}}}}


@pytest.mark.parametrize("way", ["sql", "xml"])
def test_values_arrive_with_their_types(both: Both, way: str) -> None:
    requests.post(
        f"{both.crm.url}/Entity/Client/Field", json={"Name": "cOrigin", "Kind": "text", "Length": 9},
        headers={"Token": both.crm.token}, timeout=20,
    )  # fmt: skip
    agendas = mapped({name: {"from": source} for name, (source, _) in FIELDS.items()})
    agendas["clients"]["to_crm"]["read"] = way
    both.link(agendas)
    counts = both.sync(request=Request("full"))
    assert counts["created" if way == "sql" else "unchanged"] > 10
    cards = {row["Firma"]: row for row in both.cards() if not row["RefAD"] and row["Firma"]}
    sources = {row["ID"]: row["IDS"] for row in both.cards("sVPULpol")}
    for client in both.records():
        card = cards[client["Name"]]
        day = client["cSince"]
        assert client["cSegment"] == (card["VPrSegment"] or None)
        assert (client["cLimit"] or 0) == (card["VPrLimit"] or 0)
        assert (client["cNews"] or False) is bool(card["VPrNovinky"])
        assert day == (str(card["VPrVyrocie"])[:10] if card["VPrVyrocie"] else None)
        assert client["cSource"] == sources.get(card["RefVPrZdroj"])
        assert client["cOrigin"] == "POHODA"
    assert any(client["cSource"] for client in both.records())


def test_what_is_changed_in_gram_reaches_pohoda(both: Both) -> None:
    """What a link takes `from:` a custom field holds both ways; what cannot be emptied by XML is refused by name."""
    both.link(mapped({name: {"from": source} for name, (source, _) in FIELDS.items()}))
    both.round("full")
    client = next(one for one in both.records() if one["cSource"] and one["cLimit"])
    both.crm.edit("Client", client["Id"], cSegment="Veľkoobchod", cLimit=1250.5, cNews=True, cSince="2026-03-31")
    assert both.sync("clients", "to_pohoda")["updated"] == 1
    (card,) = [row for row in both.cards() if row["Firma"] == client["Name"] and not row["RefAD"]]
    assert (card["VPrSegment"], card["VPrLimit"], card["VPrNovinky"]) == ("Veľkoobchod", 1250.5, 1)
    assert str(card["VPrVyrocie"])[:10] == "2026-03-31"
    assert set(both.sync("clients", "to_crm")) <= {"unchanged", "left_out", "quarantined"}


@pytest.mark.parametrize(
    ("wire", "source", "said"),
    [
        ("cNews", "custom.VPrVyrocie", "custom.VPrVyrocie is date in POHODA, and cNews takes bool"),
        ("cSegment", "custom.VPrSegmetn", "POHODA has no custom.VPrSegmetn here (did you mean custom.VPrSegment?)"),
    ],
)
def test_what_does_not_fit_stops_before_anything_is_written(both: Both, wire: str, source: str, said: str) -> None:
    both.link(mapped({wire: {"from": source}}))
    before = both.crm.writes()
    both.company(Firma="Nová, s.r.o.")
    with pytest.raises(StopAgenda) as caught:
        both.sync()
    assert said in caught.value.text
    assert both.crm.writes() == before
