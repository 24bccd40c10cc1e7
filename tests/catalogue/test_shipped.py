"""A fault in a shipped agenda or CRM file stops everything at load, with its line."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pohoda_bridge.catalogue import catalogue, open_catalogue
from pohoda_bridge.errors import SettingsError

INCLUDE = catalogue.INCLUDE


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copied = tmp_path_factory.mktemp("include")
    for name in ("agendas", "crms", "units", "links"):
        shutil.copytree(INCLUDE / name, copied / name)
    return copied


@pytest.fixture
def shipped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of all files, whole again after each test: what stays as it is need not be parsed anew."""
    monkeypatch.setattr(catalogue, "INCLUDE", folder)
    yield folder
    for path in folder.rglob("*.yaml"):
        path.write_bytes((INCLUDE / path.relative_to(folder)).read_bytes())


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
        ("agendas/products", "by: [code]", "by: [kode]", "'kode' (did you mean 'code'?)"),
        ("agendas/products", "fields: [store,", "fields: [stor,", "'stor' (did you mean 'store'?)"),
        ("agendas/products", "only_if: unit_2", "only_if: unit2", "'unit2' (did you mean 'unit_2'?)"),
        ("agendas/products", "fields: [stock.store]", "fields: [stock.stor]", "(did you mean 'stock.store'?)"),
        ("agendas/payments", "ref: issued_invoices", "ref: issued_invoice", "(did you mean 'issued_invoices'?)"),
        ("agendas/payments", "dated_by: paid_on", "dated_by: payed_on", "'payed_on' (did you mean 'paid_on'?)"),
        ("agendas/issued_invoices", "carried: number", "carried: numbr", "'numbr' (did you mean 'number'?)"),
        ("agendas/issued_invoices", "{kind: advance}}", "{kynd: advance}}", "'kynd' (did you mean 'kind'?)"),
        ("agendas/issued_invoices", "of: [lines, ", "of: [line, ", "'line' (did you mean 'lines'?)"),
        ("agendas/price_lists", "{field: cards, filled", "{field: card, filled", "'card' (did you mean 'cards'?)"),
        ("agendas/price_lists", "products, sql: RefPol", "product, sql: RefPol", "(did you mean 'products'?)"),
        ("agendas/price_lists", "products, sql: ID", "product, sql: ID", "(did you mean 'products'?)"),
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
    assert f"{path.name}:{line}: " in caught.value.text


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("issued_invoices", "names: {summary: ", "names: {sumary: ", "unknown name 'summary' (did you mean 'sumary'?)"),
        ("shared/document", "sum: [net_none, net_low", "sum: [net_none, net_lo", "unknown name 'net_lo'"),
        ("shared/partner", "repeats: city", "repeats: town", "unknown name 'town'"),
        (
            "shared/invoice",
            "takes:\n      - {not: {field: kind",
            "takes:\n      - {not: {field: kint",
            "unknown name 'kint'",
        ),
        ("shared/invoice", "sql: DatLikv, xml", "sql: DatLikv, xmll", "unknown key 'xmll' (did you mean 'xml'?)"),
    ],
)
def test_a_fault_in_a_shared_file_is_told_for_an_agenda_that_is_like_it(
    shipped: Path, file: str, old: str, new: str, told: str
) -> None:
    path = shipped / "agendas" / f"{file}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        open_catalogue()
    assert told in caught.value.text


def test_an_agenda_has_what_it_is_like_and_what_it_gives_itself() -> None:
    agendas = open_catalogue().agendas
    invoice, offer, deal = agendas["issued_invoices"], agendas["offers"], agendas["deals"]
    for agenda in (invoice, offer, deal):
        assert agenda.fields["delivery_city"] == invoice.fields["delivery_city"]
    assert "balance" in invoice.fields and "balance" not in offer.fields
    assert "mobile" in invoice.fields and "mobile" not in deal.fields, "`null` leaves a name out"
    assert "sources" in invoice.sets and "sources" not in offer.sets
    lines = invoice.sets["lines"]
    assert lines.sql is not None and lines.sql.table == "FApol"
    assert {"advance", "kind", "vat_slot"} <= set(lines.fields), (
        "a set has its own fields and those of both shared files"
    )
    assert lines.fields["text"].condition == ("kind", "item")
    assert offer.sets["lines"].fields["text"].condition is None


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
