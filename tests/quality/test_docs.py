"""Data Docs: readable, without values, and without a single reference to another host."""

import re
import threading
from html.parser import HTMLParser

import pytest
from hypothesis import given

from pohoda_bridge.quality.clean import POLICY, cleaned, index_page, summary_of
from pohoda_bridge.quality.docs import Docs, rendered
from pohoda_bridge.quality.judge import judge
from tests.quality.frames import EXPECTATIONS, frame
from tests.strategies import texts

HOSTS = ["unpkg.com", "maxcdn.bootstrapcdn.com", "cdnjs.cloudflare.com", "cdn.jsdelivr.net", "code.jquery.com",
         "stackpath.bootstrapcdn.com"]  # fmt: skip
CANARY = "Kanárik77"
LOADS = {"script", "link", "img", "iframe", "frame", "object", "embed", "base", "form", "input", "video", "audio",
         "source", "svg", "template"}  # fmt: skip


class Page(HTMLParser):
    """What a browser would act on: foreign references, loading or running tags, handlers."""

    def __init__(self, html):
        super().__init__()
        self.foreign, self.active, self.text, self.policy, self._in = [], [], "", None, None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self._in = tag
        if tag in LOADS:
            self.active.append(tag)
        for name, value in attrs:
            if name.startswith("on") or (tag == "meta" and value == "refresh"):
                self.active.append(f"{tag} {name}")
            if (
                re.search(r"(^|[\s,'\"(=])(?:[a-z][a-z0-9+.-]*:)?//|javascript:|data:", value or "", re.IGNORECASE)
                and name != "content"
            ):
                self.foreign.append(f"{tag} {name}={value}")
        if ("http-equiv", "Content-Security-Policy") in attrs:
            self.policy = dict(attrs)["content"]

    def handle_endtag(self, tag):
        self._in = None

    def handle_data(self, data):
        if self._in in {"style", "script"} and re.search(r"//|@import|url\(", data):
            self.foreign.append(f"<{self._in}> {data[:60]}")
        self.text += data


def findings():
    judged = frame(
        {"company": f"{CANARY} s.r.o.", "emails": CANARY, "ico": CANARY, "unique:ico__count": 2},
        {"company": None, "person": None},
        *[{"dic": f"{CANARY}{number}"} for number in range(30)],
    )
    return judged, judge(judged, EXPECTATIONS, country="SK", title="test")


@pytest.fixture(scope="module")
def raw():
    judged, found = findings()
    return rendered("Address book", len(judged), EXPECTATIONS, found)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("docs")
    judged, _ = findings()
    told = judge(judged, EXPECTATIONS, country="SK", title="Address book")
    Docs(folder, run="manual__2026-02-01T10:00").publish("Address book", len(judged), EXPECTATIONS, told)
    return folder


def test_the_seeded_fault_great_expectations_pages_load_from_six_hosts(raw):
    page = Page(raw)
    assert all(any(host in entry for entry in page.foreign) for host in HOSTS)
    assert {"script", "link", "img"} <= set(page.active)


def test_no_file_of_ours_loads_or_runs_anything(folder):
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".html"} and len(files) == 2
    for path in files:
        html = path.read_text(encoding="utf-8")
        page = Page(html)
        assert page.foreign == [] and page.active == []
        assert page.policy == POLICY
        assert "://" not in html and not any(host in html for host in HOSTS)


@pytest.mark.parametrize(
    "fault",
    [
        '<script src="//x.example/a.js"></script>',
        "<script>fetch('https://x.example')</script>",
        '<link rel=stylesheet href="https://x.example/a.css">',
        '<img src="//x.example/a.png" srcset="https://x.example/b.png 2x">',
        "<style>@import '//x.example/a.css';</style>",
        '<p style="background:url(https://x.example/a.png)">t</p>',
        '<a href="https://x.example">t</a>',
        '<a href="//x.example" ping="https://x.example">t</a>',
        '<a href="javascript:alert(1)" onclick="alert(1)">t</a>',
        '<svg><image xlink:href="https://x.example/a"/></svg>',
        '<table background="//x.example/a.png"><tr><td>t</td></tr></table>',
        '<iframe srcdoc="&lt;script&gt;"></iframe>',
        '<meta http-equiv="refresh" content="0;url=//x.example">',
        '<base href="//x.example/">',
        '<form action="//x.example"><input formaction="//x.example"></form>',
        '<object data="//x.example"></object><div><embed src="//x.example"></div>',
        '<noscript><img src="//x.example"></noscript><template><img src="//x.example"></template>',
        "<!--[if IE]><img src='//x.example'><![endif]--><?php x.example ?>",
        '<div><b><video poster="//x.example"><source src="//x.example"></video></b></div>',
        '<math><mtext><img src="//x.example"></mtext></math>',
    ],
)
def test_whatever_a_page_brings_is_taken_out(fault):
    before = f"<html><head>{fault}</head><body>kept before{fault}<p>kept after</p></body></html>"
    after = cleaned(before, "t", "{}")
    page = Page(after)
    assert Page(before).foreign or Page(before).active or "<!--" in fault
    assert page.foreign == [] and page.active == [] and "x.example" not in after and "<!--" not in after
    assert "kept before" in page.text and "kept after" in page.text


