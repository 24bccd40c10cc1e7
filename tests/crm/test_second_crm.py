"""Another CRM with a plain REST API costs one file: this one is described below, and no line of Python knows it."""

from collections.abc import Iterator
from datetime import datetime

import pytest
import yaml

from pohoda_bridge.catalogue import Crm
from pohoda_bridge.connections import Connection
from pohoda_bridge.crm import RestCrm
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.side import Lookup, Mark, Window
from tests.crm.acme import Acme
from tests.crm.conftest import SOURCE, change, new, pack, rows

FILE = """
crm: acme
title: Acme
profile: test
timezone: Europe/Bratislava
api:
  adapter: rest
  base_path: /svc/{tenant}
  auth_header: Authorization
  auth_form: "Bearer {token}"
  envelope: {records: result.items, total: result.count, errors: problems}
  problem: {field: "on", code: why, text: say}
  list: {method: GET, path: "all/{entity}", page: p, size: n, page_size: 2, first_page: 0, sort: order,
         stable_sort: "changed,uid", filter: where, since: changed_after}
  read: {method: GET, path: "one/{entity}/{id}"}
  create: {method: POST, path: "new/{entity}"}
  update: {method: PATCH, path: "one/{entity}/{id}"}
  filter: {form: "{field} {op} '{value}'", join: " and ", in: null, operators: {eq: is}}
  datetime: "%Y-%m-%dT%H:%M:%S%z"
  level: L2
  system: {id: uid, source: origin, external_id: origin_id, modified: changed}
entities:
  company:
    fields:
      title: {kind: text, length: 10}
      size: {kind: number}
      vip: {kind: option, options: [Y, N]}
agendas:
  clients:
    entity: company
    directions: [to_crm]
    fields:
      name: {to: title}
      due_days: {to: size}
      kind: {to: vip, values: {company: Y, person: N}}
"""


@pytest.fixture
def acme() -> Iterator[Acme]:
    service = Acme()
    yield service
    service.close()


@pytest.fixture
def crm(acme: Acme) -> Iterator[RestCrm]:
    connection = Connection("acme", acme.url, password="acme-secret", extra={"tenant": "t1"})
    opened = RestCrm(Crm.model_validate(yaml.safe_load(FILE)), connection, {})
    yield opened
    opened.close()


def test_it_writes_reads_and_finds(acme: Acme, crm: RestCrm) -> None:
    answers = crm.write("clients", pack(*(new(number, due_days=number, kind="person") for number in range(3))))
    assert [answer.state for answer in answers] == ["written"] * 3
    assert answers[1].row == {
        "_id": "2", "_saved": datetime(2026, 7, 1, 12), "_mark": Mark(SOURCE, "1"), "name": "Firma 1", "due_days": 1,
        "kind": "person",
    }  # fmt: skip
    assert acme.seen[0] == ("POST", "/svc/t1/new/company")
    assert [row["_id"] for row in rows(crm)] == ["1", "2", "3"]
    assert crm.ids("clients") == {"1", "2", "3"}
    assert [row["_id"] for row in rows(crm, window=Window(ids=("3", "9")))] == ["3"]
    wanted = [Lookup(mark=Mark(SOURCE, "1")), Lookup(key={"name": "firma 2"}), Lookup(key={"name": "O' Neil"})]
    assert [[row["_id"] for row in found] for found in crm.look_up("clients", wanted)] == [["2"], ["3"], []]


def test_it_changes_and_is_refused_in_its_own_words(acme: Acme, crm: RestCrm) -> None:
    crm.write("clients", pack(new(1)))
    (answer,) = crm.write("clients", pack(change("1", kind="company")))
    assert answer.row is not None and answer.row["kind"] == "company"
    assert acme.seen[-1] == ("PATCH", "/svc/t1/one/company/1")
    (refused,) = crm.write("clients", pack(new(2, name="x" * 11)))
    assert (refused.state, refused.reasons) == ("refused", ("name: Too long",))
    (gone,) = crm.write("clients", pack(change("9", kind="company")))
    assert gone.details["gone"] is True


def test_a_window_is_asked_for_in_its_own_form(acme: Acme, crm: RestCrm) -> None:
    crm.write("clients", pack(new(1)))
    rows(crm, window=Window(since=datetime(2026, 7, 1, 12)))
    assert "changed_after=2026-07-01T11:58:00+0200" in acme.seen[-1][1]
    assert crm.describe("clients") == {"name": "text", "due_days": "number", "kind": "option"}


def test_its_token_is_its_own(acme: Acme) -> None:
    connection = Connection("acme", acme.url, password="other-token", extra={"tenant": "t1"})
    with pytest.raises(StopAgenda):
        rows(RestCrm(Crm.model_validate(yaml.safe_load(FILE)), connection, {}))
