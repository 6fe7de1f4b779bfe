"""The text that a reader writes for a file without lines of its own: blocks, one after another."""

import re
from collections.abc import Iterable, Mapping

from corpus.errors import UnreadableFile
from corpus.readers.block import Block, Kind, Layout, Range

MOST_CHARACTERS = 20_000_000
_blanks = re.compile("[^\\S\n\u3000]+")
_controls = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]+|[\ud800-\udfff]")
_breaks = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")

Run = tuple[str, bool]
"""Words, and whether they are bold."""


class Draft:
    """Blocks with an empty line between them, and where their bold words stand."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self._bold: list[Range] = []

    def add(self, kind: Kind, runs: Iterable[Run], level: int = 0) -> None:
        """Adds a block, if it has words; runs of blanks become one, line breaks stay.

        Raises:
            UnreadableFile: the text is too long.
        """
        parts: list[str] = []
        bold: list[Range] = []
        at = 0
        for words, is_bold in runs:
            words = _controls.sub("", _breaks.sub("\n", words))
            if kind != "fixed":
                words = _blanks.sub(" ", words)
            if not at or parts[-1].endswith((" ", "\n")):
                words = words.lstrip(" " if at else None)
            if not words:
                continue
            if is_bold and bold and bold[-1][1] == at:
                bold[-1] = (bold[-1][0], at + len(words))
            elif is_bold:
                bold.append((at, at + len(words)))
            parts.append(words)
            at += len(words)
        text = "".join(parts).rstrip()
        if not text:
            return
        if self._blocks:
            self._write("\n\n")
        begin = self._length
        self._write(text)
        self._blocks.append(Block(kind, begin, self._length, level))
        self._bold += [(begin + a, min(begin + b, self._length)) for a, b in bold if a < len(text)]

    def _write(self, words: str) -> None:
        self._parts.append(words)
        self._length += len(words)
        if self._length > MOST_CHARACTERS:
            raise UnreadableFile(f"has more than {MOST_CHARACTERS} characters: split it into parts")

    def finish(self, metadata: Mapping[str, str], title: str = "") -> tuple[str, Layout]:
        """The text and its layout."""
        layout = Layout(tuple(self._blocks), bold=tuple(self._bold), metadata=metadata, title=title)
        return "".join(self._parts), layout
