"""The accountant's table as it comes out of a spreadsheet: read, checked cell by cell, told with file and line."""

import random
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pohoda_bridge.catalogue.accounting import COLUMNS, MOST, load
from pohoda_bridge.errors import SettingsError
from pohoda_bridge.records.accounting_table import Rule, Table

from .conftest import LINK, Folder

SK, CZ = SimpleNamespace(country="SK"), SimpleNamespace(country="CZ")
UNITS = Path(__file__).parents[2] / "include" / "units"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "firma.accounting.csv"


def read(path: Path, text: str | bytes, unit: Any = SK) -> Table:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load(path, unit)


def refusal(path: Path, text: str | bytes, unit: Any = SK) -> list[str]:
    with pytest.raises(SettingsError) as error:
        read(path, text, unit)
    return error.value.text.splitlines()


WANTED = (
    Rule(2, {"kind": frozenset({"invoice"}), "country": frozenset({"DE", "AT"})}, {"vat_class": "UD"}),
    Rule(4, {}, {"accounting": "2Fv, x"}),
)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("sign", [";", ","])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("quoted", [True, False])
def test_every_way_in_which_a_spreadsheet_saves(path: Path, mark: bytes, sign: str, end: str, quoted: bool) -> None:
    rows = [
        ["KIND", "country", "vat_class", "accounting", "note", ""],
        ["invoice", " DE | at ", "UD", "", 'on "the" house', ""],
        ["# a remark", "with, commas; too", "", "", "", ""],
        ["", "", "", "2Fv, x", "", ""],
        ["", "", "", "", "", ""],
    ]

    def cell(text: str) -> str:
        return '"{}"'.format(text.replace('"', '""')) if quoted or set(text) & set('";,') else text

    text = end.join(sign.join(cell(one) for one in row) for row in rows)
    assert read(path, mark + text.encode()).rules == WANTED


def test_a_missing_file_and_an_empty_one_have_no_rules(path: Path) -> None:
    assert load(path, SK) == Table("firma.accounting.csv")
    for text in ("", "\ufeff", "# nothing yet\n\n", "kind;vat_class\n"):
        assert read(path, text).rules == ()


