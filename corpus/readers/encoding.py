"""A file's bytes to text: UTF-8, UTF-16 and UTF-32 by their marks, GB18030, Big5, else a guess."""

import codecs
import re

from charset_normalizer import from_bytes

from corpus.errors import UnreadableFile

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 65_536  # bytes for a guess
# Fewer letters beyond ASCII, or words that are less like a language's, tell nothing for sure.
_FEWEST_IDEOGRAPHS = 5
_FEWEST_LETTERS = 12
_COHERENCE = 0.2
_COMMON_SHARE = 0.85
_DAMAGED = 1000  # one letter in so many
_BINARY = "is a binary file, not text: convert it to text first"
_control = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")
# The commoner half of each character set, which plain Chinese text hardly leaves.
_COMMON = {"gb18030": ("gb2312", 0xB0, 0xD7), "big5": ("big5", 0xA4, 0xC6)}


def decode(data: bytes, declared: str | None = None) -> str:
    """The text of a file; `declared` is the encoding that it names itself.

    Raises:
        UnreadableFile: the bytes are no text, or in no encoding that can be told for sure.
    """
    if not data.strip():
        raise UnreadableFile("is empty: put text into it, or leave it out")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = _strict(data, encoding)
            if text is not None:
                return _checked(text)
    if b"\0" in data:
        raise UnreadableFile(_BINARY)
    text = _declared(data, declared) if declared else None
    if text is None:
        text = _strict(data, "utf-8")
    if text is None:
        text = _chinese(data)
    if text is None:
        guess = from_bytes(data[:_SAMPLE]).best()
        sure = guess and guess.coherence >= _COHERENCE and _letters(str(guess)) >= _FEWEST_LETTERS
        text = _strict(data, guess.encoding) if guess and sure else None
    if text is None:
        raise UnreadableFile(
            "is binary or in an encoding that cannot be told for sure: save it as UTF-8 text"
        )
    return _checked(text)


def _declared(data: bytes, encoding: str) -> str | None:
    """The text in the encoding that a page names; a few damaged letters do not count."""
    name = encoding.lower()
    if name.startswith("utf-16"):
        return None  # it could not have been read so far
    try:
        text = data.decode("gb18030" if name in ("gb2312", "gbk") else name, "replace")
    except LookupError:
        return None
    return text if text.count("\ufffd") <= len(text) // _DAMAGED else None


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _chinese(data: bytes) -> str | None:
    """The text as GB18030 or Big5, if nearly all its ideographs are then common ones."""
    best: tuple[float, str] | None = None
    for encoding in _COMMON:
        text = _strict(data, encoding)
        if text is not None:
            share = _common_share(text[:20_000], encoding)
            if share > _COMMON_SHARE and (best is None or share > best[0]):
                best = share, text
    return best[1] if best else None


def _common_share(text: str, encoding: str) -> float:
    """How many of the text's letters beyond ASCII stand in the set's commoner half."""
    charset, low, high = _COMMON[encoding]
    letters = [letter for letter in text if ord(letter) > 0x7F and letter.isalpha()]
    if len(letters) < _FEWEST_IDEOGRAPHS:
        return 0.0
    common = 0
    for letter in letters:
        code = letter.encode(charset, "ignore")
        common += len(code) == 2 and low <= code[0] <= high
    return common / len(letters)


def _letters(text: str) -> int:
    return sum(ord(letter) > 0x7F and letter.isalpha() for letter in text)


def _checked(text: str) -> str:
    if 200 * len(_control.findall(text)) > len(text) + 200:
        raise UnreadableFile(_BINARY)
    return text
