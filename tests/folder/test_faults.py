"""Whatever goes wrong at POHODA: late, half, missing and wrong answers; nothing is stored twice, nothing is lost."""

from pathlib import Path

import pytest

from pohoda_bridge.errors import StopAgenda
from pohoda_sandbox.pohoda.exe import Killed

from .conftest import Desk

SHEET = """<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
 xmlns:dat="http://www.stormware.cz/schema/version_2/data.xsd"
 xmlns:typ="http://www.stormware.cz/schema/version_2/type.xsd">
<xsl:template match="@*|node()"><xsl:copy><xsl:apply-templates select="@*|node()"/></xsl:copy></xsl:template>
{template}</xsl:stylesheet>"""
NO_APPLICATION = '<xsl:template match="/dat:dataPack[{when}]/@application"/>'


@pytest.fixture
def sent(desk: Desk) -> Desk:
    """Two records lie in one pack."""
    desk.both.add(name="Alfa s.r.o.")
    desk.both.add(name="Beta s.r.o.")
    assert desk.send() == {"submitted": 2}
    return desk


def sheet(desk: Desk, monkeypatch: pytest.MonkeyPatch, template: str) -> None:
    """From now on POHODA reads every pack through this sheet."""
    path = desk.share / "sheet.xslt"
    path.write_text(SHEET.format(template=template), encoding="utf-8")
    desk.connect(monkeypatch, ini={"XSLT_input": str(path)})


def both_there_once(desk: Desk) -> None:
    assert sorted(card["Firma"] for card in desk.both.cards()) == ["Alfa s.r.o.", "Beta s.r.o."]
    assert set(desk.states()) <= {"written", "retry"}
    assert desk.send() == {"unchanged": 2}


@pytest.mark.parametrize(("fault", "told"), [("late", 0), ("half", 1)])
def test_an_answer_that_is_late_or_half_written_is_waited_for(sent: Desk, fault: str, told: int) -> None:
    assert sent.exe(fault) == 0
    waits = sent.collect()
    assert (waits.waiting, len(waits.unreadable), waits.outcomes) == (2, told, {})
    assert sent.send() == {"submitted": 2}
    assert sent.packs() == []
    sent.exe()
    assert sent.collect().outcomes == {"created": 2}
    both_there_once(sent)


def test_an_answer_that_never_comes_is_told_and_nothing_goes_again(sent: Desk) -> None:
    sent.exe("missing")
    for _ in range(2):
        assert sent.collect().waiting == 2
        assert sent.send() == {"submitted": 2}
        sent.exe()
    assert len(sent.both.cards()) == 2
    assert sent.states() == ["submitted"] * 2


def test_a_pack_that_was_not_answered_is_answered_when_it_is_put_back(sent: Desk) -> None:
    """As the runbook says."""
    sent.exe("missing")
    (pack,) = (sent.share / "done").iterdir()
    pack.rename(sent.share / pack.name)
    sent.exe()
    assert sent.collect().outcomes == {"created": 2}
    both_there_once(sent)


@pytest.mark.parametrize("imported", [True, False])
def test_a_pack_that_vanished_waits_until_a_person_says_that_it_is_lost(sent: Desk, imported: bool) -> None:
    if imported:
        sent.exe("missing")
    (pack,) = [*sent.packs(), *(sent.share / "done").iterdir()]
    pack.unlink()
    assert sent.collect().waiting == 2
    assert sent.send() == {"submitted": 2}
    assert sent.packs() == []
    assert sent.collect(lost=True).outcomes == {"in_doubt": 2}
    assert sent.send() == ({"created": 2} if imported else {"submitted": 2})
    sent.exe()
    sent.collect()
    both_there_once(sent)


@pytest.mark.parametrize("fault", ["killed", "killed:1"])
def test_pohoda_that_died_takes_the_pack_up_again(sent: Desk, fault: str) -> None:
    with pytest.raises(Killed):
        sent.exe(fault)
    assert len(sent.both.cards()) == (1 if fault == "killed:1" else 2)
    assert sent.collect().waiting == 2
    assert sent.send() == {"submitted": 2}
    sent.exe()
    assert sent.collect().outcomes == {"created": 2}
    both_there_once(sent)


@pytest.mark.parametrize("number", [552, 553, 554, 555, 557])
def test_a_pohoda_that_cannot_begin_turns_the_run_red_and_the_pack_waits(sent: Desk, number: int) -> None:
    assert sent.exe(str(number)) == 1
    with pytest.raises(StopAgenda, match=f"refused a whole pack: .*{number}"):
        sent.collect()
    assert sent.states() == ["submitted"] * 2
    assert len(sent.packs()) == 1
    sent.exe()
    assert sent.collect().outcomes == {"created": 2}
    both_there_once(sent)


