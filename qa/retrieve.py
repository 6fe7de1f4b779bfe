"""A question to ranked passages: what both retrievers say, then a closer look at the first few."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from corpus.document import Span
from corpus.language import UNSURE, by_words
from index.embedding import Encoded
from index.indexing import sentence_texts
from index.library import Library
from index.nouns import Comparison, Filters, Hit
from qa import weights
from qa.articles import named_in
from qa.translate import Translated, as_written, expansion, spaced, translate
from qa.words import Words, carrying, fold_once, holds_number, read_words, script, stands_in

_CLOSELY = 24
DEPTH = 2 * _CLOSELY  # twice as much finds the same in more time
_GLUE_WEIGHT = 0.05
_TOLD_BY = 400  # characters that tell a language

Scores = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the retrievers take it.

    `idf`: the weight of each content term in the library (Spärck Jones 1972, kept positive as
    Lucene does); `known`: those of the terms that stand in it at all; `ceiling`: the sum of weights
    if none did. `token_weights`: one per token of `encoded`, of sum 1. `translated`: the terms for
    passages in another script. `strange`: names that stand nowhere in the library. `passages`:
    how many the library has; `shift`: its calibration.
    """

    text: str
    encoded: Encoded
    words: Words
    idf: Mapping[str, float]
    known: frozenset[str]
    ceiling: float
    token_weights: Scores
    translated: tuple[tuple[Translated, float], ...] = ()
    strange: tuple[str, ...] = ()
    passages: int = 1
    shift: float = 0.0


@dataclass(frozen=True, slots=True)
class SentenceScore:
    """How well one sentence answers.

    `cosine`: of the whole question; `tokens`: the weighted mean of each question token's best
    cosine; `coverage`: the share of the question's weight that stands in it; `number`: whether a
    number does; `score` weighs all four.
    """

    span: Span
    text: str
    cosine: float
    tokens: float
    coverage: float
    number: bool
    score: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What every side says of a passage. Scaled figures lie in 0..1 over the passages of the
    question; `tokens` and `coverage` are as in `SentenceScore`, headings and speaker counted in.
    """

    dense: float
    lexical: float
    sentence: float
    tokens: float
    sentence_tokens: float
    coverage: float
    sentence_coverage: float
    reach: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage with its sentences, the evidence for it and the score fused from that.

    `tokens` and `coverage` are not scaled. `abroad`: it is written in another script or
    language than the question.
    """

    hit: Hit
    abroad: bool
    sentences: tuple[SentenceScore, ...]
    tokens: float
    coverage: float
    weakest: float
    evidence: Evidence
    score: float

    @property
    def best(self) -> SentenceScore:
        """The sentence that answers best."""
        return max(self.sentences, key=lambda s: s.score)


def read_query(library: Library, question: str, names: Sequence[tuple[int, int]] = ()) -> Query:
    """Embeds the question and weighs its words by how rare they are in the library.

    `names` are places of names that the text spells in another script: their tokens find no
    counterpart and count as little as those of words that only ask.
    """
    question = as_written(library, question)
    words = read_words(question)
    total = library.passage_count()
    counts = library.document_frequencies(words.content)
    (encoded,) = library.embedder.encode_query_tokens([question])
    translation = translate(library, question)
    return Query(
        text=question,
        encoded=encoded,
        words=words,
        idf={t: _idf(counts[t], total) for t in words.content},
        known=frozenset(t for t in words.content if counts[t]),
        ceiling=len(words.content) * _idf(0, total),
        token_weights=_token_weights(question, names, encoded),
        strange=translation.strange,
        translated=tuple((t, _idf(t.count, total)) for t in translation.terms),
        passages=total,
        shift=library.calibration(),
    )


def retrieve(library: Library, query: Query, filters: Filters) -> list[Candidate]:
    """Passages, best first."""
    named = " ".join(spelling for one in named_in(query.text) for spelling in one.spelled)
    words = f"{query.text} {expansion(term for term, _ in query.translated)} {named}"
    hits = library.search(words, query.encoded.vector, filters=filters, depth=DEPTH)
    if not hits:
        return []
    dense = _scaled(np.array([hit.dense for hit in hits]))
    lexical = _scaled(np.array([hit.lexical for hit in hits]), floor=0.0)
    # Whatever holds most of the question is first on one side at least.
    likely = {*_first(dense), *_first(lexical)}
    covered = cache(lambda i: _covered(query, hits[i]))
    reach = max(map(covered, likely))
    order = _first(weights.first_score(dense, lexical, reach))
    compared = library.compare(query.encoded, [hits[i].passage for i in order])
    looked = [_look(query, hits[i], c, covered(i)) for i, c in zip(order, compared, strict=True)]
    sentence = _scaled(np.array([max((s.cosine for s in c.sentences), default=0) for c in looked]))
    tokens = _scaled(np.array([c.tokens for c in looked]))
    parts = _scaled(np.array([max((s.tokens for s in c.sentences), default=0) for c in looked]))
    candidates = []
    for rank, (i, candidate) in enumerate(zip(order, looked, strict=True)):
        evidence = Evidence(
            dense=float(dense[i]),
            lexical=float(lexical[i]),
            sentence=float(sentence[rank]),
            tokens=float(tokens[rank]),
            sentence_tokens=float(parts[rank]),
            coverage=candidate.coverage,
            sentence_coverage=max((s.coverage for s in candidate.sentences), default=0.0),
            reach=reach,
        )
        fused = weights.passage_score(evidence)
        candidates.append(replace(candidate, evidence=evidence, score=fused))
    return sorted(candidates, key=lambda c: -c.score)


