"""The characters of a PDF page to lines in reading order, one column after another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Any

from corpus.script import LIST_MARKER, is_wide

Char = dict[str, Any]
"""A character as pdfplumber gives it: `text`, `x0`, `x1`, `top`, `bottom`, `size`, `fontname`."""

# Widths in ems of the line.
_GAP = 0.22  # between words
_WIDE_GAP = 0.7  # between words where one side is Han
_BREAK = 1.1  # between what stands side by side without belonging together
_BLANK_BREAK = 3.0  # the same where a blank is drawn: justified lines have wide ones
_SUPERSCRIPT = 0.8  # of the line's size
_FEWEST_ROWS = 4  # of a column
_COLUMN = 9  # ems; columns of a table are narrower
_UNITS = ("m", "km", "cm", "mm", "dm")
_BOLD_FONTS = ("bold", "black", "heavy", "simhei", "heiti", "demi")


@dataclass(slots=True)
class Line:
    """Words that stand side by side, and where; `bold` are ranges of `text`.

    All places are counted from the page's top left in points. The baseline is the same for every
    font of a line, its top is not.
    """

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    baseline: float = 0.0
    bold: list[tuple[int, int]] = field(default_factory=list)
    column: int = 0
    cells: tuple[str, ...] = ()

    @property
    def is_bold(self) -> bool:
        return sum(end - start for start, end in self.bold) * 10 > 9 * len(self.text.strip())


def lines_of(chars: Sequence[Char]) -> list[Line]:
    """The lines of a page in reading order; `column` counts the columns and what spans them."""
    rows = [segments for row in _rows(chars) if (segments := list(_segments(row)))]
    ordered: list[Line] = []
    for column, part in enumerate(_ordered(rows, 0)):
        for i, segments in enumerate(part):
            # Cells have cells above or below; a justified line may have a wide gap too.
            beside = [row for row in part[max(0, i - 1) : i + 2] if len(row) > 1]
            mark = LIST_MARKER.fullmatch(f"{segments[0].text} ")
            line = _joined(segments, are_cells=len(beside) > 1 and not mark)
            line.column = column
            ordered.append(line)
    return ordered


def _rows(chars: Sequence[Char]) -> Iterator[list[Char]]:
    """Characters whose heights overlap by half, from left to right."""
    row: list[Char] = []
    top = bottom = 0.0
    for char in sorted(chars, key=lambda char: ((char["top"] + char["bottom"]) / 2, char["x0"])):
        overlap = min(bottom, char["bottom"]) - max(top, char["top"])
        if row and overlap * 2 < min(bottom - top, char["bottom"] - char["top"]):
            yield sorted(row, key=lambda char: char["x0"])
            row = []
        if not row:
            top, bottom = char["top"], char["bottom"]
        elif char["size"] >= row[0]["size"]:
            top, bottom = min(top, char["top"]), max(bottom, char["bottom"])
        row.append(char)
    if row:
        yield sorted(row, key=lambda char: char["x0"])


def _segments(row: Sequence[Char]) -> Iterator[Line]:
    """The parts of a row, cut where the gap is too wide for a blank."""
    words = [char for char in row if char["text"].strip()]
    if not words:
        return
    size = median(char["size"] for char in words)
    part: list[Char] = []
    right = 0.0
    for char in row:
        limit = (_BREAK if part and part[-1]["text"].strip() else _BLANK_BREAK) * size
        if part and char["text"].strip() and char["x0"] - right > limit:
            yield _line(part, size)
            part = []
        if char["text"].strip() or part:
            part.append(char)
        if char["text"].strip():
            right = max(right, char["x1"]) if part[1:] else char["x1"]
    if part:
        yield _line(part, size)


def _line(chars: Sequence[Char], size: float) -> Line:
    words = [char for char in chars if char["text"].strip()]
    large = [char for char in words if char["size"] > _SUPERSCRIPT * size]
    bottom = median(char["bottom"] for char in large or words)
    parts: list[str] = []
    bold: list[tuple[int, int]] = []
    length = 0
    raised = False
    before: Char | None = None
    for char in chars:
        text = char["text"]
        if not text.strip():
            text = "" if parts and parts[-1] == " " else " "
        elif before is not None and _is_apart(before, char, size):
            text = " " + text
        is_raised = (
            char["size"] < _SUPERSCRIPT * size
            and char["bottom"] < bottom - 0.15 * size
            and char["text"].isdigit()
        )
        if is_raised != raised and not "".join(parts[-3:]).split(" ")[-1].endswith(_UNITS):
            text = "[" + text.strip() if is_raised else "]" + text
            raised = is_raised
        if _is_bold(char) and text.strip():
            if bold and bold[-1][1] == length:
                bold[-1] = (bold[-1][0], length + len(text))
            else:
                bold.append((length, length + len(text)))
        parts.append(text)
        length += len(text)
        before = char if char["text"].strip() else None
    text = ("".join(parts) + ("]" if raised else "")).rstrip()
    return Line(
        text=text,
        x0=words[0]["x0"],
        x1=max(char["x1"] for char in words),
        top=min(char["top"] for char in words),
        bottom=bottom,
        size=size,
        baseline=-median(char["matrix"][5] for char in words),
        bold=[(start, min(end, len(text))) for start, end in bold],
    )


def _is_apart(before: Char, char: Char, size: float) -> bool:
    near_han = is_wide(before["text"][-1]) or is_wide(char["text"][0])
    gap: float = char["x0"] - before["x1"]
    return gap > (_WIDE_GAP if near_han else _GAP) * size


def _is_bold(char: Char) -> bool:
    font = char["fontname"].lower()
    return any(name in font for name in _BOLD_FONTS)


def _ordered(rows: list[list[Line]], depth: int) -> Iterator[list[list[Line]]]:
    """The rows cut into columns: what spans them, then the left one, then the right one."""
    gutter = _gutter(rows) if depth < 4 else None
    if gutter is None:
        yield rows
        return
    left: list[list[Line]] = []
    right: list[list[Line]] = []
    spanning: list[list[Line]] = []
    for row in rows:
        if any(line.x0 < gutter < line.x1 for line in row):
            yield from _columns(left, right, depth)
            left, right = [], []
            spanning.append(row)
            continue
        if spanning:
            yield spanning
            spanning = []
        if beside := [line for line in row if line.x1 <= gutter]:
            left.append(beside)
        if beside := [line for line in row if line.x0 >= gutter]:
            right.append(beside)
    if spanning:
        yield spanning
    yield from _columns(left, right, depth)


def _columns(
    left: list[list[Line]], right: list[list[Line]], depth: int
) -> Iterator[list[list[Line]]]:
    for side in (left, right):
        if side:
            yield from _ordered(side, depth + 1)


def _gutter(rows: Sequence[Sequence[Line]]) -> float | None:
    """Where a blank strip parts most rows into two columns of running text."""
    gaps = [(a.x1, b.x0) for row in rows for a, b in pairwise(row)]
    best: tuple[int, float] | None = None
    for x in {round((a + b) / 2) for a, b in gaps}:
        parted = sum(a <= x <= b for a, b in gaps)
        crossed = sum(any(line.x0 < x < line.x1 for line in row) for row in rows)
        if parted >= max(_FEWEST_ROWS, 0.3 * len(rows)) and crossed <= 0.6 * parted:
            beside = [line for row in rows for line in row if not line.x0 < x < line.x1]
            widths = [(line.x1 - line.x0) / line.size for line in beside]
            if median(widths) >= _COLUMN and (best is None or parted - crossed > best[0]):
                best = parted - crossed, float(x)
    return best[1] if best else None


def _joined(segments: Sequence[Line], *, are_cells: bool) -> Line:
    """A row as one line."""
    gap = "    " if are_cells else " "
    first = segments[0]
    if len(segments) == 1:
        return first
    parts: list[str] = []
    bold: list[tuple[int, int]] = []
    at = 0
    for line in segments:
        if parts:
            parts.append(gap)
            at += len(gap)
        bold += [(at + start, at + end) for start, end in line.bold]
        parts.append(line.text)
        at += len(line.text)
    return Line(
        text="".join(parts),
        x0=first.x0,
        x1=segments[-1].x1,
        top=min(line.top for line in segments),
        bottom=max(line.bottom for line in segments),
        size=max(line.size for line in segments),
        baseline=first.baseline,
        bold=bold,
        cells=tuple(line.text for line in segments) if are_cells else (),
    )
