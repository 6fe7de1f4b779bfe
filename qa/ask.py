"""The one function that every door calls."""

import time
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace

from corpus.document import Document, Passage, Span
from index.library import Library
from index.nouns import Filters
from qa.answer import Answer, Citation, Reason, Refusal, Sentence
from qa.articles import asks_for_all, named_in, within
from qa.attribute import Attribution
from qa.cite import cite, runs
from qa.converse import complete
from qa.errors import BadQuestion
from qa.explain import Explanation, Search
from qa.names import Names, bare, names_of
from qa.parts import combined, split
from qa.refuse import Verdict, by_verdict, judge
from qa.retrieve import Candidate, Query, in_context, read_query, retrieve
from qa.select import mark, telling
from qa.small_talk import is_small_talk
from qa.who import Said, read_wanted, said_in_words, under_heading, who_says

LONGEST_QUESTION = 2000
MOST_HISTORY = 20
EVERYWHERE = Filters()
# How many passages are cited, and how much less sure than the best one they may be (logits).
_ONE = (3, 0.4)
_LIST = (5, 1.5)
_MOST_NEAREST = 3


def ask(
    library: Library,
    question: str,
    history: Sequence[str] = (),
    filters: Filters = EVERYWHERE,
) -> Answer | Refusal:
    """Answers in the documents' own words, or refuses.

    `history`: the questions asked before, oldest first. `filters`: where to look.

    Raises:
        BadQuestion: the question, or one of the history, is empty, too long or no text.
    """
    question = check_question(question, "The question")
    earlier = [
        check_question(text, "A question of the history") for text in history[-MOST_HISTORY:]
    ]
    speakers = library.speakers()
    asked_as = complete(question, earlier, speakers)
    parts = split(asked_as, speakers)
    if len(parts) > 1:
        replies = [_one(library, part, whole, speakers, filters) for part, whole in parts]
        if together := combined(question, asked_as, replies):
            return together
    return _one(library, question, asked_as, speakers, filters)


def _one(
    library: Library, question: str, asked_as: str, speakers: Sequence[str], filters: Filters
) -> Answer | Refusal:
    """A question that asks one thing; `asked_as` is what is asked for it."""
    clock = _Clock()
    wanted = read_wanted(library, asked_as, speakers)
    by_speaker = wanted.asks_who or wanted.speakers
    text = (by_speaker and wanted.topic) or asked_as
    names = names_of(tuple(speakers)).romanised_in(text)
    query = read_query(library, text, names)
    clock.lap("embed")
    reply = _Reply(library, question, asked_as, Explanation(query, wanted, names, []), clock)

    # What is found must still stand when it is compared and cited.
    with library.one_state():
        return _answer_of(reply, wanted, filters)


def _answer_of(reply: "_Reply", wanted: Attribution, filters: Filters) -> Answer | Refusal:
    library, query = reply.library, reply.query
    if not library.passage_count():
        return reply.refused(Reason.NO_DOCUMENTS)
    if not query.words.content:
        return reply.refused(Reason.NO_QUESTION)
    if wanted.asks_who and library.speakers():
        return _who(reply, wanted, filters)
    if wanted.unknown and library.speakers() and not _in_text(library, wanted.unknown, query):
        nearest = retrieve(library, query, filters)
        return reply.refused(Reason.SPEAKER_UNKNOWN, nearest)
    if wanted.speakers:
        return _each_speaker(reply, wanted, filters)
    return _anyone(reply, wanted, filters)


def _who(reply: "_Reply", wanted: Attribution, filters: Filters) -> Answer | Refusal:
    """Who says it?"""
    said, search = who_says(reply.library, reply.query, wanted, filters)
    reply.weighed(search, literal=not search.ranked)
    if said:
        speaking = {item.passage.speaker for item in said}
        silent = [s for s in wanted.speakers if s not in speaking] if wanted.limited else []
        return reply.answered(said, by_speaker=True, silent=silent)
    nearest = search.candidates or retrieve(reply.library, reply.query, filters)
    if wanted.limited:
        return reply.refused(Reason.SPEAKER_SILENT, nearest, wanted.speakers)
    return reply.refused(Reason.NOT_FOUND, nearest)


