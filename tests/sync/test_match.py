"""Finding the pair of a record that is not bound: by our mark, by key, never by a guess."""

from tests.bridge import Bridge

ICO = "87654321"


def _client(bridge: Bridge, name: str, **fields: object) -> str:
    """A record that a person made in the CRM."""
    return bridge.sandbox.gram.create("Client", Name=name, **fields)


def _why(bridge: Bridge, number: int) -> tuple[str, str | None]:
    """The newest outcome of a company and its reason."""
    from pohoda_bridge.ledger import runs

    with bridge.job() as job, job.ledger.transaction() as ledger:
        ((_, outcome), *_) = runs.history(ledger, job.scope, f"2026/AD/{number}")
        return outcome.outcome, outcome.reason


def test_a_record_with_our_mark_is_the_pair_whatever_else_it_holds(bridge: Bridge) -> None:
    number = bridge.company(Firma="Alfa", ICO=ICO)
    marked = _client(
        bridge, "renamed by a person", ExternalSource="POHODA:12345678:2026", ExternalId=str(number), CompanyId="1"
    )
    _client(bridge, "Alfa", CompanyId=ICO)
    assert bridge.sync() == {"updated": 1}
    assert (bridge.record(number)["Id"], bridge.record(number)["Name"]) == (marked, "Alfa")
    assert len(bridge.records()) == 2


def test_a_record_with_the_same_ico_is_linked_and_filled(bridge: Bridge) -> None:
    number = bridge.company(Firma="Alfa", ICO="876 543 21", Tel="1", PSC="811 01")
    found = _client(bridge, "ALFA, s.r.o.", CompanyId=ICO, Note="by hand")
    assert bridge.sync() == {"updated": 1}
    (record,) = bridge.records()
    assert (record["Id"], record["Name"], record["Phone"], record["Zip"], record["Note"]) == (
        found, "Alfa", "1", "81101", "by hand",
    )  # fmt: skip
    assert bridge.sync() == {"unchanged": 1}
    assert _why(bridge, number)[0] == "updated"


def test_an_equal_record_is_linked_without_a_write(bridge: Bridge) -> None:
    bridge.company(Firma="Alfa", ICO=ICO)
    _client(bridge, "Alfa", CompanyId=ICO, Country="SK", ClientType="Company")
    before = bridge.sandbox.gram.writes()
    assert bridge.sync() == {"unchanged": 1}
    assert bridge.sandbox.gram.writes() == before
    bridge.edit(1, Tel="2")
    assert bridge.sync() == {"updated": 1}
    assert len(bridge.records()) == 1


def test_two_records_with_one_ico_are_for_a_person(bridge: Bridge) -> None:
    number = bridge.company(Firma="Alfa", ICO=ICO)
    ids = sorted([_client(bridge, "Beta", CompanyId=ICO), _client(bridge, "Gama", CompanyId=ICO)])
    assert bridge.sync() == {"left_out": 1}
    outcome, reason = _why(bridge, number)
    assert outcome == "left_out"
    assert reason is not None
    assert all(one in reason for one in ids)
    assert bridge.sync() == {"left_out": 1}
    bridge.sandbox.gram.delete("Client", ids[0])
    assert bridge.sync() == {"updated": 1}


def test_of_two_with_one_ico_the_one_with_the_whole_key_is_the_pair(bridge: Bridge) -> None:
    bridge.company(Firma="Alfa", ICO=ICO, PSC="811 01")
    _client(bridge, "Alfa", CompanyId=ICO, Zip="60200")
    right = _client(bridge, "ALFA", CompanyId=ICO, Zip="811 01")
    assert bridge.sync() == {"updated": 1}
    assert {record["Id"] for record in bridge.records() if record["Name"] == "Alfa"} > {right}
    assert len(bridge.records()) == 2


