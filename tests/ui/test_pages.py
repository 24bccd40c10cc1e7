"""No page loads anything from another host, runs a script or lets a value become markup; each says what it must."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from pohoda_bridge.catalogue import open_catalogue
from pohoda_bridge.console.app import HEADERS
from pohoda_bridge.console.pages import dag_of_run, docs_page
from pohoda_bridge.errors import StopAgenda
from tests.dags.world import AGENDAS, World
from tests.ui.conftest import HOSTILE

CLIENTS = "gram__clients__to_crm"
FOREIGN = re.compile(
    r"""(?:src|srcset|href|action|formaction|data|poster|background|content)\s*=\s*["']?[^"'>]*?(?:[a-z]+:)?//"""
    r"""|url\(\s*["']?(?:[a-z]+:)?//|@import""",
    re.IGNORECASE,
)
ACTIVE = re.compile(
    r"<\s*(?:script|iframe|object|embed|link|base|form|meta[^>]+refresh)\b|<[^>]+\son\w+\s*=", re.IGNORECASE
)


def reached(client: TestClient) -> dict[str, Any]:
    """Every page that can be reached from the overview, by its address."""
    found: dict[str, Any] = {}
    waiting = ["/bridge/"]
    while waiting:
        address = waiting.pop()
        if address in found:
            continue
        answer = found[address] = client.get(address)
        links = re.findall(r'href="([^"#]+)', answer.text)
        waiting += [str(answer.url.join(link).raw_path, "ascii") for link in links]
    return found


@pytest.fixture(scope="package")
def pages(admin: TestClient) -> dict[str, Any]:
    return reached(admin)


def test_every_page_is_reached_by_links_that_lead_somewhere(pages: dict[str, Any]) -> None:
    for agenda in AGENDAS:
        dag_id = f"gram__{agenda}__to_crm"
        assert {f"/bridge/dags/{dag_id}", f"/bridge/docs/{dag_id}/index.html"} <= set(pages)
        assert any(address.startswith(f"/bridge/docs/{dag_id}/runs/") for address in pages)
        assert f"/bridge/runs/{quote(f'{dag_id}@one', safe='')}" in pages
    assert {answer.status_code for answer in pages.values()} == {200}


def test_no_page_refers_to_another_host_or_runs_anything(pages: dict[str, Any]) -> None:
    for address, answer in pages.items():
        assert not FOREIGN.search(answer.text), address
        assert not ACTIVE.search(answer.text), address


@pytest.mark.parametrize(
    "seeded",
    [
        '<script src="https://cdn.example/x.js"></script>',
        "<link rel=stylesheet href=//cdn.example/x.css>",
        "<style>@import 'x.css'</style>",
        "<style>body { background: url(http://cdn.example/x.png) }</style>",
        '<img srcset="x.png 1x, https://cdn.example/x.png 2x">',
    ],
)
def test_the_check_finds_a_foreign_host(pages: dict[str, Any], seeded: str) -> None:
    assert FOREIGN.search(pages["/bridge/"].text.replace("</body>", f"{seeded}</body>"))