def _each_speaker(reply: "_Reply", wanted: Attribution, filters: Filters) -> Answer | Refusal:
    """What does this body say, or each of these?"""
    said: list[Said] = []
    silent: list[str] = []
    nearest: list[Candidate] = []
    for speaker in wanted.speakers:
        only = _only(filters, speaker)
        candidates = retrieve(reply.library, reply.query, only)
        worded = said_in_words(reply.library, reply.query, wanted, only)[: _ONE[0]]
        meant = _answers(reply, candidates, candidates, overview=not wanted.topic)
        first = reply.found[:1]
        # Quoted words decide alone; others only where no passage is found to answer.
        if found := worded if wanted.exact else meant or worded:
            said += found
        elif headed := not wanted.exact and under_heading(candidates, wanted.topic):
            said.append(Said(headed[0].hit.passage, mark(headed[0], reply.query), 1.0))
        else:
            silent.append(speaker)
            nearest += first
    if said:
        return reply.answered(said, by_speaker=len(wanted.speakers) > 1, silent=silent)
    return reply.refused(Reason.SPEAKER_SILENT, nearest, silent)


def _anyone(reply: "_Reply", wanted: Attribution, filters: Filters) -> Answer | Refusal:
    """A question of fact. One that names bodies is answered by their words, or words on them."""
    candidates = retrieve(reply.library, reply.query, filters)
    about = _about(candidates, wanted.about, names_of(tuple(reply.library.speakers())))
    if wanted.unknown and reply.library.speakers():  # who does not speak himself may be spoken of
        about = [c for c in about if bare(wanted.unknown) in bare(in_context(c.hit))]
    named = within(about, named_in(reply.query.text))
    whole = bool(named) and asks_for_all(reply.query.text, named[0])
    # What violates 第八条 is told by another article.
    found = _answers(reply, named, candidates, whole=whole) if named else []
    found = found or _answers(reply, about, candidates)
    if is_small_talk(reply.library, reply.query, found[0].confidence if found else 0.0):
        return reply.refused(Reason.NO_QUESTION)
    return reply.answered(found) if found else reply.refused(Reason.NOT_FOUND, reply.found)


def _answers(
    reply: "_Reply",
    candidates: Sequence[Candidate],
    background: Sequence[Candidate],
    *,
    overview: bool = False,
    whole: bool = False,
) -> list[Said]:
    """The best passage, and others that answer nearly as surely, more of them where a list is asked
    for; none where the best does not answer.

    An `overview` asks for whatever a body says, which its best passages always tell; `whole`: for
    all sentences of the candidates.
    """
    ranked = by_verdict(reply.query, candidates, background, reply.library.embedder.reader)
    reply.weighed(Search(background, ranked), literal=whole)
    found: list[Said] = []
    most, near = _LIST if reply.query.words.asks_list else _ONE
    for candidate, verdict in ranked[:most]:
        close = verdict.logit >= ranked[0][1].logit - near
        if not close or not (overview or whole or verdict.answers):
            break
        told = telling(reply.library, candidate, candidates)
        if told and told.hit.passage not in [said.passage for said in found]:
            passage = told.hit.passage
            if whole:
                found.append(Said(passage, tuple(s.span for s in told.sentences), 1.0))
            else:
                found.append(Said(passage, mark(told, reply.query), verdict.confidence))
    return found


def _about(
    candidates: Sequence[Candidate], speakers: Sequence[str], names: Names
) -> list[Candidate]:
    """The candidates said by one of `speakers`, or that name one."""
    if not speakers:
        return list(candidates)
    return [
        c
        for c in candidates
        if c.hit.passage.speaker in speakers or names.mentioned(in_context(c.hit), speakers)
    ]


def _in_text(library: Library, name: str, query: Query) -> bool:
    """Whether a name that no speaker bears stands in the documents at least."""
    hits = library.search(name, query.encoded.vector, depth=_ONE[0])
    return any(bare(name) in bare(hit.passage.text) for hit in hits)


