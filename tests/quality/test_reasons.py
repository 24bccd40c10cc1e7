"""Every reason that may keep one record back is told in Czech and Slovak too, wherever in the code it is said."""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from pohoda_bridge.catalogue.base import Phrase
from pohoda_bridge.catalogue.catalogue import INCLUDE, open_catalogue
from pohoda_bridge.crm.failure import ON_WRITE, Failure
from pohoda_bridge.quality.reasons import phrases, said
from tests.house.source import Source, sources

SAMPLE = "note"
"""Stands in for whatever a text fills in: a name of a field is a value as well."""
RAISED = {"ValueError", "RejectRecord", "Unwritable"}
SAYS_WHY = {"_reasons", "_misfits", "closed"}
"""Functions that yield or return reasons."""
SEEN_TO = re.compile(r"gone=True|'gone'|'moved'")
"""Such answers leave the record out, or to the next run, with a reason of their own."""
UNSEEN = ("crm.answer", "crm.api", "crm.relinking", "crm.eway.api", "crm.eway.rights", "pohoda.writing.pack")
"""What files, rights or the change of a year say, which stops an agenda; faults of ours."""
PARTS = ("crm.", "ledger.bindings", "pohoda.writing.", "pohoda.folder.", "records.", "sync.")
FAILED = [str(Failure(kind, "POST SaveCart", 400)) for kind, next_ in ON_WRITE.items() if next_ == "refused"]
SAID_IN_PARTS = [  # texts that no single string of the code holds
    *(text for text in FAILED if "path" not in text),
    str(Failure("denied", "POST DeleteCart", codes=("rcAccessDenied",))),
    "eWay-CRM denies access: our user may not delete records of Carts (Delete: None); give the user this right",
    "POHODA answered the deletion and did not delete it",
    "POHODA refused the record without a reason",
    *(f"the target cannot take note{why}" for why in ("", ": it must be filled")),
    "refused by the target",
    "POHODA has it already, as 1; link the two by `pohoda-bridge match`, or mend one of them",
]


def found() -> Iterator[tuple[str, str]]:
    """Every text in the place of a reason: where it stands, the text with SAMPLE in its blanks."""
    for source in sources(Path(INCLUDE), "pohoda_bridge"):
        own = source.module.removeprefix("pohoda_bridge.")
        if own.startswith(PARTS) and own not in UNSEEN:
            for node in said_by(source):
                text = written(assigned(source, node) if isinstance(node, ast.Name) else node)
                if len(text.replace(SAMPLE, "").split()) > 1:
                    yield f"{source.place}:{node.lineno}", text


def said_by(source: Source) -> Iterator[ast.expr]:
    values = source.module.startswith(("pohoda_bridge.crm.", "pohoda_bridge.pohoda."))
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            name = ast.unparse(node.exc.func)
            if name in RAISED and (values or name != "ValueError"):
                yield from flat(node.exc.args[:1])
        elif isinstance(node, ast.Call) and not SEEN_TO.search(ast.unparse(node)):
            name = ast.unparse(node.func)
            if "'refused'" in map(ast.unparse, node.args[:2]):
                yield from flat([*node.args[2:], *(one.value for one in node.keywords if one.arg == "reasons")])
            elif name.endswith(".refuse") or (name.endswith(".append") and "reasons" in name):
                yield from flat(node.args)
        elif isinstance(node, ast.Dict):
            told = {ast.unparse(key): value for key, value in zip(node.keys, node.values, strict=True) if key}
            if ast.unparse(told.get("'outcome'", node)) in {"'cannot_write'", "'quarantined'"} and "'reason'" in told:
                yield told["'reason'"]
        elif isinstance(node, ast.FunctionDef) and node.name in SAYS_WHY:
            yield from flat([one.value for one in ast.walk(node) if isinstance(one, ast.Return | ast.Yield)])


def assigned(source: Source, name: ast.Name) -> ast.expr:
    """What the name was given last before it is used."""
    given = [node for node in ast.walk(source.tree) if isinstance(node, ast.Assign) and node.lineno < name.lineno]
    values = [node for node in given if name.id in map(ast.unparse, node.targets)]
    return max(values, key=lambda node: node.lineno).value if values else name


def flat(nodes: Sequence[ast.expr | None]) -> Iterator[ast.expr]:
    for node in nodes:
        if isinstance(node, ast.Tuple | ast.List):
            yield from flat(node.elts)
        elif isinstance(node, ast.IfExp | ast.BoolOp):
            yield from flat([node.body, node.orelse] if isinstance(node, ast.IfExp) else node.values)
        elif node is not None:
            yield node


def written(node: ast.expr) -> str:
    """The text of a string; "" of anything else."""
    if isinstance(node, ast.JoinedStr):
        return "".join(written(part) or SAMPLE for part in node.values)
    if isinstance(node, ast.BinOp):
        return written(node.left) + written(node.right)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


SAID = dict(found())


def untold(text: str, own: tuple[Phrase, ...] = ()) -> list[str]:
    """The languages in which the text, but for the name of a field before it, is what it is in English."""
    told, rest = said(text, own), re.sub(r"^\w+: ", "", text)
    return [language for language in ("cs", "sk") if getattr(told, language).endswith(rest)]


def test_every_reason_of_the_code_is_told_in_czech_and_slovak() -> None:
    assert len(SAID) > 40
    assert {place: text for place, text in SAID.items() if untold(text)} == {}
    assert [text for text in SAID_IN_PARTS if untold(text)] == []


def test_no_words_are_kept_that_nobody_says() -> None:
    texts = [*SAID.values(), *SAID_IN_PARTS]
    shapes = {phrase.en: ".*".join(map(re.escape, re.split(r"\{\w+\}", phrase.en))) for phrase in phrases()}
    assert [
        en for en, shape in shapes.items() if not any(re.fullmatch(f"(.*: )?{shape}", text) for text in texts)
    ] == []


def test_what_a_crm_alone_says_is_told_by_its_file() -> None:
    crm = open_catalogue().crms["eway"]
    folders = [folder for folder in crm.api["folders"].values() if "unpublished" in folder]
    assert len(folders) == 2
    assert [folder for folder in folders if untold(folder["unpublished"], crm.reasons)] == []


@pytest.mark.parametrize(("text", "cs", "sk"), [
    ("credit: must be between 0 and 100", "Kredit: musí být od 0 do 100", "Kredit: musí byť od 0 do 100"),
    ("lines[2].unit: is no number", "Položky dokladu 2, MJ: není číslo", "Položky dokladu 2, MJ: nie je číslo"),
    ("the target cannot take note, ico: note: is no number",
     "cílová strana nepřijímá: Poznámka, IČO (Poznámka: není číslo)",
     "cieľová strana neprijíma: Poznámka, IČO (Poznámka: nie je číslo)"),
    ("Poznámku mění jen vedoucí", "Poznámku mění jen vedoucí", "Poznámku mění jen vedoucí"),
    ("email: Email: too_long.", "E-mail: Email: too_long.", "E-mail: Email: too_long."),
])  # fmt: skip
def test_fields_stand_by_their_labels_and_the_words_of_a_service_as_it_said_them(text: str, cs: str, sk: str) -> None:
    told = said(text)
    assert (told.en, told.cs, told.sk) == (text, cs, sk)
