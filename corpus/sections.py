"""Headings and bold lead-ins to sections that partition the text."""

from bisect import bisect_right
from collections.abc import Iterator

from corpus.document import Section, Span
from corpus.readers.block import Block, Range
from corpus.script import FULL_STOPS, ends_sentence

_LONGEST_LEAD_IN = 120  # code points


def sections(
    text: str, blocks: tuple[Block, ...], bold: tuple[Range, ...], bylines: frozenset[int]
) -> tuple[Section, ...]:
    """The sections of a clean text; `bylines` are the starts of blocks that name a speaker."""
    marks = [
        (block.start, block.level, _name(text[block.start : block.end]))
        for block in blocks
        if block.kind == "heading"
    ]
    headings = {start for start, _, _ in marks}
    marks += [
        (start, 0, name)
        for start, name in _lead_ins(text, blocks, bold, bylines)
        if start not in headings
    ]
    marks.sort()
    found: list[Section] = []
    if not marks or text[: marks[0][0]].strip():
        found.append(Section((), 0, Span(0, marks[0][0] if marks else len(text))))
        start_of_first = None
    else:
        start_of_first = 0
    above: list[tuple[int, str]] = []
    for i, (start, level, name) in enumerate(marks):
        end = marks[i + 1][0] if i + 1 < len(marks) else len(text)
        begin = start_of_first if i == 0 and start_of_first is not None else start
        if level:
            while above and above[-1][0] >= level:
                above.pop()
            above.append((level, name))
            path, depth = tuple(name for _, name in above), level
        else:
            path = (*(name for _, name in above), name)
            depth = above[-1][0] + 1 if above else 1
        found.append(Section(path, depth, Span(begin, end)))
    return tuple(found)


def _lead_ins(
    text: str, blocks: tuple[Block, ...], bold: tuple[Range, ...], bylines: frozenset[int]
) -> Iterator[tuple[int, str]]:
    """Bold sentences that lead a paragraph in, or that follow a sentence's end inside one."""
    starts = [block.start for block in blocks]
    for start, end in bold:
        words = text[start:end]
        i = bisect_right(starts, start) - 1
        if i < 0 or not words.strip() or len(words) > _LONGEST_LEAD_IN or "\n" in words:
            continue
        block = blocks[i]
        if block.kind != "paragraph" or end > block.end or block.start in bylines:
            continue
        start += len(words) - len(words.lstrip())
        leads = start == block.start
        alone = leads and not text[end : block.end].strip() and words.rstrip()[-1] not in "：:"
        follows = leads or ends_sentence(text[max(block.start, start - 20) : start])
        if alone or (follows and ends_sentence(words)):
            yield start, _name(words).rstrip(FULL_STOPS + ".!?") or _name(words)


def _name(words: str) -> str:
    return " ".join(words.split())
