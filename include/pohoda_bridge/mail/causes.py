"""What there is to tell about a flow: everything that waits for a person now, from the ledger."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, select

from pohoda_bridge.catalogue.base import Phrase, Titles
from pohoda_bridge.catalogue.link import CauseKind
from pohoda_bridge.ledger import Scope, mails, runs, schema, waiting
from pohoda_bridge.mail.words import AMBIGUOUS, CHANGES, CONFLICT, DELETED, NOT_TAKEN, REFUSED
from pohoda_bridge.quality.labels import labels
from pohoda_bridge.quality.reasons import said
from pohoda_bridge.records.telling import Words, tell

SEVERAL = "several records may be its pair"
"""How the plan says that a match is left to a person (sync.decide)."""
DUPLICATE = ("unique:", "duplicate")
"""Rules of the quarantine that mean: there are two of it."""
_CHANGING = re.compile(r"\w*\d[\w.:+-]*")


@dataclass(frozen=True)
class Cause:
    """One thing a person must see to. `id` stays as long as the same is wrong with the same record."""

    id: str
    kind: CauseKind
    record: str
    what: Titles


def failure(text: str) -> Cause:
    """A run that ended red. Numbers, ids and times in the text do not make it another failure."""
    return _cause("failure", "", _alike(text), _CHANGING.sub("#", text))


def waiting_now(
    connection: Connection, scope: Scope, run_id: str, known: Collection[str], own: Sequence[Phrase] = ()
) -> list[Cause]:
    """The causes in the records of the flow. `known` are the ids of causes met before: of matches left to a person,
    which no table lists, these are looked at again beside those of the run. `own`: what the CRM's file says of its own.
    """
    return [
        *_quarantined(connection, scope),
        *_in_conflict(connection, scope),
        *_deleted(connection, scope),
        *_ambiguous(connection, scope, run_id, known),
        *_not_written(connection, scope, own),
    ]


def _quarantined(connection: Connection, scope: Scope) -> Iterator[Cause]:
    for row in waiting.quarantined(connection, scope):
        if not row["dismissed"]:
            reasons: list[dict[str, Any]] = row["reasons"]
            twice = any(reason["rule"].startswith(DUPLICATE) for reason in reasons)
            what = {language: "; ".join(reason[language] for reason in reasons) for language in ("en", "cs", "sk")}
            prints = (f"{reason['rule']} {reason['en']}" for reason in reasons)
            kind: CauseKind = "duplicate" if twice else "quarantine"
            yield _cause(kind, row["technical"], Titles(**what), *(_CHANGING.sub("#", one) for one in prints))


def _in_conflict(connection: Connection, scope: Scope) -> Iterator[Cause]:
    for technical, conflict in waiting.conflicts(connection, scope).items():
        fields = sorted(conflict["fields"])
        yield _cause("conflict", technical, _with(CONFLICT, labels(fields)), *fields)


def _deleted(connection: Connection, scope: Scope) -> Iterator[Cause]:
    query = select(schema.deletions.c.technical).where(scope.of(schema.deletions))
    for technical in connection.scalars(query):
        yield _cause("deletion", technical, DELETED)


def _not_written(connection: Connection, scope: Scope, own: Sequence[Phrase]) -> Iterator[Cause]:
    """POHODA takes no change of a document at all, so the change says it; of anything else the reason comes first."""
    for technical, one in runs.not_written(connection, scope).items():
        told, reason = {name: _changes(one.changes, words) for name, words in CHANGES.items()}, one.reason or ""
        changes = Titles(**{language: "; ".join(lines) for language, lines in told.items()})
        if one.changes and scope.direction == "to_pohoda":
            what = _with(REFUSED, changes)
        else:
            what = _with(_with(NOT_TAKEN, said(reason, own)), changes, "({})" if one.changes else "{}")
        yield _cause("cannot_write", technical, what, *(told["en"] or [reason]))


def _changes(changes: Mapping[str, Sequence[Any]], words: Words) -> list[str]:
    """Fields with old and new."""
    return [line.strip() for name in sorted(changes) for line in tell(name, *changes[name], words=words).lines()]


def _records_of(kind: CauseKind, known: Collection[str]) -> list[str]:
    """The records of known causes of a kind."""
    return [cause.split(" ", 1)[1].rpartition(" ")[0] for cause in known if cause.startswith(f"{kind} ")]


def _ambiguous(connection: Connection, scope: Scope, run_id: str, known: Collection[str]) -> Iterator[Cause]:
    before = _records_of("duplicate", known)
    for technical, reason in mails.left_to_a_person(connection, scope, run_id, before, SEVERAL).items():
        found = re.search(r"\(.*?\)", reason)
        ids = found[0] if found else ""
        yield _cause("duplicate", technical, _with(AMBIGUOUS, _alike(ids)), "ambiguous")


def _alike(text: str) -> Titles:
    return Titles(en=text, cs=text, sk=text)


def _with(phrase: Titles, more: Titles, form: str = "{}") -> Titles:
    said = {name: f"{getattr(phrase, name)} {form.format(getattr(more, name))}" for name in ("en", "cs", "sk")}
    return Titles(**{name: text.strip() for name, text in said.items()})


def _cause(kind: CauseKind, record: str, what: Titles, *wrong: str) -> Cause:
    mark = blake2b("\n".join(wrong).encode(), digest_size=8).hexdigest()
    return Cause(f"{kind} {record} {mark}", kind, record, what)
