"""Contact names: the worked table of both profiles, user expressions, and the time limit."""

import pytest

from pohoda_bridge.errors import RejectRecord, SettingsError, StopAgenda
from pohoda_bridge.records import names
from pohoda_bridge.records.names import Expression, Name, check_expression, python_form, splitter

EWAY_1 = r"\s*(?<Prefix>[^\s]*\.{1})?\s*(?<FirstName>[^\s]*)\s*(?<LastName>[^\s]*)\s*(?<Suffix>[^\s]*)?\s*"
EWAY_2 = r"\s*(?<Prefix>[^\s]*\.{1})?\s*(?<LastName>[^\s]*),\s*(?<FirstName>[^\s]*)\s*(?<Suffix>[^\s]*)?\s*"

# name | strict: Prefix / First / Last / Suffix | titles: Prefix / First / Middle / Last / Suffix
TABLE = """
Ing. Jan Lalinský MBA. | Ing. / Jan / Lalinský / MBA. | Ing. / Jan / – / Lalinský / MBA.
Jan Novák | – / Jan / Novák / – | – / Jan / – / Novák / –
Ing. Jan Novák | Ing. / Jan / Novák / – | Ing. / Jan / – / Novák / –
prof. Ing. Jan Novák, CSc. | prof. / Ing. / Jan / Novák, CSc. | prof. Ing. / Jan / – / Novák / CSc.
Bc. Anna Marie Nováková Ph.D. | Bc. / Anna / Marie / Nováková Ph.D. | Bc. / Anna / Marie / Nováková / Ph.D.
Anna Marie Nováková | – / Anna / Marie / Nováková | – / Anna / Marie / Nováková / –
Novák | – / Novák / – / – | – / Novák / – / – / –
Jan Novák Ph.D. | – / Jan / Novák / Ph.D. | – / Jan / – / Novák / Ph.D.
Jan Novák, Ph.D. | – / Jan / Novák, / Ph.D. | – / Jan / – / Novák / Ph.D.
Jan Novák CSc. MBA | – / Jan / Novák / CSc. MBA | – / Jan / – / Novák / CSc. MBA
Ing.Jan Novák | Ing. / Jan / Novák / – | Ing. / Jan / – / Novák / –
Ing.Bc. Jan Novák | Ing.Bc. / Jan / Novák / – | Ing.Bc. / Jan / – / Novák / –
Ing. arch. Petr Svoboda | Ing. / arch. / Petr / Svoboda | Ing. arch. / Petr / – / Svoboda / –
MUDr. Jana Dvořáková-Malá | MUDr. / Jana / Dvořáková-Malá / – | MUDr. / Jana / – / Dvořáková-Malá / –
Jan␣␣Novák | – / Jan / Novák / – | – / Jan / – / Novák / –
␣␣Ing.␣␣Jan␣␣ Novák␣␣ | Ing. / Jan / Novák / – | Ing. / Jan / – / Novák / –
J. Novák | J. / Novák / – / – | – / J. / – / Novák / –
Jan A. Novák | – / Jan / A. / Novák | – / Jan / A. / Novák / –
Ph.D. Jan Novák | Ph.D. / Jan / Novák / – | Ph.D. / Jan / – / Novák / –
Novák, Jan | – / Novák, / Jan / – | – / Novák / – / – / Jan
Ing. Novák | Ing. / Novák / – / – | Ing. / Novák / – / – / –
ALFA s.r.o. | – / ALFA / s.r.o. / – | – / ALFA / – / s.r.o. / –
Karel z Dubé | – / Karel / z / Dubé | – / Karel / z / Dubé / –
pan Karel Novák | – / pan / Karel / Novák | – / pan / Karel / Novák / –
Ing. Jan Novák ml. | Ing. / Jan / Novák / ml. | Ing. / Jan / – / Novák / ml.
Jan Novák ml. MBA | – / Jan / Novák / ml. MBA | – / Jan / – / Novák / ml. MBA
doc. RNDr. Ing. Petr Malý, Ph.D., MBA | doc. / RNDr. / Ing. / Petr Malý, Ph.D., MBA | doc. RNDr. Ing. / Petr / – / Malý / Ph.D., MBA
Ing. | Ing. / – / – / – | Ing. / – / – / – / –
Jan Novák (obchod) | – / Jan / Novák / (obchod) | – / Jan / Novák / (obchod) / –
Jan[NBSP]Novák | – / Jan / Novák / – | – / Jan / – / Novák / –
"""  # ruff: ignore[line-too-long]


