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
_control = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")
# The commoner half of each character set, which plain Chinese text hardly leaves.
_COMMON = {"gb18030": ("gb2312", 0xB0, 0xD7), "big5": ("big5", 0xA4, 0xC6)}


def decode(data: bytes, name: str) -> str:
    """The text of a file; `name` stands in the errors.

    Raises:
        UnreadableFile: the bytes are no text, or in no encoding we know.
    """
    if not data.strip():
        raise UnreadableFile(f"{name} is empty: put text into it, or leave it out.")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = _strict(data, encoding)
            if text is not None:
                return _checked(text, name)
    if b"\0" in data:
        raise UnreadableFile(f"{name} is a binary file, not text: convert it to text first.")
    text = _strict(data, "utf-8")
    if text is None:
        text = _chinese(data)
    if text is None:
        guess = from_bytes(data[:_SAMPLE]).best()
        text = _strict(data, guess.encoding) if guess else None
    if text is None:
        raise UnreadableFile(
            f"{name} is binary or in an encoding that is not known: save it as UTF-8 text."
        )
    return _checked(text, name)


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
            if share > 0.85 and (best is None or share > best[0]):
                best = share, text
    return best[1] if best else None


def _common_share(text: str, encoding: str) -> float:
    """How many of the text's letters beyond ASCII stand in the set's commoner half."""
    charset, low, high = _COMMON[encoding]
    letters = [letter for letter in text if ord(letter) > 0x7F and letter.isalpha()]
    common = 0
    for letter in letters:
        code = letter.encode(charset, "ignore")
        common += len(code) == 2 and low <= code[0] <= high
    return common / len(letters) if letters else 0.0


def _checked(text: str, name: str) -> str:
    if 200 * len(_control.findall(text)) > len(text) + 200:
        raise UnreadableFile(f"{name} is a binary file, not text: convert it to text first.")
    return text
