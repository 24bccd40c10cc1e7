"""The sample company is the same for a seed, clean apart from its planted dirt, and the dirt is exactly as listed."""

import re
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pohoda_sandbox.company import DIRT_FROM, Planted, fill
from pohoda_sandbox.pohoda import Pohoda

LETTERS = "ěščřžýáíéúůďťňľĺŕôä"
KINDS = {
    "same_company": 2,
    "ico_spaces": 2,
    "ico_checksum": 2,
    "dic": 2,
    "ic_dph": 2,
    "empty_company": 1,
    "email_twice": 2,
    "note_too_long": 1,
    "branch": 3,
    "unknown_country": 2,
    "email_malformed": 2,
}
EMAIL = re.compile(r"[a-z0-9.]+@[a-z0-9]+\.example")
TAX = {
    "SK": r"\d{10}",
    "CZ": r"CZ\d{8}",
    "DE": r"DE\d{9}",
    "AT": r"ATU\d{8}",
    "PL": r"PL\d{10}",
    "HU": r"HU\d{8}",
}


def clock() -> datetime:
    return datetime(2026, 6, 15, 12, 0, 0)


def filled(path: Path, *, size: int = 300, seed: int = 1, country: str = "SK") -> tuple[Pohoda, Planted]:
    pohoda = Pohoda.create(path, country=country, clock=clock)
    return pohoda, fill(pohoda, size=size, seed=seed, country=country)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Pohoda, Planted, list[dict[str, Any]]]:
    pohoda, planted = filled(tmp_path_factory.mktemp("company") / "unit.db")
    sql = "SELECT AD.*, z.Kod FROM AD LEFT JOIN sZeme z ON z.ID = AD.RefZeme ORDER BY AD.ID"
    return pohoda, planted, pohoda.rows(sql)


def weighted(ico: str) -> bool:
    digits = [int(digit) for digit in ico]
    rest = sum(digit * weight for digit, weight in zip(digits[:7], range(8, 1, -1), strict=True)) % 11
    return digits[7] == (11 - rest) % 10


def companies(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if not row["RefAD"] and row["Firma"]]


def contents(pohoda: Pohoda) -> list[list[dict[str, Any]]]:
    tables = ("AD", "ADdodaci", "ADucet", "sSTR", "sCIN", "sZeme", "sFormUh", "sCRady")
    return [pohoda.rows(f"SELECT * FROM {table} ORDER BY ID") for table in tables]


def test_a_seed_gives_the_same_company_and_another_seed_another(tmp_path: Path) -> None:
    first, again = filled(tmp_path / "1.db", size=60), filled(tmp_path / "2.db", size=60)
    other = filled(tmp_path / "3.db", size=60, seed=2)
    assert contents(first[0]) == contents(again[0])
    assert first[1] == again[1]
    assert contents(first[0]) != contents(other[0])


@pytest.mark.parametrize("size", [0, 1, 7, DIRT_FROM - 1, DIRT_FROM, 100])
def test_size_counts_the_companies(tmp_path: Path, size: int) -> None:
    pohoda, planted = filled(tmp_path / "unit.db", size=size)
    assert len(companies(pohoda.rows("SELECT * FROM AD"))) == size == planted.companies
    assert bool(planted.entries) is (size >= DIRT_FROM)


def test_a_filled_unit_is_not_filled_twice(tmp_path: Path) -> None:
    pohoda, _ = filled(tmp_path / "unit.db", size=3)
    with pytest.raises(ValueError, match="not empty"):
        fill(pohoda, size=3)


def test_every_kind_of_dirt_is_planted_once(sample: Any) -> None:
    _, planted, rows = sample
    assert Counter(dirt.kind for dirt in planted) == KINDS
    by_id = {row["ID"]: row for row in rows}
    for dirt in planted:
        assert str(by_id[dirt.id][dirt.column] or "") == dirt.value