@pytest.mark.parametrize("seeded", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<form action=x>"])
def test_the_check_finds_active_content(pages: dict[str, Any], seeded: str) -> None:
    assert ACTIVE.search(pages["/bridge/"].text.replace("</body>", f"{seeded}</body>"))


def test_every_answer_carries_the_headers(
    pages: dict[str, Any], nobody: TestClient, admin: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [*pages.values(), nobody.get("/bridge/"), admin.get("/bridge/none"), admin.post("/bridge/")]
    monkeypatch.setattr("pohoda_bridge.console.pages.catalogue", _raises(KeyError("a fault of ours")))
    answers.append(admin.get("/bridge/"))
    monkeypatch.setattr("pohoda_bridge.console.pages.catalogue", _raises(StopAgenda("the ledger is newer")))
    answers.append(admin.get("/bridge/"))
    assert {answer.status_code for answer in answers} == {200, 401, 404, 405, 500, 503}
    for answer in answers:
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert "a fault of ours" not in answers[-2].text
    assert "the ledger is newer" in answers[-1].text
    policy = HEADERS["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "//" not in policy


def _raises(error: Exception) -> Any:
    def fail() -> None:
        raise error

    return fail


def test_a_hostile_name_stays_text(world: World, pages: dict[str, Any]) -> None:
    report = pages[f"/bridge/runs/{quote(f'{CLIENTS}@one', safe='')}"].text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in report
    assert not any("<script>" in answer.text or "<img" in answer.text for answer in pages.values())
    failed = pages[f"/bridge/runs/{quote(f'{CLIENTS}@failed', safe='')}"].text
    assert "it says &lt;script&gt;" in failed
    assert HOSTILE not in "".join(answer.text for answer in pages.values())


@pytest.mark.parametrize("path", ["runs/{}", "docs/{}/index.html", "docs/gram__clients__to_crm/{}", "dags/{}", "{}"])
def test_a_hostile_address_stays_text(admin: TestClient, path: str) -> None:
    for hostile in ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "%00", "' OR 1=1 --"):
        answer = admin.get(f"/bridge/{path.format(quote(hostile, safe=''))}")
        assert answer.status_code == 404
        assert "<script" not in answer.text
        assert "onerror" not in answer.text
        assert "49" not in answer.text


def test_no_address_leads_out_of_the_store(world: World, admin: TestClient) -> None:
    data = Path(world.sandbox.info["data"])
    flow = data / "store/docs" / CLIENTS
    for place in (data, data / "store", data / "store/docs", flow / "runs" / "deeper", flow):
        place.mkdir(exist_ok=True)
        (place / "canary.txt").write_text("canary", encoding="utf-8")
    (data / "store/docs/canary.html").write_text("canary", encoding="utf-8")
    (flow / "runs/deeper/canary.html").write_text("canary", encoding="utf-8")
    (flow / ".hidden.html").write_text("canary", encoding="utf-8")
    steps = ["%2e%2e", "%2e%2e%2f%2e%2e", "....", "..%5c..", "", "%2f", "runs/%2e%2e"]
    files = ["canary.html", "secrets.json", "deeper/canary.html"]
    tried = [
        f"/bridge/{base}/{step}/{file}"
        for base in ("docs", f"docs/{CLIENTS}", f"docs/{CLIENTS}/runs", "runs", f"runs/{CLIENTS}@one")
        for step in steps
        for file in files
    ]
    for address in [*tried, f"/bridge/docs/{CLIENTS}/canary.txt", f"/bridge/docs/{CLIENTS}/.hidden.html"]:
        answer = admin.get(address)
        assert answer.status_code in {404, 307, 403}, address
        assert "canary" not in answer.text, address
        assert "gram_token" not in answer.text, address
    for page in ("../canary.html", "runs/../../canary.html", "runs/deeper/canary.html", str(data / "canary.txt"), ""):
        assert docs_page(CLIENTS, page) is None
    assert docs_page("..", "canary.html") is None
    assert dag_of_run("../canary") is None


def test_the_overview_tells_what_is_open(pages: dict[str, Any]) -> None:
    overview = pages["/bridge/"].text
    for column in ("read until", "quarantined", "held", "in doubt", "submitted", "conflicts"):
        assert column in overview
    assert overview.count("dags/gram__") == len(open_catalogue().flows("gram"))
    assert "Address book" in overview


def test_the_page_of_one_dag_shows_its_runs_alone(pages: dict[str, Any]) -> None:
    page = pages["/bridge/dags/gram__contacts__to_crm"].text
    assert "gram__contacts__to_crm%40one" in page
    assert CLIENTS not in page


@pytest.mark.parametrize(
    ("run", "says"),
    [("one", "created"), ("empty", "There was nothing to do"), ("going", "It has not ended"), ("failed", "it says")],
)
def test_every_run_has_a_page(admin: TestClient, run: str, says: str) -> None:
    assert says in admin.get(f"/bridge/runs/{CLIENTS}@{run}").text


def test_a_run_that_never_began_is_not_known(admin: TestClient) -> None:
    assert admin.get(f"/bridge/runs/{CLIENTS}@bad").status_code == 404


def test_refused_settings_are_shown(
    world: World, admin: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "links").mkdir()
    (tmp_path / "links/shop.yaml").write_text("link: shop\n<script>x</script>: 1\n", encoding="utf-8")
    monkeypatch.setenv("POHODA_BRIDGE_CONFIG", str(tmp_path))
    for path in ("/bridge/", "/bridge/dags/shop__settings"):
        page = admin.get(path).text
        assert "The settings of link shop are refused" in page
        assert "shop.yaml:2: unknown key" in page
        assert "<script>" not in page
    assert admin.get("/bridge/dags/gram__clients__to_crm").status_code == 404
