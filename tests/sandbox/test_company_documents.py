"""Documents of the sample company: every sum follows from its lines and payments, and every kind of document is there.

The rates and rules of computing are written here once more, so that a mistake of the company's own is found.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pohoda_sandbox.company import Planted, fill
from pohoda_sandbox.pohoda import Pohoda

Row = dict[str, Any]
RATES = {"SK": {0: 0, 1: 19, 2: 23, 3: 5}, "CZ": {0: 0, 1: 12, 2: 21}}
OLD = {"SK": {1: 10, 2: 20, 3: 5}, "CZ": {1: 15, 2: 21, 3: 10}}
OSS = {"DE": 19, "AT": 20, "PL": 23, "HU": 27, "CZ": 21, "SK": 23}
ITEMS = {"FA": "FApol", "OBJ": "OBJpol", "NAB": "NABpol"}
DEDUCTED = (43, 44)
AGENDAS = {1: 2, 8: 2, 4: 43, 6: 43, 5: 18, 11: 3, 18: 3, 14: 44, 15: 19}
DIRT = {
    "card_without_code": 1, "unit_missing": 1, "card_code_twice": 2, "sum_off": 2, "unknown_partner": 2,
    "number_missing": 2, "line_vat": 1, "currency_without_rate": 1, "date_outside": 1,
}  # fmt: skip
CARRIED = {
    "FA": "Cislo <> '' AND (KcLikv <> 0 OR RelTpFak IN (4, 6, 14) AND KcUplat < KcCelkem)",
    "OBJ": "Vyrizeno = 0 AND DatStorn IS NULL",
    "NAB": "Vyrizeno = 0",
}


def clock() -> datetime:
    return datetime(2026, 9, 15, 12, 0, 0)


class Company(NamedTuple):
    country: str
    this: Pohoda
    last: Pohoda
    planted: Planted

    @property
    def years(self) -> tuple[Pohoda, Pohoda]:
        return self.last, self.this

    def clean(self, pohoda: Pohoda, table: str) -> list[Row]:
        rows = pohoda.rows(f"SELECT * FROM {table} ORDER BY ID")
        if pohoda is self.last:
            return rows
        lines = {dirt.id for dirt in self.planted if dirt.table == f"{table}pol"}
        wrong = {row["RefAg"] for row in pohoda.rows(f"SELECT ID, RefAg FROM {table}pol") if row["ID"] in lines}
        wrong |= {dirt.id for dirt in self.planted if dirt.table == table}
        return [row for row in rows if row["ID"] not in wrong]


def filled(folder: Path, country: str, *, size: int = 120, seed: int = 1) -> Company:
    this = Pohoda.create(folder / "this.db", country=country, clock=clock)
    last = Pohoda.create(folder / "last.db", country=country, year=2025, clock=clock)
    return Company(country, this, last, fill(this, size=size, seed=seed, country=country, documents=True, last=last))


@pytest.fixture(scope="module", params=["SK", "CZ"])
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    made = filled(tmp_path_factory.mktemp("documents"), request.param)
    yield made
    for pohoda in made.years:
        pohoda.close()


def amount(value: Any) -> Decimal:
    return Decimal(str(value or 0)).quantize(Decimal("0.01"))


def cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def lines_of(pohoda: Pohoda, table: str) -> dict[int, list[Row]]:
    lines = defaultdict(list)
    for row in pohoda.rows(f"SELECT * FROM {ITEMS[table]} ORDER BY RefAg, OrderFld"):
        lines[row["RefAg"]].append(row)
    return lines


def rate(country: str, document: Row, line: Row) -> Decimal:
    """The percentage that a line ought to have."""
    slot = line["RelSzDPH"]
    if not slot:
        return Decimal(0)
    if document["MOSS"]:
        return Decimal(OSS[document["MOSS"]])
    return Decimal((OLD if document["HistSzDPH"] else RATES)[country][slot])


def expected(country: str, document: Row, line: Row) -> tuple[Decimal, Decimal]:
    """Net amount and VAT of a line from its price."""
    percent = rate(country, document, line)
    price = amount(line["CmJedn"] if document["RefCM"] else line["KcJedn"])
    quantity, discount = Decimal(str(line["Mnozstvi"])), Decimal(str(line["Sleva"]))
    value = cents(price * quantity * (1 - discount / 100))
    if document["RefCM"]:
        assert amount(line["Cm"]) == value
        assert amount(line["CmDPH"]) == cents(value * percent / 100)
        value = cents(value * Decimal(str(document["CmKurs"])) / document["CmMnoz"])
    elif line["SDph"]:
        vat = cents(value * percent / (100 + percent))
        return value - vat, vat
    return value, cents(value * percent / 100)


@pytest.mark.parametrize("table", ["FA", "OBJ", "NAB"])
def test_lines_follow_from_prices_and_totals_from_lines(company: Company, table: str) -> None:
    counted = 0
    for pohoda in company.years:
        lines = lines_of(pohoda, table)
        for document in company.clean(pohoda, table):
            if table == "FA" and document["Cislo"] == "":
                continue
            own = [line for line in lines[document["ID"]] if line["RelAgID"] not in DEDUCTED]
            assert own and [line["OrderFld"] for line in lines[document["ID"]]] == list(
                range(1, len(lines[document["ID"]]) + 1)
            )
            total = Decimal(0)
            for line in own:
                assert (amount(line["Kc"]), amount(line["KcDPH"])) == expected(company.country, document, line)
                explicit = bool(line["RelSzDPH"]) and bool(document["HistSzDPH"] or document["MOSS"])
                assert (line["ProcentoDPH"] is not None) is explicit
            for slot in range(4):
                of_slot = [line for line in own if line["RelSzDPH"] == slot]
                net, vat = (sum(amount(line[name]) for line in of_slot) for name in ("Kc", "KcDPH"))
                assert amount(document[f"Kc{slot}"]) == net
                assert slot == 0 or amount(document[f"KcDPH{slot}"]) == vat
                total += net + vat
            rounding = amount(document["KcZaokr"])
            assert amount(document["KcCelkem"]) == total + rounding
            assert abs(rounding) <= {0: 0, 1: Decimal("0.5"), 4: Decimal("0.025")}[document["ZaokrFV"]]
            if document["RefCM"]:
                assert amount(document["CmCelkem"]) == sum(amount(line["Cm"]) + amount(line["CmDPH"]) for line in own)
            counted += 1
    assert counted > 10


def test_what_is_left_follows_from_total_advances_and_payments(company: Company) -> None:
    known: dict[str, Decimal] = {}
    for pohoda in company.years:
        lines, paid, days = lines_of(pohoda, "FA"), defaultdict(Decimal), defaultdict(list)
        for row in pohoda.rows("SELECT * FROM Uhrady"):
            paid[row["RelAgH"], row["RelIDH"]] += amount(row["KcU"])
            days[row["RelAgH"], row["RelIDH"]].append(row["DatumU"])
        for row in company.clean(pohoda, "FA"):
            key = AGENDAS[row["RelTpFak"]], row["ID"]
            deducted = -sum(amount(one["Kc"]) for one in lines[row["ID"]] if one["RelAgID"] in DEDUCTED)
            before = known.get(row["Cislo"], Decimal(0))
            assert amount(row["KcZaloha"]) == deducted
            assert amount(row["KcU"]) == before + paid[key]
            assert amount(row["KcLikv"]) == amount(row["KcCelkem"]) - deducted - amount(row["KcU"])
            if days[key]:
                assert row["DatLikv"] == max(days[key])
            elif not before and not deducted:
                assert row["DatLikv"] is None
            known[row["Cislo"]] = amount(row["KcU"])
            if row["RefCM"]:
                assert (not amount(row["CmLikv"])) is (not amount(row["KcLikv"]))


def test_payments_stand_behind_every_settlement(company: Company) -> None:
    tables = {27: "HO", 28: "BV", 29: "pINT"}
    seen: Counter[Any] = Counter()
    for pohoda in company.years:
        for row in pohoda.rows("SELECT * FROM Uhrady"):
            payer = pohoda.rows(f"SELECT * FROM {tables[row['RelAgU']]} WHERE ID = ?", row["RelIDU"])[0]
            invoice = pohoda.rows("SELECT * FROM FA WHERE ID = ?", row["RelIDH"])[0]
            assert (row["CisloU"], row["CisloH"]) == (payer["Cislo"], invoice["Cislo"])
            moved = amount(row["KcU"]) + amount(row["KcPrepl"]) + amount(row["KcKRozd"])
            assert abs(amount(payer["KcCelkem"])) == abs(moved)
            assert (payer["Datum"], row["RelAgH"]) == (row["DatumU"], AGENDAS[invoice["RelTpFak"]])
            assert row["DatumU"] <= "2026-09-15 00:00:00"
            seen[row["RelAgU"]] += 1
            seen["over"] += bool(amount(row["KcPrepl"]))
            seen["difference"] += bool(amount(row["KcKRozd"]))
    assert all(seen[key] for key in (27, 28, 29, "over", "difference"))


def test_every_kind_and_state_is_there(company: Company) -> None:
    this = company.this
    kinds = {row["RelTpFak"] for row in this.rows("SELECT RelTpFak FROM FA")}
    assert kinds == set(AGENDAS)

    def some(sql: str) -> bool:
        return bool(this.rows(f"SELECT 1 FROM {sql} LIMIT 1"))

    assert this.rows("SELECT COUNT(*) AS n FROM FA WHERE Cislo = '' AND KcCelkem IS NULL")[0]["n"] == 1
    assert some("FA a JOIN FA b ON a.RelStorn = b.ID AND b.RelStorn = a.ID WHERE b.TpStorn = 1 AND a.DatStorn <> ''")
    assert some("FA WHERE KcLikv = 0 AND KcCelkem > 0") and some("FA WHERE KcLikv = KcCelkem AND KcCelkem > 0")
    assert some("FA WHERE KcLikv > 0 AND KcU > 0") and some("FA WHERE KcPrepl > 0")
    assert some("(SELECT RelIDH FROM Uhrady GROUP BY RelAgH, RelIDH HAVING COUNT(*) = 3)")
    assert some("FA WHERE KcZaloha > 0") and some("FA WHERE RelTpFak = 4 AND KcLikv = 0 AND KcUplat < KcCelkem")
    assert some("FApol l JOIN FA a ON a.ID = l.RefPol WHERE l.RelAgID = 43 AND a.RelTpFak IN (4, 6)")
    assert some("FA WHERE RelTpFak = 8 AND KcCelkem < 0 AND RelDobr IS NOT NULL")
    assert some("FA WHERE CmMnoz = 100 AND KcLikv = 0") and some(
        "FA f JOIN sCMeny m ON m.ID = f.RefCM WHERE m.Kod <> 'HUF'"
    )
    assert some("FA WHERE HistSzDPH = 1") and some("FA WHERE MOSS <> ''") and some("FA WHERE KcZaokr <> 0")
    assert some("FApol l JOIN FA f ON f.ID = l.RefAg WHERE l.RefStr > 0 AND l.RefStr <> f.RefStr")
    assert some("FApol WHERE Sleva > 0") and some("FApol WHERE SDph = 1") and some("FApol WHERE RefSKz IS NULL")
    assert (
        some("FApol WHERE Mnozstvi = 0 AND Kc = 0")
        and some("FApol WHERE MJKoef > 1")
        and some("FApol WHERE CisloZAK <> ''")
    )
    slots = {row["RelSzDPH"] for row in this.rows("SELECT DISTINCT RelSzDPH FROM FApol")}
    assert slots == {0, 1, 2, 3}
    assert some("OBJ WHERE RelTpObj = 2") and some("OBJpol WHERE Dodano > 0 AND Dodano < Mnozstvi")
    assert (
        some("OBJ WHERE Vyrizeno = 1 AND BDodano = 1")
        and some("NAB WHERE BPrenes = 1")
        and some("NAB WHERE Vyrizeno = 0")
    )
    assert len({row["RefStav"] for row in this.rows("SELECT RefStav FROM sZAK WHERE RefStav > 0")}) == 4
    for source, made in ((11, 2), (92, 11), (43, 2), (2, 2), (12, 3)):
        assert some(f"Vazby WHERE RelAgID1 = {made} AND RelAgID2 = {source}")
    assert some("RefPolToPol r JOIN OBJpol o ON o.ID = r.RefPol1 JOIN FApol f ON f.ID = r.RefPol WHERE o.Kod = f.Kod")


def test_references_hold_in_every_year(company: Company) -> None:
    held = {
        "FApol": "RefAg/FA RefSKz/SKz", "OBJpol": "RefAg/OBJ RefSKz/SKz", "NABpol": "RefAg/NAB",
        "FA": "RefAD/AD RelCR/sCRady RelPk/pPK RelTpDPH/sDPH RefUcet/sUcet RefCM/sCMeny RefStr/sSTR",
        "OBJ": "RefAD/AD RelCR/sCRady RelForUh/sFormUh", "NAB": "RefAD/AD", "BV": "RefUcet/sUcet RefAD/AD",
        "SKz": "RefSklad/sSklad RefSkSkup/SkCS RefStruct/SkSt RefAD/AD", "SKzPoh": "RefSKz/SKz",
        "SKzCn": "RefAg/SKz RefSkCeny/SkCeny", "ADcn": "RefAg/AD", "SkACnPol": "RefAg/SkACn RefSKz/SKz",
        "SkACnAD": "RefAg/SkACn RefAD/AD", "sZAK": "RefAD/AD RefOsoba/sOdpOsoby", "AD": "RefAD/AD RelCR/sCRady",
    }  # fmt: skip
    unknown = {dirt.id for dirt in company.planted.of("unknown_partner")}
    for pohoda in company.years:
        for table, references in held.items():
            for column, target in (reference.split("/") for reference in references.split()):
                sql = f"SELECT ID FROM {table} WHERE {column} <> 0 AND {column} NOT IN (SELECT ID FROM {target})"
                lost = {row["ID"] for row in pohoda.rows(sql)}
                assert lost <= (unknown if target == "AD" and table in {"FA", "OBJ"} else set()), (table, column)
        numbers = {row["Cislo"] for row in pohoda.rows("SELECT Cislo FROM sZAK")}
        used = pohoda.rows("SELECT CisloZAK FROM FA UNION SELECT CisloZAK FROM FApol UNION SELECT CisloZAK FROM OBJ")
        assert {row["CisloZAK"] for row in used} - {None, ""} <= numbers


def test_dates_lie_within_their_year_and_in_the_past(company: Company) -> None:
    outside = {dirt.id for dirt in company.planted.of("date_outside")}
    last = {row["Cislo"] for row in company.last.rows("SELECT Cislo FROM FA")}
    for pohoda, year in ((company.last, "2025"), (company.this, "2026")):
        for row in pohoda.rows("SELECT ID, Cislo, Datum, DatCreate, DatSave FROM FA"):
            if row["ID"] not in outside or pohoda is company.last:
                assert row["Datum"][:4] == year or row["Cislo"] in last
                assert row["Datum"] <= "2026-09-15 00:00:00"
            assert max(row["DatCreate"], row["DatSave"] or "") <= "2026-09-15 12:00:00"
        saved = [row["DatSave"] for row in pohoda.rows("SELECT DatSave FROM FA")]
        assert None in saved and any(saved)


def test_what_last_year_left_open_stands_in_this_one(company: Company) -> None:
    for table, condition in CARRIED.items():
        left = {row["Cislo"]: row for row in company.last.rows(f"SELECT * FROM {table} WHERE {condition}")}
        closed = {row["Cislo"] for row in company.last.rows(f"SELECT Cislo FROM {table}")} - set(left) - {""}
        here = {row["Cislo"]: row for row in company.this.rows(f"SELECT * FROM {table}")}
        assert left and set(left) <= set(here) and not closed & set(here)
        before, after = lines_of(company.last, table), lines_of(company.this, table)
        for number, row in left.items():
            assert row["ID"] != here[number]["ID"]
            kept = ("Datum", "RefAD", "KcCelkem", "Firma")
            assert [row[name] for name in kept] == [here[number][name] for name in kept]
            old, new = before[row["ID"]], after[here[number]["ID"]]
            assert [(one["SText"], one["Kc"], one["Mnozstvi"]) for one in old] == [
                (one["SText"], one["Kc"], one["Mnozstvi"]) for one in new
            ]
            if table == "OBJ":
                assert [one["Dodano"] + one["DodBefor"] for one in old] == [one["DodBefor"] for one in new]
    paid_later = company.this.rows("SELECT f.Cislo FROM FA f JOIN Uhrady u ON u.RelIDH = f.ID AND u.CisloH = f.Cislo")
    unpaid = {row["Cislo"] for row in company.last.rows("SELECT Cislo FROM FA WHERE KcLikv <> 0")}
    assert {row["Cislo"] for row in paid_later} & unpaid


def test_both_years_share_addresses_cards_and_lists(company: Company) -> None:
    for table in ("AD", "ADdodaci", "ADucet", "sZAK", "SkCeny", "SKzCn", "ADcn", "sVPpol", "sVPULpol", "sSTR"):
        assert company.this.rows(f"SELECT * FROM {table}") == company.last.rows(f"SELECT * FROM {table}"), table
    cards = "SELECT ID, IDS, RefSklad, Nazev, ProdejKc FROM SKz"
    dirty = {dirt.id for dirt in company.planted if dirt.table == "SKz"}
    assert [row for row in company.this.rows(cards) if row["ID"] not in dirty] == company.last.rows(cards)


def test_the_documents_dirt_is_exactly_as_listed(company: Company) -> None:
    listed = [dirt for dirt in company.planted if dirt.kind in DIRT]
    assert Counter(dirt.kind for dirt in listed) == DIRT
    this = company.this

    def ids(sql: str) -> set[int]:
        return {row["ID"] for row in this.rows(f"SELECT ID FROM {sql}")}

    of = {kind: {dirt.id for dirt in listed if dirt.kind == kind} for kind in DIRT}
    assert ids("SKz WHERE IDS IS NULL") == of["card_without_code"]
    assert ids("SKz WHERE MJ IS NULL") == of["unit_missing"]
    twice = "SKz WHERE (IDS, RefSklad) IN (SELECT IDS, RefSklad FROM SKz GROUP BY 1, 2 HAVING COUNT(*) > 1)"
    assert ids(twice) == of["card_code_twice"] == set(company.planted.of("card_code_twice")[0].group)
    assert ids("FA WHERE Cislo IS NULL") | ids("OBJ WHERE Cislo IS NULL") == of["number_missing"]
    assert ids("FA WHERE RefCM > 0 AND CmKurs IS NULL") == of["currency_without_rate"]
    assert ids("FA WHERE Datum > '2027-01-01'") == of["date_outside"]
    wrong = {line["ID"] for lines in lines_of(this, "FA").values() for line in lines if line["RelAgID"] not in DEDUCTED
             if abs(amount(line["KcDPH"])) > abs(amount(line["Kc"])) * Decimal("0.27") + Decimal("0.01")}  # fmt: skip
    assert wrong <= of["line_vat"]
    for table in ("FA", "OBJ"):
        columns = "Kc0 + Kc1 + Kc2 + Kc3 + KcDPH1 + KcDPH2 + KcDPH3 + KcZaokr"
        off = ids(f"{table} WHERE ABS({columns} - KcCelkem) > 0.001")
        assert off == {dirt.id for dirt in company.planted.of("sum_off") if dirt.table == table}
        nobody = ids(f"{table} WHERE RefAD NOT IN (SELECT ID FROM AD)")
        assert nobody == {dirt.id for dirt in company.planted.of("unknown_partner") if dirt.table == table}


def test_a_seed_gives_the_same_documents_and_another_seed_others(tmp_path: Path) -> None:
    def contents(name: str, seed: int) -> list[list[Row]]:
        (tmp_path / name).mkdir()
        made = filled(tmp_path / name, "SK", size=31, seed=seed)
        return [
            pohoda.rows(f"SELECT * FROM {table}") for pohoda in made.years for table in ("FA", "FApol", "SKz", "Uhrady")
        ]

    first = contents("a", 1)
    assert first == contents("b", 1)
    assert first != contents("c", 2)


@pytest.mark.parametrize("size", [0, 1, 29])
def test_small_companies_have_documents_without_dirt(tmp_path: Path, size: int) -> None:
    made = filled(tmp_path, "CZ", size=size)
    assert (made.planted.companies, len(made.planted)) == (size, 0)
    assert bool(made.this.rows("SELECT 1 FROM FA WHERE Cislo <> ''")) is (size > 0)


def test_one_year_alone_is_enough(tmp_path: Path) -> None:
    this = Pohoda.create(tmp_path / "this.db", clock=lambda: datetime(2026, 1, 1, 0, 10))
    planted = fill(this, size=40, documents=True)
    days = {row["Datum"][:10] for row in this.rows("SELECT Datum FROM FA")}
    assert days - {"2062-01-01"} == {"2026-01-01"}
    assert planted.of("sum_off")


def test_a_full_number_series_is_followed_by_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pohoda_sandbox.company.codes.COUNTER_LENGTH", 1)
    monkeypatch.setattr("pohoda_sandbox.company.address_book._LAST", 50)
    this = filled(tmp_path, "SK", size=40).this
    series = {row["ID"]: row for row in this.rows("SELECT * FROM sCRady")}
    for table, agenda in (("FA", 2), ("AD", 13)):
        own = [row["ID"] for row in series.values() if row["RelCrAg"] == agenda and row["Rok"] != 2025]
        assert len(own) > 1
        for row in this.rows(f"SELECT RelCR, Cislo FROM {table} WHERE RelCR > 0 AND Cislo <> ''"):
            assert row["Cislo"].startswith(series[row["RelCR"]]["IDS"])
        last = this.rows(f"SELECT MAX(ID) AS id, Cislo FROM {table} WHERE RelCR = ?", own[-1])[0]["Cislo"]
        assert last == series[own[-1]]["IDS"] + series[own[-1]]["Cislo"]
