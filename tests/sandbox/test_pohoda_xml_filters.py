"""Filters, queries and paging of documents and contracts; what lastChanges does not see."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest

from pohoda_sandbox.pohoda import Pohoda
from pohoda_sandbox.pohoda.xml import XmlUnit
from pohoda_sandbox.pohoda.xml.listings import listing
from tests.sandbox.pohoda_lists import SPACES, Lists, told, valid, where

INVOICE, ORDER, CONTRACT = "lst:listInvoiceRequest", "lst:listOrderRequest", "lCon:listContractRequest"
NAMED = {"Neuhradené": "FA.KcLikv <> 0", "Pražáci": "AD.Obec = 'Praha'"}
TWO = "<ftr:company>Alfa</ftr:company><ftr:company>Beta</ftr:company>"
COMPANIES = ("Alfa", "Beta", "Gama")


class Clock:
    now = datetime(2026, 6, 15, 12, 0, 0)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lists]:
    clock = Clock()
    unit = Pohoda.create(tmp_path_factory.mktemp("filters") / "unit.db", clock=clock)
    for id in range(1, 11):
        saved = {"DatSave": datetime(2026, 5, id, 8), "DatCreate": datetime(2026, 4, 1)}
        if id == 5:
            saved = {"DatSave": None, "DatCreate": datetime(2026, 5, 5, 8)}
        company = COMPANIES[id % 3]
        row = {"Datum": date(2026, 1, id), "Firma": company, "ICO": f"{id % 2}", "KcLikv": id % 4, "KcCelkem": id}
        unit.insert("FA", ID=id, RelTpFak=1, Cislo=f"2601{id:05d}", **row, **saved)
    unit.insert("sExtSys", ID=1, IDS="CRM")
    unit.insert("sExtID", RefDocID=4, RelAgID=2, IDS="F-4", RefExtSys=1)
    unit.insert("sExtID", RefDocID=6, RelAgID=13, IDS="F-6", RefExtSys=1)
    unit.insert("OBJ", ID=1, RelTpObj=1, Cislo="O1", Vyrizeno=True)
    unit.insert("OBJ", ID=2, RelTpObj=1, Cislo="O2")
    unit.insert("sZAK", ID=1, Cislo="Z1", PlZahaj=date(2026, 1, 1))
    unit.insert("sZAK", ID=2, Cislo="Z2", PlZahaj=date(2026, 1, 1), Zahajeni=date(2026, 3, 1))
    yield Lists(unit, named=NAMED)
    unit.close()


def numbers(*found: str) -> str:
    inside = "".join(f"<ftr:number><typ:numberRequested>{one}</typ:numberRequested></ftr:number>" for one in found)
    return where(selectedNumbers=inside)


def query(condition: str) -> str:
    return f"<ftr:queryFilter><ftr:filter>{condition}</ftr:filter></ftr:queryFilter>"


EXTERNAL = "<typ:ids>{}</typ:ids><typ:exSystemName>CRM</typ:exSystemName>"


@pytest.mark.parametrize(
    ("filter", "ids"),
    [
        (where(id="7"), [7]),
        (where(id="77"), []),
        (where(dateFrom="2026-01-09"), [9, 10]),
        (where(dateTill="2026-01-02"), [1, 2]),
        (where(dateFrom="2026-01-03", dateTill="2026-01-03"), [3]),
        (numbers("260100002", "260100009", "2601"), [2, 9]),
        (where(selectedCompanys="<ftr:company>alfa</ftr:company>"), [3, 6, 9]),
        (where(selectedCompanys=TWO), [1, 3, 4, 6, 7, 9, 10]),
        (where(selectedIco="<ftr:ico>1</ftr:ico>", dateTill="2026-01-04"), [1, 3]),
        (where(extId=EXTERNAL.format("F-4")), [4]),
        (where(extId=EXTERNAL.format("F-6")), []),
        (where(lastChanges="2026-05-09T08:00:00"), [9, 10]),
        (where(lastChanges="2026-05-09T08:00:01"), [10]),
        (where(lastChanges="2026-05-05T08:00:00", dateTill="2026-01-05"), [5]),
        (query("FA.ID &gt; 8"), [9, 10]),
        (query("KcLikv = 3 AND FA.Firma LIKE 'G%'"), []),
        (query("KcLikv = 0") + "<ftr:userFilterName>Neuhradené</ftr:userFilterName>", []),
        ("<ftr:userFilterName>Neuhradené</ftr:userFilterName>", [1, 2, 3, 5, 6, 7, 9, 10]),
    ],
)  # fmt: skip
def test_filters_of_documents(lists: Lists, filter: str, ids: list[int]) -> None:
    assert lists.ids(INVOICE, filter, invoiceType="issuedInvoice") == ids


@pytest.mark.parametrize(
    ("name", "filter", "ids"),
    [
        (ORDER, query("OBJ.Vyrizeno = 0"), [2]),
        (CONTRACT, query("ZAK.Cislo = 'Z1'"), [1]),
        (CONTRACT, where(dateFrom="2026-02-01"), [2]),
        (CONTRACT, numbers("Z1"), [1]),
    ],
)
def test_each_agenda_has_its_own_prefix_and_day(lists: Lists, name: str, filter: str, ids: list[int]) -> None:
    kinds = {"orderType": "receivedOrder"} if name == ORDER else {}
    assert lists.ids(name, filter, **kinds) == ids


@pytest.mark.parametrize(
    ("filter", "note"),
    [
        (query("AD.Firma = 'x'"), "Dotaz smí použít jen tabulku FA, ne AD."),
        (query("FA.Colour = 1"), "Neznámý sloupec FA.Colour."),
        (query("1; DROP TABLE FA"), "Chybný výraz dotazu"),
        ("<ftr:userFilterName>Pražáci</ftr:userFilterName>", "Dotaz smí použít jen tabulku FA, ne AD."),
        ("<ftr:userFilterName>Nikdo</ftr:userFilterName>", "Uživatelský filtr 'Nikdo' nebyl v agendě Faktury nalezen."),
    ],
)
def test_what_cannot_be_asked_is_an_error_of_the_item(lists: Lists, filter: str, note: str) -> None:
    item = lists.item(INVOICE, filter, invoiceType="issuedInvoice")
    assert (item.get("state"), len(item)) == ("error", 0)
    assert note in item.get("note")


def test_pages_begin_with_an_id_and_end_with_a_count(lists: Lists) -> None:
    def page(start: int, count: int) -> list[int]:
        limit = f"<ftr:idFrom>{start}</ftr:idFrom><ftr:count>{count}</ftr:count>"
        return lists.ids(INVOICE, limit=limit, invoiceType="issuedInvoice")

    assert page(1, 4) == [1, 2, 3, 4]
    assert page(9, 4) == [9, 10]
    assert page(11, 4) == []
    assert lists.ids(INVOICE, limit="<ftr:count>2</ftr:count>", invoiceType="issuedInvoice") == [1, 2]


def test_a_listing_over_several_reads_keeps_every_record_and_its_lines(
    lists: Lists, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE", 3)
    for id in range(1, 11):
        lists.pohoda.insert("FApol", RefAg=id, SText=f"line of {id}", Mnozstvi=1)
    records = lists.records(INVOICE, invoiceType="issuedInvoice")
    texts = [record["invoiceDetail"]["invoiceItem"]["text"] for record in records]
    assert texts == [f"line of {id}" for id in range(1, 11)]


def test_payments_and_movements_do_not_count_as_changes(tmp_path_factory: pytest.TempPathFactory) -> None:
    clock = Clock()
    unit = Pohoda.create(tmp_path_factory.mktemp("changes") / "unit.db", clock=clock)
    unit.insert("FA", ID=1, RelTpFak=1, Cislo="1", KcLikv=100)
    unit.insert("SKz", ID=1, IDS="A", StavZ=5)
    old = str(clock.now)
    clock.now = datetime(2026, 6, 16, 12)
    unit.edit("FA", 1, KcLikv=0, DatLikv=clock.now, DatSave=old)
    unit.insert("Uhrady", RelAgH=2, RelIDH=1, RelAgU=28, KcU=100, DatumU=clock.now)
    unit.edit("SKz", 1, StavZ=4, DatSave=old)
    unit.insert("SKzPoh", RefSKz=1, PohPMJ=-1, Datum=clock.now)
    lists, since = Lists(unit), where(lastChanges="2026-06-16T00:00:00")
    assert lists.ids(INVOICE, since, invoiceType="issuedInvoice") == []
    assert lists.ids("lStk:listStockRequest", since) == []
    assert lists.one(INVOICE, invoiceType="issuedInvoice")["invoiceHeader"]["liquidation"] == {"date": "2026-06-16"}
    unit.edit("FA", 1, SText="upravené")
    assert lists.ids(INVOICE, since, invoiceType="issuedInvoice") == [1]


def test_a_listing_before_an_import_in_one_pack_does_not_see_it(lists: Lists) -> None:
    request = (
        '<lAdb:listAddressBookRequest version="2.0" addressBookVersion="2.0"><lAdb:requestAddressBook/>'
        "</lAdb:listAddressBookRequest>"
    )
    imported = (
        '<adb:addressbook version="2.0"><adb:addressbookHeader><adb:identity><typ:address>'
        "<typ:company>Nová &lt;?records 0?&gt;</typ:company>"
        "</typ:address></adb:identity></adb:addressbookHeader></adb:addressbook>"
    )
    items = "".join(
        f'<dat:dataPackItem version="2.0" id="{place}">{content}</dat:dataPackItem>'
        for place, content in enumerate((request, imported, request))
    )
    body = f'<dat:dataPack {SPACES} version="2.0" id="p" ico="12345678" application="t" note="">{items}</dat:dataPack>'
    before, answer, after = valid(XmlUnit(lists.pohoda).answer(body.encode()))
    assert len(after[0]) == len(before[0]) + 1
    new: Any = told(after[0][-1])
    assert new["addressbookHeader"]["identity"]["address"]["company"] == "Nová <?records 0?>"
    assert answer[0].get("state") == "ok"
