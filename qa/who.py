"""Who says it: the speakers whose own words hold a topic, each with the passage."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.document import Passage, Span
from index.indexing import sentence_texts
from index.library import Library
from index.nouns import Filters
from qa.attribute import Attribution
from qa.explain import Search
from qa.names import bare
from qa.refuse import judge
from qa.retrieve import Query, retrieve
from qa.select import mark

_DEPTH = 300
_SURELY = 0.5  # a name put to words that nobody asked for by the letter must be right


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says on a topic: the passage, the sentences of it that do, how sure it is."""

    passage: Passage
    spans: tuple[Span, ...]
    confidence: float


def who_says(
    library: Library, query: Query, wanted: Attribution, filters: Filters
) -> tuple[list[Said], Search]:
    """One `Said` for every speaker who says it, in the order of the documents: his passage that
    says most on it. And the search behind it, as `everything_said` gives it.
    """
    said, search = everything_said(library, query, wanted, filters)
    return _one_each(said, wanted.speakers), search


def everything_said(
    library: Library, query: Query, wanted: Attribution, filters: Filters
) -> tuple[list[Said], Search]:
    """Every passage that says it, whoever speaks, those first that say most. And the search behind
    it, which is empty where the words alone decided.

    Words in quotation marks must stand in the text, and a topic that stands there word for word is
    taken at its word; only where nobody uses the words does their meaning decide.
    """
    wording = [bare(words) for words in wanted.exact] or [bare(wanted.topic)]
    if all(wording):
        hits = library.search(
            " ".join(wording), query.encoded.vector, filters=filters, depth=_DEPTH
        )
        literal = [s for hit in hits if (s := _literally(hit.passage, wording))]
        literal.sort(key=lambda said: (-len(said.spans), said.passage.span))
        if literal or wanted.exact:
            return literal, Search((), ())
    candidates = retrieve(library, query, filters)
    judged = [(c, judge(query, c, candidates)) for c in candidates]
    meant = [Said(c.hit.passage, mark(c), v.confidence) for c, v in judged if v.logit >= _SURELY]
    meant.sort(key=lambda said: -said.confidence)
    judged.sort(key=lambda pair: -pair[1].logit)
    return meant, Search(candidates, judged)


def _literally(passage: Passage, wording: Sequence[str]) -> Said | None:
    if not all(words in bare(passage.text) for words in wording):
        return None
    spans = [
        span
        for span, text in zip(passage.sentences, sentence_texts(passage), strict=True)
        if any(words in bare(text) for words in wording)
    ]
    return Said(passage, tuple(spans or passage.sentences[:1]), 1.0)


def _one_each(found: Iterable[Said], speakers: Sequence[str]) -> list[Said]:
    """The first of each of `speakers`, in their order."""
    first: dict[str, Said] = {}
    for said in found:
        first.setdefault(said.passage.speaker or "", said)
    return [first[speaker] for speaker in speakers if speaker in first]
