"""What is looked at before an XML parser sees a document: its size, its encoding, and that it has no DOCTYPE.

POHODA never sends a DOCTYPE; one that is there could make a parser read files, call hosts or fill the memory.
"""

import codecs
import re
from typing import BinaryIO

from pohoda_bridge.errors import Retry, StopAgenda

PROLOG = 1 << 18
MAX_BYTES = 1 << 30
# Code pages in which the ASCII letters of a prolog are themselves; others could hide a DOCTYPE.
_BYTEWISE = frozenset({
    "windows-1250", "cp1250", "windows-1252", "iso-8859-1", "iso-8859-2", "us-ascii", "ascii", "utf-8", "utf8",
})  # fmt: skip
_WIDE = frozenset({"utf-16", "utf-16le", "utf-16be"})
_DECLARED = re.compile(r"<\?xml\s[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)")
_SKIPPED = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)


def check(file: BinaryIO, place: str) -> None:
    """Leaves the file at its start. StopAgenda for a DOCTYPE or a size over the limit, Retry for no XML at all."""
    size = file.seek(0, 2)
    file.seek(0)
    if size > MAX_BYTES:
        raise StopAgenda(f"{place}: {size} bytes are more than the limit of {MAX_BYTES}")
    head = file.read(PROLOG)
    prolog, encoding = _prolog(head, place)
    rest = prolog[_skipped(prolog) :]
    if rest.startswith("<!") and not rest.startswith("<!--"):
        raise StopAgenda(f"{place}: it has a DOCTYPE, which POHODA never sends; it was not read")
    if not re.match(r"<[^\W\d]", rest):
        raise Retry(f"{place}: it does not begin as an XML document")
    file.seek(0)
    if encoding in _BYTEWISE - {"utf-8", "utf8"}:
        _refuse_misdeclared(file, place, encoding)
    file.seek(0)


def _skipped(prolog: str) -> int:
    found = _SKIPPED.match(prolog)
    return found.end() if found else 0


def _prolog(head: bytes, place: str) -> tuple[str, str]:
    """The beginning as text, and the encoding it is in."""
    if head.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff", b"\x00\x00\x00<", b"<\x00\x00\x00")):
        raise StopAgenda(f"{place}: it is in UTF-32, which POHODA never sends; it was not read")
    for start, codec in (
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
        (b"<\x00", "utf-16-le"),
        (b"\x00<", "utf-16-be"),
    ):
        if head.startswith(start):
            return head.decode(codec, errors="replace").removeprefix("\ufeff"), "utf-16"
    # Latin 1 turns every byte into one letter; only ASCII ones matter here.
    text = head.removeprefix(codecs.BOM_UTF8).decode("latin-1")
    declared = _DECLARED.match(text)
    encoding = declared[1].lower() if declared else "utf-8"
    if encoding not in _BYTEWISE | _WIDE:
        raise StopAgenda(f"{place}: it declares the encoding {encoding}, which POHODA never sends; it was not read")
    return text, "utf-8" if head.startswith(codecs.BOM_UTF8) else encoding


def _refuse_misdeclared(file: BinaryIO, place: str, encoding: str) -> None:
    """Retry when the bytes are UTF-8 for certain, though a code page is declared.

    Read as declared they would parse, and every accent would come out as two wrong letters.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    accents = False
    try:
        while chunk := file.read(1 << 16):
            for letter in {letter for letter in set(decoder.decode(chunk)) if letter > "\x7f"}:
                if not ("\xa0" <= letter <= "\u017f" or "\u2010" <= letter <= "\u20ac"):
                    return
                accents = True
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return
    if accents:
        raise Retry(f"{place}: it declares {encoding}, but its bytes are UTF-8; no text was guessed")