def test_what_the_list_calls_dirty_is_dirty(sample: Any) -> None:
    _, planted, rows = sample
    by_id = {row["ID"]: row for row in rows}

    def found(kind: str) -> list[dict[str, Any]]:
        return [by_id[dirt.id] for dirt in planted.of(kind)]

    assert len({(row["ICO"], row["Firma"], row["PSC"]) for row in found("same_company")}) == 1
    assert all(" " in row["ICO"] and weighted(row["ICO"].replace(" ", "")) for row in found("ico_spaces"))
    assert not any(weighted(row["ICO"]) for row in found("ico_checksum"))
    assert not any(re.fullmatch(TAX[row["Kod"]], row["DIC"]) for row in found("dic"))
    assert not any(re.fullmatch(r"SK\d{10}", row["ICDPH"]) for row in found("ic_dph"))
    assert all(row["Firma"] is None and row["Jmeno"] is None for row in found("empty_company"))
    assert len({row["Email"] for row in found("email_twice")}) == 1
    assert all(row["RefAD"] for row in found("email_twice"))
    assert all(len(row["Pozn"]) > 2000 for row in found("note_too_long"))
    branches = found("branch")
    assert len({row["ICO"] for row in branches}) == 1
    assert len({row["Firma"] for row in branches}) == len({row["PSC"] for row in branches}) == len(branches)
    assert all(row["Kod"] not in TAX for row in found("unknown_country"))
    assert not any(EMAIL.fullmatch(row["Email"]) for row in found("email_malformed"))


def test_all_else_is_clean(sample: Any) -> None:
    _, planted, rows = sample
    dirty = {dirt.id for dirt in planted}
    clean = [row for row in companies(rows) if row["ID"] not in dirty]
    for row in clean:
        if row["ICO"]:
            assert re.fullmatch(r"\d{8}", row["ICO"])
            assert weighted(row["ICO"])
        if row["DIC"]:
            assert re.fullmatch(TAX[row["Kod"]], row["DIC"])
        if row["ICDPH"]:
            assert row["Kod"] == "SK"
            assert row["ICDPH"] == f"SK{row['DIC']}"
            assert int(row["DIC"]) % 11 == 0
        if row["Kod"] == "CZ" and row["DIC"]:
            assert row["DIC"] == f"CZ{row['ICO']}"
        assert len(row["Pozn"] or "") <= 2000
    for key in ("ICO", "Firma"):
        assert not [value for value, count in Counter(row[key] for row in clean).items() if value and count > 1]
    mails = [mail for row in rows if row["ID"] not in dirty and row["Email"] for mail in row["Email"].split(";")]
    assert all(EMAIL.fullmatch(mail) for mail in mails)
    assert len(mails) == len(set(mails))


def test_the_address_book_shows_what_real_ones_do(sample: Any) -> None:
    pohoda, _, rows = sample
    text = "".join(str(value) for row in rows for value in row.values()).lower()
    assert not [letter for letter in LETTERS if letter not in text]
    assert {row["Kod"] for row in companies(rows)} >= set(TAX)
    assert any(row["Jmeno"] for row in companies(rows))
    assert any(row["Jmeno"] and not row["Firma"] and not row["RefAD"] for row in rows)
    assert any(";" in (row["Email"] or "") for row in rows)
    assert any("\r\n" in (row["Pozn"] or "") for row in rows)
    assert any(row["Utvar"] == "" for row in rows)
    assert {0, None} < {row["RefStr"] for row in rows}
    assert any(row["DatSave"] is None for row in rows)
    assert all((row["DatSave"] or row["DatCreate"]) <= "2026-06-15 12:00:00" for row in rows)
    assert max(count["n"] for count in pohoda.rows("SELECT COUNT(*) n FROM ADdodaci GROUP BY RefAg")) == 3
    assert {row["RefAD"] for row in rows if row["RefAD"]} <= {row["ID"] for row in companies(rows)}


def test_the_second_address_is_the_default_delivery_address_or_the_main_one(sample: Any) -> None:
    pohoda, _, rows = sample
    sql = "SELECT RefAg, Obec2, PSC2 FROM ADdodaci WHERE Vychozi = 1"
    defaults = {row["RefAg"]: (row["Obec2"], row["PSC2"]) for row in pohoda.rows(sql)}
    assert len(defaults) > 50
    for row in rows:
        assert (row["Obec2"], row["PSC2"]) == defaults.get(row["ID"], (row["Obec"], row["PSC"]))
