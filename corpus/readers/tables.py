"""Tables to lines: each row on its own, every cell beside the head of its column.

So a figure is found, quoted and understood without the rest of its table.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.script import mostly_wide

Row = Sequence[str]

_LONGEST_HEAD = 60  # code points; longer words head no column
_LONGEST_ROW_HEAD = 30
_LONGEST_LINE = 160
_figure = re.compile(r"[\s\d.,%％+\-−–—~/:：()（）¥$€*]*")


@dataclass(frozen=True, slots=True)
class Labelled:
    """How many rows at the top are heads, and for the cells below what goes before each.

    None goes before a cell that is empty, or that the row has said already.
    """

    heads: int
    before: list[list[str | None]]


def label(rows: Sequence[Row], heads: int | None = None) -> Labelled:
    """What stands before each cell; `heads` rows at the top name the columns (None: by looks).

    All rows have the same number of cells, blanks in them are single. A row begins with its head,
    the first cell, which stands again where the row takes several lines.
    """
    heads = _heads_by_looks(rows) if heads is None else heads
    names = _names(rows[:heads]) if 0 < heads < len(rows) else []
    if any(len(name) > _LONGEST_HEAD for name in names) or len(set(names)) < 2:
        names = []
    body = rows[heads if names else 0 :]
    wide = mostly_wide("".join(map("".join, rows[:20])))
    colon, stop = ("：", "；") if wide else (": ", "; ")
    return Labelled(len(rows) - len(body), [_before(row, names, colon, stop) for row in body])


def as_lines(rows: Sequence[Row], heads: int | None = None) -> list[str]:
    """The lines of a table whose rows may be ragged and whose cells may hold anything."""
    whole = [[" ".join(cell.split()) for cell in row] for row in rows]
    whole = [row for row in whole if any(row)]
    width = max(map(len, whole), default=0)
    if not width:
        return []
    for row in whole:
        row += [""] * (width - len(row))
    labelled = label(whole, heads)
    lines = [
        "".join(
            f"{before}{cell}"
            for before, cell in zip(labels, row, strict=True)
            if before is not None
        )
        for labels, row in zip(labelled.before, whole[labelled.heads :], strict=True)
    ]
    return "\n".join(lines).split("\n")


def _names(heads: Sequence[Row]) -> list[str]:
    """The name of each column, from the outer head to the inner; "" for none."""
    return [" ".join(dict.fromkeys(filter(None, cells))) for cells in zip(*heads, strict=True)]


def _before(row: Row, names: Sequence[str], colon: str, stop: str) -> list[str | None]:
    filled = [i for i, cell in enumerate(row) if cell]
    if len(filled) > 1 and len({row[i] for i in filled}) == 1 and len(filled) == len(row):
        filled = filled[:1]  # one cell that spans the row
        names = []
    before: list[str | None] = [None] * len(row)
    length = 0
    for i in filled:
        name = names[i] if names else ""
        lead = f"{name}{colon}" if name and name != row[i] else ""
        if i == filled[0]:
            glue = ""
        elif length + len(lead) + len(row[i]) > _LONGEST_LINE and len(row[0]) <= _LONGEST_ROW_HEAD:
            glue = f"\n{row[0]}{stop if row[0] else ''}"
            length = 0
        else:
            glue = colon if not names and len(row) == 2 else stop
        before[i] = glue + lead
        length += len(glue) + len(lead) + len(row[i])
    return before


def _heads_by_looks(rows: Sequence[Row]) -> int:
    """1 where words stand above figures in some column, and in every column words; else 0."""
    if len(rows) < 2 or len(rows[0]) < 2:
        return 0
    first, body = rows[0], rows[1:]
    if not all(first[1:]) or len(set(first)) < len(first) or any(map(_is_figure, first[1:])):
        return 0
    columns = zip(*body, strict=True)
    return int(any(2 * sum(map(_is_figure, column)) > len(body) for column in columns))


def _is_figure(cell: str) -> bool:
    return any(character.isdigit() for character in cell) and (
        bool(_figure.fullmatch(cell)) or 2 * sum(c.isdigit() for c in cell) >= len(cell)
    )
