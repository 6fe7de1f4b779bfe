"""How a document is drawn: headings, paragraphs, lists and tables, repeats folded.

Every drawn piece knows where its text begins, and its text is that range of the document and
nothing else: the page finds words by these offsets.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from corpus.document import Document, Repeat, Span
from ui.pages.lines import Kind, Piece, Run, pieces
from ui.pages.tables import table

_PART = 4000  # code points drawn at once; the rest waits until it is scrolled to


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbouring pieces that are drawn together: a list's items, a table's rows, or one piece."""

    kind: Kind
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Neighbouring groups, all of them inside the same repeat or in none."""

    repeat: Repeat | None
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the contents."""

    anchor: str
    name: str
    level: int
    speaker: str | None


@dataclass(frozen=True, slots=True)
class Layout:
    """A whole document as it is drawn, in parts of a few screens each."""

    parts: tuple[tuple[Block, ...], ...]
    contents: tuple[Entry, ...]


def layout(document: Document) -> Layout:
    """The document in the order of its text."""
    cut = (part for piece in pieces(document) for part in _cut(document, piece))
    blocks = (
        Block(repeat, tuple(_grouped(list(run))))
        for repeat, run in groupby(cut, key=lambda piece: piece.repeat)
    )
    return Layout(tuple(_parts(blocks)), tuple(_contents(document)))


def _contents(document: Document) -> Iterator[Entry]:
    """Every heading but those that stand in a repeat, with who speaks first below it."""
    starts = [repeat.span.start for repeat in document.repeats]
    turn = 0
    for number, section in enumerate(document.sections):
        while turn < len(document.turns) and document.turns[turn].span.end <= section.span.start:
            turn += 1
        i = bisect_right(starts, section.span.start) - 1
        again = i >= 0 and section.span.start < document.repeats[i].span.end
        if section.level and not again:
            said = document.turns[turn : turn + 1]
            speaker = said[0].speaker if said and said[0].span.overlaps(section.span) else None
            yield Entry(f"s{number}", section.path[-1], min(section.level, 6), speaker)


def _cut(document: Document, piece: Piece) -> Iterator[Piece]:
    """The piece cut where a repeat begins or ends."""
    repeats = document.repeats
    if piece.kind not in ("words", "item") or not repeats:
        yield piece
        return
    end = piece.start + piece.length
    i = max(0, bisect_right(repeats, piece.start, key=lambda r: r.span.start) - 1)
    edges: list[tuple[Span, Repeat | None]] = []
    at = piece.start
    while i < len(repeats) and repeats[i].span.start < end:
        start, stop = max(at, repeats[i].span.start), min(end, repeats[i].span.end)
        if start < stop:
            edges += [(Span(at, start), None), (Span(start, stop), repeats[i])]
            at = stop
        i += 1
    edges.append((Span(at, end), None))
    for span, repeat in edges:
        if document.text[span.start : span.end].strip():
            first = span.start == piece.start
            yield replace(
                piece,
                kind=piece.kind if first else "words",
                start=span.start,
                runs=tuple(_slice(piece, span)),
                repeat=repeat,
                loose=piece.loose and first,
                label=piece.label if first else None,
                page=piece.page if first else None,
            )


def _slice(piece: Piece, span: Span) -> Iterator[Run]:
    at = piece.start
    for run in piece.runs:
        words = run.text[max(0, span.start - at) : max(0, span.end - at)]
        if words:
            yield replace(run, text=words)
        at += len(run.text)


def _grouped(found: list[Piece]) -> Iterator[Group]:
    """Items of a list and rows of a table stand together; everything else stands alone."""
    at = 0
    while at < len(found):
        kind = found[at].kind
        end = at + 1
        while end < len(found) and found[end].kind == kind and _together(found[end]):
            end += 1
        run = found[at:end]
        at = end
        if kind == "item":
            yield Group(kind, tuple(run))
        elif rows := table(run) if kind == "words" else None:
            yield Group("row", rows)
        else:
            yield from (Group(kind, (piece,)) for piece in run)


def _together(piece: Piece) -> bool:
    """Whether a piece may belong to the list or table above it."""
    return piece.kind == "item" or (piece.kind == "words" and not piece.loose)


def _parts(blocks: Iterable[Block]) -> Iterator[tuple[Block, ...]]:
    part: list[Block] = []
    size = 0
    for block in blocks:
        for piece in _slabs(block):
            part.append(piece)
            size += sum(p.length for group in piece.groups for p in group.pieces)
            if size >= _PART:
                yield tuple(part)
                part, size = [], 0
    if part:
        yield tuple(part)


def _slabs(block: Block) -> Iterator[Block]:
    """A long run of groups outside any repeat, in slabs that fill a part."""
    if block.repeat:
        yield block
        return
    groups: list[Group] = []
    size = 0
    for group in block.groups:
        groups.append(group)
        size += sum(piece.length for piece in group.pieces)
        if size >= _PART:
            yield Block(None, tuple(groups))
            groups, size = [], 0
    if groups:
        yield Block(None, tuple(groups))
