"""A fault in a shipped agenda or CRM file stops everything at load, with its line."""

import shutil
from pathlib import Path

import pytest

from pohoda_bridge.catalogue import catalogue, open_catalogue
from pohoda_bridge.errors import SettingsError

INCLUDE = catalogue.INCLUDE


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("agendas", "crms", "units", "links"):
        shutil.copytree(INCLUDE / name, tmp_path / name)
    monkeypatch.setattr(catalogue, "INCLUDE", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("agendas/clients", "convert: postcode", "convert: post_code", "'post_code' (did you mean 'postcode'?)"),
        ("agendas/clients", "with: client_kind", "with: client_kynd", "'client_kynd' (did you mean 'client_kind'?)"),
        ("agendas/clients", "of: [emails]", "of: [emailz]", "'emailz' (did you mean 'emails'?)"),
        ("agendas/clients", "ref: clients", "ref: client", "'client' (did you mean 'clients'?)"),
        ("agendas/clients", "{field: kind, equals", "{field: kynd, equals", "'kynd' (did you mean 'kind'?)"),
        ("agendas/clients", "unless: persons", "unless: person", "'person' (did you mean 'persons'?)"),
        ("agendas/clients", "key: [[ico, name", "key: [[icoo, name", "'icoo' (did you mean 'ico'?)"),
        ("agendas/clients", "fields: [dic]", "fields: [dick]", "'dick' (did you mean 'dic'?)"),
        ("agendas/contacts", "after: [clients]", "after: [client]", "'client' (did you mean 'clients'?)"),
        ("crms/gram", "title_before: {to", "title_befor: {to", "'title_befor' (did you mean 'title_before'?)"),
        ("crms/gram", "position: {to: Position}", "position: {to: Positon}", "'Positon' (did you mean 'Position'?)"),
        ("crms/gram", "{Kind: Shipping}", "{Kynd: Shipping}", "'Kynd' (did you mean 'Kind'?)"),
        ("crms/gram", "entity: Address\n", "entity: Adress\n", "unknown entity 'Adress' (did you mean 'Address'?)"),
        ("crms/gram", "  contacts:\n", "  contact:\n", "unknown agenda 'contact' (did you mean 'contacts'?)"),
        ("crms/gram", "[[CompanyId]", "[[CompanyID]", "'CompanyID' (did you mean 'CompanyId'?)"),
        ("crms/gram", "kind: ref, entity: Contact}", "kind: ref, entity: Kontakt}", "unknown name 'Kontakt'"),
        ("crms/gram", "to: Client, ref: clients", "to: Client, ref: clientz", "'clientz' (did you mean 'clients'?)"),
    ],
)  # fmt: skip
def test_a_name_that_nothing_answers_to(shipped: Path, file: str, old: str, new: str, told: str) -> None:
    path = shipped / f"{file}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    line = text[: text.index(old)].count("\n") + 1
    with pytest.raises(SettingsError) as caught:
        open_catalogue()
    assert told in caught.value.text
    assert caught.value.text.startswith(f"{path.name}:{line}: ")


def test_a_derivation_may_use_what_an_earlier_one_gives_but_not_a_later_one(shipped: Path) -> None:
    path = shipped / "agendas" / "clients.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("of: [emails]", "of: [name]"), encoding="utf-8")
    assert "clients" in open_catalogue().agendas
    path.write_text(text.replace("of: [company, person]", "of: [company, groups]"), encoding="utf-8")
    with pytest.raises(SettingsError, match="unknown name 'groups'"):
        open_catalogue()


def test_shipped_files_are_without_fault() -> None:
    found = open_catalogue()
    assert {"clients", "addresses", "contacts"} <= set(found.agendas)
    assert "gram" in found.crms
    assert found.broken == {}
