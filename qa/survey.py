"""Who says what: for a topic everybody's passages and who is silent, for a speaker all he says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from corpus.document import Document, Passage
from index.library import Library
from index.nouns import Filters
from qa.answer import Citation
from qa.ask import EVERYWHERE, check_question
from qa.attribute import Attribution
from qa.cite import cite, runs
from qa.names import names_of
from qa.retrieve import Query, read_query
from qa.who import Said, everything_said, read_wanted


@dataclass(frozen=True, slots=True)
class Voice:
    """What one speaker says on a topic, or nobody who is named, where `speaker` is None.

    `citations` are in the order of documents and text; `passages` counts the passages they are of.
    """

    speaker: str | None
    passages: int
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """Everybody's words on a topic.

    `voices` are in the order of the documents, words without a speaker last; `silent` are those who
    speak in these documents and not on this. `literal`: the topic stands there word for word;
    otherwise the passages were taken by their meaning.
    """

    topic: str
    literal: bool
    voices: tuple[Voice, ...]
    silent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Speech:
    """What a speaker says in one section of a document, passage by passage."""

    section: tuple[str, ...]
    citations: tuple[Citation, ...]


def survey(library: Library, topic: str, filters: Filters = EVERYWHERE) -> Survey:
    """Who speaks on a topic; the speakers are those whom the question 谁提到了… is answered with.

    Raises:
        BadQuestion: the topic is empty, too long or no text.
    """
    wanted, query = read_topic(library, topic)
    said: list[Said] = []
    literal = False
    if library.passage_count() and query.words.content:
        said, search = everything_said(library, query, wanted, filters)
        literal = bool(said) and not search.ranked
    asked = set(wanted.speakers)
    order = [who for who in library.speakers() if who in asked]
    voices = tuple(_voices(library, said, [*order, None]))
    heard = {voice.speaker for voice in voices}
    here = _speakers_within(library, filters)
    silent = tuple(who for who in order if who in here and who not in heard)
    return Survey(topic=" ".join(topic.split()), literal=literal, voices=voices, silent=silent)


def speech(library: Library, speaker: str, filters: Filters = EVERYWHERE) -> list[Speech]:
    """All that a speaker says, by section, in the order of documents and text."""
    only = replace(filters, speakers=frozenset({speaker}))
    found: list[Speech] = []
    for n, passage in enumerate(passages(library, only), 1):
        document = library.document(passage.document_id)
        citation = cite(n, document, passage, passage.span, 1.0)
        last = found[-1] if found else None
        same = (
            last
            and last.section == passage.section
            and last.citations[0].document.id == passage.document_id
        )
        if last and same:
            found[-1] = replace(last, citations=(*last.citations, citation))
        else:
            found.append(Speech(passage.section, (citation,)))
    return found


def passages(library: Library, filters: Filters = EVERYWHERE) -> list[Passage]:
    """Every passage that a filter lets through, in the order of documents and text."""
    infos = library.documents()
    nowhere = np.zeros(library.embedder.dimension, np.float32)
    depth = max(1, sum(info.passages for info in infos))
    hits = library.search("", nowhere, filters=filters or None, depth=depth)
    order = {info.id: i for i, info in enumerate(infos)}
    return sorted(
        (hit.passage for hit in hits if hit.passage.document_id in order),
        key=lambda passage: (order[passage.document_id], passage.span),
    )


def read_topic(library: Library, topic: str) -> tuple[Attribution, Query]:
    """The topic as a question for who says it, which it may be already, and as what to look for.

    Raises:
        BadQuestion: the topic is empty, too long or no text.
    """
    topic = check_question(topic, "The topic")
    speakers = library.speakers()
    wanted = read_wanted(library, topic, speakers)
    if not wanted.asks_who:
        wanted = read_wanted(library, f"谁提到了{topic}", speakers)
    words = wanted.topic or topic
    return wanted, read_query(library, words, names_of(tuple(speakers)).romanised_in(words))


def _voices(library: Library, said: Iterable[Said], order: Sequence[str | None]) -> Iterable[Voice]:
    by_speaker: dict[str | None, list[Said]] = {}
    for each in said:
        by_speaker.setdefault(each.passage.speaker, []).append(each)
    order_of = {info.id: i for i, info in enumerate(library.documents())}
    n = 0
    for speaker in order:
        own = by_speaker.get(speaker, [])
        own.sort(key=lambda said: (order_of.get(said.passage.document_id, 0), said.passage.span))
        citations: list[Citation] = []
        for each in own:
            document: Document = library.document(each.passage.document_id)
            for run in runs(each.spans, document.text):
                n += 1
                citations.append(cite(n, document, each.passage, run, each.confidence))
        if citations:
            yield Voice(speaker, len(own), tuple(citations))


def _speakers_within(library: Library, filters: Filters) -> set[str]:
    """Everybody who may be heard under a filter on documents and speakers."""
    here = {
        speaker
        for info in library.documents()
        if not filters.documents or info.id in filters.documents
        for speaker in info.speakers
    }
    return here & filters.speakers if filters.speakers else here
