"""Marked sentences to citations: words of a document and where they stand."""

from collections.abc import Sequence

from corpus.document import Document, Passage, Repeat, Span
from qa.answer import Citation, Source


def cite(n: int, document: Document, passage: Passage, span: Span, score: float) -> Citation:
    """The citation of `span`, which must lie in the passage.

    The quote is cut out of the document here and nowhere else: it cannot differ from it.
    """
    source = document.offsets().to_source(span.start, span.end)
    return Citation(
        n=n,
        document=Source(document.id, document.title, document.uri),
        section=passage.section,
        speaker=passage.speaker,
        span=span,
        quote=span.of(document.text),
        source_span=Span(*source),
        passage=passage.text,
        passage_span=passage.span,
        also_at=_again(document, span),
        score=round(min(1.0, max(0.0, score)), 4),
        page=document.page_at(span.start),
    )


def _again(document: Document, span: Span) -> tuple[Span, ...]:
    """Where the quoted words stand again, word for word."""
    quote = span.of(document.text)
    again = []
    for repeat in document.repeats:
        if repeat.first.overlaps(span) and (at := _find(document.text, quote, repeat)) is not None:
            again.append(Span(at, at + len(quote)))
    return tuple(again)


def _find(text: str, quote: str, repeat: Repeat) -> int | None:
    at = text.find(quote, repeat.span.start, repeat.span.end)
    return at if at >= 0 else None


def runs(spans: Sequence[Span], text: str) -> list[Span]:
    """Neighbouring sentences as one span, in the order of the text."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and not text[joined[-1].end : span.start].strip():
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    return joined