def rows():
    for line in TABLE.strip().splitlines():
        name, strict, titles = (part.strip() for part in line.split("|"))
        cells = [["" if cell == "–" else cell for cell in part.split(" / ")] for part in (strict, titles)]
        name = name.replace("␣", " ").replace("[NBSP]", "\u00a0")
        yield pytest.param(name, Name(cells[0][0], cells[0][1], "", *cells[0][2:]), Name(*cells[1]), id=name)


def test_the_table_is_whole():
    assert len(list(rows())) == 30


@pytest.mark.parametrize(("name", "strict", "titles"), rows())
def test_the_worked_table(name, strict, titles):
    assert splitter("strict").parse(name) == strict
    assert splitter("titles").parse(name) == titles


@pytest.mark.parametrize(
    ("expression", "name", "wanted"),
    [
        (EWAY_1, "Ing. Jan Lalinský MBA.", Name("Ing.", "Jan", "", "Lalinský", "MBA.")),
        (EWAY_1, "prof. Ing. Jan Novák, CSc.", Name("prof.", "Ing.", "", "Jan", "Novák,")),
        (EWAY_2, "Ing. Novák, Jan MBA", Name("Ing.", "Jan", "", "Novák", "MBA")),
        (EWAY_2, " Jan Novák ", Name(last="Jan Novák")),
        (r"(?<LastName>x?)", "Jan Novák", Name(last="Jan Novák")),
        (r"(?<=pan )(?<LastName>\S+)", "pan Novák", Name(last="Novák")),
    ],
)
def test_user_expressions(expression, name, wanted):
    assert check_expression(expression) is None
    assert splitter(expression).parse(name) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (r"(?<A>x)(?<=y)(?<!z)", r"(?P<A>x)(?<=y)(?<!z)"),
        (r"\(?<A", r"\(?<A"),
        (r"\\(?<A>x)", r"\\(?P<A>x)"),
        (r"[(?<A>](?<B>[^]]\])", r"[(?<A>](?P<B>[^]]\])"),
        (r"(?P<A>x)", r"(?P<A>x)"),
    ],
)
def test_only_named_groups_are_rewritten(text, wanted):
    assert python_form(text) == wanted


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("titels", "neither a profile"),
        ("(?<LastName>", "no valid expression"),
        (r"(?<FirstName>\S+)", "LastName is missing"),
        (r"(?<LastName>\S+)(?<Nick>.*)", "unknown group Nick"),
        ("(?<LastName>x)" + "y" * 2000, "2000 are allowed"),
        (r"^(?<LastName>(a|aa)+)$", "takes more than"),
    ],
)
def test_a_faulty_expression_is_refused_with_its_fault(text, said, monkeypatch):
    monkeypatch.setattr(names, "SECONDS", 0.05)
    assert said in (check_expression(text) or "")
    with pytest.raises(SettingsError, match="contact_names"):
        splitter(text)


@pytest.mark.parametrize("profile", ["strict", "titles"])
def test_profiles_are_right(profile):
    assert check_expression(profile) is None


def test_a_slow_name_is_refused_alone_and_many_stop_the_agenda(monkeypatch):
    monkeypatch.setattr(names, "SECONDS", 0.02)
    slow = Expression(names._compiled(r"^(?<LastName>(b|bb)+)$"))
    for _ in range(names.SLOW_NAMES - 1):
        with pytest.raises(RejectRecord) as caught:
            slow.parse("b" * 50 + "!")
        assert "bbb" not in caught.value.text + caught.value.log
        assert slow.parse("bbb") == Name(last="bbb")
    with pytest.raises(StopAgenda, match="contact_names"):
        slow.parse("b" * 50 + "!")
