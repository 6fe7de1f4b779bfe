"""The source text, cleaned: format signs taken out, broken lines joined, stray blanks closed.

Three passes, each a list of edits on the outcome of the one before, composed into one list.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from corpus.edits import Edit, OffsetMap, apply, compose
from corpus.joins import join
from corpus.readers import markdown
from corpus.readers import text as plain
from corpus.readers.block import Block, Layout, Range
from corpus.script import FULL_STOPS, HAN, LIST_MARKER, NUMERAL, ends_sentence

Markup = Literal["markdown", "text"]

_BREAKS = "\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
# Fonts of PDFs have radicals where letters are meant: those of Kangxi, which Unicode folds, and
# those of the supplement that are words (Unicode's EquivalentUnifiedIdeograph.txt).
_RADICALS = dict(
    zip(
        "⺟⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻳",
        "母民虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟卤麦黄黾齐齿龙龟",
        strict=True,
    )
)
_LETTERS = "[\ufb00-\ufb06\u2f00-\u2fd5" + "".join(_RADICALS) + "]"
_letter = re.compile(_LETTERS)
_control = re.compile(
    "\r(?=\n)|[" + _BREAKS + "]|[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]+|" + _LETTERS
)
_spaced_han = re.compile(f"[{HAN}]++(?:[ \u00a0]{{1,2}}[{HAN}]++)++")
_stop = re.compile(f"[{re.escape(FULL_STOPS)}!?]")
_spaces = re.compile("[ \u00a0]+")
_article = re.compile(f"第{NUMERAL}{{1,6}}[编章节条]")  # what follows is set apart from it
_WORD = 3  # ideographs
_NO_FIRST_WORD = "的了着过与和及或在是之为以于对从向把被将等并而也就都"
_LONGEST_LABEL = 60  # code points of a byline


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The clean text, its edits, and what the reader found, in clean offsets."""

    text: str
    edits: tuple[Edit, ...]
    layout: Layout


def clean(source: str, read: Markup | Layout) -> Cleaned:
    """Clean a text; `read` is the markup to find its blocks by, or what a reader found already."""
    edits: tuple[Edit, ...] = tuple(_characters(source))
    text = apply(source, edits)
    if isinstance(read, Layout):
        layout = _moved_layout(text, edits, read)
        if _headings(layout) < 2:  # a title at the most
            layout = _outlined(text, layout)
    else:
        layout = _layout(text, read)

    edits, text = compose(edits, layout.signs), apply(text, layout.signs)
    moved = OffsetMap(layout.signs)
    blocks = _filled(text, _moved(moved, layout.blocks))
    bold = _moved_ranges(moved, layout.bold)
    pages = _moved_ranges(moved, layout.pages)

    mends, merged = join(text, blocks, _labels(text, blocks))
    mends += _stray_blanks(text, merged)
    mends.sort(key=lambda edit: edit.source_start)
    moved = OffsetMap(mends)
    return Cleaned(
        apply(text, mends),
        compose(edits, mends),
        replace(
            layout,
            blocks=tuple(_moved(moved, tuple(merged))),
            signs=(),
            bold=_moved_ranges(moved, bold),
            pages=_moved_ranges(moved, pages),
        ),
    )


def is_label(text: str) -> bool:
    """Whether a block can be a byline: short, on one line, without an end."""
    words = text.strip()
    return (
        0 < len(words) <= _LONGEST_LABEL
        and "\n" not in words
        and not ends_sentence(words)
        and words[-1] not in "，,、；;：:"
        and not LIST_MARKER.match(words)
    )


def _characters(source: str) -> Iterator[Edit]:
    for match in _control.finditer(source):
        found = match[0]
        if _letter.match(found):
            letters = _RADICALS.get(found) or unicodedata.normalize("NFKC", found)
            yield Edit(match.start(), found, letters, "letter")
            continue
        breaks = found in _BREAKS and not source.startswith("\n", match.end())
        yield Edit(match.start(), found, "\n" if breaks else "", "control")


