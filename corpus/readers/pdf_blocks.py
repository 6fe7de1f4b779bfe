"""The lines of PDF pages to blocks; which lines are running heads and page numbers."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from corpus.readers.block import Kind
from corpus.readers.pdf_lines import Line
from corpus.readers.tables import as_lines
from corpus.readers.text import outline_rank
from corpus.script import LIST_MARKER, columns, ends_sentence, is_wide

_EDGE = 0.14  # of the page's height, at its top and its foot
_PARAGRAPH_GAP = 1.22  # times the usual distance of lines
_INDENT = 0.8  # ems
_HEADING_SIZE = 1.1  # times the size of most words
_HEADING_GAP = 1.5  # ems, from line to line of one heading
_ROOM = 3  # ems at a line's end that a word may not have fitted
_NOTE_SIZE = 0.92
_LONGEST_HEADING = 160  # columns
_LONGEST_NUMBER = 24  # of a line with a page number
_FEWEST_LINES = 3  # of a column, to tell its edges
_digits = re.compile(r"\d{1,5}")
_letters = re.compile(r"[^\W\d_]")


@dataclass(slots=True)
class Page:
    """A page: its lines in reading order, those of its tables among them."""

    height: float
    lines: list[Line] = field(default_factory=list)
    heads: list[Line] = field(default_factory=list)
    feet: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class Part:
    """A block of a page before its place in the text is known."""

    kind: Kind
    lines: list[Line]
    level: int = 0
    wrapped: set[int] = field(default_factory=set)  # lines that had no room for the next word
    rows: list[str] = field(default_factory=list)  # of a table, in place of its lines
    may_go_on: bool = False  # its last line is full and ends no sentence
    may_continue: bool = False  # its first line is not indented


def take_out_furniture(pages: Sequence[Page]) -> None:
    """Moves running heads and page numbers from each page's lines to its heads and feet."""
    edges = [list(_edges(page)) for page in pages]
    shapes: Counter[tuple[bool, str]] = Counter()
    counts: Counter[tuple[bool, int]] = Counter()  # page numbers by how far they are from our own
    for own, found in enumerate(edges):
        shapes.update({(at_top, _shape(line)) for at_top, line in found})
        counts.update({(at_top, n - own) for at_top, line in found for n in _numbers(line)})
    least = 2 if len(pages) < 4 else 3
    for own, (page, found) in enumerate(zip(pages, edges, strict=True)):
        for at_top, line in found:
            again = shapes[at_top, _shape(line)] >= least
            in_order = any(
                counts[at_top, n - own] >= min(least, len(pages)) or (len(pages) == 1 and n == 1)
                for n in _numbers(line)
            )
            if again if _letters.search(_shape(line)) else in_order:
                page.lines.remove(line)
                (page.heads if at_top else page.feet).append(line)


def _edges(page: Page) -> Iterator[tuple[bool, Line]]:
    """The two outermost lines at the top and at the foot, with whether they stand at the top."""
    by_height = sorted(page.lines, key=lambda line: line.top)
    for line in by_height[:2]:
        if line.bottom < _EDGE * page.height:
            yield True, line
    for line in by_height[-2:]:
        if line.top > (1 - _EDGE) * page.height:
            yield False, line


def _shape(line: Line) -> str:
    """What a running head has in common on all pages: its words, without the numbers."""
    return _digits.sub("#", " ".join(line.text.split()))


def _numbers(line: Line) -> list[int]:
    """The numbers of a line that may be a page number and little else."""
    found = _digits.findall(line.text)
    return [int(n) for n in found] if len(line.text) <= _LONGEST_NUMBER and len(found) < 3 else []


def body_size(pages: Sequence[Page]) -> float:
    """The size that most letters have."""
    letters: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            letters[round(line.size * 2) / 2] += len(line.text)
    return letters.most_common(1)[0][0] if letters else 0.0