@given(texts, texts)
def test_no_text_can_become_a_tag(title, shown):
    page = cleaned("<html><body><p>&lt;script&gt;</p></body></html>", f"<script>{title}", shown)
    assert Page(page).active == []
    summary = {"title": f"<img src=//x>{title}", "at": shown, "rows": 1, "refuse": 2, "warn": 3}
    assert Page(index_page([(summary, "runs/x.html")])).active == []


def test_the_page_tells_rules_counts_codes_and_ids_but_no_value(folder):
    (path,) = (folder / "runs").glob("*.html")
    html = path.read_text(encoding="utf-8")
    page = Page(html)
    for told in ("Address book manual__2026-02-01T10:00", "ico:ico", "ico_form", "2026/AD/1", "dic_form_sk",
                 "one of company + person is filled (refuse)", "30 unexpected values found"):  # fmt: skip
        assert told in page.text
    assert CANARY not in html and CANARY.casefold() not in html.casefold()
    assert all(value not in html for value in ("35742364", "a@x.sk", "Alfa"))


def test_the_index_lists_the_runs_with_local_links_that_exist(folder):
    html = (folder / "index.html").read_text(encoding="utf-8")
    (link,) = re.findall(r'href="([^"]*)"', html)
    assert (folder / link).is_file()
    back = re.findall(r'href="(?!#)([^"]*)"', (folder / link).read_text(encoding="utf-8"))
    assert back == ["../index.html"]
    assert re.search(r"<td>32</td>\s*<td>2</td>\s*<td>33</td>", html)


def test_links_inside_a_page_lead_somewhere(folder):
    (path,) = (folder / "runs").glob("*.html")
    html = path.read_text(encoding="utf-8")
    inner = re.findall(r'href="#([^"]*)"', html)
    assert inner and all(f'id="{target}"' in html for target in inner)


def test_the_newest_runs_stay_and_one_run_has_one_page(tmp_path):
    found = frame({})
    for number in (1, 2, 2, 3, 4):
        findings = judge(found, EXPECTATIONS[:1], country="SK", title="A")
        Docs(tmp_path, run=f"run/{number}", keep=3).publish("A", len(found), EXPECTATIONS[:1], findings)
    html = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert re.findall(r"A run/(\d)", html) == ["4", "3", "2"]
    assert len(list((tmp_path / "runs").iterdir())) == 3


@pytest.mark.parametrize(("one", "other"), [("run/1", "run-1"), ("run 1", "run:1"), ("a" * 150, "a" * 151)])
def test_different_runs_have_different_pages_inside_the_folder(one, other, tmp_path):
    pages = [Docs(tmp_path, run=run).page for run in (one, other, "../../etc", "")]
    assert len(set(pages)) == 4
    assert all(re.fullmatch(re.escape(f"{tmp_path}/runs/") + r"[A-Za-z0-9_+-]+\.html", page) for page in pages)


def test_the_folder_may_be_an_address(tmp_path):
    docs = Docs(tmp_path.as_uri() + "/docs/", run="r1")
    docs.publish("A", 1, EXPECTATIONS[:1], [])
    assert (tmp_path / "docs/runs/r1.html").is_file() and (tmp_path / "docs/index.html").is_file()
    assert docs.page == f"{tmp_path.as_uri()}/docs/runs/r1.html"


def test_several_runs_may_publish_at_once(tmp_path):
    threads = [
        threading.Thread(target=Docs(tmp_path, run=f"r{number}", keep=4).publish, args=("A", 1, EXPECTATIONS[:1], []))
        for number in range(8)
    ]
    rendered("warm", 1, EXPECTATIONS[:1], [])
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    Docs(tmp_path, run="last", keep=4).publish("A", 1, EXPECTATIONS[:1], [])
    pages = sorted(path.name for path in (tmp_path / "runs").iterdir())
    assert len(pages) == 4 and "last.html" in pages
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert sorted(re.findall(r"runs/([^\"]+)", index)) == pages


def test_the_summary_comes_back_as_it_was():
    summary = '{"title": "a \\"b\\" <c> & \'d\'"}'
    assert summary_of(cleaned("<html><body>x</body></html>", "t", summary)) == summary