def _layout(text: str, markup: Markup) -> Layout:
    if markup == "text":
        return plain.layout(text)
    layout = markdown.layout(text)
    # Plain text often bears a Markdown name; its outline is then the only structure it has.
    return layout if _headings(layout) else _outlined(text, layout)


def _headings(layout: Layout) -> int:
    return sum(block.kind == "heading" for block in layout.blocks)


def _outlined(text: str, layout: Layout) -> Layout:
    """The layout with the lines of a Chinese outline as headings, below those it has."""
    ranks = {
        block.start: rank
        for block in layout.blocks
        if block.kind == "paragraph"
        and (rank := plain.outline_rank(text[block.start : block.end])) is not None
    }
    top = _headings(layout)
    levels = {
        rank: min(6, level) for level, rank in enumerate(sorted(set(ranks.values())), top + 1)
    }
    blocks = tuple(
        Block("heading", block.start, block.end, levels[ranks[block.start]])
        if block.start in ranks
        else block
        for block in layout.blocks
    )
    return replace(layout, blocks=blocks)


def _moved_layout(text: str, edits: tuple[Edit, ...], layout: Layout) -> Layout:
    """The layout of a source in offsets of `text`, which the edits made of it."""
    if not edits:
        return layout
    moved = OffsetMap(edits)
    signs = []
    for sign in layout.signs:
        start, end = moved.to_clean(sign.source_start, sign.source_end)
        signs.append(Edit(start, text[start:end], sign.after, sign.reason))
    return replace(
        layout,
        blocks=tuple(_moved(moved, layout.blocks)),
        signs=tuple(signs),
        bold=_moved_ranges(moved, layout.bold),
        pages=_moved_ranges(moved, layout.pages),
    )


def _labels(text: str, blocks: list[Block]) -> set[int]:
    """The starts of blocks that stand under a heading like a byline."""
    return {
        block.start
        for above, block in pairwise(blocks)
        if above.kind == "heading"
        and block.kind == "paragraph"
        and is_label(text[block.start : block.end])
    }


def _stray_blanks(text: str, blocks: list[Block]) -> Iterator[Edit]:
    """Blanks inside Han words of prose; not those that set names or headlines apart."""
    pairs: set[str] = set()
    for block in blocks:
        if block.kind != "paragraph" or not _stop.search(text, block.start, block.end):
            continue
        for run in _spaced_han.finditer(text, block.start, block.end):
            words = _spaces.split(run[0])
            if len(words) > 2 and all(2 <= len(word) <= 4 for word in words):
                continue
            for blank, (left, right) in zip(
                _spaces.finditer(text, run.start(), run.end()), pairwise(words), strict=True
            ):
                if _article.fullmatch(left) and blank.start() - len(left) == run.start():
                    continue
                if min(len(left), len(right)) > _WORD and right[0] not in _NO_FIRST_WORD:
                    # Two phrases, unless the letters beside the blank make a word elsewhere.
                    pairs = pairs or set(map("".join, pairwise(text)))
                    if left[-1] + right[0] not in pairs:
                        continue
                yield Edit(blank.start(), blank[0], "", "blank")


def _filled(text: str, blocks: list[Block]) -> list[Block]:
    """The blocks without blanks around them, and words outside every block as fixed ones."""
    filled: list[Block] = []
    at = 0
    for block in [*blocks, Block("fixed", len(text), len(text))]:
        for kind, start, end, level in (
            ("fixed", at, block.start, 0),
            (block.kind, max(at, block.start), block.end, block.level),
        ):
            words = text[start:end].strip()
            if words:
                start += len(text[start:end]) - len(text[start:end].lstrip())
                filled.append(Block(kind, start, start + len(words), level))  # type: ignore[arg-type]
        at = max(at, block.end)
    return filled


def _moved(offsets: OffsetMap, blocks: tuple[Block, ...]) -> list[Block]:
    return [
        Block(block.kind, *offsets.to_clean(block.start, block.end), block.level)
        for block in blocks
    ]


def _moved_ranges(offsets: OffsetMap, ranges: tuple[Range, ...]) -> tuple[Range, ...]:
    return tuple(offsets.to_clean(start, end) for start, end in ranges)
