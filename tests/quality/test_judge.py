"""Judging: every bad row with every reason, and the traps of Great Expectations, each with the fault that shows it."""

import gc
import os
import subprocess
import sys
import weakref
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pohoda_bridge.catalogue import Expectation, open_catalogue
from pohoda_bridge.catalogue.base import Titles
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.quality import suite
from pohoda_bridge.quality.frame import prepared, text
from pohoda_bridge.quality.judge import judge
from pohoda_bridge.quality.suite import validated
from pohoda_bridge.records import checks
from tests.quality.frames import EXPECTATIONS, GOOD, frame
from tests.strategies import icos, slovak_dics, spaces, texts

LONG = "Alfa spol. s r.o."


def reasons(judged, expectations=EXPECTATIONS, country="SK"):
    """(id, rule, code) of every finding."""
    return [(f.id, f.rule, f.code) for f in judge(judged, expectations, country=country, title="test")]


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({}, []),
        ({"company": None}, [("filled:company+person", "filled")]),
        ({"company": " \u00a0", "person": ""}, [("filled:company+person", "filled")]),
        ({"company": None, "person": "Jan"}, []),
        ({"unique:ico__count": 2}, [("unique:ico", "unique")]),
        ({"unique:ico__count": 0}, []),
        ({"unique:ico__count": None}, []),
        ({"ico": "35742365"}, [("ico:ico", "ico_checksum")]),
        ({"ico": "35 742 364"}, [("ico:ico", "ico_spaces")]),
        ({"ico": "FN 1"}, [("ico:ico", "ico_form")]),
        ({"ico": "FN 1", "country": "AT"}, []),
        ({"ico": 35742365}, [("ico:ico", "ico_checksum")]),
        ({"dic": "2020317069"}, [("dic:dic", "dic_checksum")]),
        ({"ic_dph": "2020317068"}, [("ic_dph:ic_dph", "ic_dph_prefix")]),
        ({"emails": "a@x.sk, b"}, [("email:emails", "email_form")]),
        ({"country": "SVK"}, [("country:country", "country_unknown")]),
        ({"company": LONG}, [("length:company", "length")]),
        ({"company": "Č" * 12}, []),
        ({"company": "😀" * 12}, []),
        ({name: None for name in GOOD if name != "company"}, []),
        (dict.fromkeys(("ico", "dic", "ic_dph", "emails", "country"), ""), []),
        (dict.fromkeys(("ico", "dic", "ic_dph", "emails", "country", "unique:ico__count"), np.nan), []),
    ],
)
def test_each_fault_is_found_by_its_rule_alone(change, wanted):
    assert reasons(frame({}, change)) == [("2026/AD/2", *reason) for reason in wanted]


def test_a_row_gets_every_reason_and_good_rows_none():
    bad = {
        "company": LONG,
        "ico": "1",
        "dic": "1",
        "ic_dph": "1",
        "emails": "1",
        "country": "1",
        "unique:ico__count": 3,
    }
    found = reasons(frame({}, {**bad, "country": "1"}, {}))
    assert {reason[0] for reason in found} == {"2026/AD/2"}
    assert [reason[1] for reason in found] == [
        "unique:ico", "email:emails", "country:country", "length:company",
    ]  # fmt: skip
    found = reasons(frame({}, {**bad, "country": None}, {}))
    assert [reason[1] for reason in found] == [
        "unique:ico", "ico:ico", "dic:dic", "ic_dph:ic_dph", "email:emails", "length:company",
    ]  # fmt: skip


def test_findings_carry_level_fields_and_three_languages():
    (found,) = judge(frame({"ico": "35742365"}), EXPECTATIONS, country="SK", title="test")
    assert (found.level, found.fields) == ("warn", ("ico",))
    assert "kontrolní" in found.text.cs and "kontrolnú" in found.text.sk and "check digit" in found.text.en
    own = Expectation(rule="filled", fields=("person",), level="refuse", text=Titles(en="e", cs="c", sk="s"))
    (found,) = judge(frame({}), [own], country="SK", title="test")
    assert found.text.sk == "s"


def test_no_text_holds_a_value():
    judged = frame(
        {"company": None, **dict.fromkeys(("dic", "ic_dph", "emails", "country"), "Kanárik77")},
        {"company": "Kanárik77" * 5, "ico": "Kanárik77", "unique:ico__count": 2},
    )
    findings = judge(judged, EXPECTATIONS, country="SK", title="test")
    assert {found.rule for found in findings} == {expectation.name for expectation in EXPECTATIONS} - {
        "dic:dic",
        "ic_dph:ic_dph",
    }
    for found in findings:
        assert "Kanárik77" not in f"{found.text}{found.code}"


def test_rows_are_known_by_place_so_that_equal_ids_and_odd_indexes_do_no_harm():
    judged = frame({"ico": "1"}, {}, {"ico": "2"})
    judged["_id"] = ["x", "x", "y"]
    judged.index = pd.Index([7, 7, 3])
    assert [(i, rule) for i, rule, _ in reasons(judged)] == [("x", "ico:ico"), ("y", "ico:ico")]


