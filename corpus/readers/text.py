"""Plain text: blank lines, indents, list markers and outline headings. When unsure, no heading."""

import re
from collections.abc import Iterator
from itertools import pairwise

from corpus.edits import Edit
from corpus.readers.block import Block, Layout, Range
from corpus.script import (
    CLAUSE_MARKS,
    FULL_STOPS,
    HALF_STOPS,
    LIST_MARKER,
    NUMERAL,
    SAID,
    columns,
    ends_sentence,
)

# Outer to inner; a document's own levels are the ranks it uses, counted from 1.
_OUTLINE = tuple(
    re.compile(rf"[ \t\u3000]*{pattern}")
    for pattern in (
        rf"第(?:{NUMERAL}{{1,6}}|\d{{1,4}})[编篇部](?:[分 \u3000：:]|$)",
        rf"第(?:{NUMERAL}{{1,6}}|\d{{1,4}})章",
        rf"第(?:{NUMERAL}{{1,6}}|\d{{1,4}})节",
        rf"第(?:{NUMERAL}{{1,6}}|\d{{1,4}})条",
        rf"{NUMERAL}{{1,4}}、",
        rf"[（(]{NUMERAL}{{1,4}}[）)]",
    )
)
_underline = re.compile(r"[ \t]*(?:={3,}|-{3,}|~{3,})[ \t]*$")
_table_gap = re.compile(r"\S(?: {3,}|\t+)\S")
_lead_in = re.compile(r"\s*(?P<words>[^。！？\n]{4,60}。)\s*(?:一是|首先，|第一，)")
_numbered = re.compile(r"[ \t]*(?P<number>\d{1,2})[.．][ \t]+\S")
_indent = re.compile(r"[ \t\u3000]*")
_LONGEST_HEADING = 80  # columns
_WIDEST_HEADING = 100  # columns, where each line is a paragraph
_WIDEST_PAGE = 200  # columns; a line that is wider was not broken to fit a page
_FEWEST_PARAGRAPHS = 4
_FEWEST_HEADINGS = 3


def outline_rank(line: str) -> int | None:
    """How deep a line stands in a Chinese outline (0 the outermost), if it is a heading."""
    words = line.strip()
    if not words or columns(words) > _LONGEST_HEADING or ends_sentence(words):
        return None
    if words[-1] in CLAUSE_MARKS or any(mark in words for mark in "。；;"):
        return None
    return next((rank for rank, form in enumerate(_OUTLINE) if form.match(line)), None)


def layout(text: str) -> Layout:
    """The blocks of a plain text whose lines end in newlines only."""
    lines = _lines(text)
    if _is_unwrapped(text, lines):
        paragraphs = list(_paragraphs(text, lines))
        title = _title(text, lines, paragraphs)
        return Layout(tuple(paragraphs), bold=_lead_ins(text, paragraphs), title=title)
    numbered = _numbered_headings(text, lines)
    blocks: list[Block] = []
    signs: list[Edit] = []
    opened: Block | None = None  # the paragraph or item that the next line may continue
    i = 0
    while i < len(lines):
        start, end = lines[i]
        line = text[start:end]
        i += 1
        if not line.strip():
            opened = None
            continue
        if opened is None and i < len(lines) and _is_underlined(line, text[slice(*lines[i])]):
            level = 1 if "=" in text[slice(*lines[i])] else 2
            blocks.append(Block("heading", start, end, level))
            signs.append(Edit(end, text[end : lines[i][1]], "", "markup"))
            i += 1
            continue
        following = text[slice(*lines[i])] if i < len(lines) else ""
        rank = outline_rank(line)
        if i - 1 in numbered:
            blocks.append(Block("heading", start, end, 10 + len(_OUTLINE)))
            opened = None
        elif rank is not None and _stands_alone(opened is None, rank, following):
            blocks.append(Block("heading", start, end, 10 + rank))
            opened = None
        elif _table_gap.search(line.strip()):
            blocks.append(Block("fixed", start, end))
            opened = None
        elif opened is not None and not _begins(text, opened, line):
            opened = blocks[-1] = Block(opened.kind, opened.start, end)
        else:
            opened = Block("item" if LIST_MARKER.match(line) else "paragraph", start, end)
            blocks.append(opened)
    title = _title(text, lines, blocks)
    return Layout(_levelled(blocks), tuple(signs), _lead_ins(text, blocks), title=title)


def _title(text: str, lines: list[Range], blocks: list[Block]) -> str:
    """A short line that stands alone above all headings; empty where there is none."""
    words = [text[start:end].strip() for start, end in lines]
    first = next((n for n, line in enumerate(words) if line), 0)
    alone = first + 1 < len(words) and not words[first + 1]
    headed = any(block.kind == "heading" for block in blocks[1:])
    if not alone or not headed or blocks[0].kind != "paragraph" or not _may_head(words[first]):
        return ""
    return " ".join(words[first].split())


