"""Text to the terms that BM25 counts, and the folding that makes spellings meet.

Han text gives its characters and neighbouring pairs, which beat word segmentation; scripts that
write no blanks, or glue particles on, give pairs; other scripts give words; numbers stay whole.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import opencc

_LONGEST = 64  # characters of one term; what is longer is no word
_HAN = "々〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_PAIRED = (
    "\u3041-\u3096\u30a1-\u30fa\u30fc"  # kana
    "\uac00-\ud7a3"  # hangul
    "\u0e00-\u0e4e\u0e80-\u0edf\u1000-\u109f\u1780-\u17d3"  # Thai, Lao, Burmese, Khmer
)


def fold(text: str) -> str:
    """Lower case, half width, no accents on Latin letters, simplified Chinese.

    Character by character: offsets into the result are offsets into `text`. A character whose
    folding is not one character stays as it is.
    """
    return text.translate(_table())


def terms(text: str) -> list[str]:
    """The terms of `text` in order, with repeats; each is at most 64 characters, without blanks."""
    folded = fold(unicodedata.normalize("NFKC", text))
    return [term[:_LONGEST] for match in _pattern().finditer(folded) for term in _of(match)]


def _of(match: re.Match[str]) -> Iterator[str]:
    found = match[0]
    match match.lastgroup:
        case "han":
            yield from found
            yield from map("".join, pairwise(found))
        case "paired":
            yield from map("".join, pairwise(found)) if found[1:] else found
        case "number":
            yield found.replace(",", "")
        case _:
            yield found


class _Folding(dict[int, str]):
    """Fills itself: a text uses few of the characters there are."""

    def __init__(self) -> None:
        self._simplify = opencc.OpenCC("t2s").convert

    def __missing__(self, code: int) -> str:
        character = chr(code)
        for step in (_without_width, _without_accent, str.lower, self._simplify):
            after = step(character)
            if len(after) == 1:
                character = after
        self[code] = character
        return character


def _without_width(character: str) -> str:
    return unicodedata.normalize("NFKC", character)


def _without_accent(character: str) -> str:
    base = unicodedata.normalize("NFD", character)[:1]
    return base if base.isascii() else character


@cache
def _table() -> _Folding:
    return _Folding()


@cache
def _pattern() -> re.Pattern[str]:
    # \w knows no combining marks, without which Indic and Arabic words fall apart.
    marks = "".join(
        chr(code) for code in range(0x300, 0x10000) if unicodedata.category(chr(code))[0] == "M"
    )
    letter = rf"(?![{_HAN}{_PAIRED}])[^\W_]"
    return re.compile(
        rf"(?P<han>[{_HAN}]+)"
        rf"|(?P<paired>[{_PAIRED}]+)"
        rf"|(?P<number>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)*(?![\d,])|\d+(?:\.\d+)+)"
        rf"|(?P<word>(?:{letter}[{marks}]*)+)"
    )
