"""What people entered in the CRMs by themselves: listed, valid but for its dirt, the same for a seed, kept."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pohoda_sandbox.company import Entered
from pohoda_sandbox.sandbox import Sandbox
from pohoda_sandbox.units import Opened

COMPANIES = {"same_ico": 4, "branch_ico": 1, "new": 4, "code_page": 2, "ico_checksum": 1}
PERSONS = {"same_person": 2, "titles": 4, "code_page": 3, "email_malformed": 1, "new": 5}
OF = {
    "gram": ("Client", "Contact", "Id", "CompanyId"),
    "eway": ("Companies", "Contacts", "ItemGUID", "IdentificationNumber"),
}
STAMPS = frozenset({
    "Created", "Modified", "ItemCreated", "ItemChanged", "Server_ItemCreated", "Server_ItemChanged", "Relations",
})  # fmt: skip
Records = dict[str, dict[str, Any]]


def start(folder: Path, **options: Any) -> Sandbox:
    settings: dict[str, Any] = {"size": 60, "further": ["obchod"], "entered": True, **options}
    return Sandbox(folder, **settings)


def opened(sandbox: Sandbox, crm: str) -> Opened:
    return sandbox.first if crm == "gram" else sandbox.units["obchod"]


def records(sandbox: Sandbox, crm: str, entity: int) -> Records:
    side = sandbox.gram if crm == "gram" else sandbox.eway
    return {str(record[OF[crm][2]]): record for record in side.records(OF[crm][entity])}


def weighted(ico: str) -> bool:
    digits = [int(digit) for digit in ico]
    rest = sum(digit * weight for digit, weight in zip(digits[:7], range(8, 1, -1), strict=True)) % 11
    return digits[7] == (11 - rest) % 10


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with start(tmp_path_factory.mktemp("entered")) as running:
        yield running


@pytest.fixture(params=["gram", "eway"])
def crm(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_record_of_the_crm_is_listed_once(sandbox: Sandbox, crm: str) -> None:
    entered = opened(sandbox, crm).planted.entered
    for entity, kinds in enumerate((COMPANIES, PERSONS)):
        own = [one for one in entered if one.entity == OF[crm][entity]]
        assert sorted(one.id for one in own) == sorted(records(sandbox, crm, entity))
        assert Counter(one.kind for one in own) == kinds
    assert {one.crm for one in entered} == {crm}


def test_an_ico_with_spaces_is_that_of_the_rows_it_names(sandbox: Sandbox, crm: str) -> None:
    unit, clients = opened(sandbox, crm), records(sandbox, crm, 0)
    met = [one for one in unit.planted.entered if one.kind in {"same_ico", "branch_ico"}]
    for one in met:
        written = clients[one.id][OF[crm][3]]
        assert (written, len(written.split())) == (one.value, 3)
        found = unit.pohoda.rows("SELECT ID FROM AD WHERE ICO = ? AND RefAD IS NULL", written.replace(" ", ""))
        assert tuple(row["ID"] for row in found) == one.rows
        assert (len(one.rows) > 1) is (one.kind == "branch_ico")


def test_only_the_dirty_one_has_a_wrong_ico_and_no_other_meets_pohoda(sandbox: Sandbox, crm: str) -> None:
    unit, clients = opened(sandbox, crm), records(sandbox, crm, 0)
    known = {row["ICO"] for row in unit.pohoda.rows("SELECT ICO FROM AD")}
    for one in unit.planted.entered:
        ico = (clients.get(one.id, {}).get(OF[crm][3]) or "").replace(" ", "")
        if ico:
            assert weighted(ico) is (one.kind != "ico_checksum")
            assert (ico in known) is bool(one.rows)


def test_what_windows_1250_lacks_is_where_the_list_says(sandbox: Sandbox, crm: str) -> None:
    every = records(sandbox, crm, 0) | records(sandbox, crm, 1)
    for one in (one for one in opened(sandbox, crm).planted.entered if one.id in every):
        text = "".join(value for value in every[one.id].values() if isinstance(value, str))
        lacks = text.encode("cp1250", "replace").decode("cp1250") != text
        assert lacks is (one.kind == "code_page")
        if one.kind == "code_page":
            assert "\n" in every[one.id]["Note"]


def test_documents_made_in_gram_are_listed_with_their_lines(sandbox: Sandbox) -> None:
    made = [one for one in opened(sandbox, "gram").planted.entered if one.entity not in OF["gram"][:2]]
    assert Counter(one.entity for one in made) == {"Deal": 1, "Quote": 2, "Order": 2, "PurchaseOrder": 1, "Invoice": 3}
    by_id = {one.id: one.kind for one in made}
    invoices = {by_id[record["Id"]]: record for record in sandbox.gram.records("Invoice")}
    # By hand: 4 x 149.90 is 599.60 and 137.91 VAT at 23 %, 2.5 x 38.33 is 95.83 and 22.04.
    totals = [str(invoices["invoice"][name]) for name in ("TotalNet", "TotalVat", "TotalGross")]
    assert totals == ["695.43", "159.95", "855.38"]
    assert invoices["credit_note"]["TotalGross"] < 0


def test_a_known_person_is_entered_at_the_same_company(sandbox: Sandbox, crm: str) -> None:
    unit, persons, clients = opened(sandbox, crm), records(sandbox, crm, 1), records(sandbox, crm, 0)
    company_of = {one.id: one.rows for one in unit.planted.entered if one.kind == "same_ico"}
    reference = "Client" if crm == "gram" else "Companies_CompanyGuid"
    for one in unit.planted.entered:
        if one.id in persons:
            assert persons[one.id][reference] in clients
        if one.kind == "same_person":
            (row,) = unit.pohoda.rows("SELECT * FROM AD WHERE ID = ?", one.rows[0])
            assert f"{persons[one.id]['FirstName']} {persons[one.id]['LastName']}" == row["Jmeno"]
            assert (row["Email"], (row["RefAD"],)) == (one.value, company_of[persons[one.id][reference]])


def test_titles_and_countries_are_picked_from_the_lists_of_eway(sandbox: Sandbox) -> None:
    values = {one["ItemGUID"]: (one["EnumTypeName"], one["FileAs"]) for one in sandbox.eway.records("EnumValues")}
    persons = records(sandbox, "eway", 1)
    titles = [one for one in opened(sandbox, "eway").planted.entered if one.kind == "titles"]
    assert {values[persons[one.id]["PrefixEn"]][0] for one in titles} == {"PrefixType"}
    assert ("SuffixType", "MBA") in {values.get(persons[one.id]["SuffixEn"]) for one in titles}
    countries = {values[client["Address1CountryEn"]] for client in records(sandbox, "eway", 0).values()}
    assert {("CountryCode", "CZ"), ("CountryCode", "PL")} <= countries


def contents(sandbox: Sandbox) -> list[Any]:
    found: list[Any] = [sandbox.planted.entered, sandbox.units["obchod"].planted.entered]
    for crm, entity in (("gram", 0), ("gram", 1), ("eway", 0), ("eway", 1)):
        for record in records(sandbox, crm, entity).values():
            found.append(
                {
                    name: value
                    for name, value in record.items()
                    if name not in STAMPS | {"CreatedBy", "ModifiedBy", "Owner"}
                }
            )
    return found


def test_a_seed_gives_the_same_records_and_another_seed_others(tmp_path: Path) -> None:
    with start(tmp_path / "1") as first, start(tmp_path / "2") as again, start(tmp_path / "3", seed=2) as other:
        assert contents(first) == contents(again) != contents(other)


def test_a_restart_keeps_what_people_did_since(tmp_path: Path) -> None:
    with start(tmp_path) as sandbox:
        first, second = (one.id for one in sandbox.planted.entered[:2])
        sandbox.gram.delete("Contact", next(iter(records(sandbox, "gram", 1))))
        sandbox.gram.edit("Client", first, Name="Premenovaný")
        guid = next(one.id for one in opened(sandbox, "eway").planted.entered if one.entity == "Contacts")
        sandbox.eway.delete("Contacts", guid)
        account = sandbox.planted
    with start(tmp_path, seed=7) as sandbox:
        clients = records(sandbox, "gram", 0)
        assert (clients[first]["Name"], len(clients), second in clients) == ("Premenovaný", 12, True)
        assert len(records(sandbox, "gram", 1)) == len(records(sandbox, "eway", 1)) == 14
        assert sandbox.planted == account


def test_an_entering_that_was_broken_off_is_begun_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Iterator[Entered]:
        yield Entered("new", "eway", "Companies", "1")
        raise OSError("no room")

    with monkeypatch.context() as patch:
        patch.setattr("pohoda_sandbox.sandbox.enter_eway", broken)
        with pytest.raises(OSError, match="no room"):
            start(tmp_path).start()
    with start(tmp_path) as sandbox:
        assert len(records(sandbox, "gram", 0)) == len(records(sandbox, "eway", 0)) == 12


def test_a_unit_too_small_for_branches_and_an_empty_one(tmp_path: Path) -> None:
    with start(tmp_path / "small", size=1) as sandbox:
        entered = sandbox.planted.entered
        counted = Counter(one.entity for one in entered)
        assert (counted["Client"], counted["Contact"]) == (12, 15)
        assert "branch_ico" not in {one.kind for one in entered}
    with start(tmp_path / "empty", empty=True) as sandbox:
        assert (sandbox.planted.entered, sandbox.gram.records("Client"), sandbox.eway.records("Companies")) == (
            (),
            [],
            [],
        )