def _only(filters: Filters, speaker: str) -> Filters:
    return replace(filters, speakers=frozenset({speaker}))


class _Clock:
    """Milliseconds of each step."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._at = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = round((now - self._at) * 1000, 2)
        self._at = now


class _Reply:
    """Puts together what comes back."""

    def __init__(
        self,
        library: Library,
        question: str,
        asked_as: str,
        explanation: Explanation,
        clock: _Clock,
    ) -> None:
        self.library = library
        self.query = explanation.query
        self._explanation = explanation
        self._question = question
        self._asked_as = asked_as
        self._clock = clock

    def weighed(self, search: Search, *, literal: bool = False) -> None:
        """Keeps what an answer is made of, to explain it by."""
        searches = [*self._explanation.searches, search]
        self._explanation = replace(self._explanation, searches=searches, literal=literal)

    @property
    def found(self) -> list[Candidate]:
        """By the last search, best first."""
        return self._explanation.searches[-1].in_order

    def answered(
        self, said: Sequence[Said], *, by_speaker: bool = False, silent: Sequence[str] = ()
    ) -> Answer:
        self._clock.lap("search")
        citations: list[Citation] = []
        sentences: list[Sentence] = []
        for item in said:
            text = self._document(item.passage).text
            # What holds the best sentence comes first, the others as the text has them.
            parts = sorted(runs(item.spans, text), key=lambda run: not run.covers(item.spans[0]))
            for run in parts:
                n = len(citations) + 1
                citations.append(self._cite(n, item.passage, run, item.confidence))
                sentences += [Sentence(s.of(text), n) for s in sorted(item.spans) if run.covers(s)]
        self._clock.lap("cite")
        return Answer(
            question=self._question,
            asked_as=self._asked_as,
            sentences=tuple(sentences),
            citations=tuple(citations),
            confidence=round(max(item.confidence for item in said), 4),
            by_speaker=by_speaker,
            silent=tuple(silent),
            timings_ms=self._clock.laps,
            explanation=self._explanation,
        )

    def refused(
        self, reason: Reason, nearest: Iterable[Candidate] = (), silent: Sequence[str] = ()
    ) -> Refusal:
        self._clock.lap("search")
        near = list(nearest)[:_MOST_NEAREST]
        confidence = 1 - self._verdict(near).confidence if near else 1.0
        return Refusal(
            question=self._question,
            asked_as=self._asked_as,
            reason=reason,
            nearest=tuple(
                self._cite(n, c.hit.passage, c.best.span, c.score) for n, c in enumerate(near, 1)
            ),
            confidence=round(confidence, 4),
            silent=tuple(silent),
            timings_ms=self._clock.laps,
            explanation=self._explanation,
        )

    def _verdict(self, near: Sequence[Candidate]) -> Verdict:
        """That on the nearest, as it was weighed if it was."""
        for search in self._explanation.searches:
            for candidate, verdict in search.ranked:
                if candidate is near[0]:
                    return verdict
        return judge(self.query, near[0], near)

    def _cite(self, n: int, passage: Passage, span: Span, score: float) -> Citation:
        return cite(n, self._document(passage), passage, span, score)

    def _document(self, passage: Passage) -> Document:
        return self.library.document(passage.document_id)


def check_question(text: str, what: str = "The question") -> str:
    """The text in one form; a door with many questions can check them before it asks the first.

    Raises:
        BadQuestion: it is empty, too long or no text.
    """
    if len(text) > LONGEST_QUESTION:
        raise BadQuestion(
            f"{what} has {len(text)} characters; shorten it to {LONGEST_QUESTION} at most."
        )
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\t\n\r" for c in text):
        raise BadQuestion(f"{what} holds control characters; type it as plain text.")
    clean = " ".join(text.split())
    if not any(c.isalnum() for c in clean):
        raise BadQuestion(f"{what} is empty; type a question in words.")
    return clean
