"""The DAGs mail by themselves, over Airflow's own SMTP connection; the rows are real, and so is the server.

The tests share one company and go through its days in order.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.airflow_home import ROOT
from tests.bridge import LINK, Bridge
from tests.mail.conftest import PEOPLE
from tests.mail.server import MailServer, text_of

SENDER = "bridge@example.sk"
SQL = "AIRFLOW_CONN_POHODA_SQL_2026"


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    running = MailServer()
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def company(airflow: None, tmp_path_factory: pytest.TempPathFactory, server: MailServer) -> Iterator[Bridge]:
    folder: Path = tmp_path_factory.mktemp("company")
    with pytest.MonkeyPatch.context() as patch, Bridge.open(folder, patch) as bridge:
        bridge.link(notify={"email": PEOPLE, "language": "en"})
        extra = "disable_ssl=true&disable_tls=true&timeout=20&from_email=bridge%40example.sk"
        patch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", f"smtp://127.0.0.1:{server.port}/?{extra}")
        yield bridge


def go(**form: Any) -> str:
    """Run the DAG of the clients to its end, in the way a scheduler's task does; its state."""
    from airflow.dag_processing.dagbag import DagBag

    dag = DagBag(ROOT / "dags").dags["gram__clients__to_crm"]
    return str(dag.test(run_conf=form or None).state)


def refused(bridge: Bridge, name: str) -> int:
    """A company with a note longer than the CRM takes."""
    return bridge.company(Firma=name, Pozn="x" * 2001)


def test_what_a_dry_run_finds_is_not_mailed(company: Bridge, server: MailServer) -> None:
    refused(company, "Long Ltd.")
    assert go(dry_run=True) == "success"
    assert server.taken() == []


def test_the_command_line_mails_nothing(company: Bridge, server: MailServer) -> None:
    assert company.sync()["quarantined"] == 1
    assert server.taken() == []


def test_what_waits_for_a_person_is_mailed_once(company: Bridge, server: MailServer) -> None:
    for name in ("Doubtful 1", "Doubtful 2"):
        company.sandbox.gram.create("Client", Name=name, CompanyId="12345679")
    company.company(Firma="Doubtful", ICO="12345679")
    company.company(Firma="Good Ltd.")
    assert go() == "success"
    (mail,) = server.taken()
    assert (mail["From"], mail["To"]) == (SENDER, ", ".join(PEOPLE))
    assert mail["Subject"].endswith("in quarantine 1, duplicates 1")
    assert "- 2026/AD/1: " in text_of(mail)
    assert "- 2026/AD/2: several records may be its pair, choose one (" in text_of(mail)
    assert len(company.records()) == 3
    assert (go(), go(mode="full")) == ("success", "success")
    assert server.taken() == []


def test_a_server_that_is_down_turns_no_run_red(company: Bridge, server: MailServer) -> None:
    refused(company, "Longer Ltd.")
    server.stop()
    assert go() == "success"
    server.start()
    assert go() == "success"
    (mail,) = server.taken()
    assert mail["Subject"].endswith("in quarantine 1")
    assert "- 2026/AD/4: " in text_of(mail)


def test_a_failure_is_mailed_once(company: Bridge, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    right = os.environ[SQL]
    monkeypatch.setenv(SQL, json.dumps({**json.loads(right), "password": "wrong-canary"}))
    assert go(dry_run=True) == "failed"
    assert server.taken() == []
    assert [go(), go()] == ["failed", "failed"]
    (mail,) = server.taken()
    assert mail["Subject"].endswith("run failed 1")
    assert "canary" not in text_of(mail) + text_of(mail, "html")
    monkeypatch.setenv(SQL, right)
    assert go() == "success"
    assert server.taken() == []


def test_no_retry_mails(company: Bridge) -> None:
    from airflow.dag_processing.dagbag import DagBag

    dag = DagBag(ROOT / "dags").dags["gram__clients__to_crm"]
    assert all(task.on_failure_callback and not task.on_retry_callback for task in dag.tasks)
    assert {task.task_id for task in dag.tasks if task.on_success_callback} == {"extract", "report"}


def test_a_connection_without_a_sender_loses_nothing(
    company: Bridge, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused(company, "Longest Ltd.")
    address = os.environ["AIRFLOW_CONN_SMTP_DEFAULT"]
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", address.replace("&from_email=bridge%40example.sk", ""))
    assert go() == "success"
    assert server.taken() == []
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", address)
    assert go() == "success"
    assert len(server.taken()) == 1


def test_a_link_without_people_has_no_mailing_tasks(company: Bridge) -> None:
    from airflow.dag_processing.dagbag import DagBag

    assert "notify" not in LINK
    company.link()
    dag = DagBag(ROOT / "dags").dags["gram__clients__to_crm"]
    assert not any(task.on_failure_callback or task.on_success_callback for task in dag.tasks)