def test_pandas_own_text_type_with_its_nan_is_judged_alike():
    judged = frame({}, {"company": None, "ico": None, "emails": "b"}).convert_dtypes()
    assert reasons(judged) == [
        ("2026/AD/2", "filled:company+person", "filled"),
        ("2026/AD/2", "email:emails", "email_form"),
    ]


def test_a_column_of_nothing_is_no_fault_of_the_rules_on_its_values():
    judged = frame(*[{name: None for name in GOOD if name not in {"company", "unique:ico__count"}}] * 3)
    assert reasons(judged) == []


@pytest.mark.parametrize("judged", [frame(), frame({}).iloc[:0], pd.DataFrame()])
def test_no_rows_give_no_findings(judged):
    assert reasons(judged) == []


def test_without_rows_great_expectations_is_not_even_imported():
    code = (
        "import sys, pandas as pd;from tests.quality.frames import EXPECTATIONS, frame\n"
        "from pohoda_bridge.quality.judge import judge\n"
        "assert judge(pd.DataFrame(), EXPECTATIONS, country='SK', title='t') == []\n"
        "assert judge(frame({}), [], country='SK', title='t') == []\n"
        "assert 'great_expectations' not in sys.modules\n"
        "judge(frame({}), EXPECTATIONS, country='SK', title='t')\n"
        "assert 'great_expectations' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=True)


@pytest.mark.parametrize("missing", ["_id", "company", "ico", "emails", "unique:ico__count"])
def test_a_missing_column_is_drift(missing, monkeypatch):
    monkeypatch.setattr("pohoda_bridge.quality.judge.validated", lambda *_: pytest.fail("judged all the same"))
    with pytest.raises(StopAgenda, match=missing):
        reasons(frame({}).drop(columns=missing))


def test_great_expectations_itself_does_not_raise_on_a_missing_column_which_is_why_we_do():
    judged = prepared(frame({}), EXPECTATIONS, "SK").drop(columns="company")
    result = validated(judged, EXPECTATIONS, "SK", "test")
    assert not result.success
    with pytest.raises(StopAgenda, match="length:company: could not be judged"):
        from pohoda_bridge.quality.judge import _bad

        for entry in result.results:
            list(_bad(entry, EXPECTATIONS))


def test_a_rule_that_breaks_stops_the_agenda_without_telling_the_value(monkeypatch):
    def broken(rule, value, **_):
        raise ValueError(f"cannot take {value}")

    monkeypatch.setattr(checks, "fault", broken)
    with pytest.raises(StopAgenda, match="could not be judged") as caught:
        reasons(frame({"ico": "Kanárik77"}))
    assert "Kanárik77" not in caught.value.text + caught.value.log


def test_a_rule_without_a_result_stops_the_agenda(monkeypatch):
    class Result:
        results = (
            type("Entry", (), {
                "expectation_config": type("Config", (), {"meta": {"positions": [0]}}),
                "exception_info": {}, "result": {}, "success": False,
            }),
        )  # fmt: skip

    monkeypatch.setattr("pohoda_bridge.quality.judge.validated", lambda *_: Result)
    with pytest.raises(StopAgenda, match="no result"):
        reasons(frame({}))


VALUES = {
    "ico": st.one_of(
        st.none(), icos, icos.map(lambda i: f"{i[:2]} {i[2:5]}\u00a0{i[5:]}"), st.from_regex(r"[0-9]{7,9}"), texts
    ),
    "dic": st.one_of(st.none(), slovak_dics, icos.map("CZ{}".format), st.from_regex(r"(SK|CZ|DE)?[0-9]{8,10}"), texts),
    "ic_dph": st.one_of(st.none(), slovak_dics.map("SK{}".format), st.from_regex(r"[A-Z]{2}[0-9]{8,10}"), texts),
    "email": st.one_of(st.none(), st.emails(), st.from_regex(r"[a-z.@ ,;-]{1,12}"), spaces, texts),
    "country": st.one_of(st.none(), st.from_regex(r"[A-Z]{2}", fullmatch=True), texts),
    "whole": st.one_of(st.none(), st.from_regex(r"-?[0-9]{1,3}(\.[0-9]{0,2})?", fullmatch=True), texts),
}


@pytest.mark.parametrize("rule", sorted(checks.CHECKS))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), unit=st.sampled_from(["SK", "CZ"]))
def test_great_expectations_agrees_with_our_checks_row_by_row(rule, data, unit):
    values = data.draw(st.lists(VALUES[rule], min_size=1, max_size=30))
    field = "country" if rule == "country" else "value"
    rows = [{"_id": str(number), field: value} for number, value in enumerate(values)]
    if field != "country":
        for row in rows:
            row["country"] = data.draw(st.sampled_from([None, "SK", "CZ", "DE", ""]))
    expectation = Expectation(rule=rule, fields=(field,), level="warn")
    found = {(i, code) for i, _, code in reasons(pd.DataFrame(rows, dtype=object), [expectation], unit)}
    wanted = {
        (row["_id"], fault.code)
        for row in rows
        if (fault := checks.fault(rule, row[field], country=unit, row_country=row["country"]))
    }
    assert found == wanted


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.none() | texts, st.none() | texts, st.none() | st.integers(0, 3)), min_size=1, max_size=20)
)
def test_great_expectations_agrees_on_filled_unique_and_length(cells):
    rows = [{"_id": str(n), "a": a, "b": b, "unique:a__count": count} for n, (a, b, count) in enumerate(cells)]
    rules = [
        Expectation(rule="filled", fields=("a", "b"), level="refuse"),
        Expectation(rule="unique", fields=("a",), level="refuse"),
        Expectation(rule="length", fields=("b",), level="refuse", limit=5),
    ]
    found = {(i, code) for i, _, code in reasons(pd.DataFrame(rows, dtype=object), rules)}
    wanted = {(r["_id"], "filled") for r in rows if not text(r["a"]) and not text(r["b"])}
    wanted |= {(r["_id"], "unique") for r in rows if (r["unique:a__count"] or 0) > 1}
    wanted |= {(r["_id"], "length") for r in rows if text(r["b"]) and len(r["b"]) > 5}
    assert found == wanted


