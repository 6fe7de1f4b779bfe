"""Markdown: blocks by the CommonMark rules, signs inside them by rules that suit Han text too.

CommonMark does not see the end of bold words in `**要点。**一是`, where a letter follows a full
stop without a blank; such lead-ins are what Chinese documents use. So bold words are paired here.
"""

import re
from itertools import accumulate, pairwise

from markdown_it import MarkdownIt

from corpus.edits import Edit
from corpus.readers.block import Block, Layout, Range
from corpus.readers.metadata import front_matter
from corpus.readers.tables import label
from corpus.script import is_wide, mostly_wide

_parser = MarkdownIt("commonmark").enable("table").disable(["inline", "text_join", "reference"])

_heading_signs = re.compile(r"[ \t]*#{1,6}(?:[ \t]+|$)")
_underline = re.compile(r"\n[ \t]*(?:=+|-+)[ \t]*$")
_quote_signs = re.compile(r"(?: {0,3}>[ \t]?)+")
_signs = re.compile(
    r"""(?P<escape>\\)[!-/:-@\[-`{-~]
      | (?P<code>`[^`\n]+`)
      | (?P<open>!?\[)
      | (?P<close>\](?:\([^()\s]{0,500}+\))?)
      | (?P<stars>\*+)""",
    re.VERBOSE,
)


_pipe = re.compile(r"(?<!\\)\|")


def layout(text: str) -> Layout:
    """The blocks of a Markdown text whose lines end in newlines only."""
    begin, metadata = front_matter(text)
    body = text[begin:]
    starts = list(accumulate((len(line) + 1 for line in body.split("\n")), initial=begin))
    blocks: list[Block] = []
    marks: list[Range] = [(0, begin)]
    bold: list[Range] = []
    table: list[Edit] = []
    lists = 0
    for token in _parser.parse(body):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists -= 1
        if token.map is None or token.map[0] >= token.map[1]:
            continue
        start, end = starts[token.map[0]], min(starts[token.map[1]] - 1, len(text))
        match token.type:
            case "heading_open":
                marks += _heading_marks(text, start, end)
                top = token.level == 0
                blocks.append(
                    Block("heading" if top else "item", start, end, int(token.tag[1]) * top)
                )
            case "paragraph_open":
                blocks.append(Block("item" if lists else "paragraph", start, end))
            case "code_block" if mostly_wide(token.content):
                # Chinese paragraphs are indented; code is not written in Han.
                blocks.append(Block("paragraph", start, end))
            case "table_open" if token.level == 0:
                blocks.append(Block("fixed", start, end))
                bounds = pairwise(starts[token.map[0] : token.map[1] + 1])
                table += _table(text, [(at, min(below - 1, len(text))) for at, below in bounds])
            case "fence" | "code_block" | "html_block" | "table_open":
                blocks.append(Block("fixed", start, end))
            case "hr":
                marks.append((start, end))
            case "blockquote_open" if token.level == 0:
                marks += _quote_marks(text, starts[token.map[0] : token.map[1]])
    for block in blocks:
        if block.kind != "fixed":
            inline, words = _inline(text, block.start, block.end)
            marks += inline
            bold += words
    signs = [Edit(start, text[start:end], "", "markup") for start, end in _in_order(marks)]
    return Layout(
        tuple(blocks),
        tuple(sorted(signs + table, key=lambda sign: sign.source_start)),
        tuple(sorted(bold)),
        metadata=metadata,
        title=metadata.get("title", ""),
    )