def test_a_general_fault_and_a_missing_ini_pass_by_themselves(sent: Desk) -> None:
    assert sent.exe("556") == 1
    assert sent.collect().waiting == 2
    assert sent.exe(ini=sent.share / "none.ini") == 1
    sent.exe()
    assert sent.collect().outcomes == {"created": 2}
    both_there_once(sent)


def test_the_wrong_company_is_told_and_nothing_is_lost(sent: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    sheet(sent, monkeypatch, '<xsl:template match="@ico"><xsl:attribute name="ico">99</xsl:attribute></xsl:template>')
    with sent.both.job("clients", "to_pohoda") as job:
        job.target.ready("clients")
    sent.exe()
    with pytest.raises(StopAgenda, match="another company"):
        sent.collect()
    # It was moved out of the folder, so it cannot go by itself any more: its records are sent anew.
    assert sent.states() == ["retry"] * 2
    sent.connect(monkeypatch)
    assert sent.send() == {"submitted": 2}
    sent.exe()
    assert sent.collect().outcomes == {"created": 2}
    both_there_once(sent)


def test_a_pack_refused_as_a_whole_is_halved(sent: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    sheet(sent, monkeypatch, NO_APPLICATION.format(when="count(dat:dataPackItem) > 1"))
    with sent.both.job("clients", "to_pohoda") as job:
        job.target.ready("clients")
    sent.exe()
    assert sent.collect().waiting == 2
    assert len(sent.packs()) == 2
    sent.exe()
    assert sent.collect().outcomes == {"created": 2}
    both_there_once(sent)


def test_the_one_that_makes_the_whole_fail_is_found_and_quarantined(
    sent: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet(sent, monkeypatch, NO_APPLICATION.format(when="descendant::typ:company = 'Beta s.r.o.'"))
    with sent.both.job("clients", "to_pohoda") as job:
        job.target.ready("clients")
    sent.exe()
    sent.collect()
    sent.exe()
    assert sent.collect().outcomes == {"created": 1, "quarantined": 1}
    assert [card["Firma"] for card in sent.both.cards()] == ["Alfa s.r.o."]
    assert sent.quarantined() == ["Beta s.r.o."]


def test_an_item_refused_by_itself_does_not_hold_the_others(sent: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    long = "<typ:company>" + "x" * 300 + "</typ:company>"
    sheet(sent, monkeypatch, f"<xsl:template match=\"typ:company[. = 'Beta s.r.o.']\">{long}</xsl:template>")
    with sent.both.job("clients", "to_pohoda") as job:
        job.target.ready("clients")
    sent.exe()
    assert sent.collect().outcomes == {"created": 1, "quarantined": 1}
    assert sent.quarantined() == ["Beta s.r.o."]


def test_answers_of_unknown_packs_stay_and_are_told(sent: Desk) -> None:
    (pack,) = sent.packs()
    sent.exe()
    answer = sent.share / "response" / pack.name
    strange = sent.share / "response" / "someone-elses.xml"
    strange.write_bytes(answer.read_bytes())
    swapped = answer.read_bytes().replace(pack.stem.encode(), b"f" * 32)
    whole, _ = answer.read_bytes(), answer.write_bytes(swapped)
    found = sent.collect()
    assert (found.foreign, found.waiting, list(found.unreadable)) == (["someone-elses"], 2, [pack.stem])
    assert "another pack" in found.unreadable[pack.stem]
    answer.write_bytes(whole)
    assert sent.collect().outcomes == {"created": 2}
    assert sent.files("response") == ["someone-elses.xml"]
    both_there_once(sent)


@pytest.mark.parametrize("body", [b"", b"<", b"<!DOCTYPE a><a/>", b"\xff\xfe\x00\x00", b"<a/>", b"x" * 1000])
def test_what_is_no_answer_is_waited_over(sent: Desk, body: bytes) -> None:
    (pack,) = sent.packs()
    answer = sent.share / "response" / pack.name
    answer.write_bytes(body)
    assert sent.collect().waiting == 2
    assert answer.read_bytes() == body
    sent.exe()
    assert sent.collect().outcomes == {"created": 2}


def test_a_share_that_is_away_leaves_everything_as_it_is(sent: Desk, tmp_path: Path) -> None:
    sent.exe()
    sent.share.rename(tmp_path / "away")
    sent.both.add(name="Gama s.r.o.")
    with pytest.raises(StopAgenda, match="no folder"):
        sent.send()
    sent.collect()
    (tmp_path / "away").rename(sent.share)
    assert sent.collect().outcomes == {"created": 2}
    assert sent.send()["submitted"] == 1
    assert len(sent.packs()) == 1
