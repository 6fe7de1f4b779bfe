"""Sections to passages: whole sentences of one section and one speaker, sized in tokens."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

from corpus.document import Document, Passage, Span
from corpus.pieces import Piece, TokenCounts, costs_of, cut, groups
from corpus.repeats import folded_text

MAX_TOKENS = 256
_LONGEST_BYLINE = 100  # code points


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
    costs = costs_of(document.text, spans, token_counts, max_tokens)
    pieces = cut(document.text, spans, costs, token_counts, max_tokens)
    made: list[Passage] = []
    at = 0
    for run in runs:
        parts: list[Piece] = []
        while at < len(pieces) and pieces[at].span.start < run[-1].end:
            parts.append(pieces[at])
            at += 1
        made += (_passage(document, group) for group in groups(document.text, parts, max_tokens))
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
            and not document.text.startswith(("：", ":"), turn.span.start + len(turn.speaker))
        ):
            starts.add(span.start)
    return starts


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
