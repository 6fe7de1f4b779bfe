"""Who says it: the speakers whose own words hold a topic, each with the passage."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from corpus.document import Passage, Span
from index.indexing import sentence_texts
from index.lexical import fold
from index.library import Library
from index.nouns import Filters
from qa.attribute import Attribution, read_attribution, unquoted
from qa.explain import Search
from qa.names import bare
from qa.refuse import judge
from qa.retrieve import Candidate, Query, retrieve
from qa.select import mark
from qa.translate import Translated, expansion, foreign, spaced
from qa.words import script, whole

_DEPTH = 300
_NEAR = 20  # passages whose headings are looked at
_SPACED = ("LATIN", "CYRILLIC", "GREEK")
_COMPOUND = re.compile(r"\w+(?:-\w+)+")
# A name put to words that nobody asked for by the letter must be right (logits); all the more where
# the library has none of the words.
_SURELY, _SURELY_UNKNOWN = 0.5, 1.0


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says on a topic: the passage, the sentences of it that do, that which says it
    best first, and how sure it is.
    """

    passage: Passage
    spans: tuple[Span, ...]
    confidence: float


def read_wanted(library: Library, question: str, speakers: Sequence[str]) -> Attribution:
    """What a question wants to know of speakers, in this library: words in quotation marks cannot
    stand in texts of another language, and are then looked for as others are.
    """
    wanted = read_attribution(question, speakers)
    if wanted.exact and foreign(library, question) and foreign(library, " ".join(wanted.exact)):
        return unquoted(wanted)
    return wanted


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
    worded = said_in_words(library, query, wanted, filters)
    if worded or wanted.exact:
        return worded, Search((), ())
    candidates = retrieve(library, query, filters)
    judged = [(c, judge(query, c, candidates)) for c in candidates]
    surely = _SURELY if query.known or query.translated else _SURELY_UNKNOWN
    sure = [(c, v) for c, v in judged if v.logit >= surely]
    meant = [Said(c.hit.passage, mark(c, query), v.confidence) for c, v in sure]
    meant.sort(key=lambda said: -said.confidence)
    judged.sort(key=lambda pair: -pair[1].logit)
    return meant, Search(candidates, judged)


def said_in_words(
    library: Library, query: Query, wanted: Attribution, filters: Filters
) -> list[Said]:
    """The passages in which the topic stands: word for word, or else, unless it is quoted, with a
    word of another language for each of its terms in one sentence.
    """
    wording = wanted.exact or (wanted.topic,)
    if not all(map(bare, wording)):
        return []
    patterns = [_pattern(words, exact=bool(wanted.exact)) for words in wording]
    found = _holding(library, query, filters, " ".join(wording), partial(_literally, patterns))
    found = found or _headed(library, query, filters, " ".join(wording), patterns)
    terms = [] if found or wanted.exact else _all_translated(query)
    if terms:
        found = _holding(library, query, filters, expansion(terms), partial(_translated, terms))
    return found


def _headed(
    library: Library,
    query: Query,
    filters: Filters,
    words: str,
    patterns: Sequence[re.Pattern[str]],
) -> list[Said]:
    """The beginning of what stands under a heading with the words, if one speaks there alone."""
    found: dict[tuple[str, tuple[str, ...]], Said | None] = {}
    for hit in library.search(words, query.encoded.vector, filters=filters, depth=_NEAR):
        passage = hit.passage
        for depth, heading in enumerate(passage.section, 1):
            key = passage.document_id, passage.section[:depth]
            if key in found or not all(_stands(p, heading) for p in patterns):
                continue
            under = [
                p for p in library.passages(passage.document_id) if p.section[:depth] == key[1]
            ]
            alone = len({p.speaker for p in under}) == 1
            found[key] = Said(under[0], under[0].sentences[:1], 1.0) if alone else None
    return [said for said in found.values() if said]


def under_heading(candidates: Sequence[Candidate], topic: str) -> list[Candidate]:
    """Those that stand under a heading with the topic in it, if others do not: what is said there
    is said on the topic.
    """
    if not bare(topic):
        return []
    pattern = _pattern(topic, exact=False)
    told = [c for c in candidates if any(_stands(pattern, h) for h in c.hit.passage.section)]
    return told if len(told) < len(candidates) else []


def _all_translated(query: Query) -> list[Translated]:
    """The terms of the question, where the library has a word for each. Of a compound that the
    glossary does not know, one part is enough: 抽水 for pumped-storage.
    """
    terms = [term for term, _ in query.translated if term.forms]
    known = {term.term for term in terms}
    compounds = [set(c.split("-")) for c in _COMPOUND.findall(fold(query.text))]
    lacking = (t.term for t, _ in query.translated if not t.forms)
    told = all(any(t in parts and parts & known for parts in compounds) for t in lacking)
    return terms if told else []


def _holding(
    library: Library,
    query: Query,
    filters: Filters,
    words: str,
    spans_in: Callable[[Passage], tuple[Span, ...]],
) -> list[Said]:
    """Of the passages near `words` those with `spans_in` them, the most first."""
    hits = library.search(words, query.encoded.vector, filters=filters, depth=_DEPTH)
    found = [Said(hit.passage, s, 1.0) for hit in hits if (s := spans_in(hit.passage))]
    return sorted(found, key=lambda said: (-len(said.spans), said.passage.span))


def _pattern(words: str, *, exact: bool) -> re.Pattern[str]:
    """Where `words` stand in bare text, or in folded text if they are parted by blanks: there a
    word is no piece of a longer one, and unless the words are `exact` it may be a plural.
    """
    folded = " ".join(fold(words).split())
    if script(folded) not in _SPACED:
        return re.compile(re.escape(bare(words)))
    spelled = r"[\s-]+".join(map(re.escape, re.split(r"[\s-]+", folded)))
    return re.compile(whole(spelled if exact else f"{spelled.removesuffix('s')}s?"))


def _literally(patterns: Sequence[re.Pattern[str]], passage: Passage) -> tuple[Span, ...]:
    if not all(_stands(pattern, passage.text) for pattern in patterns):
        return ()
    spans = _sentences(passage, lambda text: any(_stands(p, text) for p in patterns))
    return spans or tuple(passage.sentences[:1])


def _stands(pattern: re.Pattern[str], text: str) -> bool:
    return bool(pattern.search(fold(text)) or pattern.search(bare(text)))


def _translated(terms: Sequence[Translated], passage: Passage) -> tuple[Span, ...]:
    return _sentences(passage, lambda text: all(t.stands_in(spaced(text)) for t in terms))


def _sentences(passage: Passage, holds: Callable[[str], bool]) -> tuple[Span, ...]:
    texts = zip(passage.sentences, sentence_texts(passage), strict=True)
    return tuple(span for span, text in texts if holds(text))


def _one_each(found: Iterable[Said], speakers: Sequence[str]) -> list[Said]:
    """The first of each of `speakers`, in their order."""
    first: dict[str, Said] = {}
    for said in found:
        first.setdefault(said.passage.speaker or "", said)
    return [first[speaker] for speaker in speakers if speaker in first]
