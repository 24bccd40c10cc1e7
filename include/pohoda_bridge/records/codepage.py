"""Text at POHODA's door: Windows-1250, which lacks most of Unicode. What it lacks is replaced and told, never dropped
in silence.

Composed letters first (e + combining accent is é: no loss), then the table, then the letter without its accents, then
`?`. Characters that no XML document may hold are removed. A loss names the character and what stands in its place.
"""

import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache

CODEC = "cp1250"
UNKNOWN = "?"
# Written as: what is stored, then the characters that become it.
_TABLE = """
I İ|i ı|Ş Ș|ş ș|Ţ Ț|ţ ț|Ae Æ|ae æ|O Ø|o ø|Oe Œ|oe œ|D Ð|d ð|Th Þ|th þ|Ss ẞ|N Ŋ|n ŋ|f ƒ|o º|a ª|<= ≤|>= ≥|!= ≠|~ ∼≈
- ‐‑‒−|– ―|' ʼʹ′‛|" ″‟|... ⋯|* ∗★☆|-> →⇒|<- ←⇐|x ✕|/ ∕⁄|: ∶|. ․|c ¢|GBP £|JPY ¥|No. №|1/4 ¼|1/2 ½|3/4 ¾|? ¿|! ¡
"""
# Ways to write a space, and marks without a width of their own.
_SPACES = dict.fromkeys("\u202f\u2007\u2009\u200a\u2002\u2003\u2004\u2005\u2006\u2008\u205f\u3000", "\xa0")
_NOTHING = dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\ufe0e\ufe0f\u20e3", "")


@dataclass(frozen=True)
class Loss:
    """`count` times a character (as U+XXXX) could not be stored; `stored` stands in its place, empty for nothing."""

    character: str
    stored: str
    count: int


def fitted(text: str) -> tuple[str, tuple[Loss, ...]]:
    """The text with what Windows-1250 and XML can hold, and what was lost; fitting twice changes nothing."""
    composed = unicodedata.normalize("NFC", text)
    if _fits(composed):
        return composed, ()
    lost = Counter(letter for letter in composed if not _fits(letter))
    stored = {letter: _instead(letter) for letter in lost}
    made = "".join(stored.get(letter, letter) for letter in composed)
    return made, tuple(Loss(f"U+{ord(letter):04X}", stored[letter], lost[letter]) for letter in sorted(lost))


def stored_for(text: object, stored: object) -> bool:
    """Whether `stored` is what POHODA makes of the text, and less than it: letters were replaced."""
    return isinstance(text, str) and text != stored and fitted(text)[0] == stored


def encodable(text: str) -> bool:
    """Whether POHODA can hold the text as it is."""
    return _fits(text)


def _fits(text: str) -> bool:
    try:
        text.encode(CODEC)
    except UnicodeEncodeError:
        return False
    return all(letter >= " " or letter in "\t\n\r" for letter in text)


@cache
def _table() -> dict[str, str]:
    pairs = (entry.rpartition(" ") for line in _TABLE.strip().splitlines() for entry in line.split("|"))
    made = {letter: stored for stored, _, letters in pairs for letter in letters if not _fits(letter)}
    return made | _SPACES | _NOTHING


def _instead(letter: str) -> str:
    if letter in _table():
        return _table()[letter]
    kind = unicodedata.category(letter)
    if kind in {"Cc", "Cs", "Mn", "Me"} or letter in "\ufffe\uffff" or "\U0001f3fb" <= letter <= "\U0001f3ff":
        return ""
    plain = "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))
    plain = "".join(_table().get(part, part) for part in plain)
    return plain if plain.strip() and _fits(plain) else UNKNOWN
