"""Stock, prices and custom fields of the sample company agree with its movements, orders and lists."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.test_company_documents import Company, filled

Row = dict[str, Any]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    made = filled(tmp_path_factory.mktemp("stock"), "SK", size=60)
    yield made
    for pohoda in made.years:
        pohoda.close()


def number(value: Any) -> Decimal:
    return Decimal(str(value or 0)).quantize(Decimal("0.0001")).normalize()


def test_stock_is_the_sum_of_its_movements(company: Company) -> None:
    for pohoda in company.years:
        moved: dict[int, list[Row]] = defaultdict(list)
        for row in pohoda.rows("SELECT * FROM SKzPoh ORDER BY Datum, ID"):
            moved[row["RefSKz"]].append(row)
            total = sum(number(one["PohPMJ"]) for one in moved[row["RefSKz"]])
            assert number(row["StavZ"]) == total.normalize() >= 0
        for card in pohoda.rows("SELECT * FROM SKz"):
            rows = moved[card["ID"]]
            assert number(card["StavZ"]) == (number(rows[-1]["StavZ"]) if rows else 0)
            assert not rows or card["RelSkTyp"] == 1


def test_stock_goes_on_from_year_to_year(company: Company) -> None:
    ended = {row["ID"]: row["StavZ"] for row in company.last.rows("SELECT ID, StavZ FROM SKz WHERE StavZ > 0")}
    began = {row["RefSKz"]: row["PohPMJ"] for row in company.this.rows("SELECT * FROM SKzPoh WHERE RelAg = 63")}
    assert ended == began


def test_movements_are_those_of_the_invoices(company: Company) -> None:
    sold = """
        SELECT SUM(l.Mnozstvi * l.MJKoef) AS n FROM FApol l
        JOIN FA f ON f.ID = l.RefAg JOIN SKz k ON k.ID = l.RefSKz
        WHERE f.RelTpFak IN (?, ?) AND k.RelSkTyp = 1 AND f.Datum >= '2026-01-01'"""
    for agenda, kinds, sign in ((2, (1, 8), -1), (3, (11, 18), 1)):
        moved = company.this.rows("SELECT SUM(PohPMJ) AS n FROM SKzPoh WHERE RelAg = ?", agenda)[0]["n"]
        assert moved
        assert abs(moved - sign * company.this.rows(sold, *kinds)[0]["n"]) < 0.001


def test_what_is_ordered_and_reserved_is_what_open_orders_say(company: Company) -> None:
    sql = """SELECT SUM((l.Mnozstvi - l.Dodano - l.DodBefor) * l.MJKoef) AS n FROM OBJpol l JOIN OBJ o ON o.ID = l.RefAg
             WHERE l.RefSKz = ? AND o.RelTpObj = ? AND o.DatStorn IS NULL"""
    for pohoda in company.years:
        some = 0
        for card in pohoda.rows("SELECT * FROM SKz WHERE RelSkTyp = 1 AND IDS <> 'DVAKRAT'"):
            for column, kind, more in (("ObjedP", 1, ""), ("ObjedV", 2, ""), ("Rezer", 1, " AND o.Rezer = 1")):
                found = pohoda.rows(sql + more, card["ID"], kind)[0]["n"]
                assert number(card[column]) == number(found)
                some += found is not None
        assert some


def test_a_code_stands_once_in_every_store_that_has_it(company: Company) -> None:
    rows = company.this.rows("SELECT IDS, Nazev, RelSkTyp, COUNT(*) AS n FROM SKz WHERE IDS <> 'DVAKRAT' GROUP BY IDS")
    assert {row["n"] for row in rows} == {1, 2, 3}
    assert {row["RelSkTyp"] for row in company.this.rows("SELECT RelSkTyp FROM SKz")} == {1, 2, 3}
    eans = [row["EAN"] for row in company.this.rows("SELECT DISTINCT EAN, IDS FROM SKz WHERE EAN <> ''")]
    assert eans and len(set(eans)) == len(eans)
    for ean in eans:
        digits = [int(digit) for digit in ean]
        assert (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10 == 0


def test_prices_are_those_of_their_level(company: Company) -> None:
    sql = """SELECT c.ProdejC, k.ProdejKc, k.ProdejDPH, l.* FROM SKzCn c
             JOIN SKz k ON k.ID = c.RefAg JOIN SkCeny l ON l.ID = c.RefSkCeny"""
    rows = company.this.rows(sql)
    assert {row["IDS"] for row in rows} == {"Prodejní", "Sleva 1", "Sleva 2", "S DPH", "CZK"}
    for row in rows:
        if row["IDS"] in {"Prodejní", "S DPH"}:
            assert row["ProdejC"] == row["ProdejDPH" if row["SDph"] else "ProdejKc"]
        elif row["RefCM"]:
            assert row["ProdejC"] > row["ProdejKc"] * 20
        elif row["ProdejKc"] > 1:
            assert row["ProdejC"] < row["ProdejKc"]
    assert {row["RelAgID"] for row in company.this.rows("SELECT RelAgID FROM ADcn")} == {20, 22}
    assert company.this.rows(
        "SELECT 1 FROM ADcn a JOIN SKz k ON k.ID = a.RefPol AND k.IDS = a.Kod WHERE a.RelAgID = 20"
    )
    assert company.this.rows("SELECT 1 FROM SkACn a JOIN SkACnPol p ON p.RefAg = a.ID JOIN SkACnAD c ON c.RefAg = a.ID")


def test_custom_fields_have_columns_definitions_and_values(company: Company) -> None:
    for pohoda in company.years:
        defined = pohoda.rows("SELECT p.*, v.TabMain, v.TabItem FROM sVPpol p JOIN sVP v ON v.ID = p.RefAg")
        assert {row["TabMain"] for row in defined} == {"AD", "FA", "OBJ", "NAB", "SKz", "sZAK"}
        types = set()
        for row in defined:
            table = row["TabItem"] if row["Items"] else row["TabMain"]
            column = ("RefVPr" if row["RelUL"] else "VPr") + row["Nazev"]
            found = pohoda.columns(table)[column.lower()]
            types.add((row["RelTyp"], found.type))
            assert row["Popis"] and len(row["Nazev"]) <= 16
            values = {one[column] for one in pohoda.rows(f"SELECT {column} FROM {table}")} - {None, 0}
            assert values, column
            if row["RelUL"]:
                listed = {one["ID"] for one in pohoda.rows("SELECT ID FROM sVPULpol WHERE RefAg = ?", row["RelUL"])}
                assert values <= listed
        assert {kind for _, kind in types} == {"varchar", "money", "float", "bit", "datetime", "int", "text"}
        assert len(types) == len({number for number, _ in types}) == 8


def test_an_address_book_without_documents_has_no_custom_fields(tmp_path: Path) -> None:
    from pohoda_sandbox.company import fill
    from pohoda_sandbox.pohoda import Pohoda

    pohoda = Pohoda.create(tmp_path / "unit.db")
    fill(pohoda, size=3)
    assert not [name for name in pohoda.columns("AD") if "vpr" in name]
    assert not pohoda.rows("SELECT 1 FROM FA") + pohoda.rows("SELECT 1 FROM sVP")
