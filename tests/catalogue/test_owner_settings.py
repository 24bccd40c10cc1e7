"""What a link says of owners is held against the CRM, and whatever is wrong is told on its line."""

from pathlib import Path

import pytest
import yaml

from pohoda_bridge.catalogue import Crm, Mapped
from pohoda_bridge.catalogue.catalogue import INCLUDE
from pohoda_bridge.catalogue.check import checked
from pohoda_bridge.catalogue.shipped import crm_faults
from pohoda_bridge.errors import SettingsError

from .conftest import LINK, Folder

OWNER = "owner: {by: centre, map: {BA: anna@example.sk}, default: obchod@example.sk}"


def _with(owner: str) -> str:
    return LINK.replace("agendas:\n", f"{owner}\nagendas:\n")


@pytest.mark.parametrize(
    ("owner", "told"),
    [
        ("owner: {by: centr}", "gram.yaml:4: owner.by: Input should be 'centre' or 'activity', got 'centr'"),
        ("owner: {map: {BA: anna}}", "gram.yaml:4: `owner.by` is missing"),
        ("owner: {by: centre, defualt: x}", "gram.yaml:4: unknown key 'defualt' (did you mean 'default'?)"),
        ("owner:\n  by: centre\n  map:\n    BA: anna\n    KE: 7",
         "gram.yaml:8: owner.map.KE: Input should be a valid string, got 7"),
        ("owner:\n  by: centre\n  map:\n    BA: ' '",
         "gram.yaml:7: owner.map.BA: String should have at least 1 character, got ' '"),
        ("owner:\n  by: centre\n  default: ''",
         "gram.yaml:6: owner.default: String should have at least 1 character, got ''"),
    ],
)  # fmt: skip
def test_a_faulty_setting_is_told_on_its_line(folder: Folder, owner: str, told: str) -> None:
    assert folder.refusal(_with(owner)) == told


def test_one_code_has_one_exception(folder: Folder) -> None:
    told = folder.refusal(_with("owner:\n  by: centre\n  map: {BA: anna, ba: karol}"))
    assert told.startswith("gram.yaml:6: owner.map: BA and ba are one code")


def test_a_number_is_no_code(folder: Folder) -> None:
    assert folder.refusal(_with("owner:\n  by: centre\n  map: {10: anna}")).startswith("gram.yaml:6: ")
    folder.link(_with('owner: {by: centre, map: {"10": anna}}'))
    assert folder.opened().broken == {}


@pytest.mark.parametrize("owner", ["", OWNER])
def test_the_owner_is_no_field_that_another_could_fill(folder: Folder, owner: str) -> None:
    text = _with(owner).replace("Note: {on_create_only: true}", "Owner: {from: centre}")
    assert folder.refusal(text) == "gram.yaml:12: Owner is filled by the link's `owner:`, not by a field"


def test_the_owner_has_a_master_only_where_the_link_says_who_owns(folder: Folder) -> None:
    text = LINK.replace("phone: crm", "owner: crm")
    assert folder.refusal(text).startswith("gram.yaml:12: unknown name 'owner'")
    folder.link(text.replace("agendas:\n", f"{OWNER}\nagendas:\n"))
    assert folder.opened().broken == {}


def test_where_the_owner_goes(folder: Folder) -> None:
    agendas = "  addresses:\n    to_crm: {}\n  contacts:\n    to_crm: {}\n"
    folder.link(_with(OWNER.replace("}, default", "}, on_create_only: true, default")) + agendas)
    flows = {flow.agenda.agenda: flow for flow in folder.opened().flows("gram")}
    assert flows["clients"].mapping["owner"] == Mapped(to="Owner", on_create_only=True)
    assert flows["contacts"].mapping["owner"] == Mapped(to="Owner", on_create_only=True)
    assert "owner" not in flows["addresses"].mapping
    folder.link(LINK)
    assert "owner" not in folder.opened().flow("gram", "clients", "to_crm").mapping


@pytest.mark.parametrize(
    "other",
    [
        None,
        OWNER.replace("centre", "activity"),
        OWNER.replace("BA", "KE"),
        OWNER.replace("anna", "karol"),
        OWNER.replace("obchod", "karol"),
        OWNER.replace("}, default", "}, on_create_only: true, default"),
    ],
)
def test_another_setting_makes_every_record_due_again(folder: Folder, other: str | None) -> None:
    def seen(text: str) -> str:
        folder.link(text)
        return folder.opened().flow("gram", "clients", "to_crm").print

    assert seen(_with(OWNER)) != seen(_with(other) if other else LINK)


@pytest.mark.parametrize(
    ("old", "new", "place", "told"),
    [
        ("entity: User, by: [", "entity: Usr, by: [", ("users", "entity"), "unknown name 'Usr' (did you mean 'User'?)"),
        ("by: [Alias", "by: [Alais", ("users", "by", 0), "unknown name 'Alais' (did you mean 'Alias'?)"),
        ("active: Active}", "active: Actve}", ("users", "active"), "unknown name 'Actve' (did you mean 'Active'?)"),
        ("users: {", "userz: {", ("agendas", "clients", "owner"), "an owner is one of the CRM's `users:`"),
        ("owner: {to: Owner}", "owner: {to: Ownr}", ("agendas", "clients", "owner", "to"),
         "unknown name 'Ownr' (did you mean 'Owner'?)"),
    ],
)  # fmt: skip
def test_what_a_crm_file_says_of_owners_is_held_against_it(
    folder: Folder, old: str, new: str, place: tuple[str | int, ...], told: str
) -> None:
    text = (Path(INCLUDE) / "crms" / "gram.yaml").read_text(encoding="utf-8")
    assert old in text
    data = yaml.safe_load(text.replace(old, new))
    data.pop("userz", None)
    faults = dict(crm_faults(Crm.model_validate(data), folder.opened().agendas))
    assert told in faults[place]


def test_a_crm_whose_records_have_no_owner(folder: Folder) -> None:
    folder.link(LINK)
    known = folder.opened()
    bare = {n: a.model_copy(update={"owner": None}) for n, a in known.crms["gram"].agendas.items()}
    crms = {"gram": known.crms["gram"].model_copy(update={"agendas": bare})}
    folder.link(_with(OWNER))
    link, path = folder.opened().links["gram"], folder.path / "links" / "gram.yaml"
    with pytest.raises(SettingsError, match=r"gram\.yaml:4: Gram CRM has no agenda whose records have an owner"):
        checked(path, link, known.agendas, crms, known.units, {})
