"""check: what keeps a link from running, and with --data exactly the faults that are in the data."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pohoda_bridge.survey import unit as survey_unit
from pohoda_sandbox.company import Dirt
from tests.bridge import UNIT, Bridge

from .conftest import Command

YEARS = {year: {"sql": f"pohoda_sql_{year}", "mserver": f"pohoda_mserver_{year}"} for year in (2025, 2026)}
Found = tuple[str, str, str, str]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    """Two years of a company with documents and dirt; its CRM has no connection at all."""
    with (
        pytest.MonkeyPatch.context() as patch,
        Bridge.open(tmp_path_factory.mktemp("sample"), patch, empty=False, size=60, documents=True) as opened,
    ):
        opened.write("units", {**UNIT, "years": YEARS})
        patch.delenv("AIRFLOW_CONN_GRAM_API")
        yield opened


def test_a_link_that_can_run(bridge: Bridge, command: Command) -> None:
    done = command("check", "gram", "--json")
    assert (done.code, done.data["ok"]) == (0, True)
    assert done.data["checks"] == [
        {"what": f"gram__{agenda}__to_crm", "fault": None} for agenda in ("clients", "addresses", "contacts")
    ]
    assert "right" in command("check").out


@pytest.mark.parametrize("kind", ["pohoda", "crm", "connection"])
def test_what_keeps_a_link_from_running(
    bridge: Bridge, command: Command, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    if kind == "pohoda":
        bridge.sandbox.pohoda.edit("sKonfig", 1, ICO="99999999")
        told = "99999999"
    elif kind == "crm":
        bridge.sandbox.gram.service.tokens.__init__("another", "nobody")  # type: ignore[misc]
        told = "token"
    else:
        monkeypatch.delenv("AIRFLOW_CONN_POHODA_SQL_2026")
        told = "AIRFLOW_CONN_POHODA_SQL_2026"
    done = command("check", "gram", "--json")
    assert (done.code, done.data["ok"]) == (1, False)
    assert all(told in one["fault"] for one in done.data["checks"])


def test_a_broken_link_is_told_beside_the_others(bridge: Bridge, command: Command) -> None:
    (bridge.config / "links" / "broken.yaml").write_text("link: broken\n", encoding="utf-8")
    done = command("check", "--json")
    assert done.code == 1
    faults = {one["what"]: one["fault"] for one in done.data["checks"]}
    assert "broken.yaml:1: `unit` is missing" in faults["settings of broken"]
    assert faults["gram__clients__to_crm"] is None
    assert command("check", "gram").code == 1
    assert command("check", "grm").code == 2


def test_rules_of_the_accountant_that_can_never_apply_are_warnings(bridge: Bridge, command: Command) -> None:
    table = bridge.config / "units" / f"{UNIT['unit']}.accounting.csv"
    table.write_text("kind;vat_class\n;UD\ninvoice;UN\n", encoding="utf-8")
    told = f"{table.name}:3: never reached, line 2 fits all that it fits; move it above that line"
    for words in (("check", "gram"), ("check",)):
        done = command(*words, "--json")
        assert (done.code, done.data["ok"], done.data["warnings"]) == (0, True, [told])
    assert f"Warnings:\n{told}\n" in command("check", "gram").out
    table.write_text("kind;vat_class\n;UD\ninvoise;UN\n", encoding="utf-8")
    done = command("check", "--json")
    assert done.code == 1
    assert "accounting.csv:3: kind: unknown kind of document 'invoise'" in done.data["checks"][0]["fault"]


def _of_address_book(bridge: Bridge) -> Iterator[Found]:
    """(agenda, record, rule, level) that the dirt of the address book must give, by the rules of the agendas.

    The card of a company with Jméno is a contact too; what is wrong with its note or e-mail is wrong there as well.
    """

    def wrong(dirt: Dirt, rule: str, level: str, *, card: bool = False) -> Iterator[Found]:
        yield "contacts" if dirt.kind == "email_twice" else "clients", f"2026/AD/{dirt.id}", rule, level
        (row,) = bridge.sandbox.pohoda.rows("SELECT Jmeno FROM AD WHERE ID = ?", dirt.id)
        if card and row["Jmeno"]:
            yield "contacts", f"2026/AD/{dirt.id}", rule, level

    for dirt in bridge.sandbox.planted:
        match dirt.kind:
            case "same_company":
                yield from wrong(dirt, "unique:ico+name+zip", "refuse")
                yield from wrong(dirt, "unique:ico", "warn")
            case "branch":
                yield from wrong(dirt, "unique:ico", "warn")
            case "ico_spaces" | "ico_checksum":
                yield from wrong(dirt, "ico:ico", "warn")
            case "dic" | "ic_dph":
                yield from wrong(dirt, f"{dirt.kind}:{dirt.kind}", "warn")
            case "empty_company":
                yield from wrong(dirt, "filled:company+person", "refuse")
            case "email_twice":
                yield from wrong(dirt, "unique:email", "warn")
            case "note_too_long":
                yield from wrong(dirt, "length:note", "refuse", card=True)
            case "email_malformed":
                yield from wrong(dirt, "email:emails", "warn", card=True)
            case "unknown_country":
                (row,) = bridge.sandbox.pohoda.rows("SELECT IDS FROM sZeme WHERE ID = ?", int(dirt.value))
                if row["IDS"]:  # a country without a code is no country, not a wrong one
                    yield from wrong(dirt, "country:country", "refuse")
            case other:
                assert other in DOCUMENTS, f"a new kind of dirt, {other}: say here what must be found"


DOCUMENTS = {
    "card_without_code": ("filled:code", "refuse"),
    "card_code_twice": ("once:stock.store", "refuse"),
    "unit_missing": ("unit:unit", "warn"),
    "sum_off": ("sum_of_lines:lines+total", "refuse"),
    "line_vat": ("vat_of_rate:lines+taxed_on", "warn"),
    "currency_without_rate": ("rate_filled:currency", "refuse"),
    "date_outside": ("in_year:issued_on", "warn"),
    "unknown_partner": ("known:partner", "warn"),
    "number_missing": ("filled:number", "refuse"),
}
AGENDAS = {"SKz": "products", "FA": "issued_invoices", "FApol": "issued_invoices", "OBJ": "received_orders"}


def _of_documents(bridge: Bridge) -> Iterator[Found]:
    """What the dirt of documents and stock must give."""
    for dirt in bridge.sandbox.planted:
        if dirt.kind in DOCUMENTS and dirt.id == min(dirt.group or (dirt.id,)):  # two cards of a code are one product
            table, number = dirt.table, dirt.id
            if table == "FApol":
                (row,) = bridge.sandbox.pohoda.rows("SELECT RefAg FROM FApol WHERE ID = ?", number)
                table, number = "FA", row["RefAg"]
            yield AGENDAS[dirt.table], f"2026/{table}/{number}", *DOCUMENTS[dirt.kind]


def _copied(bridge: Bridge) -> Iterator[Found]:
    """A document has a copy of its partner's address: a wrong IČO stands there too."""
    wrong = {dirt.value for dirt in bridge.sandbox.planted if dirt.kind in {"ico_spaces", "ico_checksum"}}
    last = bridge.sandbox.first.last
    assert last is not None
    kinds = {
        "FA": lambda row: "issued_invoices" if row["RelTpFak"] < 10 else "received_invoices",
        "OBJ": lambda row: "received_orders" if row["RelTpObj"] == 1 else "issued_orders",
        "NAB": lambda row: "offers",
        "sZAK": lambda row: "deals",
    }  # fmt: skip
    for table, agenda in kinds.items():
        newer = {row["Cislo"] for row in bridge.sandbox.pohoda.rows(f"SELECT Cislo FROM {table}")}
        for year, pohoda in ((2026, bridge.sandbox.pohoda), (2025, last.pohoda)):
            for row in pohoda.rows(f"SELECT * FROM {table}"):
                carried = year == 2025 and (row["Cislo"] in newer or table == "sZAK")
                if row["ICO"] in wrong and not carried:
                    yield agenda(row), f"{year}/{table}/{row['ID']}", "ico:ico", "warn"


