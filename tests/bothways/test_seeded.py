"""The promises of the way to POHODA, each with the fault that breaks it: the very checks of this folder turn red."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pohoda_bridge.errors import BridgeError
from pohoda_sandbox.faults import Fault
from tests.both import Both
from tests.bothways import test_lost, test_to_pohoda
from tests.bothways.place import Place, at_rest
from tests.faults import seeds
from tests.faults.forks import Forks

Red = (AssertionError, pytest.fail.Exception, BridgeError)
Check = Callable[[Both, Forks], None]


def answer_lost(both: Both, forks: Forks, agenda: str = "clients") -> None:
    place = Place(both, "to_pohoda")
    script = Fault("mserver", "cut_after", test_lost.SAVES["mserver"][0], method="POST")
    test_lost.lost(place, lambda: both.sandbox.faults.add(script), agenda)
    at_rest(both)


def address_lost(both: Both, forks: Forks) -> None:
    """An address carries no mark by which POHODA could know it again."""
    answer_lost(both, forks, "addresses")


def in_between(both: Both, forks: Forks) -> None:
    test_lost.in_between(Place(both, "to_pohoda"), forks, "addresses")


def contact_waits(both: Both, forks: Forks) -> None:
    """For its company, which is not in POHODA yet."""
    client = both.add(name="Alfa s.r.o.")
    both.add("contacts", client=client, first_name="Eva", last_name="Malá")
    assert both.sync("contacts", "to_pohoda") == {"held": 1}
    both.sync("clients", "to_pohoda")
    assert both.sync("contacts", "to_pohoda") == {"created": 1}
    assert both.cards()[-1]["RefAD"] == both.cards()[0]["ID"]


def born_in_the_crm(both: Both, forks: Forks) -> None:
    test_to_pohoda.test_a_client_born_in_the_crm_becomes_a_company_once(both)


def changed_on_both_sides(both: Both, forks: Forks) -> None:
    test_to_pohoda.test_changes_on_both_sides_meet(both)


SEEDS: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], Check]] = {
    "the mark is not sent": (seeds.mark_not_sent, answer_lost),
    "doubts are sent again": (seeds.doubts_sent_again, address_lost),
    "the other direction's doubt is ignored": (seeds.back_in_doubt_ignored, in_between),
    "what waits is not held": (seeds.held_ignored, contact_waits),
    "the base is what was sent": (seeds.base_as_sent, born_in_the_crm),
    "the second e-mail address is dropped": (seeds.second_email_dropped, changed_on_both_sides),
}


@pytest.mark.parametrize("name", SEEDS)
def test_a_seeded_fault_is_found(name: str, forks: Forks, tmp_path: Path) -> None:
    seed, check = SEEDS[name]
    with pytest.MonkeyPatch.context() as patch, Both.open("gram", tmp_path, patch) as both:
        seed(patch)
        with pytest.raises(Red):
            check(both, forks)


@pytest.mark.parametrize("check", [answer_lost, address_lost, contact_waits])
def test_the_checks_hold_without_a_seed(
    check: Check, forks: Forks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even with a POHODA that would take everything twice: it is our look-up that keeps records single."""
    with Both.open("gram", tmp_path, monkeypatch) as both:
        seeds.pohoda_takes_all(monkeypatch)
        check(both, forks)