def test_the_tables_that_ship_have_no_warning() -> None:
    for name, unit in (("firma", SK), ("obchod", CZ)):
        path = UNITS / f"{name}.accounting.csv"
        assert path.read_bytes().startswith(b"\xef\xbb\xbf"), "or Excel reads it in its own code page"
        found = load(path, unit)
        assert len(found.rules) > 20
        assert found.warnings == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("kind;vat_clas\n;UD", "1: unknown column 'vat_clas' (did you mean 'vat_class'?)"),
        ("kind;kind;vat_class\n", "1: two columns are called 'kind'"),
        ("kind;country\n", "1: no column says what a rule gives; take some of vat_class, "),
        ("kind;vat_class\ninvoise;UD", "2: kind: unknown kind of document 'invoise' (did you mean 'invoice'?)"),
        ("country;vat_class\nD;UD", "2: country: unknown country 'D'"),
        ("country;vat_class\nEL;UD", "2: country: unknown country 'EL'; home, EU, other, or two letters"),
        ("country;vat_class\nhone;UD", "2: country: unknown country 'hone'"),
        ("vat_payer;vat_class\nano;UD", "2: vat_payer: unknown word 'ano'; one of yes, no, any"),
        ("currency;vat_class\nEURO;UD", "2: currency: unknown currency 'EURO'; home, foreign, or three letters"),
        ("vat_rate;vat_class\nhihg;UD", "2: vat_rate: unknown VAT rate 'hihg' (did you mean 'high'?)"),
        ("vat_rate;vat_class\n0,21;UD", "2: vat_rate: unknown VAT rate '0,21'; none, low, high"),
        ("vat_rate;vat_class\n210;UD", "2: vat_rate: unknown VAT rate '210'"),
        ("goods;vat_class\ngood;UD", "2: goods: unknown word 'good' (did you mean 'goods'?)"),
        ("centre;vat_class\nBA ||KE;UD", "2: centre: '' is no code of a centre"),
        ("kind;rounding\n;math2on", "2: rounding: unknown way of rounding 'math2on' (did you mean 'math2one'?)"),
        ("kind;vat_class\n;Tuzemské a iné plnenie", "2: vat_class: 'Tuzemské a iné plnenie' is longer than 19"),
        ("kind;series\n;{rr}01", "2: series: '{rr}01': only {yy} and {yyyy}"),
        ("kind;vat_class\noffer;UD", "2: vat_class: POHODA has no such field on offer; give those a rule"),
        ("kind;vat_class\ninvoice|deal|offer;UD", "2: vat_class: POHODA has no such field on offer, deal;"),
        ("kind;vat_class\ninvoice;", "2: the rule gives nothing; fill in a result, or begin the line with #"),
        ("kind;vat_class\n;UD;x", "2: 3 cells, but the first line names 2 columns"),
        ("kind;;vat_class\n;x;UD", "2: 'x' stands in a column without a name"),
        ('kind;vat_class\n;"UD', "2: a cell is quoted wrongly or has a line break in it"),
        ('kind;vat_class\n;"U\nD"', "2: a cell is quoted wrongly or has a line break in it"),
        ('kind;vat_class\n;"U"D', "2: a cell is quoted wrongly or has a line break in it"),
        ("kind;vat_class\n;U\u200bD", "2: vat_class: 'U\\u200bD' holds a sign that cannot be seen"),
        ("kind;vat_class\n;UD\n;Šíp".encode("cp1250"), "3: the file is not in UTF-8; save it as `CSV UTF-8`"),
        ("kind;vat_class\n;UD".encode("utf-16"), "1: the file is not in UTF-8"),
        ("kind;vat_class\n" + ";UD\n" * (MOST + 1), f"{MOST + 2}: more than {MOST} rules"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(path: Path, text: str | bytes, says: str) -> None:
    assert any(line.startswith(f"firma.accounting.csv:{says}") for line in refusal(path, text))


def test_all_faults_are_told_at_once(path: Path) -> None:
    found = refusal(path, "kind;country;vat_class\ninvoise;XX;UD\n\noffer;;UN\n")
    assert [line.split(" ")[0] for line in found] == [f"firma.accounting.csv:{number}:" for number in (2, 2, 4)]


def test_a_czech_unit_has_no_section_of_its_own(path: Path) -> None:
    text = "kind;vat_class;kv_section\ninvoice;UD;A1\n"
    assert read(path, text).rules[0].gives == {"vat_class": "UD", "kv_section": "A1"}
    (told,) = refusal(path, text, CZ)
    assert told.startswith("firma.accounting.csv:2: kv_section: a Czech unit has no such field: the VAT classification")


@pytest.mark.parametrize(
    ("name", "cell", "words"),
    [
        ("country", "sk", {"home"}), ("country", "CZ", {"CZ"}), ("country", "Home|eu", {"home", "EU"}),
        ("country", "any", None), ("country", "home | EU | other", None), ("currency", "eur", {"home"}),
        ("currency", "home | foreign", None), ("vat_payer", "yes | no", None), ("vat_payer", "YES", {"yes"}),
        ("vat_rate", "23 %", {"23"}), ("vat_rate", "5,50", {"5.5"}), ("vat_rate", "0", {"0"}),
        ("vat_rate", "any", None), ("vat_rate", "23\xa0%", {"23"}),
        ("goods", "goods | service", {"goods", "service"}), ("centre", "BA | Š 1", {"BA", "Š 1"}),
    ],
)  # fmt: skip
def test_words_of_conditions(path: Path, name: str, cell: str, words: set[str] | None) -> None:
    (rule,) = read(path, f"{name};vat_class\n{cell};UD\n").rules
    assert rule.when == ({} if words is None else {name: words})


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        ("invoice;DE;", "invoice;DE;", "3: line 2 has the same conditions and comes first; remove one of them"),
        ("invoice;;", "invoice;DE;", "3: never reached, line 2 fits all that it fits; move it above that line"),
        (";EU;", "invoice;DE|AT;", "3: never reached, line 2"),
        (";EU | home;", ";SK | DE;", "3: never reached, line 2"),
        (";other;", ";US;", "3: never reached, line 2"),
        (";;foreign", ";;USD", "3: never reached, line 2"),
        (";;", ";;USD", "3: never reached, line 2"),
        (";EU;", ";DE|US;", None),
        (";DE;", ";EU;", None),
        (";home;", ";CZ;", None),
        (";;foreign", ";;EUR", None),
        ("invoice;;", ";;", None),
        ("invoice;;USD", "invoice;DE;", None),
    ],
)
def test_rules_that_can_never_apply_are_warnings(path: Path, first: str, second: str, says: str | None) -> None:
    found = read(path, f"kind;country;currency;accounting\n{first};2Fv\n{second};3Fv\n")
    assert len(found.rules) == 2
    assert [line.startswith(f"firma.accounting.csv:{says}") for line in found.warnings] == ([True] if says else [])


def test_no_content_ends_in_another_error(path: Path) -> None:
    draw = random.Random(5)
    pieces = [*COLUMNS, *";,|\"'#{}\n\r\t\0 %", "home", "EU", "21", "UD", "{yy}", "\ufeff", "ž", "\u2028", "invoice"]
    refused = 0
    for _ in range(600):
        text = "".join(draw.choices(pieces, k=draw.randrange(40)))
        if draw.random() < 0.7:
            text = f"kind;country;vat_rate;centre;vat_class;note\n{text}"
        try:
            assert isinstance(read(path, text), Table)
        except SettingsError as error:
            refused += 1
            assert all(line.startswith("firma.accounting.csv:") for line in error.text.split("\n"))
    assert 100 < refused < 600


def test_the_unit_has_its_table_and_a_wrong_one_stops_its_links(folder: Folder) -> None:
    folder.link(LINK)
    assert folder.opened().units["firma"].accounting.rules == ()
    path = folder.path / "units" / "firma.accounting.csv"
    path.write_text("kind;vat_class\ninvoice;UD\n", encoding="utf-8")
    first = folder.opened()
    assert first.broken == {}
    assert first.units["firma"].accounting == Table(path.name, (WANTED_ALONE,))
    path.write_text("kind;vat_class\ninvoice;UN\n", encoding="utf-8")
    assert folder.opened().units["firma"].accounting.rules[0].gives == {"vat_class": "UN"}, "read anew when it changed"
    path.write_text("kind;vat_class\ninvoise;UD\n", encoding="utf-8")
    broken = folder.opened().broken["gram"]
    assert "unit firma is broken: firma.accounting.csv:2: kind: unknown kind of document 'invoise'" in broken


WANTED_ALONE = Rule(2, {"kind": frozenset({"invoice"})}, {"vat_class": "UD"})


def test_a_table_of_the_greatest_size_is_checked_in_time(path: Path) -> None:
    rows = "".join(f"invoice;C{number};{Decimal(number % 90 + 1)};UD\n" for number in range(MOST))
    assert len(read(path, f"kind;centre;vat_rate;vat_class\n{rows}").rules) == MOST
