"""What people see of packs that wait: the commands, the settings file for POHODA, and what is refused at once."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from pohoda_bridge.cli.main import cli
from pohoda_bridge.connections import Connection
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.ledger.schema import metadata
from pohoda_bridge.ledger.store import utc_now
from pohoda_bridge.pohoda.folder.place import Folders

from .conftest import FOLDER, Desk


def told(*argv: str) -> str:
    done = CliRunner().invoke(cli, argv)
    assert done.exit_code == 0, done.output
    return done.output


def test_status_tells_what_waits_and_since_when(desk: Desk) -> None:
    desk.both.add(name="Alfa s.r.o.")
    desk.send()
    with desk.both.job("clients", "to_pohoda") as job, job.ledger.transaction() as ledger:
        ledger.execute(metadata.tables["intents"].update().values(opened=utc_now() - timedelta(hours=3, minutes=5)))
    assert "1, the oldest for 3 h 5 min" in told("status")
    (flow,) = [
        one for one in json.loads(told("status", "--json"))["flows"] if one["flow"] == "gram__clients__to_pohoda"
    ]
    assert flow["submitted"] == 1


def test_collect_says_what_came_what_waits_and_what_is_strange(desk: Desk) -> None:
    desk.both.add(name="Alfa s.r.o.")
    desk.send()
    desk.exe()
    (desk.share / "response" / "strange.xml").write_text("<a/>")
    flows = {one["flow"]: one for one in json.loads(told("collect", "gram", "clients", "--json"))["flows"]}
    assert flows["gram__clients__to_pohoda"] == {
        "flow": "gram__clients__to_pohoda", "collected": {"created": 1}, "waiting": 0, "oldest": None,
        "foreign": ["strange"], "unreadable": {}, "fault": None,
    }  # fmt: skip
    assert "1 answers of unknown packs" in told("collect", "gram")


def test_collect_ends_red_when_pohoda_takes_nothing(desk: Desk) -> None:
    desk.both.add(name="Alfa s.r.o.")
    desk.send()
    desk.exe(password="wrong")
    done = CliRunner().invoke(cli, ["collect", "gram", "clients", "--json"])
    assert done.exit_code == 1
    assert "check the user and the password" in done.output


def test_the_ini_says_what_pohoda_needs(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.connect(monkeypatch, ini={"input_dir": r"C:\job\in", "XSLT_output": r"C:\job\š.xslt"})
    with desk.both.job("clients", "to_pohoda") as job:
        job.target.ready("clients")
    assert (desk.share / "pohoda.ini").read_bytes().decode("cp1250").split("\r\n") == [
        "[XML]", r"input_dir=C:\job\in", f"response_dir={desk.share / 'response'}", "database=StwPh_12345678_2026",
        "check_duplicity=1", "format_output=0", "action_after_processing=2", f"Move_to={desk.share / 'done'}",
        r"XSLT_output=C:\job\š.xslt", "",
    ]  # fmt: skip


@pytest.mark.parametrize("asked", [False, None, "false"])
def test_no_ini_unless_it_is_asked_for(desk: Desk, monkeypatch: pytest.MonkeyPatch, asked: object) -> None:
    desk.connect(monkeypatch, ini=asked)
    with desk.both.job("clients", "to_pohoda") as job:
        job.target.ready("clients")
    assert desk.files() == []


@pytest.mark.parametrize(
    ("extra", "told"),
    [
        ({"input": None}, "needs `input`"),
        ({"input": "SHARE/none"}, "there is no folder 'none'"),
        ({"response": "SHARE"}, "three folders"),
        ({"ini": "maybe"}, "`ini` is true"),
        ({"ini": {"check_duplicity": "0"}}, "import a pack twice"),
        ({"ini": {"database": "a\nb=c"}}, "line break"),
        ({"ini": {"database": "Ω"}}, "letter that POHODA lacks"),
    ],
)
def test_what_cannot_work_is_refused_before_anything_is_sent(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, extra: dict[str, object], told: str
) -> None:
    desk.connect(monkeypatch, **json.loads(json.dumps(extra).replace("SHARE", str(desk.share))))
    desk.both.add(name="Alfa s.r.o.")
    with pytest.raises(StopAgenda, match=told):
        desk.send()
    assert desk.packs() == []


def test_a_share_without_links_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_link(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", no_link)
    with pytest.raises(StopAgenda, match="two machines could put a pack there twice"):
        Folders(Connection("f", "", extra={"input": str(tmp_path)})).check()
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []


def test_a_unit_that_is_written_otherwise_by_now_must_keep_its_folder(desk: Desk) -> None:
    desk.both.add(name="Alfa s.r.o.")
    desk.send()
    unit = json.loads((desk.both.config / "units" / "firma.yaml").read_text())
    desk.both._write("units", "firma", {**unit, "write": "mserver"})
    assert desk.send() == {"submitted": 1}
    del unit["years"]["2026"]["folder"]
    desk.both._write("units", "firma", {**unit, "write": "mserver"})
    with pytest.raises(StopAgenda, match="keep the `folder` connection"):
        desk.collect()
    unit["years"]["2026"]["folder"] = FOLDER
    desk.both._write("units", "firma", {**unit, "write": "mserver"})
    desk.exe()
    assert desk.collect().outcomes == {"created": 1}
