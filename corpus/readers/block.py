"""What a reader finds in a file: blocks, the signs of its format, bold words, pages, metadata."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from corpus.edits import Edit

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
    """Blocks in order, without overlaps; `signs` are edits of the same text, in order too.

    `bold` are the ranges between the signs of bold words. `pages` are the ranges of a paged
    format's pages, from the first. `metadata` is what the file says of itself, keys in lower case;
    `title` is one to rely on, or empty.
    """

    blocks: tuple[Block, ...]
    signs: tuple[Edit, ...] = ()
    bold: tuple[Range, ...] = ()
    pages: tuple[Range, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
