"""Sections to passages: whole sentences of one section and one speaker, sized in tokens.

The sentences of a run are joined by a separator that cleaning takes out of every text, so that the
splitter can cut between sentences only.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from langchain_text_splitters import RecursiveCharacterTextSplitter

from corpus.document import Document, Passage, Span
from corpus.repeats import folded_text
from corpus.script import CLAUSE_MARKS, FULL_STOPS, HALF_STOPS, count_han

TokenCounts = Callable[[Sequence[str]], list[int]]

MAX_TOKENS = 160
# A passage is to be read at a glance too.
_MAX_HAN = 320
_MAX_WORDS = 120

_SEPARATOR = "\x1f"
_words = re.compile(r"[^\W\d_]*[A-Za-zÀ-ɏ\u0370-\u06ff][^\W_]*")
_LONGEST_BYLINE = 100


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence, or a part of one too long for a passage; `cost` is in tokens."""

    span: Span
    cost: int


def passages(
    document: Document, token_counts: TokenCounts, max_tokens: int = MAX_TOKENS
) -> list[Passage]:
    """The passages of a document, in order.

    `token_counts` gives the number of the model's tokens of each text; it is called once for all
    sentences, and again only where single sentences are too long. A passage has at most
    `max_tokens` tokens, counted sentence by sentence.
    """
    if max_tokens < 1:
        raise ValueError(f"max_tokens is {max_tokens}: a passage needs at least one token")
    runs = list(_runs(document))
    spans = [span for run in runs for span in run]
    costs = _costs(document.text, spans, token_counts, max_tokens)
    pieces = _cut(document.text, spans, costs, token_counts, max_tokens)
    made: list[Passage] = []
    at = 0
    for run in runs:
        parts: list[_Piece] = []
        while at < len(pieces) and pieces[at].span.start < run[-1].end:
            parts.append(pieces[at])
            at += 1
        for group in _groups(parts, max_tokens):
            made.append(_passage(document, [piece.span for piece in group]))
    return _with_places(document, made, _repeated(document))


def _runs(document: Document) -> Iterator[list[Span]]:
    """Neighbouring sentences of one section and one speaker, without headings and repeats."""
    skipped = _headings(document) | _bylines(document)
    repeats = iter(document.repeats)
    repeat = next(repeats, None)
    run: list[Span] = []
    place: tuple[int, int] | None = None
    section = turn = 0
    for span in document.sentences:
        while repeat and repeat.span.end <= span.start:
            repeat = next(repeats, None)
        while document.sections[section].span.end <= span.start:
            section += 1
        while turn < len(document.turns) and document.turns[turn].span.end <= span.start:
            turn += 1
        spoken = turn < len(document.turns) and document.turns[turn].span.start <= span.start
        here = (section, turn if spoken else -1)
        left_out = span.start in skipped or (repeat is not None and repeat.span.covers(span))
        if run and (left_out or here != place):
            yield run
            run = []
        if not left_out:
            run.append(span)
            place = here
    if run:
        yield run


def _headings(document: Document) -> set[int]:
    """The starts of sentences that are a section's heading and nothing more."""
    starts: set[int] = set()
    at = 0
    for section in document.sections:
        while at < len(document.sentences) and document.sentences[at].start < section.span.start:
            at += 1
        if not section.path or at == len(document.sentences):
            continue
        span = document.sentences[at]
        alone = document.text[span.end : span.end + 1] in ("", "\n", " ", "\t", "\u3000")
        if alone and folded_text(span.of(document.text)) == folded_text(section.path[-1]):
            starts.add(span.start)
    return starts


def _bylines(document: Document) -> set[int]:
    """The starts of sentences that only name the speaker of the turn below."""
    starts: set[int] = set()
    at = 0
    for turn in document.turns:
        while (
            at + 1 < len(document.sentences) and document.sentences[at + 1].start < turn.span.start
        ):
            at += 1
        span = document.sentences[at]
        words = span.of(document.text)
        if (
            span.end <= turn.span.start
            and len(span) <= _LONGEST_BYLINE
            and folded_text(words).endswith(folded_text(turn.speaker))
            and document.text[turn.span.start + len(turn.speaker) :][:1] not in ("：", ":")
        ):
            starts.add(span.start)
    return starts


