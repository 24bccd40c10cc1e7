"""The live fields held against the file: a field gone or of another kind stops, before anything is read or written."""

import pytest

from pohoda_bridge.catalogue import Crm, Mapped
from pohoda_bridge.connections import Connection
from pohoda_bridge.crm import RestCrm
from pohoda_bridge.errors import Retry, SettingsError, StopAgenda
from pohoda_sandbox.gram import shipped
from tests.crm.conftest import TOKEN, Bench, new, pack, rows


def test_kinds_by_canonical_name(bench: Bench) -> None:
    kinds = bench.open().describe("contacts")
    assert (kinds["client"], kinds["last_name"], kinds["is_primary"]) == ("ref", "text", "bool")
    assert bench.gram.count() == 1


def test_a_field_gone_stops_and_names_both_and_the_nearest(bench: Bench) -> None:
    bench.fault("drift", name="CompanyId", match="/Field")
    with pytest.raises(StopAgenda, match=r"no field CompanyId any more \(ico\)"):
        bench.open().describe("clients")
    bench.fault("drift", name="Email", match="/Field")
    bench.gram.service.records.add_field("Client", "cEmail", {"kind": "text"})
    with pytest.raises(StopAgenda, match=r"Email any more \(email\); the nearest is cEmail"):
        bench.open().describe("clients")


def test_a_constant_gone_stops(bench: Bench) -> None:
    bench.fault("drift", name="Kind", match="/Field")
    with pytest.raises(StopAgenda, match=r"Kind any more \(constant\)"):
        bench.open().describe("addresses")


def test_a_field_of_another_kind_stops(bench: Bench) -> None:
    wire = shipped()
    wire["entities"]["Client"]["fields"]["DueDays"]["kind"] = "text"
    with pytest.raises(StopAgenda, match=r"Client.DueDays \(due_days\) is now of kind number, the file says text"):
        custom(bench, wire).describe("clients")


def test_a_service_that_does_not_describe_itself_is_trusted(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.fault("status", status=404, match="/Field")
    with caplog.at_level("INFO"):
        assert bench.open().describe("clients")["ico"] == "text"
    assert "its file is trusted" in caplog.text
    bench.forget()
    assert bench.open(api={"describe": None}).describe("clients")["ico"] == "text"
    assert bench.gram.count() == 0


def test_no_answer_is_a_retry(bench: Bench) -> None:
    bench.fault("status", status=503, times=4)
    with pytest.raises(Retry):
        bench.open().describe("clients")


def test_a_custom_field_takes_its_kind_from_the_service(bench: Bench) -> None:
    bench.gram.service.records.add_field("Client", "cScore", {"kind": "number"})
    crm = custom(bench, shipped(), {"name": Mapped(to="Name"), "score": Mapped(to="cScore")})
    assert crm.describe("clients") == {"name": "text", "score": "number"}
    (answer,) = crm.write("clients", pack(new(1, score=7)))
    assert answer.row is not None and answer.row["score"] == 7
    assert rows(crm)[0]["score"] == 7


def test_a_field_the_service_locks_is_not_writable(bench: Bench) -> None:
    wire = shipped()
    wire["entities"]["Client"]["fields"]["WonDealsValue"]["read_only"] = False
    crm = custom(bench, wire, {"name": Mapped(to="Name"), "won": Mapped(to="WonDealsValue")})
    assert crm.writable("clients") == {"name", "won"}
    crm.describe("clients")
    assert crm.writable("clients") == {"name"}


def test_an_entity_only_to_read_has_nothing_writable(bench: Bench) -> None:
    wire = shipped()
    wire["entities"]["Client"]["read_only"] = True
    assert custom(bench, wire).writable("clients") == frozenset()


@pytest.mark.parametrize(
    ("change", "says"),
    [({"paging": {}}, "api.paging"), ({"list": {"path": "x"}}, "api.list.method"), ({"level": "L9"}, "api.level")],
)
def test_a_wrong_file_is_said(bench: Bench, change: dict[str, object], says: str) -> None:
    wire = shipped()
    wire["api"] |= change
    with pytest.raises(SettingsError, match=says):
        custom(bench, wire)


def custom(bench: Bench, wire: dict, mapping: dict[str, Mapped] | None = None) -> RestCrm:  # type: ignore[type-arg]
    connection = Connection("gram_api", bench.gram.host_url, password=TOKEN, extra={"organization": "demo"})
    mappings = {"clients": mapping} if mapping else {}
    crm = RestCrm(Crm.model_validate(wire), connection, mappings, sleep=bench.waits.append)
    bench.opened.append(crm)
    return crm
