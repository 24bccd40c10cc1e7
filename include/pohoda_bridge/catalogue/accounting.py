"""The accountant's table of a unit (`include/units/<unit>.accounting.csv`), checked cell by cell."""

import csv
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from pohoda_bridge.catalogue.accounting_cells import Wrong, condition, result
from pohoda_bridge.catalogue.load import nearest
from pohoda_bridge.errors import SettingsError
from pohoda_bridge.records.accounting_table import (
    CONDITIONS,
    KINDS,
    RESULTS,
    Rule,
    Table,
    country_words,
    currency_words,
)

COLUMNS = (*CONDITIONS, *RESULTS, "note")
"""All that the first line may name; `note` is the accountant's own."""
MOST = 1000


class Unit(Protocol):
    """What the table must know of its unit: its country, CZ or SK."""

    @property
    def country(self) -> str: ...


def load(path: Path, unit: Unit) -> Table:
    """The rules of the file, none when there is no such file.

    UTF-8 with or without BOM, cells split by `;` or `,`; lines that begin with # are remarks. SettingsError has a line
    `file:line: what and what to do` for each fault. Rules that can never apply are warnings of the table.
    """
    try:
        return _read(path.name, path.read_bytes(), unit.country)
    except FileNotFoundError:
        return Table(path.name)
    except OSError as error:
        raise SettingsError(f"{path.name}:1: cannot be read: {error}") from error


@lru_cache(maxsize=100)
def _read(name: str, content: bytes, home: str) -> Table:
    """A table, parsed once as long as it does not change."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SettingsError(f"{name}:{line}: the file is not in UTF-8; save it as `CSV UTF-8`") from error
    faults: list[str] = []
    rules = list(_rules(name, text, home, faults))
    if faults:
        raise SettingsError("\n".join(faults))
    return Table(name, tuple(rules), tuple(_warnings(name, rules, home)))


def _rules(name: str, text: str, home: str, faults: list[str]) -> Iterator[Rule]:
    names: list[str] | None = None
    number = 0
    for line, cells in _lines(name, text, faults):
        if names is None:
            names = [cell.casefold() for cell in cells]
            if wrong := _header_faults(names):
                faults += [f"{name}:{line}: {one}" for one in wrong]
                return
            continue
        number += 1
        if number > MOST:
            faults.append(
                f"{name}:{line}: more than {MOST} rules; put words that mean the same into one cell, `DE | AT`"
            )
            return
        rule, wrong = _rule(line, names, cells, home)
        faults += [f"{name}:{line}: {one}" for one in wrong]
        yield rule


def _lines(name: str, text: str, faults: list[str]) -> Iterator[tuple[int, list[str]]]:
    """The lines that are no remarks and not empty, each with its number (from 1) and its trimmed cells."""
    delimiter = ""
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        if line.lstrip(' "').startswith("#"):
            continue
        delimiter = delimiter or (max(";,", key=line.count) if line.strip() else "")
        try:
            cells = [_trimmed(cell) for cell in next(csv.reader([line], delimiter=delimiter or ";", strict=True), [])]
        except csv.Error as error:
            faults.append(f"{name}:{number}: a cell is quoted wrongly or has a line break in it ({error})")
            continue
        if any(cells):
            yield number, cells


def _trimmed(cell: str) -> str:
    """Without spaces around it, and with ordinary ones in it: spreadsheets write `23 %` with one of their own."""
    return cell.replace("\xa0", " ").strip()


def _header_faults(names: list[str]) -> list[str]:
    wrong = [
        f"unknown column {one!r}{nearest(one, COLUMNS)}" for one in dict.fromkeys(names) if one and one not in COLUMNS
    ]
    wrong += [f"two columns are called {one!r}" for one in COLUMNS if names.count(one) > 1]
    if not wrong and not set(names) & set(RESULTS):
        wrong.append(f"no column says what a rule gives; take some of {', '.join(RESULTS)}")
    return wrong


def _rule(line: int, names: list[str], cells: list[str], home: str) -> tuple[Rule, list[str]]:
    wrong: list[str] = []
    when: dict[str, frozenset[str]] = {}
    gives: dict[str, str] = {}
    if any(cells[len(names) :]):
        wrong.append(
            f"{len(cells)} cells, but the first line names {len(names)} columns; quote a cell that has the sign"
        )
    for name, cell in zip(names, cells, strict=False):
        try:
            if not cell or name == "note":
                continue
            if not cell.isprintable():
                wrong.append(f"{name}: {cell!r} holds a sign that cannot be seen; write the cell anew")
            elif not name:
                wrong.append(f"{cell!r} stands in a column without a name")
            elif name in CONDITIONS:
                if words := condition(name, cell, home):
                    when[name] = words
            else:
                gives[name] = result(name, cell, home)
        except Wrong as error:
            wrong.append(f"{name}: {error}")
    if not gives and not wrong:
        wrong.append("the rule gives nothing; fill in a result, or begin the line with # to keep it as a remark")
    kinds = sorted(when.get("kind", ()), key=list(KINDS).index)
    for name in gives:
        if lacking := [kind for kind in kinds if name not in KINDS[kind]]:
            wrong.append(f"{name}: POHODA has no such field on {', '.join(lacking)}; give those a rule of their own")
    return Rule(line, when, gives), wrong


def _warnings(name: str, rules: list[Rule], home: str) -> Iterator[str]:
    """Rules after one that fits everything that they fit."""
    meanings = [
        {condition: [_means(condition, word, home) for word in words] for condition, words in rule.when.items()}
        for rule in rules
    ]
    for place, (rule, means) in enumerate(zip(rules, meanings, strict=True)):
        before = next((one for one in rules[:place] if _covers(one, means)), None)
        if before and before.when == rule.when:
            yield f"{name}:{rule.row}: line {before.row} has the same conditions and comes first; remove one of them"
        elif before:
            yield f"{name}:{rule.row}: never reached, line {before.row} fits all that it fits; move it above that line"


def _covers(wide: Rule, narrow: Mapping[str, list[frozenset[str]]]) -> bool:
    """Whether a rule fits all that another one fits, of which each condition's words are given with what they mean."""
    return all(
        condition in narrow and all(meaning & words for meaning in narrow[condition])
        for condition, words in wide.when.items()
    )


def _means(name: str, word: str, home: str) -> frozenset[str]:
    """The words that are true whenever this one is."""
    if name == "country" and len(word) == 2 and word != "EU":
        return country_words(word, home)
    if name == "currency" and len(word) == 3:
        return currency_words(word, home)
    return frozenset({word})