def _costs(
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


def _cut(
    text: str,
    spans: Sequence[Span],
    costs: Sequence[int],
    token_counts: TokenCounts,
    max_tokens: int,
) -> list[_Piece]:
    """The spans, those cut that are too long for a passage: at clause marks, then anywhere."""
    pieces = [_Piece(span, cost) for span, cost in zip(spans, costs, strict=True)]
    while any(piece.cost > max_tokens and len(piece.span) > 1 for piece in pieces):
        cut: list[_Piece] = []
        parts: list[Span] = []
        for piece in pieces:
            if piece.cost > max_tokens and len(piece.span) > 1:
                parts += _parts(text, piece, max_tokens)
        counted = iter(_costs(text, parts, token_counts, max_tokens))
        part = iter(parts)
        for piece in pieces:
            if piece.cost <= max_tokens or len(piece.span) <= 1:
                cut.append(piece)
                continue
            end = piece.span.start
            while end < piece.span.end:
                span = next(part)
                cut.append(_Piece(span, next(counted)))
                end = span.end
        pieces = cut
    return pieces


def _parts(text: str, piece: _Piece, max_tokens: int) -> list[Span]:
    """The parts of a piece too long for a passage, without a gap between them."""
    count = -(-piece.cost // max_tokens)
    size = max(1, min(len(piece.span) - 1, len(piece.span) * 10 // (9 * count)))
    splitter = RecursiveCharacterTextSplitter(
        separators=[
            f"[{re.escape(FULL_STOPS + HALF_STOPS + '；;')}]",
            f"[{re.escape(CLAUSE_MARKS)}]",
            r"\s",
            "",
        ],
        is_separator_regex=True,
        keep_separator="end",
        strip_whitespace=False,
        chunk_size=size,
        chunk_overlap=0,
    )
    spans: list[Span] = []
    at = piece.span.start
    for words in splitter.split_text(piece.span.of(text)):
        spans.append(Span(at, at + len(words)))
        at += len(words)
    return spans


def _groups(pieces: Sequence[_Piece], max_tokens: int) -> Iterator[Sequence[_Piece]]:
    """As few passages as the limit allows, as even as they can be."""
    most = max(piece.cost for piece in pieces)
    best = _sizes(pieces, max_tokens)
    low, high = max(1, min(most, max_tokens)), max_tokens
    while low < high and len(best) > 1:
        middle = (low + high) // 2
        sizes = _sizes(pieces, middle)
        if len(sizes) <= len(best):
            best, high = sizes, middle
        else:
            low = middle + 1
    at = 0
    for size in best:
        yield pieces[at : at + size]
        at += size


def _sizes(pieces: Sequence[_Piece], limit: int) -> list[int]:
    """How many pieces each passage takes, in order."""
    costs = {str(i): piece.cost for i, piece in enumerate(pieces)} | {_SEPARATOR: 0}
    splitter = RecursiveCharacterTextSplitter(
        separators=[_SEPARATOR],
        keep_separator=False,
        strip_whitespace=False,
        chunk_size=limit,
        chunk_overlap=0,
        length_function=costs.__getitem__,
    )
    joined = _SEPARATOR.join(str(i) for i in range(len(pieces)))
    return [chunk.count(_SEPARATOR) + 1 for chunk in splitter.split_text(joined)]


def _passage(document: Document, spans: Sequence[Span]) -> Passage:
    span = Span(spans[0].start, spans[-1].end)
    return Passage(
        id=f"{document.id}:{span.start}-{span.end}",
        document_id=document.id,
        span=span,
        text=span.of(document.text),
        section=document.section_at(span.start).path,
        speaker=document.speaker_at(span.start),
        sentences=tuple(spans),
        also_at=(),
    )


def _repeated(document: Document) -> list[tuple[Span, int]]:
    """The sentences that stand again: where first, and the number of the later sentence."""
    starts = [span.start for span in document.sentences]
    again: list[tuple[Span, int]] = []
    for repeat in document.repeats:
        first = bisect_right(starts, repeat.first.start) - 1
        later = bisect_left(starts, repeat.span.start)
        while later < len(starts) and starts[later] < repeat.span.end:
            again.append((document.sentences[first], later))
            first, later = first + 1, later + 1
    return again


def _with_places(
    document: Document, made: Sequence[Passage], again: Sequence[tuple[Span, int]]
) -> list[Passage]:
    """The passages, each with the places where its sentences stand again, neighbours together."""
    starts = [passage.span.start for passage in made]
    places: dict[int, list[int]] = {}
    for first, later in again:
        i = max(0, bisect_right(starts, first.start) - 1)
        while i < len(made) and made[i].span.start < first.end:
            if made[i].span.overlaps(first):
                places.setdefault(i, []).append(later)
            i += 1
    return [
        replace(passage, also_at=_joined(document, places[i])) if i in places else passage
        for i, passage in enumerate(made)
    ]


def _joined(document: Document, numbers: Sequence[int]) -> tuple[Span, ...]:
    joined: list[Span] = []
    before: int | None = None
    for number in sorted(numbers):
        span = document.sentences[number]
        if before is not None and number == before + 1:
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
        before = number
    return tuple(joined)
