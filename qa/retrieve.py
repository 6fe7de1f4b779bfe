"""A question to ranked passages: both retrievers' scores fused with what the sentences say."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from corpus.document import Span
from index.embedding import Vectors
from index.lexical import fold
from index.library import Library
from index.nouns import Filters, Hit
from qa import weights
from qa.words import Words, holds_number, read_words, stands_in

_DEPTH = 100
_CLOSELY = 20


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the retrievers take it.

    `idf`: the weight of each content term in the library (Robertson and Spärck Jones 1976, kept
    positive as Lucene does); `passages`: how many the library holds.
    """

    text: str
    vector: Vectors
    words: Words
    idf: Mapping[str, float]
    known: frozenset[str]
    ceiling: float


@dataclass(frozen=True, slots=True)
class SentenceScore:
    """How well one sentence answers: cosine, share of the question's weight it holds, score."""

    span: Span
    text: str
    cosine: float
    coverage: float
    number: bool
    score: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage, what every side says of it, and the fused score.

    `dense_scaled` and `lexical_scaled` lie in 0..1 over all hits of the question; `coverage` is the
    share of the question's weight that stands in the passage, its headings or its speaker.
    """

    hit: Hit
    score: float
    dense_scaled: float
    lexical_scaled: float
    coverage: float
    sentences: tuple[SentenceScore, ...] = field(default=())

    @property
    def best(self) -> SentenceScore:
        return max(self.sentences, key=lambda s: s.score)


def read_query(library: Library, question: str, vector: Vectors | None = None) -> Query:
    """Embeds the question and weighs its words by how rare they are in the library."""
    words = read_words(question)
    total = library.passage_count()
    counts = library.document_frequencies(words.content)
    if vector is None:
        vector = library.embedder.encode_query([question])[0]
    return Query(
        text=question,
        vector=vector,
        words=words,
        idf={t: _idf(counts.get(t, 0), total) for t in words.content},
        known=frozenset(t for t in words.content if counts.get(t)),
        ceiling=sum(_idf(0, total) for _ in words.content),
    )


def retrieve(library: Library, query: Query, filters: Filters) -> list[Candidate]:
    """Passages, best first; the first `_CLOSELY` are looked at sentence by sentence."""
    hits = library.search(query.text, query.vector, filters=filters, depth=_DEPTH)
    if not hits:
        return []
    dense = _scaled(np.array([hit.dense for hit in hits]))
    lexical = _scaled(np.array([hit.lexical for hit in hits]), floor=0.0)
    coverages = np.array([_coverage(query, _context(hit) + hit.passage.text) for hit in hits])
    weight = weights.lexical_weight(float(coverages.max()))
    first = (1 - weight) * dense + weight * lexical
    order = np.argsort(-first, kind="stable")[:_CLOSELY]
    closely = [hits[i] for i in order]
    vectors = library.sentence_vectors([hit.passage for hit in closely])
    judged = [_sentences(query, hit, v) for hit, v in zip(closely, vectors, strict=True)]
    best = _scaled(np.array([max((s.cosine for s in ss), default=0.0) for ss in judged]))
    candidates = [
        Candidate(
            hit=hits[i],
            score=weights.fused(
                weight,
                dense=float(dense[i]),
                lexical=float(lexical[i]),
                sentence=float(best[rank]),
                coverage=float(coverages[i]),
                sentence_coverage=max((s.coverage for s in judged[rank]), default=0.0),
            ),
            dense_scaled=float(dense[i]),
            lexical_scaled=float(lexical[i]),
            coverage=float(coverages[i]),
            sentences=judged[rank],
        )
        for rank, i in enumerate(order)
    ]
    return sorted(candidates, key=lambda c: -c.score)


def _sentences(query: Query, hit: Hit, vectors: Vectors) -> tuple[SentenceScore, ...]:
    context = _context(hit)
    at = hit.passage.span.start
    scores = []
    for span, vector in zip(hit.passage.sentences, vectors, strict=True):
        text = hit.passage.text[span.start - at : span.end - at]
        cosine = float(vector @ query.vector)
        coverage = _coverage(query, text)
        number = holds_number(fold(text))
        scores.append(
            SentenceScore(
                span=span,
                text=text,
                cosine=cosine,
                coverage=coverage,
                number=number,
                score=weights.sentence(cosine, coverage, query.words.asks_number, number),
            )
        )
    del context
    return tuple(scores)


def _coverage(query: Query, text: str) -> float:
    total = sum(query.idf.values())
    if not total:
        return 0.0
    folded = fold(text)
    return sum(w for t, w in query.idf.items() if t in query.known and stands_in(t, folded)) / total


def _context(hit: Hit) -> str:
    return " ".join([*hit.passage.section, hit.passage.speaker or "", ""])


def _idf(count: int, total: int) -> float:
    return math.log(1 + (total - count + 0.5) / (count + 0.5))


def _scaled(scores: np.ndarray, floor: float | None = None) -> np.ndarray:
    low = float(scores.min()) if floor is None else floor
    high = float(scores.max())
    return (scores - low) / (high - low) if high > low else np.zeros_like(scores)
