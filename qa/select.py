"""The sentences of a passage that answer: marked for the reader, one or two of them."""

from corpus.document import Span
from qa import weights
from qa.retrieve import Candidate


def mark(candidate: Candidate) -> tuple[Span, ...]:
    """The best sentence, and the second where it comes close; in the order of the text."""
    ranked = sorted(candidate.sentences, key=lambda s: -s.score)
    chosen = [s for s in ranked[:2] if ranked[0].score - s.score <= weights.SECOND_SENTENCE]
    return tuple(sorted(s.span for s in chosen))
