"""The list for the accountant: complete, harmless whatever the data holds, and quick to find one's way in."""

import zipfile
from pathlib import Path

import lxml.html
import pytest
from lxml import etree

from pohoda_bridge.catalogue import Unit
from pohoda_bridge.catalogue.base import Titles
from pohoda_bridge.errors import Retry
from pohoda_bridge.survey import Survey, book, publish, report
from pohoda_bridge.survey.unit import Fault
from pohoda_bridge.survey.words import WORDS

UNIT = Unit.model_validate({
    "unit": "firma", "ico": "12345678", "country": "SK", "timezone": "Europe/Bratislava", "edition": "sql",
    "years": {2026: {"sql": "a"}},
})  # fmt: skip
TEXT = Titles(en="fill it in", cs="vyplňte to", sk="vyplňte to teraz")
HOSTILE = [
    "=1+1", "+420 905", "-5", "@SUM(A1)", "\t=1", "<script>alert(1)</script>", "\"><img src=x onerror=y>", "a\x07b",
    "https://example.org/", "123", "{{ 7 * 7 }}", "Žluťoučký kôň 😀", "x" * 40_000,
]  # fmt: skip
MAIN = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def surveyed(names: list[str], level: str = "refuse") -> Survey:
    titles = {"clients": Titles(en="A/B: [x]*", cs="Adresář", sk="Adresár"), "offers": Titles(en="O", cs="O", sk="O")}
    faults = [
        Fault("clients", f"2026/AD/{n}", name, name, "filled:ico", level, ("ico",), TEXT)
        for n, name in enumerate(names, 1)
    ]
    return Survey(UNIT, titles, {"clients": 5000}, {"clients": faults}, {"offers": "no <right> to read"})


def sheets(path: Path) -> dict[str, list[list[tuple[str, str]]]]:
    """Rows of (type, value) by the sheet's name."""
    with zipfile.ZipFile(path) as file:
        names = etree.fromstring(file.read("xl/workbook.xml")).xpath("//m:sheet/@name", namespaces=MAIN)
        found = {}
        for number, name in enumerate(names, 1):
            root = etree.fromstring(file.read(f"xl/worksheets/sheet{number}.xml"))
            assert not root.xpath("//m:f", namespaces=MAIN)
            assert root.xpath("//m:autoFilter", namespaces=MAIN)
            found[name] = [
                [(cell.get("t", "n"), "".join(cell.itertext())) for cell in row.xpath("m:c", namespaces=MAIN)]
                for row in root.xpath("//m:row", namespaces=MAIN)
            ]
        assert not [name for name in file.namelist() if "rels" in name and b"hyperlink" in file.read(name)]
    return found


def test_every_value_is_text_in_the_workbook(tmp_path: Path) -> None:
    places = publish(surveyed(HOSTILE), "en", str(tmp_path / "store"))
    found = sheets(Path(places.book))
    assert list(found) == ["Overview", "A-B- -x--"]
    rows = found["A-B- -x--"]
    assert len(rows) == len(HOSTILE) + 1
    for row, value in zip(rows[1:], HOSTILE, strict=True):
        kept = value[: book.CELL].replace("\x07", "_x0007_")
        assert row[1] == row[2] == ("inlineStr", kept)
        assert [cell[1] for cell in row[3:5]] == ["IČO", "fill it in"]
    assert [cell[1] for cell in found["Overview"][1]] == ["A/B: [x]*", "5000", str(len(HOSTILE)), "0"]
    assert [cell[1] for cell in found["Overview"][2]] == ["O", "could not be read", "no <right> to read"]


def test_the_page_runs_nothing_and_loads_nothing(tmp_path: Path) -> None:
    text = Path(publish(surveyed(HOSTILE), "sk", str(tmp_path)).page).read_text(encoding="utf-8")
    page = lxml.html.document_fromstring(text)
    assert page.get("lang") == "sk"
    assert not page.xpath("//script | //img | //link | //iframe | //@src | //@onerror")
    assert all(link.startswith("#") for link in page.xpath("//@href"))
    assert "default-src 'none'" in text and "49" not in page.xpath("string(//tbody)")
    told = page.xpath("string(/html/body)")
    assert "vyplňte to teraz" in told and "no <right> to read" in told
    for value in HOSTILE:
        assert value.replace("\x07", "") in told.replace("\x07", ""), value[:20]


def test_the_page_shows_the_first_of_a_kind_and_the_workbook_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "PAGE_MOST", 3)
    monkeypatch.setattr(book, "SHEET_ROWS", 4)
    names = [f"Firma {n}" for n in range(9)]
    places = publish(surveyed(names, "warn"), "cs", f"file://{tmp_path}/a/b")
    text = Path(tmp_path / "a/b/faults.html").read_text(encoding="utf-8")
    assert places.page == f"file://{tmp_path}/a/b/faults.html"
    assert "Firma 2<" in text and "Firma 3<" not in text and "9×" in text and WORDS["more"].cs in text
    found = sheets(tmp_path / "a/b/faults.xlsx")
    assert list(found) == ["Přehled", "Adresář", "Adresář 2", "Adresář 3"]
    assert [row[1][1] for name in list(found)[1:] for row in found[name][1:]] == names


def test_no_fault_is_said_too(tmp_path: Path) -> None:
    clean = surveyed([])
    text = Path(publish(clean, "en", str(tmp_path)).page).read_text(encoding="utf-8")
    assert WORDS["none"].en in text and "<h2" not in text
    assert list(sheets(tmp_path / "faults.xlsx")) == ["Overview"]


def test_a_store_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("no folder", encoding="utf-8")
    with pytest.raises(Retry, match="cannot be written"):
        publish(surveyed(["x"]), "en", str(tmp_path / "store" / "check"))


def test_all_words_are_there_in_three_languages() -> None:
    assert all(words.en and words.cs and words.sk for words in WORDS.values())
