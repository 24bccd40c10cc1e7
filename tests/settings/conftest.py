"""One sandbox of each CRM for a file of tests, with documents and custom fields of POHODA E1."""

from collections.abc import Iterator

import pytest

from tests.both import KINDS, Both
from tests.faults.judging import quickly
from tests.settings.office import Office


@pytest.fixture(scope="module", params=KINDS)
def office(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    with pytest.MonkeyPatch.context() as patch:
        quickly(patch)
        with Both.open(request.param, folder, patch, sample={"size": 12, "documents": True}) as both:
            yield Office(both)
