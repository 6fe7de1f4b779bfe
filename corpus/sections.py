"""Headings and bold lead-ins to sections that partition the text."""

from bisect import bisect_right
from collections.abc import Iterator

from corpus.document import Section, Span
from corpus.readers.block import Block, Range
from corpus.script import FULL_STOPS, ends_sentence

_LONGEST_LEAD_IN = 120  # code points


def sections(
    text: str,
    blocks: tuple[Block, ...],
    bold: tuple[Range, ...],
    sentences: tuple[Span, ...],
    bylines: frozenset[int],
) -> tuple[Section, ...]:
    """The sections of a clean text; `bylines` are the starts of blocks that name a speaker."""
    begins = {span.start for span in sentences} - bylines
    marks = [
        (block.start, block.level, _name(text[block.start : block.end]))
        for block in blocks
        if block.kind == "heading"
    ]
    marks += [(start, 0, name) for start, name in _lead_ins(text, blocks, bold, begins)]
    marks.sort()
    found: list[Section] = []
    if not marks or text[: marks[0][0]].strip():
        found.append(Section((), 0, Span(0, marks[0][0] if marks else len(text))))
    elif marks:
        marks[0] = (0, *marks[0][1:])
    above: list[tuple[int, str]] = []
    for i, (start, level, name) in enumerate(marks):
        end = marks[i + 1][0] if i + 1 < len(marks) else len(text)
        if level:
            while above and above[-1][0] >= level:
                above.pop()
            above.append((level, name))
            path, depth = tuple(name for _, name in above), level
        else:
            path = (*(name for _, name in above), name)
            depth = above[-1][0] + 1 if above else 1
        found.append(Section(path, depth, Span(start, end)))
    return tuple(found)


def _lead_ins(
    text: str, blocks: tuple[Block, ...], bold: tuple[Range, ...], begins: set[int]
) -> Iterator[tuple[int, str]]:
    """Bold sentences that lead a paragraph in, or that follow a sentence's end inside one.

    `begins` are the starts of sentences where a section may begin.
    """
    starts = [block.start for block in blocks]
    for start, end in bold:
        words = text[start:end]
        start += len(words) - len(words.lstrip())
        if start not in begins or len(words) > _LONGEST_LEAD_IN or "\n" in words:
            continue
        block = blocks[bisect_right(starts, start) - 1]
        if block.kind != "paragraph" or end > block.end:
            continue
        alone = start == block.start and not text[end : block.end].strip()
        if ends_sentence(words) or (alone and words.rstrip()[-1:] not in "：:"):
            yield start, _name(words).rstrip(FULL_STOPS + ".!?") or _name(words)


def _name(words: str) -> str:
    return " ".join(words.split())
