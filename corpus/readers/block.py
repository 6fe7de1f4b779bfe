"""What a reader finds in a text: its blocks, the signs of its format, and its bold words."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["heading", "paragraph", "item", "fixed"]
Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph, an item of a list, or lines that must stay as they are.

    `fixed` is code, a table, or the like. `level` is a heading's, 1 to 6, and 0 elsewhere.
    """

    kind: Kind
    start: int
    end: int
    level: int = 0


@dataclass(frozen=True, slots=True)
class Layout:
    """Blocks in order, without overlaps; `marks` are ranges to take out, in order too.

    `bold` are the ranges between the marks of bold words.
    """

    blocks: tuple[Block, ...]
    marks: tuple[Range, ...]
    bold: tuple[Range, ...]
