"""What a link may want otherwise of eWay-CRM's fields, both ways; groups and categories; values out of range."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.both import Both
from tests.bothways import fields
from tests.bridge import UNIT

JUDGED = True


@pytest.fixture
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Both]:
    with Both.open("eway", tmp_path, monkeypatch) as opened:
        yield opened


def settings(**changes: Any) -> dict[str, Any]:
    return {"clients": {"to_crm": {"fields": changes}, "to_pohoda": {}}}


def company(both: Both) -> dict[str, Any]:
    (found,) = both.records()
    return fields.item(both, found["ItemGUID"])


@pytest.mark.parametrize(
    ("name", "column", "member", "untouched"),
    [
        ("internal_note", "Pozn2", "Note", "Pozn"),
        ("dic", "DIC", "VATNumber", "ICDPH"),
        ("p5", "P5", "Suppliers", "P1"),
        ("mobile", "GSM", "Mobile", None),
        ("agreement", "Smlouva", "af_25", None),
    ],
)
def test_a_member_can_be_filled_from_another_field(
    both: Both, name: str, column: str, member: str, untouched: str | None
) -> None:
    both.link(settings(**{member: {"from": name}}))
    first, second = (True, False) if name == "p5" else ("CZ1", "CZ2")
    other = {untouched: not first if name == "p5" else "X"} if untouched else {}
    number = fields.put(both, "AD", Firma="Alfa s.r.o.", **{column: first}, **other)
    both.round()
    assert company(both)[member] == first
    fields.change_item(both, company(both)["ItemGUID"], **{member: second})
    both.round()
    card = both.card(number)
    assert card[column] == second and {name: card[name] for name in other} == other
    assert company(both)[member] == second
    if member == "af_25":  # the link gives it another field, which is empty: nobody emptied the text
        both.link(settings(af_26={"from": name}))
        both.round()
        assert (both.card(number)[column], company(both)["af_26"]) == (second, second)
        fields.change_item(both, company(both)["ItemGUID"], af_26=None)
        both.round()
        assert (both.card(number)[column] or None, company(both)["af_26"]) == (None, None)


def test_a_czech_unit_has_its_dic_there(both: Both) -> None:
    path = both.config / "units" / "firma.yaml"
    path.write_text(json.dumps({**UNIT, "country": "CZ"}), encoding="utf-8")
    both.link(settings(VATNumber={"from": "dic"}))
    fields.put(both, "AD", Firma="Alfa s.r.o.", ICO="1234567", DIC="CZ 12345678")
    both.round()
    assert (company(both)["IdentificationNumber"], company(both)["VATNumber"]) == ("01234567", "CZ12345678")


@pytest.mark.parametrize("credit", [100.01, -1, 25000])
def test_a_credit_that_is_no_percentage_is_refused_and_the_rest_goes(both: Both, credit: float) -> None:
    both.link(settings(AdditionalDiscount={"from": "credit"}))
    fields.put(both, "AD", Firma="Alfa s.r.o.", ADKredit=credit)
    fields.put(both, "AD", Firma="Beta s.r.o.", ADKredit=100)
    assert both.sync() == {"created": 1, "quarantined": 1}
    assert (company(both)["CompanyName"], company(both)["AdditionalDiscount"]) == ("Beta s.r.o.", 100)


def test_groups_and_categories_follow_each_other(both: Both) -> None:
    number = fields.put(both, "AD", Firma="Alfa s.r.o.", Skupina="VIP,Nová")
    both.round()
    fields.change_item(both, company(both)["ItemGUID"], Categories=["Partneri"])
    both.round()
    assert both.card(number)["Skupina"] == "VIP,Nová,Partneri"
    both.pohoda.edit("AD", number, Skupina="Nová,Partneri")
    both.round()
    assert company(both)["Categories"] == ["Nová", "Partneri"]
    both.pohoda.edit("AD", number, Skupina="Nová")
    for _ in range(3):
        both.round()
    assert company(both)["Categories"] == ["Nová", "Partneri"], "a person gave it: the bridge does not take it away"
    assert both.card(number)["Skupina"] == "Nová"


def test_a_category_taken_away_in_eway_is_taken_away_in_pohoda(both: Both) -> None:
    number = fields.put(both, "AD", Firma="Alfa s.r.o.", Skupina="VIP,Nová")
    both.round()
    (vip,) = [one["ItemGUID"] for one in both.crm.records("Groups") if one["GroupName"] == "VIP"]
    both.crm.unlink(company(both)["ItemGUID"], vip)
    both.round()
    assert both.card(number)["Skupina"] == "Nová"
