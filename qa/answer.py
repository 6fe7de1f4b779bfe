"""What comes back: an answer in the document's own words, or a refusal; never neither or both."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from corpus.document import Span
from qa.explain import Explanation


class Reason(StrEnum):
    """Why nothing is answered."""

    NOT_FOUND = "not_in_documents"
    NO_QUESTION = "no_question"
    SPEAKER_UNKNOWN = "speaker_unknown"
    SPEAKER_SILENT = "speaker_silent"
    NO_DOCUMENTS = "no_documents"


@dataclass(frozen=True, slots=True)
class Source:
    """The document a citation comes from."""

    id: str
    title: str
    uri: str


@dataclass(frozen=True, slots=True)
class Citation:
    """Words of a document and where they stand.

    `quote` is `document.text[span]`; `source_span` is the same place in the file's own text;
    `passage` is the text around it, at `passage_span`; `also_at` are places where the quoted words
    stand again. `n` counts from 1. `score` lies in 0..1.
    """

    n: int
    document: Source
    section: tuple[str, ...]
    speaker: str | None
    span: Span
    quote: str
    source_span: Span
    passage: str
    passage_span: Span
    also_at: tuple[Span, ...]
    score: float
    page: int | None = None

    @property
    def link(self) -> str:
        """The reader's address with the quote marked."""
        return f"/doc/{self.document.id}#c={self.span.start}-{self.span.end}"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer, word for word, and the number of its citation."""

    text: str
    citation: int


@dataclass(frozen=True, slots=True)
class Part:
    """One of several things that a question asks, and the citations that answer it, if any do."""

    question: str
    citations: tuple[int, ...]
    explanation: Explanation | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """At least one cited sentence.

    `question` is as the user wrote it, `asked_as` the whole question where the history completed
    it. `by_speaker`: the question asked who, and each citation is one speaker's. `silent`: speakers
    that were asked about and say nothing on it. `parts`: of a question that asks several things,
    empty where it asks one. `explanation` is no part of what is answered.
    """

    question: str
    asked_as: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    confidence: float
    by_speaker: bool = False
    silent: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    explanation: Explanation | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not self.citations or not self.sentences:
            raise ValueError("an answer needs at least one cited sentence")


@dataclass(frozen=True, slots=True)
class Refusal:
    """The documents do not tell; `nearest` are near misses, best first, and answer nothing.

    `silent`: speakers that were asked and say nothing on it.
    """

    question: str
    asked_as: str
    reason: Reason
    nearest: tuple[Citation, ...]
    confidence: float
    silent: tuple[str, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    explanation: Explanation | None = field(default=None, compare=False, repr=False)