def test_branches_with_one_ico_become_records_of_their_own(bridge: Bridge) -> None:
    towns = ("Brno", "Plzeň", "Třebíč")
    for number, town in enumerate(towns):
        bridge.company(Firma=f"Alfa - {town}", ICO=ICO, PSC=f"60{number} 00", Obec=town)
    assert bridge.sync() == {"created": 3}
    assert sorted(record["City"] for record in bridge.records()) == sorted(towns)


def test_of_branches_that_claim_one_record_the_one_with_its_key_gets_it(bridge: Bridge) -> None:
    """The other one is made beside it: an upsert by its mark would take the record over by its IČO."""
    bridge.company(Firma="Alfa - Brno", ICO=ICO, PSC="602 00", Tel="1")
    bridge.company(Firma="Alfa - Plzeň", ICO=ICO, PSC="301 00", Tel="2")
    known = _client(bridge, "Alfa - Plzeň", CompanyId=ICO, Zip="30100")
    assert bridge.sync() == {"updated": 1, "created": 1}
    assert {record["Name"]: (record["Id"] == known, record["Phone"]) for record in bridge.records()} == {
        "Alfa - Brno": (False, "1"), "Alfa - Plzeň": (True, "2"),
    }  # fmt: skip
    assert bridge.sync() == {"unchanged": 2}


def test_a_branch_that_comes_later_does_not_take_over_the_linked_record(bridge: Bridge) -> None:
    bridge.company(Firma="Alfa", ICO=ICO, PSC="811 01", Tel="1")
    linked = _client(bridge, "Alfa", CompanyId=ICO)
    assert bridge.sync() == {"updated": 1}
    branch = bridge.company(Firma="Alfa - sklad", ICO=ICO, PSC="821 08", Tel="2")
    assert bridge.sync()["created"] == 1
    assert bridge.record(branch)["Id"] != linked
    assert {record["Name"]: record["Phone"] for record in bridge.records()} == {"Alfa": "1", "Alfa - sklad": "2"}
    assert bridge.sync() == {"unchanged": 2}


def test_a_record_that_several_claim_alike_is_for_a_person(bridge: Bridge) -> None:
    for town, code in (("Brno", "602 00"), ("Plzeň", "301 00")):
        bridge.company(Firma=f"Alfa - {town}", ICO=ICO, PSC=code)
    _client(bridge, "Alfa", CompanyId=ICO)
    assert bridge.sync() == {"left_out": 2}
    assert len(bridge.records()) == 1


def test_a_record_that_is_bound_already_is_nobody_elses(bridge: Bridge) -> None:
    bridge.company(Firma="Alfa", ICO=ICO, PSC="811 01")
    assert bridge.sync() == {"created": 1}
    bridge.company(Firma="Alfa - sklad", ICO=ICO, PSC="821 08")
    assert bridge.sync()["created"] == 1
    assert sorted(record["Name"] for record in bridge.records()) == ["Alfa", "Alfa - sklad"]


def test_a_company_without_numbers_is_matched_by_name_postcode_and_email(bridge: Bridge) -> None:
    bridge.company(Firma="Alfa", PSC="811 01", Email="info@alfa.example", Tel="1")
    bridge.company(Firma="Beta", PSC="811 01", Email="info@beta.example")
    pair = _client(bridge, "Alfa", Zip="81101", Email="info@alfa.example")
    _client(bridge, "Beta", Zip="81101", Email="other@beta.example")
    assert bridge.sync() == {"updated": 1, "created": 1}
    assert [record["Phone"] for record in bridge.records() if record["Id"] == pair] == ["1"]


def test_nothing_is_linked_or_made_before_it_was_accepted(bridge: Bridge) -> None:
    bridge.link(accept="ask")
    bridge.company(Firma="Alfa", ICO=ICO)
    bridge.company(Firma="Beta")
    _client(bridge, "Alfa", CompanyId=ICO)
    before = bridge.sandbox.gram.writes()
    assert bridge.sync() == {"left_out": 2}
    assert bridge.sync() == {"left_out": 2}
    assert bridge.sandbox.gram.writes() == before
