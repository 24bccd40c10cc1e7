"""Who owns a record in the CRM: whom its centre or activity in POHODA names, in both CRMs."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from pohoda_bridge.ledger import Request
from pohoda_bridge.sync import run
from tests.bridge import LINK, Bridge

KINDS = ("gram", "eway")
FULL = Request("full")


@dataclass
class Desk:
    """POHODA with centres and activities, and one of the CRMs; its users are called alike in both."""

    bridge: Bridge
    kind: str

    @property
    def crm(self) -> Any:
        return getattr(self.bridge.sandbox, self.kind)

    def link(self, owner: dict[str, Any] | None, **clients: Any) -> None:
        agendas = {"clients": {"to_crm": clients}, "contacts": LINK["agendas"]["contacts"]}  # type: ignore[index]
        settings = {"crm": {"kind": self.kind, "connection": f"{self.kind}_api"}, "agendas": agendas}
        self.bridge.link(**settings, **({"owner": owner} if owner else {}))

    def code(self, name: str, column: str = "RefStr") -> dict[str, Any]:
        """A reference to the centre (activity) of this code, made when there is none."""
        table = {"RefStr": "sSTR", "RefCin": "sCIN"}[column]
        known = {row["IDS"]: row["ID"] for row in self.bridge.sandbox.pohoda.rows(f'SELECT ID, IDS FROM "{table}"')}
        return {column: known.get(name) or self.bridge.add(table, IDS=name, SText=name)}

    def sync(self, agenda: str = "clients", *, full: bool = False) -> Counter[str]:
        return self.bridge.sync(agenda, FULL if full else None)

    def user(self, login: str) -> str:
        """The id of a user."""
        folder, name, identity = self._users
        return next(str(one[identity]) for one in self.crm.records(folder) if one.get(name) == login)

    def add_user(self, login: str, **more: Any) -> str:
        folder, name, _ = self._users
        needed: dict[str, dict[str, Any]] = {
            "gram": {"Email": f"{login}@example.sk", "Profile": "Sales", "Active": True},
            "eway": {"IsActive": True},
        }
        return str(self.crm.create(folder, **{name: login, "LastName": login, **needed[self.kind], **more}))

    def change_user(self, login: str, **fields: Any) -> None:
        self.crm.edit(self._users[0], self.user(login), **fields)

    def retire(self, login: str) -> None:
        self.change_user(login, **{"gram": {"Active": False}, "eway": {"IsActive": False}}[self.kind])

    def record(self, agenda: str = "clients") -> dict[str, Any]:
        """The only record of the agenda."""
        folder = {"gram": {"clients": "Client", "contacts": "Contact"},
                  "eway": {"clients": "Companies", "contacts": "Contacts"}}[self.kind][agenda]  # fmt: skip
        (found,) = self.crm.records(folder)
        return dict(found)

    def owner(self, agenda: str = "clients") -> str:
        """The login of the user who owns the only record."""
        folder, name, identity = self._users
        found = self.record(agenda)[self._owner]
        return next(str(one[name]) for one in self.crm.records(folder) if one[identity] == found)

    def give(self, login: str) -> None:
        """A person gives the only client to a user."""
        folder, identity = {"gram": ("Client", "Id"), "eway": ("Companies", "ItemGUID")}[self.kind]
        self.crm.edit(folder, self.record()[identity], **{self._owner: self.user(login)})

    def warnings(self) -> list[dict[str, Any]]:
        """What a full run that writes nothing warns of, as its plan has it; the report of it says the same."""
        with self.bridge.job() as job:
            run_id = f"test-{uuid4().hex}"
            run(job, run_id, Request("full", dry_run=True))
            files = job.files(run_id)
            found = [one for line in files.lines("plan") for one in line["warnings"] if one["rule"] == "owner"]
            assert all(one["en"] in files.read_text("report.html") for one in found)
        return found

    @property
    def own(self) -> str:
        """The login of the link's own user, who owns what he made and nobody else shall own."""
        return {"gram": "pohoda-bridge", "eway": str(self.bridge.sandbox.info["eway"]["user"])}[self.kind]

    @property
    def _users(self) -> tuple[str, str, str]:
        return {"gram": ("User", "Login", "Id"), "eway": ("Users", "Username", "ItemGUID")}[self.kind]

    @property
    def _owner(self) -> str:
        return {"gram": "Owner", "eway": "OwnerGUID"}[self.kind]