def _numbered_headings(text: str, lines: list[Range]) -> set[int]:
    """Which lines are headings as in `3. The Library`: several that stand alone, count on from one
    to the next, and have other text between them, so that they are no list.
    """
    words = [text[start:end].strip() for start, end in lines]
    filled = [n for n, line in enumerate(words) if line]
    found: list[int] = []
    for n, below in pairwise(filled):
        alone = n + 1 < below and (n == 0 or not words[n - 1])
        match = (
            _numbered.match(words[n]) if alone and _is_open(words[n], _LONGEST_HEADING) else None
        )
        if not match or _numbered.match(words[below]):
            continue
        before = _numbered.match(words[found[-1]]) if found else None
        if int(match["number"]) == (int(before["number"]) if before else 0) + 1:
            found.append(n)
    return set(found) if len(found) >= _FEWEST_HEADINGS else set()


def _is_open(line: str, width: int) -> bool:
    """Whether the line is at most so wide and ends neither a sentence nor a clause."""
    return (
        columns(line) <= width
        and not ends_sentence(line)
        and line[-1] not in CLAUSE_MARKS + HALF_STOPS
    )


def _lead_ins(text: str, blocks: list[Block]) -> tuple[Range, ...]:
    """Sentences that say at a paragraph's start what is then counted: they stand for bold words."""
    found = (
        _lead_in.match(text, block.start, block.end)
        for block in blocks
        if block.kind == "paragraph"
    )
    return tuple(match.span("words") for match in found if match)


def _is_unwrapped(text: str, lines: list[Range]) -> bool:
    """Whether each line is a paragraph: most words stand in lines that no page is as wide as."""
    widths = [columns(text[start:end].strip()) for start, end in lines]
    long = sum(width for width in widths if width > _WIDEST_PAGE)
    return long * 2 > sum(widths) and sum(map(bool, widths)) >= _FEWEST_PARAGRAPHS


def _paragraphs(text: str, lines: list[Range]) -> Iterator[Block]:
    """The blocks of a text with a paragraph a line, and its headings where several look like one.

    A heading is a short line without a sentence's end, below a paragraph and not the last line.
    """
    filled = [(start, end) for start, end in lines if text[start:end].strip()]
    words = [text[start:end].strip() for start, end in filled]
    heads = {
        i
        for i, line in enumerate(words[:-1])
        if _may_head(line)
        and (i == 0 or ends_sentence(words[i - 1]) or columns(words[i - 1]) > _WIDEST_PAGE)
    }
    if len(heads) < _FEWEST_HEADINGS:
        heads.clear()
    starts = {lines[n][0] for n in _numbered_headings(text, lines)}
    heads |= {i for i, (start, _) in enumerate(filled) if start in starts}
    for i, (start, end) in enumerate(filled):
        rank = outline_rank(text[start:end])
        if rank is not None or i in heads:
            level = 1 if i == 0 else 2 if rank is None else min(6, 3 + rank)
            yield Block("heading", start, end, level)
        elif _table_gap.search(words[i]):
            yield Block("fixed", start, end)
        else:
            yield Block("item" if LIST_MARKER.match(words[i]) else "paragraph", start, end)


def _may_head(line: str) -> bool:
    return (
        _is_open(line, _WIDEST_HEADING)
        and not any(mark in line for mark in FULL_STOPS + "；;")
        and not any(form.match(line) for form in (LIST_MARKER, SAID))
        and not _table_gap.search(line)
    )


def _lines(text: str) -> list[Range]:
    lines: list[Range] = []
    at = 0
    for line in text.split("\n"):
        lines.append((at, at + len(line)))
        at += len(line) + 1
    return lines


def _is_underlined(line: str, below: str) -> bool:
    width = columns(line.strip())
    return (
        bool(_underline.match(below))
        and width <= _LONGEST_HEADING
        and not LIST_MARKER.match(below)
        and abs(columns(below.strip()) - width) <= max(3, width // 2)
        and not ends_sentence(line)
    )


def _stands_alone(after_blank: bool, rank: int, following: str) -> bool:
    """Whether an outline line is a heading and not the first line of a broken paragraph or a list.

    The lower ranks are list items as often: they must be followed by something that is neither
    another item of the same rank nor the rest of their own sentence.
    """
    if rank < 3:
        return True
    if not following.strip():
        return after_blank
    return outline_rank(following) != rank and bool(
        _indent.match(following)[0]  # type: ignore[index]
        or LIST_MARKER.match(following)
        or columns(following) > _LONGEST_HEADING
        or ends_sentence(following)
    )


def _begins(text: str, opened: Block, line: str) -> bool:
    """Whether `line` begins a paragraph of its own below the open one."""
    if LIST_MARKER.match(line) or SAID.match(line):
        return True
    if line.startswith("\u3000"):
        return True
    indent = len(line) - len(line.lstrip(" \t"))
    last = text[text.rfind("\n", opened.start, opened.end) + 1 : opened.end]
    last_indent = len(last) - len(last.lstrip(" \t"))
    return opened.kind == "paragraph" and indent >= last_indent + 2 and ends_sentence(last)


def _levelled(blocks: list[Block]) -> tuple[Block, ...]:
    """Outline ranks (10 and above) as levels below the underlined headings of the text."""
    base = max((block.level for block in blocks if block.level < 10), default=0)
    ranks = sorted({block.level for block in blocks if block.level >= 10})
    levels = {rank: min(6, base + 1 + i) for i, rank in enumerate(ranks)}
    return tuple(
        Block(block.kind, block.start, block.end, levels.get(block.level, block.level))
        for block in blocks
    )