def in_context(hit: Hit) -> str:
    """The passage with its headings and its speaker."""
    return " ".join([*hit.passage.section, hit.passage.speaker or "", hit.passage.text])


_UNWEIGHED = Evidence(0, 0, 0, 0, 0, 0, 0, 0)


def _first(scores: Scores) -> list[int]:
    """Where the best few stand, best first."""
    best: list[int] = np.argsort(-scores, kind="stable")[:_CLOSELY].tolist()
    return best


def _covered(query: Query, hit: Hit) -> float:
    return _coverage(query, in_context(hit), _in_other_script(query, hit))


def _look(query: Query, hit: Hit, compared: Comparison, coverage: float) -> Candidate:
    unlike = _in_other_script(query, hit)
    weighed = query.token_weights @ compared.tokens
    sentences = []
    texts = sentence_texts(hit.passage)
    for i, (span, text) in enumerate(zip(hit.passage.sentences, texts, strict=True)):
        covered = _coverage(query, text, unlike)
        number = holds_number(fold_once(text))
        cosine, tokens = float(compared.sentences[i]), float(weighed[i + 1])
        score = weights.sentence_score(
            cosine, tokens, covered, number=number and query.words.asks_number
        )
        sentences.append(SentenceScore(span, text, cosine, tokens, covered, number, score))
    anywhere = compared.tokens.max(axis=1, initial=-1.0)
    return Candidate(
        hit=hit,
        abroad=unlike or _in_other_language(query, hit),
        sentences=tuple(sentences),
        tokens=float(query.token_weights @ anywhere),
        coverage=coverage,
        weakest=_weakest(query.token_weights, anywhere),
        evidence=_UNWEIGHED,
        score=0.0,
    )


def _weakest(token_weights: Scores, best: npt.NDArray[np.float32]) -> float:
    """The best cosine of the content token that finds least."""
    content = best[token_weights >= token_weights.max(initial=0.0) / 2]
    return float(content.min(initial=1.0))


def _token_weights(question: str, names: Sequence[tuple[int, int]], encoded: Encoded) -> Scores:
    """Words that only ask or glue count little, whichever token they are cut into."""
    carried = carrying(question)
    for start, end in names:
        carried = carried[:start] + " " * (end - start) + carried[end:]
    places = zip(encoded.tokens.starts, encoded.tokens.ends, strict=True)
    content = [any(c.isalnum() for c in carried[start:end]) for start, end in places]
    weighed = np.where(content, 1.0, _GLUE_WEIGHT)
    shares: Scores = weighed / max(weighed.sum(), 1e-9)
    return shares


def _in_other_script(query: Query, hit: Hit) -> bool:
    return script(query.text) != script(hit.passage.text)


def _in_other_language(query: Query, hit: Hit) -> bool:
    """Whether both are in Latin letters and plainly in different languages."""
    asked = _latin_language(query.text)
    return asked != UNSURE and _latin_language(hit.passage.text) not in (asked, UNSURE)


@lru_cache(maxsize=16_384)
def _latin_language(text: str) -> str:
    """The language of a text in Latin letters; unsure where it is in others."""
    return by_words(text[:_TOLD_BY]) if script(text) == "LATIN" else UNSURE


def _coverage(query: Query, text: str, in_other_script: bool) -> float:
    if in_other_script and query.translated:
        shown = spaced(text)
        total = sum(weight for term, weight in query.translated if term.forms)
        held = sum(weight * term.share(shown) for term, weight in query.translated if term.forms)
        return held / total if total else 0.0
    total = sum(query.idf.values())
    if not total:
        return 0.0
    folded = fold_once(text)
    return sum(query.idf[t] for t in query.known if stands_in(t, folded)) / total


def _idf(count: int, total: int) -> float:
    return math.log(1 + (total - count + 0.5) / (count + 0.5))


def _scaled(scores: Scores, floor: float | None = None) -> Scores:
    low = float(scores.min()) if floor is None else floor
    high = float(scores.max())
    return (scores - low) / (high - low) if high > low else np.zeros_like(scores)
