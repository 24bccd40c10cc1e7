"""Everything that can go wrong at the simulated eWay-CRM, and its admin path: what the client sees, what is stored."""

import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from pohoda_sandbox.eway import EWay
from pohoda_sandbox.eway.errors import CODES
from pohoda_sandbox.faults import Fault, Faults
from tests.sandbox.eway_client import ZERO, A, B, Client, md5

BROKEN = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
NEW = {"ItemGUID": A, "ItemVersion": 1, "CompanyName": "A"}


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def eway(faults: Faults) -> Iterator[EWay]:
    with EWay(faults) as eway:
        yield eway


def admin(eway: EWay, method: str, path: str, body: Any = None, status: int = 200) -> Any:
    headers = {"Admin-Token": eway.admin_token}
    answer = requests.request(method, eway.admin_url + path, json=body, headers=headers, timeout=20)
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.mark.parametrize("code", sorted(CODES - {"rcSuccess"}))
def test_every_return_code_can_be_asked_for_before_and_after_storing(eway: EWay, client: Client, code: str) -> None:
    eway.refuse(code, "SaveCompany")
    told = client("SaveCompany", transmitObject=NEW)
    assert (told["ReturnCode"], told["Guid"], eway.records("Companies")) == (code, ZERO, [])
    eway.refuse(code, "SaveCompany", stored=True)
    assert client("SaveCompany", transmitObject=NEW)["ReturnCode"] == code
    assert [one["ItemGUID"] for one in eway.records("Companies")] == [A]
    assert client("SaveCompany", transmitObject=NEW, dieOnItemConflict=True)["ReturnCode"] == "rcItemAlreadyUploaded"


def test_a_refusal_strikes_its_method_as_often_as_it_says(eway: EWay, client: Client) -> None:
    eway.refuse("rcBadSession", "GetCompanies", times=2, skip=1)
    codes = [client("GetCompanies")["ReturnCode"] for _ in range(4)]
    assert codes == ["rcSuccess", "rcBadSession", "rcBadSession", "rcSuccess"]
    with pytest.raises(ValueError, match="rcItemNotFound"):
        eway.refuse("rcItemNotFound")


@pytest.mark.parametrize(("kind", "kept"), [("refuse", 0), ("cut_before", 0), ("cut_after", 1), ("truncate", 1)])
def test_a_broken_connection_and_how_a_client_finds_out(
    eway: EWay, client: Client, faults: Faults, kind: str, kept: int
) -> None:
    faults.add(Fault("eway", kind, match="SaveCompany"))
    with pytest.raises(BROKEN):
        client("SaveCompany", transmitObject=NEW)
    assert len(eway.records("Companies")) == kept
    again = client("SaveCompany", transmitObject=NEW, dieOnItemConflict=True)
    assert again["ReturnCode"] == ("rcItemAlreadyUploaded" if kept else "rcSuccess")
    assert len(eway.records("Companies")) == 1 and eway.count("SaveCompany") == 2


@pytest.mark.parametrize("status", [500, 502, 503, 404, 413])
def test_a_page_instead_of_an_answer(eway: EWay, client: Client, faults: Faults, status: int) -> None:
    faults.add(Fault("eway", "status_after", match="SaveCompany", status=status))
    answer = client.raw("SaveCompany", {"sessionId": client.session, "transmitObject": NEW})
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert len(eway.records("Companies")) == 1
    faults.add(Fault("eway", "status", match="LogIn", status=401))
    refused = client.raw("LogIn", {})
    assert (refused.status_code, refused.json()["ReturnCode"]) == (401, "rcBadAccessToken")


def test_other_faults(eway: EWay, client: Client, faults: Faults) -> None:
    client.save(**NEW)
    faults.add(Fault("eway", "drift", match="GetCompanies", name="Email"))
    assert "Email" not in client.ok("GetCompanies")[0] and "Email" in client.ok("GetCompanies")[0]
    faults.add(Fault("eway", "garbage"))
    with pytest.raises(ValueError):
        client("GetCompanies")
    faults.add(Fault("eway", "wrong_encoding"))
    with pytest.raises(UnicodeDecodeError):
        client.raw("GetCompanies", {"sessionId": client.session}).content.decode()
    faults.add(Fault("gram", "status"))
    assert client("GetCompanies")["ReturnCode"] == "rcSuccess"


def test_a_request_over_the_limit_is_413(eway: EWay, client: Client) -> None:
    eway.service.max_body = 1000
    assert client.raw("SaveCompany", {"sessionId": client.session, "x": "y" * 2000}).status_code == 413


def test_the_admin_path_wants_its_token_and_is_not_counted(eway: EWay) -> None:
    assert requests.get(f"{eway.admin_url}/counters", timeout=20).status_code == 401
    assert admin(eway, "GET", "/counters")["requests"] == 0