@pytest.fixture(params=KINDS)
def desk(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with Bridge.open(tmp_path, monkeypatch) as bridge:
        made = Desk(bridge, request.param)
        made.link({"by": "centre"})
        yield made


@pytest.mark.parametrize("code", ["karol", "KAROL"])
@pytest.mark.parametrize(("by", "column"), [("centre", "RefStr"), ("activity", "RefCin")])
def test_the_code_names_the_user(desk: Desk, by: str, column: str, code: str) -> None:
    desk.link({"by": by})
    other = {"RefStr": "RefCin", "RefCin": "RefStr"}[column]
    desk.bridge.company(**desk.code(code, column), **desk.code("petra", other))
    assert desk.sync() == {"created": 1}
    assert desk.owner() == "karol"
    assert desk.warnings() == []
    assert desk.sync(full=True) == {"unchanged": 1}
    assert desk.bridge.reconcile().equal


def test_the_alias_of_gram_names_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Bridge.open(tmp_path, monkeypatch) as bridge:
        desk = Desk(bridge, "gram")
        desk.link({"by": "centre"})
        bridge.company(**desk.code("KE"))
        desk.sync()
        assert desk.owner() == "karol"


def test_a_contact_belongs_to_the_user_of_its_own_centre(desk: Desk) -> None:
    firm = desk.bridge.company(**desk.code("karol"))
    desk.bridge.add("AD", Firma="Vzor s.r.o.", Jmeno="Jana Nová", RefAD=firm, **desk.code("petra"))
    assert (desk.sync(), desk.sync("contacts")) == ({"created": 1}, {"created": 1})
    assert (desk.owner(), desk.owner("contacts")) == ("karol", "petra")


def test_exceptions_come_before_the_code_itself(desk: Desk) -> None:
    desk.link({"by": "centre", "map": {"Karol": "petra@example.sk"}, "default": "anna"})
    desk.bridge.company(**desk.code("karol"))
    desk.sync()
    assert (desk.owner(), desk.warnings()) == ("petra", [])


@pytest.mark.parametrize("code", ["SKLAD", None])
def test_the_default_owns_what_nobody_else_does(desk: Desk, code: str | None) -> None:
    desk.link({"by": "centre", "default": "petra@example.sk"})
    desk.bridge.company(**(desk.code(code) if code else {}))
    desk.sync()
    assert (desk.owner(), desk.warnings()) == ("petra", [])


@pytest.mark.parametrize("default", [None, "nobody@example.sk"])
def test_where_nobody_answers_the_owner_stays_and_the_record_is_warned_of(desk: Desk, default: str | None) -> None:
    desk.link({"by": "centre", **({"default": default} if default else {})})
    number = desk.bridge.company(**desk.code("SKLAD"))
    assert desk.sync() == {"created": 1}
    assert desk.owner() == desk.own
    (warning,) = desk.warnings()
    assert (warning["id"], warning["level"], warning["fields"]) == (f"2026/AD/{number}", "warn", ["centre"])
    assert "cost centre" in warning["en"] and "Středisko" in warning["cs"] and "Stredisko" in warning["sk"]
    desk.give("petra")
    assert desk.sync(full=True) == {"unchanged": 1}
    assert desk.owner() == "petra"
    assert desk.bridge.reconcile().equal


def test_a_record_without_a_code_is_no_fault(desk: Desk) -> None:
    desk.bridge.company()
    desk.sync()
    assert (desk.owner(), desk.warnings()) == (desk.own, [])


def test_a_record_that_is_left_out_is_not_warned_of(desk: Desk) -> None:
    desk.link({"by": "centre"}, rules=[{"field": "city", "equals": "Nitra"}])
    desk.bridge.company(**desk.code("SKLAD"), Obec="Zvolen")
    assert desk.warnings() == []


def test_an_exception_that_names_nobody_is_told_though_the_default_helps(desk: Desk) -> None:
    desk.link({"by": "centre", "map": {"KAROL": "carol"}, "default": "petra"})
    desk.bridge.company(**desk.code("karol"))
    desk.sync()
    assert desk.owner() == "petra"
    (warning,) = desk.warnings()
    assert "the default one owns it" in warning["en"]


def test_a_user_who_left_owns_nothing_new(desk: Desk) -> None:
    desk.retire("karol")
    desk.bridge.company(**desk.code("karol"))
    desk.sync()
    assert (desk.owner(), len(desk.warnings())) == (desk.own, 1)


def test_a_name_of_two_users_is_nobodys_until_one_of_them_leaves(desk: Desk) -> None:
    mail = {"gram": "Email", "eway": "Email1Address"}[desk.kind]
    desk.add_user("tomas", **{mail: "ab@c.sk"})
    desk.change_user("karol", **{mail: "Ab@c.sk"})
    desk.bridge.company(**desk.code("ab@c.sk"))
    desk.sync()
    assert (desk.owner(), len(desk.warnings())) == (desk.own, 1)
    desk.retire("tomas")
    assert desk.sync(full=True) == {"updated": 1}
    assert (desk.owner(), desk.warnings()) == ("karol", [])


def test_another_centre_is_another_owner_and_no_centre_changes_none(desk: Desk) -> None:
    number = desk.bridge.company(**desk.code("karol"))
    desk.sync()
    desk.bridge.edit(number, **desk.code("petra"))
    assert desk.sync() == {"updated": 1}
    assert desk.owner() == "petra"
    desk.bridge.edit(number, RefStr=None)
    assert desk.sync() == {"unchanged": 1}
    assert desk.owner() == "petra"
    desk.bridge.edit(number, **desk.code("karol"))
    assert desk.sync() == {"updated": 1}
    assert desk.owner() == "karol"


@pytest.mark.parametrize(("master", "stays"), [("crm", "anna"), ("pohoda", "karol")])
def test_an_owner_whom_a_person_gave_stays_where_the_crm_is_master(desk: Desk, master: str, stays: str) -> None:
    desk.link({"by": "centre"}, master={"owner": master})
    number = desk.bridge.company(**desk.code("karol"))
    desk.sync()
    desk.give("anna")
    desk.sync(full=True)
    assert desk.owner() == stays
    desk.bridge.edit(number, Tel="0900 123 456")
    assert desk.sync() == {"updated": 1}
    assert desk.owner() == stays


def test_only_a_new_record_gets_its_owner(desk: Desk) -> None:
    desk.link({"by": "centre", "on_create_only": True})
    number = desk.bridge.company(**desk.code("karol"))
    desk.sync()
    assert desk.owner() == "karol"
    desk.give("anna")
    desk.bridge.edit(number, Tel="0900 123 456", **desk.code("petra"))
    assert desk.sync() == {"updated": 1}
    assert desk.owner() == "anna"
    assert desk.bridge.reconcile().equal


def test_without_the_setting_owners_are_nobodys_business(desk: Desk) -> None:
    desk.link(None)
    desk.bridge.company(**desk.code("karol"))
    desk.crm.traffic.clear()
    desk.sync()
    asked = [entry.path for entry in desk.crm.traffic.entries]
    assert asked and not any("User" in path.replace("GetUserSettings", "") for path in asked)
    assert desk.owner() == desk.own
    desk.link({"by": "centre"})
    assert desk.sync() == {"updated": 1}, "a changed setting makes every record due again"
    assert desk.owner() == "karol"


def test_the_owner_is_all_that_changes(desk: Desk) -> None:
    number = desk.bridge.company(**desk.code("karol"))
    desk.sync()
    before = desk.record()
    desk.bridge.edit(number, **desk.code("petra"))
    desk.sync()
    after = desk.record()
    changed = {name for name in after if after[name] != before.get(name)}
    stamps = {"Modified", "ItemVersion", "ItemChanged", "Server_ItemChanged"}
    assert changed - stamps == {"Owner" if desk.kind == "gram" else "OwnerGUID"}
