"""Which broken lines go together: inside a paragraph, and across a page break.

It sees blocks and words, no file format. When unsure a break stays: a break too many hides a
sentence's end, a join too many makes a sentence that nobody wrote.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from corpus.edits import Edit
from corpus.readers.block import Block, Range
from corpus.script import (
    CLAUSE_MARKS,
    CLOSERS,
    FULL_STOPS,
    HALF_STOPS,
    LIST_MARKER,
    SAID,
    columns,
    ends_sentence,
    is_wide,
    mostly_wide,
)

_NARROWEST_PROSE = 40  # columns; shorter lines are verse, an address, a form
_WIDEST_LINE = 200  # columns; longer lines are whole paragraphs
# A line that begins so is a record of its own.
_record = re.compile(r"[\[【(（]?\s*\d{2,4}-\d{1,2}(?:-\d{1,2})?\b")
_hyphen = re.compile(r"(?<=[^\W\d_])[-‐\u00ad]$")
_word_end = re.compile(r"[^\W\d_]{1,30}[-‐]$")
_word_start = re.compile(r"[^\W\d_]{1,30}")
_compound_word = re.compile(r"[^\W\d_]{1,30}[-‐][^\W\d_]{1,30}")
_clause = re.compile(f"[{re.escape(FULL_STOPS + HALF_STOPS + CLAUSE_MARKS)}]")
_last_words = re.compile(f"[^{re.escape(FULL_STOPS)}!?\n]{{8,60}}$")
_first_word = re.compile(r"\s*(\S*)")


class _Paragraph:
    """The lines of a block, and whether they were broken to fit a width."""

    def __init__(self, text: str, block: Block) -> None:
        self.lines = _lines_of(text, block)
        self.words = [text[start:end].strip() for start, end in self.lines]
        widths = [columns(words) for words in self.words]
        self.width = max(widths, default=0)
        self.wide = mostly_wide(text[block.start : block.end])
        self._full = [
            width + (2 if self.wide else 1 + columns(_first_word.match(after)[1]))  # type: ignore[index]
            > self.width * (0.9 if self.wide else 0.97)
            for width, after in zip(widths, self.words[1:], strict=False)
        ]
        self._hard = [text.endswith(("  ", "\\"), start, end) for start, end in self.lines]
        self.prose = self._is_prose()

    def _is_prose(self) -> bool:
        ends = self.words[:-1]
        if not ends:
            return True
        if any(self._hard[:-1]):
            return False
        if self.width < _NARROWEST_PROSE:
            # A narrow column has pauses inside its lines, a poem at their ends or none.
            pauses = sum(bool(_clause.search(words[-1:])) for words in ends)
            inside = any(_clause.search(words, 0, len(words) - 1) for words in self.words)
            return self.width >= 16 and all(self._full) and inside and 3 * pauses <= len(ends)
        if self.wide:
            return True
        full = sum(self._full)
        if all(words[:1].isupper() for words in self.words):
            pauses = sum(bool(_clause.search(words[-1:])) for words in ends)
            return 2 * pauses < len(ends) and 4 * full >= 3 * len(ends)
        return True

    def joins(self) -> Iterator[int]:
        """The line breaks to mend, by the number of the line before."""
        if not self.prose:
            return
        for i, (before, after) in enumerate(pairwise(self.words)):
            if LIST_MARKER.match(after) or SAID.match(after) or before[-1] in "：:":
                continue
            full = self._full[i] and self.width <= _WIDEST_LINE
            if ends_sentence(before):
                if full and not self.wide:
                    yield i
            elif full or (after[:1].islower() if not self.wide else _goes_on(before, after)):
                yield i


def join(text: str, blocks: list[Block], apart: set[int]) -> tuple[list[Edit], list[Block]]:
    """The edits that mend broken lines, and the blocks (old offsets) with the joined ones merged.

    `apart` holds the starts of blocks that stay as they are: bylines and labels.
    """
    edits: list[Edit] = []
    merged: list[Block] = []
    continued: set[str] = set()
    opened: Block | None = None  # the last block, if it is a paragraph that may go on
    for block in blocks:
        if block.kind not in ("paragraph", "item"):
            merged.append(block)
            opened = None
            continue
        lines = _Paragraph(text, block)
        words = text[block.start : block.end]
        mendable = block.kind == "paragraph" and lines.prose and block.start not in apart
        start = block.start
        if opened and mendable and _goes_on(before := text[opened.start : opened.end], words):
            tail = _last_words.search(before, max(0, len(before) - 60))
            # Text that was copied breaks off where it was cut: the same words went on before.
            if not tail or tail[0] not in continued:
                if tail:
                    continued.add(tail[0])
                edits.append(seam(text, opened.start, opened.end, block.start, block.end))
                start = merged.pop().start
        merged.append(Block(block.kind, start, block.end))
        for i in lines.joins():
            edits.append(seam(text, *lines.lines[i], *lines.lines[i + 1], wide=lines.wide))
        opened = block if mendable else None
    return edits, merged


def _goes_on(left: str, right: str) -> bool:
    """Whether the paragraph `right` is the rest of a sentence that `left` began."""
    right = right.lstrip()
    last, first = left[-1], right[0]
    if ends_sentence(left) or last in "：:；;)）]】":
        return False
    if LIST_MARKER.match(right) or SAID.match(right) or _record.match(right):
        return False
    if not (is_wide(last) or is_wide(first) or (mostly_wide(left) and mostly_wide(right))):
        long = columns(left) >= _NARROWEST_PROSE or last in ",-‐"
        return long and first.islower() and (last.isalnum() or last in ",-‐" + CLOSERS)
    if not _clause.search(right):
        return False
    if first in CLAUSE_MARKS + FULL_STOPS or last in "，、,":
        return True
    if LIST_MARKER.match(left) and not any(stop in left for stop in FULL_STOPS):
        return False
    begun = any(stop in left for stop in FULL_STOPS) or columns(left) >= 2 * _NARROWEST_PROSE
    return begun and bool(_clause.search(left))


def seam(
    text: str, left: int, left_end: int, right: int, right_end: int, *, wide: bool | None = None
) -> Edit:
    """The edit that joins two ranges: a blank, or nothing, in place of what stands between."""
    if wide is None:
        wide = mostly_wide(text[left:left_end]) or mostly_wide(text[right:right_end])
    end = left + len(text[left:left_end].rstrip())
    start = right + len(text[right:right_end]) - len(text[right:right_end].lstrip())
    last, first = text[end - 1], text[start]
    glue = " "
    if is_wide(last) or is_wide(first):
        glue = ""
    elif wide:
        glue = " " if _is_latin(last) and _is_latin(first) else ""
    elif _hyphen.search(text, max(left, end - 2), end):
        # `prom-/ised` loses its hyphen, `Vice-/President` does not, nor what has it elsewhere.
        end -= (
            text[end - 2].islower()
            and first.islower()
            and _compound(text, left, end, start, right_end) not in _compounds(text)
        )
        glue = ""
    return Edit(end, text[end:start], glue, "line")


def _compound(text: str, left: int, end: int, start: int, right_end: int) -> str:
    """The word that would keep its hyphen."""
    before = _word_end.search(text, max(left, end - 40), end)
    after = _word_start.match(text, start, min(right_end, start + 40))
    return f"{before[0] if before else ''}{after[0] if after else ''}".lower()


@lru_cache(maxsize=2)
def _compounds(text: str) -> frozenset[str]:
    """The words with a hyphen that stand on one line."""
    return frozenset(word.lower() for word in _compound_word.findall(text))


def _is_latin(character: str) -> bool:
    return character.isalpha() and not is_wide(character)


def _lines_of(text: str, block: Block) -> list[Range]:
    lines: list[Range] = []
    at = block.start
    for line in text[block.start : block.end].split("\n"):
        if line.strip():
            lines.append((at, at + len(line)))
        at += len(line) + 1
    return lines
