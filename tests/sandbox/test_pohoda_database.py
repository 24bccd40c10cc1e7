"""The unit's data changes as POHODA changes it: times of saving, mirrored addresses, refused values."""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Thread

import pytest

from pohoda_sandbox.pohoda import Pohoda

START = datetime(2026, 3, 2, 8, 0, 0, 999_999)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def pass_hour(self) -> None:
        self.now += timedelta(hours=1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pohoda(tmp_path: Path, clock: Clock) -> Pohoda:
    return Pohoda.create(tmp_path / "unit.db", clock=clock)


def row(pohoda: Pohoda, table: str, id: int) -> dict[str, object]:
    return pohoda.rows(f'SELECT * FROM "{table}" WHERE ID = ?', id)[0]


def test_a_new_unit_knows_its_company_and_year(tmp_path: Path) -> None:
    pohoda = Pohoda.create(tmp_path / "unit.db", ico="87654321", year=2027, company="Kôň, a.s.")
    assert pohoda.database == "StwPh_87654321_2027"
    assert pohoda.settings()["DatRokDo"] == "2027-12-31 00:00:00"
    with pytest.raises(FileExistsError):
        Pohoda.create(tmp_path / "unit.db")


def test_the_default_clock_shows_the_time_of_bratislava_without_a_zone(tmp_path: Path) -> None:
    now = Pohoda.create(tmp_path / "unit.db").now()
    assert now.tzinfo is None
    assert now.microsecond == 0


def test_insert_stamps_to_the_second_and_edit_moves_only_the_save(pohoda: Pohoda, clock: Clock) -> None:
    id = pohoda.insert("AD", Firma="Pekáreň")
    clock.pass_hour()
    pohoda.edit("AD", id, Obec="Šaľa")
    found = row(pohoda, "AD", id)
    assert (found["DatCreate"], found["DatSave"]) == ("2026-03-02 08:00:00", "2026-03-02 09:00:00")
    assert found["Obec"] == "Šaľa"


def test_given_stamps_are_kept_and_null_stays_null(pohoda: Pohoda) -> None:
    id = pohoda.insert("AD", Firma="Pekáreň", DatSave=None, DatCreate=datetime(2025, 1, 1))
    assert row(pohoda, "AD", id)["DatSave"] is None
    assert row(pohoda, "AD", id)["DatCreate"] == "2025-01-01 00:00:00"


@pytest.mark.parametrize(("table", "columns"), [("ADdodaci", {"Obec2": "Brno"}), ("ADucet", {"Ucet": "123"})])
def test_every_change_of_a_part_saves_its_parent(
    pohoda: Pohoda, clock: Clock, table: str, columns: dict[str, str]
) -> None:
    parent = pohoda.insert("AD", Firma="Pekáreň")
    other = pohoda.insert("AD", Firma="Iná")
    saved = []
    clock.pass_hour()
    part = pohoda.insert(table, RefAg=parent, **columns)
    saved.append(row(pohoda, "AD", parent)["DatSave"])
    clock.pass_hour()
    pohoda.edit(table, part, **columns)
    saved.append(row(pohoda, "AD", parent)["DatSave"])
    clock.pass_hour()
    pohoda.delete(table, part)
    saved.append(row(pohoda, "AD", parent)["DatSave"])
    assert saved == ["2026-03-02 09:00:00", "2026-03-02 10:00:00", "2026-03-02 11:00:00"]
    assert row(pohoda, "AD", other)["DatSave"] == "2026-03-02 08:00:00"


def test_an_edited_delivery_address_has_its_own_time_too(pohoda: Pohoda, clock: Clock) -> None:
    part = pohoda.insert("ADdodaci", RefAg=pohoda.insert("AD", Firma="Pekáreň"), Obec2="Brno")
    clock.pass_hour()
    pohoda.edit("ADdodaci", part, Obec2="Plzeň")
    assert row(pohoda, "ADdodaci", part)["DatSave"] == "2026-03-02 09:00:00"


def test_the_second_address_repeats_the_main_one_until_a_default_delivery_address_comes(pohoda: Pohoda) -> None:
    id = pohoda.insert("AD", Firma="Pekáreň", Obec="Žilina", Ulice="Dlhá 1")
    assert row(pohoda, "AD", id)["Obec2"] == "Žilina"
    pohoda.edit("AD", id, Ulice="Krátka 2")
    assert row(pohoda, "AD", id)["Ulice2"] == "Krátka 2"
    pohoda.insert("ADdodaci", RefAg=id, Obec2="Nitra", Vychozi=False)
    assert row(pohoda, "AD", id)["Obec2"] == "Žilina"
    default = pohoda.insert("ADdodaci", RefAg=id, Obec2="Brno", Ulice2="Nová 3", Vychozi=True)
    assert (row(pohoda, "AD", id)["Obec2"], row(pohoda, "AD", id)["Ulice2"]) == ("Brno", "Nová 3")
    pohoda.edit("AD", id, Obec="Martin")
    assert row(pohoda, "AD", id)["Obec2"] == "Brno"
    pohoda.delete("ADdodaci", default)
    assert row(pohoda, "AD", id)["Obec2"] == "Martin"


def test_deleting_an_address_takes_its_parts_and_leaves_others(pohoda: Pohoda) -> None:
    gone, kept = pohoda.insert("AD", Firma="A"), pohoda.insert("AD", Firma="B")
    for parent in (gone, kept):
        pohoda.insert("ADdodaci", RefAg=parent, Obec2="Brno")
        pohoda.insert("ADucet", RefAg=parent, Ucet="1")
    pohoda.delete("AD", gone)
    assert [found["RefAg"] for found in pohoda.rows("SELECT RefAg FROM ADdodaci")] == [kept]
    assert [found["RefAg"] for found in pohoda.rows("SELECT RefAg FROM ADucet")] == [kept]


def test_ids_are_never_used_again(pohoda: Pohoda) -> None:
    first = pohoda.insert("AD", Firma="A")
    pohoda.delete("AD", first)
    assert pohoda.insert("AD", Firma="B") > first


@pytest.mark.parametrize(
    ("columns", "word"),
    [
        ({"Firma": "x" * 256}, "255"),
        ({"Firma": "İstanbul"}, "Firma"),
        ({"Nic": "x"}, "Nic"),
        ({"NullCheck_Cislo": 1}, "computed"),
    ],
)
def test_values_sql_server_would_not_take_are_refused(pohoda: Pohoda, columns: dict[str, object], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        pohoda.insert("AD", **columns)
    assert pohoda.rows("SELECT * FROM AD") == []


def test_unknown_rows_and_tables_are_refused(pohoda: Pohoda) -> None:
    with pytest.raises(KeyError):
        pohoda.edit("AD", 99, Firma="x")
    with pytest.raises(ValueError, match="no table"):
        pohoda.insert("FAKTURY", ID=1)


def test_money_keeps_four_places_and_flags_are_bits(pohoda: Pohoda) -> None:
    id = pohoda.insert("AD", Firma="A", KcObrat=Decimal("1234567.8901"), P1=True)
    assert row(pohoda, "AD", id)["KcObrat"] == pytest.approx(1234567.8901, abs=1e-6)
    assert row(pohoda, "AD", id)["P1"] == 1


def test_text_compares_without_case_and_trailing_spaces_but_with_accents(pohoda: Pohoda) -> None:
    pohoda.insert("AD", Firma="Řeznictví")
    for value, hits in (("ŘEZNICTVÍ  ", 1), ("řeznictví", 1), ("Reznictvi", 0)):
        assert len(pohoda.rows("SELECT ID FROM AD WHERE Firma = ?", value)) == hits, value


def test_a_failed_transaction_leaves_nothing(pohoda: Pohoda) -> None:
    with pytest.raises(ValueError, match="Nic"), pohoda.transaction():
        pohoda.insert("AD", Firma="A")
        pohoda.insert("AD", Nic="B")
    assert pohoda.rows("SELECT * FROM AD") == []


def test_threads_write_side_by_side(pohoda: Pohoda) -> None:
    def write(name: str) -> None:
        for number in range(25):
            pohoda.edit("AD", pohoda.insert("AD", Firma=name), Obec=str(number))

    threads = [Thread(target=write, args=(name,)) for name in "ABCD"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counts = pohoda.rows("SELECT Firma, COUNT(*) n, COUNT(DISTINCT Obec) t FROM AD GROUP BY Firma ORDER BY Firma")
    assert [tuple(count.values()) for count in counts] == [(name, 25, 25) for name in "ABCD"]
