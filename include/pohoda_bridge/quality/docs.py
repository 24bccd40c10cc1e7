"""Data Docs: a page for each run by Great Expectations' own renderer, loading nothing from outside, holding no values.

As Great Expectations builds them, the pages load scripts and styles from six foreign hosts and show the bad values.
Ours show codes of faults and the `_id`s of rows, and are cleaned before they reach the folder.
"""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any
from uuid import uuid4

from pohoda_bridge.catalogue.agenda import Expectation
from pohoda_bridge.quality.clean import cleaned, index_page, summary_of
from pohoda_bridge.quality.judge import Finding
from pohoda_bridge.quality.suite import great_expectations
from pohoda_bridge.quality.texts import promised


@dataclass(frozen=True)
class Docs:
    """Data Docs at an fsspec address: `index.html` and the newest `keep` pages in `runs/`; `run` names its own page."""

    folder: str | Path
    run: str
    keep: int = 20

    @property
    def index(self) -> str:
        """The address of the list of runs."""
        return f"{str(self.folder).rstrip('/')}/index.html"

    @property
    def page(self) -> str:
        """The address of this run's page."""
        name = re.sub(r"[^A-Za-z0-9_+-]+", "-", self.run).strip("-")[:100]
        mark = "" if name and name == self.run else "-" + blake2b(self.run.encode(), digest_size=4).hexdigest()
        return f"{str(self.folder).rstrip('/')}/runs/{name}{mark}.html"

    def publish(self, title: str, rows: int, expectations: Sequence[Expectation], findings: Sequence[Finding]) -> None:
        """Write the run's page, drop the oldest ones, renew the index. Two runs may publish at once."""
        levels = Counter(finding.level for finding in findings)
        whole = f"{title} {self.run}"
        summary = {
            "title": whole,
            "at": datetime.now(UTC).isoformat(timespec="microseconds"),
            "rows": rows,
            "refuse": levels["refuse"],
            "warn": levels["warn"],
        }
        self._write(self.page, cleaned(rendered(whole, rows, expectations, findings), whole, json.dumps(summary)))
        fs, _ = self._fs(self.folder)
        for _, path in self._pages()[self.keep :]:
            self._drop(fs, path)
        entries = [(summary, f"runs/{path.rsplit('/', 1)[-1]}") for summary, path in self._pages()]
        self._write(self.index, index_page(entries))

    def _pages(self) -> list[tuple[dict[str, Any], str]]:
        """(summary, path), the newest first; a page that another run has just dropped is left out."""
        fs, folder = self._fs(f"{str(self.folder).rstrip('/')}/runs")
        found = []
        for path in fs.glob(f"{folder}/*.html"):
            try:
                found.append((json.loads(summary_of(fs.cat_file(path).decode())), path))
            except FileNotFoundError:
                continue
        return sorted(found, key=lambda entry: (entry[0]["at"], entry[1]), reverse=True)

    def _write(self, address: str, text: str) -> None:
        """All or nothing: a reader never sees half a page."""
        fs, path = self._fs(address)
        part = f"{path}.{uuid4().hex}.part"
        fs.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
        try:
            fs.pipe_file(part, text.encode())
            fs.mv(part, path)
        except BaseException:
            self._drop(fs, part)
            raise

    @staticmethod
    def _drop(fs: Any, path: str) -> None:
        try:
            fs.rm_file(path)
        except FileNotFoundError:
            return

    @staticmethod
    def _fs(address: str | Path) -> tuple[Any, str]:
        import fsspec

        fs, path = fsspec.core.url_to_fs(str(address))
        return fs, str(path)


def rendered(title: str, rows: int, expectations: Sequence[Expectation], findings: Sequence[Finding]) -> str:
    """Great Expectations' own page of the run, as it builds it: with foreign hosts, to be cleaned."""
    gx = great_expectations()
    from great_expectations.core.expectation_validation_result import ExpectationSuiteValidationResult
    from great_expectations.render.renderer import ValidationResultsPageRenderer

    results = [
        _result(entry, rows, [finding for finding in findings if finding.rule == entry.name]) for entry in expectations
    ]
    good = sum(entry.success for entry in results)
    whole = ExpectationSuiteValidationResult(
        success=good == len(results),
        results=results,
        suite_name=title,
        statistics={
            "evaluated_expectations": len(results),
            "successful_expectations": good,
            "unsuccessful_expectations": len(results) - good,
            "success_percent": 100 * good / len(results) if results else None,
        },
        meta={
            "great_expectations_version": gx.__version__,
            "active_batch_definition": {"data_asset_name": title},
            "run_id": {"run_name": title, "run_time": datetime.now(UTC).isoformat()},
        },
    )
    return str(_view().render(ValidationResultsPageRenderer().render(whole)))


@cache
def _view() -> Any:
    """What turns the page into HTML: each new one would compile its templates anew, which takes half a second."""
    from great_expectations.render.view import DefaultJinjaPageView

    return DefaultJinjaPageView()


def _result(expectation: Expectation, rows: int, findings: Sequence[Finding]) -> Any:
    """The verdict in Great Expectations' form; any of its column expectations shows the description we give it."""
    from great_expectations.core.expectation_validation_result import ExpectationValidationResult

    shown = great_expectations().expectations.ExpectColumnValuesToBeInSet(
        column=expectation.name, value_set=[], description=promised(expectation)
    )
    codes = [finding.code for finding in findings]
    percent = 100 * len(codes) / rows
    return ExpectationValidationResult(
        success=not codes,
        expectation_config=shown.configuration,
        exception_info={"raised_exception": False, "exception_message": None, "exception_traceback": None},
        result={
            "element_count": rows,
            "unexpected_count": len(codes),
            "unexpected_percent": percent,
            "unexpected_percent_total": percent,
            "partial_unexpected_list": codes,
            "partial_unexpected_counts": [{"value": code, "count": n} for code, n in Counter(codes).items()],
            "unexpected_list": codes,
            "unexpected_index_column_names": ["_id"],
            "unexpected_index_list": [{expectation.name: finding.code, "_id": finding.id} for finding in findings],
        },
    )