def test_a_person_works_from_outside(eway: EWay, client: Client) -> None:
    base = client.ok("GetLastItemChangeId")
    guid = admin(eway, "POST", "/records/Companies", {"CompanyName": "A"})["ItemGUID"]
    assert admin(eway, "PUT", f"/records/Companies/{guid}", {"Email": "e"})["ItemVersion"] == 2
    item = client.one(guid)
    (anna,) = (user["ItemGUID"] for user in eway.records("Users") if user["Username"] == "anna")
    assert (item["Email"], item["OwnerGUID"], item["ModifiedByGUID"]) == ("e", anna, anna)
    admin(eway, "DELETE", f"/records/Companies/{guid}")
    assert admin(eway, "GET", "/records/Companies") == []
    assert client.ok("GetLastItemChangeId") == base + 3
    assert (eway.writes(), eway.count("GetLastItemChangeId")) == (0, 2)
    admin(eway, "GET", "/records/Unicorns", status=404)
    admin(eway, "PUT", f"/records/Companies/{guid}", {"Email": "e"}, status=404)


def test_the_service_is_set_from_outside(eway: EWay, client: Client) -> None:
    admin(eway, "POST", "/settings", {"CompanyDuplicityCheckEnabled": "1"})
    admin(eway, "POST", "/permissions/Contacts", {"View": "None"})
    admin(eway, "POST", "/rules/Companies", {"field": "Email", "kind": "mandatory"})
    admin(eway, "POST", "/refusals", {"code": "rcDatabaseTimeout", "method": "GetUsers"})
    assert client("GetContacts")["ReturnCode"] == "rcAccessDenied"
    assert client("SaveCompany", transmitObject={"CompanyName": "A"})["UserMessage"]
    assert client("GetUsers")["ReturnCode"] == "rcDatabaseTimeout"
    admin(eway, "DELETE", "/rules")
    client.save(ItemGUID=A, IdentificationNumber="1")
    assert client("SaveCompany", transmitObject={"IdentificationNumber": "1"})["ReturnCode"] == "rcGeneralError"
    assert admin(eway, "GET", "/sessions") == {"open": 1}
    admin(eway, "POST", "/sessions/expire")
    assert client("GetUsers")["ReturnCode"] == "rcBadSession"
    assert admin(eway, "POST", "/switches", {"dates": "rfc3339"})["dates"] == "rfc3339"
    for path, body in (
        ("/switches", {"dates": "roman"}),
        ("/switches", {"unknown": 1}),
        ("/refusals", {"code": "rcError"}),
        ("/permissions/Contacts", {"View": "Some"}),
        ("/rules/Companies", {"field": "Email", "kind": "odd"}),
        ("/tokens/odd", {}),
        ("/settings", {"Unknown": "1"}),
    ):
        assert admin(eway, "POST", path, body, status=404 if path == "/settings" else 400)["error"]


def test_calls_are_counted_by_their_proper_names(eway: EWay, client: Client) -> None:
    client.raw("savecompany", {"sessionId": client.session, "transmitObject": NEW})
    client("SaveRelation", transmitObject={})
    client("DeleteCompany", itemGuid=B)
    client("GetCompanies")
    assert (eway.count("SaveCompany"), eway.count(entity="Companies"), eway.count("LogIn")) == (1, 3, 1)
    assert (eway.writes(), eway.count()) == (3, 5)
    assert admin(eway, "GET", "/requests?entity=Companies")[0]["method"] == "SaveCompany"


def test_a_file_goes_up_as_php_sends_it_and_comes_down_without_an_envelope(eway: EWay, client: Client) -> None:
    """Chunked, with a Content-Length and an Expect beside it; fileName is not encoded."""
    path = f"/demo/InsecureAPI.svc/SaveBinaryAttachment?sessionId={client.session}&itemGuid={A}&fileName=a.pdf"
    for body in (b"first", b"second\x00\xff"):
        connection = http.client.HTTPConnection("127.0.0.1", eway.port, timeout=20)
        connection.putrequest("POST", path)
        for name, value in (
            ("Content-Type", "application/octet-stream"),
            ("Transfer-Encoding", "chunked"),
            ("Content-Length", str(len(body))),
        ):
            connection.putheader(name, value)
        connection.endheaders()
        connection.send(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
        assert json.loads(connection.getresponse().read())["ReturnCode"] == "rcSuccess"
        connection.close()
    client.save("Document", ItemGUID=A, FileAs="a.pdf", DocName="a", Extension="pdf", DocSize=8)
    assert client.ok("GetLatestRevision", documtentGuid=A)["Revision"] == 2
    body = {"sessionId": client.session, "itemGuid": A}
    first = client.raw("GetBinaryAttachment", {**body, "revision": 1})
    assert (first.content, first.headers["Content-Type"]) == (b"first", "application/octet-stream")
    latest = f"{client.base}/GetBinaryAttachmentLatestRevision?itemGuid={A}"
    bearer = {"Authorization": f"Bearer {client.session}"}
    assert requests.get(latest, headers=bearer, timeout=20).content == b"second\x00\xff"
    browser = requests.Session()
    hashed = {"userName": eway.user, "appVersion": "Web1", "createSessionCookie": True}
    browser.post(f"{client.base}/LogIn", json={**hashed, "passwordHash": md5(eway.password)}, timeout=20)
    assert browser.get(latest, timeout=20).content == b"second\x00\xff"
    assert requests.get(latest, timeout=20).json()["ReturnCode"] == "rcBadSession"
    assert client("GetLatestRevision", documentGuid=B)["ReturnCode"] == "rcGeneralError"
