"""How much fits a passage: sentences weighed in the model's tokens, cut where one is too long.

A run of sentences goes to the splitter as numbers with a separator between them, so that it can cut
between sentences only, and no text has to be measured twice.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.document import Span
from corpus.script import CLAUSE_MARKS, FULL_STOPS, HALF_STOPS, LIST_MARKER, NUMERAL, count_han

if TYPE_CHECKING:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

TokenCounts = Callable[[Sequence[str]], list[int]]

# A passage is to be read at a glance too.
_MAX_HAN = 320
_MAX_WORDS = 120

_SEPARATOR = "\x1f"
_LONGEST_ANNOUNCEMENT = 40  # code points
_announces = re.compile(
    rf"{NUMERAL}{{1,3}}是|第{NUMERAL}{{1,3}}[，,、：:是]|首先|其次|再次|最后|{LIST_MARKER.pattern}",
    re.VERBOSE,
)
_words = re.compile(r"[^\W\d_]*[A-Za-zÀ-ɏ\u0370-\u06ff][^\W_]*")
_stronger_marks = f"[{re.escape(FULL_STOPS + HALF_STOPS)}；;]"
_weaker_marks = f"[{re.escape(CLAUSE_MARKS)}]"


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, or a part of one too long for a passage; `cost` is in tokens."""

    span: Span
    cost: int


def costs_of(
    text: str, spans: Sequence[Span], token_counts: TokenCounts, max_tokens: int
) -> list[int]:
    """What each span takes of a passage, in tokens; lengths in Han and words count likewise."""
    sentences = [span.of(text) for span in spans]
    costs: list[int] = []
    for sentence, tokens in zip(
        sentences, token_counts(sentences) if sentences else [], strict=True
    ):
        han = -(-count_han(sentence) * max_tokens // _MAX_HAN)
        words = -(-sum(1 for _ in _words.finditer(sentence)) * max_tokens // _MAX_WORDS)
        costs.append(max(1, tokens, han, words))
    return costs


def cut(
    text: str,
    spans: Sequence[Span],
    costs: Sequence[int],
    token_counts: TokenCounts,
    max_tokens: int,
) -> list[Piece]:
    """The spans, those cut that are too long for a passage: at clause marks, then anywhere."""
    pieces = [Piece(span, cost) for span, cost in zip(spans, costs, strict=True)]
    while any(long := [_is_long(piece, max_tokens) for piece in pieces]):
        divided = [
            _parts(text, piece, max_tokens) if is_long else [piece.span]
            for piece, is_long in zip(pieces, long, strict=True)
        ]
        parts = [
            part for group, is_long in zip(divided, long, strict=True) if is_long for part in group
        ]
        counted = iter(costs_of(text, parts, token_counts, max_tokens))
        pieces = [
            Piece(part, next(counted) if is_long else piece.cost)
            for piece, is_long, group in zip(pieces, long, divided, strict=True)
            for part in group
        ]
    return pieces


def _is_long(piece: Piece, max_tokens: int) -> bool:
    return piece.cost > max_tokens and len(piece.span) > 1


def _parts(text: str, piece: Piece, max_tokens: int) -> list[Span]:
    """The parts of a piece too long for a passage, with nothing but blanks between them."""
    count = -(-piece.cost // max_tokens)
    size = max(1, min(len(piece.span) - 1, len(piece.span) * 10 // (9 * count)))
    splitter = _splitter()(
        separators=[_stronger_marks, _weaker_marks, r"\s", ""],
        is_separator_regex=True,
        keep_separator="end",
        strip_whitespace=False,
        chunk_size=size,
        chunk_overlap=0,
    )
    spans: list[Span] = []
    at = piece.span.start
    for words in splitter.split_text(piece.span.of(text)):
        start = at + len(words) - len(words.lstrip())
        at += len(words)
        if words.strip():
            spans.append(Span(start, start + len(words.strip())))
    return spans


def groups(text: str, pieces: Sequence[Piece], max_tokens: int) -> Iterator[list[Span]]:
    """The spans of each passage: as few passages as the limit allows, as even as they can be."""
    units = list(_units(text, pieces, max_tokens))
    costs = [sum(piece.cost for piece in unit) for unit in units]
    best = _sizes(costs, max_tokens)
    low, high = min(max(costs), max_tokens), max_tokens
    while low < high and len(best) > 1:
        middle = (low + high) // 2
        sizes = _sizes(costs, middle)
        if len(sizes) <= len(best):
            best, high = sizes, middle
        else:
            low = middle + 1
    at = 0
    for size in best:
        yield [piece.span for unit in units[at : at + size] for piece in unit]
        at += size


def _units(text: str, pieces: Sequence[Piece], max_tokens: int) -> Iterator[list[Piece]]:
    """The pieces; one that announces what follows (`二是打开通道。`) stays with the next."""
    unit: list[Piece] = []
    cost = 0
    for piece in pieces:
        if unit and cost + piece.cost > max_tokens:
            yield unit
            unit, cost = [], 0
        unit.append(piece)
        cost += piece.cost
        words = piece.span.of(text)
        if len(words) > _LONGEST_ANNOUNCEMENT or not (
            piece is pieces[0] or words.endswith(("：", ":")) or _announces.match(words)
        ):
            yield unit
            unit, cost = [], 0
    if unit:
        yield unit


def _splitter() -> type["RecursiveCharacterTextSplitter"]:
    """Loaded when first needed: it takes longer than all else here, and a worker needs none."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    return RecursiveCharacterTextSplitter


def _sizes(costs: Sequence[int], limit: int) -> list[int]:
    """How many units each passage takes, in order."""
    cost_of = {str(i): cost for i, cost in enumerate(costs)} | {_SEPARATOR: 0}
    splitter = _splitter()(
        separators=[_SEPARATOR],
        keep_separator=False,
        strip_whitespace=False,
        chunk_size=limit,
        chunk_overlap=0,
        length_function=cost_of.__getitem__,
    )
    joined = _SEPARATOR.join(str(i) for i in range(len(costs)))
    return [chunk.count(_SEPARATOR) + 1 for chunk in splitter.split_text(joined)]
