"""Rows of a table as the clean text writes them: each cell after the name of its column.

年份：2024；水质：三类
年份：2025；水质：二类
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ui.pages.lines import Piece, Run

_NAME = re.compile(r"[^：:；;。！？.!?\n]{1,40}(?:：|: )")
_STOP = re.compile(r"；|; ")


def table(lines: Sequence[Piece]) -> tuple[Piece, ...] | None:
    """The same lines as rows, each with a cell for every column or None; None if it is no table.

    A table has two rows and two columns at least, the same names in the same order in every row.
    """
    rows = [_cells(line) for line in lines if len(line.runs) == 1]
    if len(rows) < max(2, len(lines)) or not all(rows):
        return None
    columns = list(dict.fromkeys(name for row in rows for name in row))
    places = [[columns.index(name) for name in row] for row in rows]
    in_order = all(left < right for row in places for left, right in pairwise(row))
    shared = all(row.keys() & rows[0].keys() for row in rows)
    if len(columns) < 2 or len(columns) > 2 * max(map(len, rows)) or not (in_order and shared):
        return None
    return tuple(
        replace(line, cells=tuple(row.get(name) for name in columns))
        for line, row in zip(lines, rows, strict=True)
    )


def _cells(line: Piece) -> dict[str, Piece]:
    """The cells by their columns' names, none where the line is no row.

    The runs of a cell are its column's name, what it holds, and the stop after it.
    """
    text = line.runs[0].text
    ends = [stop for stop in _STOP.finditer(text) if _NAME.match(text, stop.end())]
    begins = [0, *(stop.end() for stop in ends)]
    holds = [*(stop.start() for stop in ends), len(text)]
    cells: dict[str, Piece] = {}
    for begin, end, behind in zip(begins, holds, [*begins[1:], len(text)], strict=True):
        name = _NAME.match(text, begin)
        if not name or name[0] in cells:
            return {}
        parts = (name[0], text[name.end() : end], text[end:behind])
        cells[name[0]] = Piece("words", line.start + begin, tuple(map(Run, parts)))
    return cells