@pytest.mark.parametrize("flow", open_catalogue().flows("gram"), ids=lambda flow: flow.dag_id)
def test_every_expectation_of_every_shipped_flow_can_be_judged(flow):
    asked = {name for entry in flow.expectations for name in entry.fields}
    texts = {name for name in asked if flow.types.get(name, "text") == "text" and "." not in name}
    row = {"_id": "2026/AD/1", **dict.fromkeys(asked), **dict.fromkeys(texts, "x" * 20_000)}
    row |= {name: [] for part in flow.agenda.parts for name in part.sets}
    row |= {flow.agenda.fold.into: []} if flow.agenda.fold else {}
    row |= {f"{entry.name}__count": 2 for entry in flow.expectations if entry.rule == "unique"}
    found = judge(pd.DataFrame([row], dtype=object), flow.expectations, country="SK", title="test")
    assert {f.rule for f in found} >= {
        e.name for e in flow.expectations if e.rule in {"unique", "email", "length", "country"}
    }
    assert any(e.rule == "length" for e in flow.expectations)


def test_judging_says_nothing_and_calls_nobody(capfd, monkeypatch):
    import socket

    def refused(*_):
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setenv("GX_ANALYTICS_ENABLED", "true")
    assert reasons(frame({"ico": "1"}))
    assert os.environ["GX_ANALYTICS_ENABLED"] == "false"
    assert capfd.readouterr() == ("", "")


def test_the_suite_names_rule_and_level():
    more = (Expectation(rule="length", fields=("person",), level="refuse", limit=3), *EXPECTATIONS)
    made = suite.suite(more, "SK", "test")
    named = [(e.meta["positions"], e.meta["rules"]) for e in made.expectations]
    assert named[-1] == ([0, 8], ["length:person", "length:company"])
    assert named[:-1] == [([n], [entry.name]) for n, entry in enumerate(more) if entry.rule != "length"]


def test_texts_are_judged_each_by_its_own_limit():
    rules = [Expectation(rule="length", fields=(n,), level="refuse", limit=m) for n, m in (("ico", 8), ("person", 2))]
    found = reasons(frame({}, {"person": "Jan"}, {"ico": "357423640", "person": "Ján"}, {"ico": "1" * 9}), rules)
    assert [(i[-1], rule) for i, rule, _ in found] == [
        ("3", "length:ico"), ("4", "length:ico"), ("2", "length:person"), ("3", "length:person"),
    ]  # fmt: skip


def test_no_frame_is_kept_but_the_last(monkeypatch):
    frames = []

    def kept(*given):
        made = prepared(*given)
        frames.append(weakref.ref(made))
        return made

    monkeypatch.setattr("pohoda_bridge.quality.judge.prepared", kept)
    for _ in range(3):
        reasons(frame({}))
    gc.collect()
    assert [made() is None for made in frames[:2]] == [True, True]


def test_texts_for_the_accountant_name_fields_as_pohoda_does():
    (found,) = judge(frame({"company": "Alfa a Omega s.r.o."}), EXPECTATIONS, country="SK", title="test")
    assert found.text.en == "company is longer than the 12 characters the CRM takes; shorten it"
    assert found.text.cs == "Firma: text je delší než 12 znaků, které CRM přijme; zkraťte ho"
    assert found.text.sk == "Firma: text je dlhší ako 12 znakov, ktoré CRM prijme; skráťte ho"