def usual_distance(pages: Sequence[Page]) -> float:
    """From line to line inside a paragraph, in ems."""
    distances = sorted(
        (below.baseline - line.baseline) / line.size
        for page in pages
        for line, below in pairwise(page.lines)
        if line.column == below.column and 0 < below.baseline - line.baseline < 4 * line.size
    )
    return distances[len(distances) // 4] if distances else 1.2


def parts_of(page: Page, body: float, distance: float) -> list[Part]:
    """The blocks of a page in reading order; `body` is the usual size of letters."""
    parts: list[Part] = []
    edges = _column_edges(page)
    before: Line | None = None
    for line in page.lines:
        left, right = edges[line.column]
        if before is None or _begins(before, line, left, right, distance):
            parts.append(Part(_kind(line), [line]))
        else:
            if not line.cells and not _had_room(before, line, right):
                parts[-1].wrapped.add(len(parts[-1].lines) - 1)
            parts[-1].lines.append(line)
        before = line
    for part in parts:
        _look_at_ends(part, edges)
        words = "".join(line.text for line in part.lines)
        if (
            part.kind != "fixed"
            and part.lines[0].size >= _HEADING_SIZE * body
            and columns(words) <= _LONGEST_HEADING
            and _letters.search(words)
            and not ends_sentence(words)
        ):
            part.kind = "heading"
        elif part.kind == "item" and len(part.lines) > 1:
            part.kind = "paragraph"
    return _notes_before(list(_whole(parts)), body)


def _look_at_ends(part: Part, edges: dict[int, tuple[float, float]]) -> None:
    first, last = part.lines[0], part.lines[-1]
    if part.kind == "paragraph":
        left, _ = edges[first.column]
        part.may_continue = first.x0 < left + _INDENT * first.size
        _, right = edges[last.column]
        room = right - last.x1
        part.may_go_on = room < _ROOM * last.size and not ends_sentence(last.text)


def goes_on(above: Part, below: Part) -> bool:
    """Whether a paragraph goes on in the next column or on the next page."""
    first = below.lines[0].text
    return (
        above.may_go_on
        and below.may_continue
        and abs(above.lines[-1].size - below.lines[0].size) < 0.02 * below.lines[0].size
        and not LIST_MARKER.match(first)
        and above.lines[-1].text[-1] not in "：:；;"
    )


def _whole(parts: Sequence[Part]) -> Iterator[Part]:
    """The parts, headings of several lines in one, rows without rules as a table."""
    last: Part | None = None
    for part in parts:
        first = part.lines[0]
        if (
            last is not None
            and last.kind == part.kind == "heading"
            and abs(last.lines[-1].size - first.size) < 0.02 * first.size
            and 0 < first.baseline - last.lines[-1].baseline < _HEADING_GAP * first.size
        ):
            last.lines += part.lines
            continue
        if last is not None:
            yield last
        last = part
        if part.kind == "fixed" and len(first.cells) > 1 and _are_even(part.lines):
            part.rows = as_lines([line.cells for line in part.lines])
    if last is not None:
        yield last


def _are_even(lines: Sequence[Line]) -> bool:
    """Whether all rows have as many cells."""
    return len({len(line.cells) for line in lines}) == 1


def set_levels(parts: Sequence[Part]) -> None:
    """Gives headings their levels: the larger, the higher."""
    sizes = sorted({round(p.lines[0].size) for p in parts if p.kind == "heading"}, reverse=True)
    for part in parts:
        if part.kind == "heading":
            part.level = min(6, 1 + sizes.index(round(part.lines[0].size)))


def _column_edges(page: Page) -> dict[int, tuple[float, float]]:
    edges: dict[int, tuple[float, float]] = {}
    whole = (
        min((line.x0 for line in page.lines), default=0.0),
        max((line.x1 for line in page.lines), default=0.0),
    )
    for column in {line.column for line in page.lines}:
        lines = [line for line in page.lines if line.column == column]
        few = len(lines) < _FEWEST_LINES
        # Punctuation may hang out on the right.
        ends = sorted(line.x1 for line in lines)
        right = max(ends[-1 - len(ends) // 8], ends[-1] - 1.5 * lines[0].size)
        edges[column] = whole if few else (min(line.x0 for line in lines), right)
    return edges


def _kind(line: Line) -> Kind:
    if line.cells:
        return "fixed"
    listed = LIST_MARKER.match(line.text) and outline_rank(line.text) is None
    return "item" if listed else "paragraph"


def _begins(before: Line, line: Line, left: float, right: float, distance: float) -> bool:
    """Whether `line` begins a block of its own below the line before it."""
    if before.column != line.column:
        return True
    if bool(before.cells) != bool(line.cells) or abs(before.size - line.size) > 0.08 * before.size:
        return True
    if line.baseline - before.baseline > _PARAGRAPH_GAP * distance * line.size:
        return True
    if line.cells:
        return False
    had_room = _had_room(before, line, right)
    indented = line.x0 > left + _INDENT * line.size
    if indented and before.x0 < left + _INDENT * line.size:
        return True
    if LIST_MARKER.match(line.text) and (had_room or before.text[-1:] in "；;：:"):
        return True
    full = line.x1 > right - 2 * line.size
    return had_room and (ends_sentence(before.text) or full or indented)


def _had_room(before: Line, line: Line, right: float) -> bool:
    """Whether the first word of `line` fitted the line before; in Han text, what must not part."""
    word = 2.5 if is_wide(line.text[0]) else len(line.text.split(None, 1)[0]) * 0.5
    return before.x1 + word * line.size < right


def _notes_before(parts: list[Part], body: float) -> list[Part]:
    """Footnotes before the last paragraph where that one goes on over the page."""
    last = len(parts)
    while last and parts[last - 1].lines[0].size < _NOTE_SIZE * body:
        last -= 1
    if not 0 < last < len(parts) or ends_sentence(parts[last - 1].lines[-1].text):
        return parts
    return [*parts[: last - 1], *parts[last:], parts[last - 1]]
