"""The best sentence of a passage, with what stands around it, read together with the question."""

from collections.abc import Callable, Sequence

from index.indexing import sentence_texts
from index.reader import LONGEST, Reader
from qa.retrieve import Candidate


def read(reader: Reader, question: str, candidates: Sequence[Candidate]) -> list[float]:
    """The log odds that the best sentence of each and its neighbours answer the question."""
    return reader.log_odds(question, [around_the_best(reader.token_counts, c) for c in candidates])


def around_the_best(counts: Callable[[Sequence[str]], list[int]], candidate: Candidate) -> str:
    """The best sentence and whole ones before and after it, as many as are read."""
    passage = candidate.hit.passage
    best = [s.span for s in candidate.sentences].index(candidate.best.span)
    first, last = whole_sentences(counts(sentence_texts(passage)), best)
    start, end = passage.sentences[first].start, passage.sentences[last].end
    return passage.text[start - passage.span.start : end - passage.span.start]


def whole_sentences(lengths: Sequence[int], best: int) -> tuple[int, int]:
    """The first and the last that are read: the best and as many around it; `lengths` in tokens."""
    first = last = best
    left = LONGEST - lengths[best]
    grown = True
    while grown:
        grown = False
        if first > 0 and lengths[first - 1] <= left:
            first, left, grown = first - 1, left - lengths[first - 1], True
        if last + 1 < len(lengths) and lengths[last + 1] <= left:
            last, left, grown = last + 1, left - lengths[last + 1], True
    return first, last