def test_exactly_the_planted_dirt_is_found_without_a_crm(sample: Bridge, command: Command) -> None:
    assert len(sample.sandbox.planted) >= 30
    done = command("check", "gram", "--data", "--json")
    assert (done.code, done.data["ok"]) == (0, True)
    told = [(one["agenda"], one["id"], one["rule"], one["level"]) for one in done.data["findings"]]
    assert len(told) == len(set(told))
    assert set(told) == {*_of_address_book(sample), *_of_documents(sample), *_copied(sample)}
    assert all(one[language] for one in done.data["findings"] for language in ("en", "cs", "sk"))
    (unit,) = done.data["units"]
    counts = Counter((agenda, level) for agenda, _, _, level in told)
    assert len(unit["agendas"]) == 12
    for agenda, tally in unit["agendas"].items():
        assert tally["rows"] > 0
        assert (tally["refuse"], tally["warn"]) == (counts[agenda, "refuse"], counts[agenda, "warn"])
    page = Path(unit["page"]).read_text(encoding="utf-8")
    assert all(f">{number}<" in page for _, number, _, _ in told)
    assert "Čo opraviť" in page and Path(unit["book"]).stat().st_size > 5_000
    assert sample.sandbox.gram.writes() == 0


def _rename(bridge: Bridge, column: str, name: str) -> None:
    with closing(sqlite3.connect(bridge.sandbox.pohoda.path)) as database:
        database.execute(f"ALTER TABLE OBJ RENAME COLUMN {column} TO {name}")


def test_one_agenda_that_cannot_be_read_stops_no_other(
    sample: Bridge, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    _rename(sample, "Cislo", "Cislo1")
    monkeypatch.setattr(survey_unit, "judge", lambda *_, **__: [])
    monkeypatch.setattr(survey_unit, "EVERY_SECONDS", 0.0)
    try:
        done = command("check", "--data", "--language", "cs")
    finally:
        _rename(sample, "Cislo1", "Cislo")
    assert done.code == 1
    assert done.out.count("OBJ") >= 2 and "received_invoices" in done.out
    assert "payments: " in done.err and "read" in done.err
    page = Path(sample.sandbox.data / "store/check/firma/faults.html").read_text(encoding="utf-8")
    assert "Co opravit" in page and "V datech není žádná chyba." in page and "nelze přečíst" in page
