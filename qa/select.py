"""The sentences of a passage that answer: marked for the reader, one or two of them."""

from collections.abc import Sequence

from corpus.document import Span
from index.library import Library
from qa import weights
from qa.retrieve import Candidate


def mark(candidate: Candidate) -> tuple[Span, ...]:
    """The best sentence, and the second where it comes close; in the order of the text."""
    ranked = sorted(candidate.sentences, key=lambda s: -s.score)
    chosen = [s for s in ranked[:2] if ranked[0].score - s.score <= weights.SECOND_SENTENCE]
    return tuple(sorted(s.span for s in chosen))


def telling(
    library: Library, candidate: Candidate, candidates: Sequence[Candidate]
) -> Candidate | None:
    """The candidate; but where it only asks, as an interviewer does, that of the `candidates` which
    follows it in the text, and so answers.
    """
    if not all(s.text.rstrip().endswith(("?", "？")) for s in candidate.sentences):
        return candidate
    asked = candidate.hit.passage
    text = library.document(asked.document_id).text
    for other in candidates:
        passage = other.hit.passage
        between = text[asked.span.end : passage.span.start]
        follows = passage.span.start >= asked.span.end and not between.strip()
        if follows and passage.document_id == asked.document_id:
            return other
    return None