def _table(text: str, lines: list[Range]) -> list[Edit]:
    """The edits that put the heads of a table's columns in the place of its signs."""
    lines = [lines[0], *lines[2:]]
    cells = [_cells(text, *line) for line in lines]
    width = len(cells[0])
    if len(lines) < 2 or width < 2:
        return []
    rows = [
        (row + [(stop, stop)] * width)[:width] for row, (_, stop) in zip(cells, lines, strict=True)
    ]
    labelled = label([[text[start:end] for start, end in row] for row in rows], 1)
    first = lines[labelled.heads][0]
    edits = [Edit(lines[0][0], text[lines[0][0] : first], "", "markup")] if labelled.heads else []
    for (at, stop), row, before in zip(
        lines[labelled.heads :], rows[labelled.heads :], labelled.before, strict=True
    ):
        for (start, end), words in zip(row, before, strict=True):
            if words is None:
                continue
            # Without a sign to replace, the cell itself bears the words before it.
            kept = start if at < start else end
            edits.append(Edit(at, text[at:kept], words + text[start:kept], "markup"))
            marks, _ = _inline(text, kept, end)
            edits += [Edit(a, text[a:b], "", "markup") for a, b in _in_order(marks)]
            at = end
        edits.append(Edit(at, text[at:stop], "", "markup"))
    return [edit for edit in edits if edit.before]


def _cells(text: str, start: int, end: int) -> list[Range]:
    """The cells of a row, without the blanks around them."""
    bounds = [start - 1, *(sign.start() for sign in _pipe.finditer(text, start, end)), end]
    if not text[start : bounds[1]].strip():
        bounds = bounds[1:]
    if len(bounds) > 2 and not text[bounds[-2] + 1 : end].strip():
        bounds.pop()
    cells = []
    for left, right in pairwise(bounds):
        words = text[left + 1 : right]
        begin = left + 1 + len(words) - len(words.lstrip())
        cells.append((begin, begin + len(words.strip())))
    return cells


def _heading_marks(text: str, start: int, end: int) -> list[Range]:
    if signs := _heading_signs.match(text, start, end):
        marks = [signs.span()]
        line = text[signs.end() : end].rstrip(" \t")
        words = line.rstrip("#")
        if words != line and words[-1:] in ("", " ", "\t"):
            marks.append((signs.end() + len(words.rstrip(" \t")), end))
        return marks
    underline = text.rfind("\n", start, end)
    return [(underline, end)] if underline >= 0 and _underline.match(text, underline, end) else []


def _quote_marks(text: str, line_starts: list[int]) -> list[Range]:
    found = (_quote_signs.match(text, start) for start in line_starts)
    return [signs.span() for signs in found if signs]


def _inline(text: str, start: int, end: int) -> tuple[list[Range], list[Range]]:
    """The signs between words of one block, and the bold ranges."""
    marks: list[Range] = []
    bold: list[Range] = []
    brackets: list[Range] = []
    opened: dict[int, Range] = {}
    for sign in _signs.finditer(text, start, end):
        kind, span = sign.lastgroup, sign.span()
        if kind == "escape":
            marks.append((span[0], span[0] + 1))
        elif kind == "open":
            brackets.append(span)
        elif kind == "close" and brackets:
            bracket = brackets.pop()
            if span[1] - span[0] > 1:
                marks += (bracket, span)
        elif kind == "stars" and span[1] - span[0] <= 3:
            size = span[1] - span[0]
            before = text[span[0] - 1 : span[0]] if span[0] > start else " "
            after = text[span[1] : span[1] + 1] if span[1] < end else " "
            if size in opened and _may_close(before, after, size):
                opening = opened.pop(size)
                marks += (opening, span)
                if size > 1:
                    bold.append((opening[1], span[0]))
            elif _may_open(before, after, size):
                opened[size] = span
    return marks, bold


def _may_open(before: str, after: str, size: int) -> bool:
    return not after.isspace() and (size > 1 or not _in_word(before))


def _may_close(before: str, after: str, size: int) -> bool:
    return not before.isspace() and (size > 1 or not _in_word(after))


def _in_word(character: str) -> bool:
    """Whether a single star beside it is a sign inside a word or a sum, as in `2*3*4`."""
    return character.isalnum() and not is_wide(character)


def _in_order(marks: list[Range]) -> list[Range]:
    """The marks sorted, those dropped that overlap an earlier one."""
    kept: list[Range] = []
    for mark in sorted(marks):
        if mark[0] < mark[1] and (not kept or kept[-1][1] <= mark[0]):
            kept.append(mark)
    return kept
