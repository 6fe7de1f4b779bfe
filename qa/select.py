"""The sentences of a passage that answer: marked for the reader, one or two of them."""

import re
from collections.abc import Sequence
from itertools import takewhile

from corpus.document import Span
from index.lexical import fold
from index.library import Library
from qa import weights
from qa.retrieve import Candidate, Query, SentenceScore
from qa.words import carrying, read_words, script, stands_in

# Narrower than `corpus.script.LIST_MARKER`, by which the next article is an item too.
_ITEM = re.compile(r"\s*(?:[-*•·–]\s|[（(]?(?:\d{1,2}|[一二三四五六七八九十]{1,2}|[a-z])[)）.、])")
_MOST_ITEMS = 8
_NOTHING_NEW = 3  # Han characters: 一是实施…改革


def mark(candidate: Candidate, asked: Query) -> tuple[Span, ...]:
    """The best sentence, and the second where it comes close; best first. What only opens a list,
    or where one is asked for adds next to nothing to the question, is followed by what it opens;
    an item of a list that is asked for stands among its like.
    """
    ranked = sorted(candidate.sentences, key=lambda s: -s.score)
    chosen = [s for s in ranked[:2] if ranked[0].score - s.score <= weights.SECOND_SENTENCE]
    chosen += [s for s in _opened(candidate.sentences, ranked[0], asked) if s not in chosen]
    return tuple(s.span for s in chosen)


def _opened(
    sentences: Sequence[SentenceScore], best: SentenceScore, asked: Query
) -> Sequence[SentenceScore]:
    at = sentences.index(best)
    behind = sentences[at + 1 :]
    if best.text.rstrip().endswith((":", "：")):
        items = list(takewhile(lambda s: _ITEM.match(s.text), behind))
        return items[:_MOST_ITEMS] or behind[:1]
    if asked.words.asks_list and _ITEM.match(best.text):
        before = list(takewhile(lambda s: _ITEM.match(s.text), reversed(sentences[:at])))
        after = list(takewhile(lambda s: _ITEM.match(s.text), behind))
        return [*before, *after] if len(before) + len(after) < _MOST_ITEMS else []
    return behind[:1] if asked.words.asks_list and _echoes(best.text, asked.text) else []


def _echoes(text: str, question: str) -> bool:
    """Whether next to nothing stands in the text that the question does not say."""
    told, said = carrying(text), fold(question)
    if script(text) == "CJK":
        return sum(sign.isalnum() and sign not in said for sign in told) <= _NOTHING_NEW
    return all(stands_in(word, said) for word in read_words(text).content)


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
