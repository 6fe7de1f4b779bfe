"""What goes in and out of the REST door, as its OpenAPI document describes it.

The objects themselves are made by `ui.render`; these models only check what comes in, and tell
what goes out.
"""

import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from index.nouns import Filters
from qa.ask import LONGEST_QUESTION, MOST_HISTORY
from ui.api.explanation import Explanation
from ui.filters import read_filters

MOST_FILTERS = 100
MOST_FOUND = 20
MOST_OFFSET = 1_000_000_000

Question = Annotated[str, Field(min_length=1, max_length=LONGEST_QUESTION)]
Name = Annotated[str, Field(min_length=1, max_length=500)]
Names = Annotated[list[Name], Field(max_length=MOST_FILTERS)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


def _day(text: str) -> str:
    return datetime.date.fromisoformat(text).isoformat()


Day = Annotated[str, Field(max_length=10), AfterValidator(_day)]


class Where(_In):
    """Where to look; an empty list is no limit. Sections are headings, speakers names, as the
    documents write them. `since` and `until` are days such as 2025-01-31, both included;
    `metadata` are the values wanted of what documents say of themselves.
    """

    documents: Names = []
    sections: Names = []
    speakers: Names = []
    since: Day | None = None
    until: Day | None = None
    metadata: Annotated[dict[Name, Names], Field(max_length=MOST_FILTERS)] = {}

    def filters(self) -> Filters:
        """The same as the library takes it."""
        return read_filters(self.model_dump())


class Ask(_In):
    """A question; `history` holds the earlier ones, oldest first; `explain` asks for what the
    answer was weighed from.
    """

    question: Question
    history: Annotated[list[Question], Field(max_length=MOST_HISTORY)] = []
    filters: Where = Where()
    explain: bool = False


class Range(BaseModel):
    """A half-open range of code points."""

    start: int
    end: int


class Source(BaseModel):
    """The document of a citation."""

    id: str
    title: str
    uri: str


class Citation(BaseModel):
    """Words of a document and where they stand.

    `quote` is the text of the document from `start` to `end`, and stands in the file's own text
    from `source_start` to `source_end`. `link` shows them in the document.
    """

    n: int
    document: Source
    section: list[str]
    speaker: str | None
    quote: str
    start: int
    end: int
    source_start: int
    source_end: int
    passage: str
    passage_start: int
    passage_end: int
    page: int | None
    also_at: list[Range]
    link: str
    score: float


class Sentence(BaseModel):
    """One sentence of an answer, word for word, and the number of its citation."""

    text: str
    citation: int


class Part(BaseModel):
    """One of several things asked, and the numbers of the citations that answer it, if any do."""

    question: str
    citations: list[int]


class Reply(BaseModel):
    """An answer, or a refusal with near misses."""

    question: str
    asked_as: str
    status: Literal["answered", "not_found"]
    sentences: list[Sentence]
    citations: list[Citation]
    nearest: list[Citation]
    confidence: float
    reason: str | None
    by_speaker: bool
    silent: list[str]
    parts: list[Part]
    timings_ms: dict[str, float]


class Explained(Reply):
    """The same; `explanation` only where it was asked for."""

    explanation: list[Explanation] | None = None


class Found(BaseModel):
    """Passages near the words that were searched, best first; none of them need answer anything."""

    query: str
    passages: list[Citation]


class DocumentInfo(BaseModel):
    """A document of the list."""

    id: str
    title: str
    uri: str
    language: str
    characters: int
    passages: int
    speakers: list[str]
    date: str | None
    metadata: dict[str, str]


class Documents(BaseModel):
    """A piece of the list; `total` counts all."""

    total: int
    documents: list[DocumentInfo]


class Section(Range):
    """The text from one heading to the next; `path` holds the headings, outermost first."""

    path: list[str]
    level: int


class Turn(Range):
    """What one speaker says without a break."""

    speaker: str


class Document(BaseModel):
    """A whole document; ranges count code points of `text`."""

    id: str
    title: str
    uri: str
    language: str
    text: str
    sections: list[Section]
    turns: list[Turn]
    speakers: list[str]


class Speaker(BaseModel):
    """Somebody who speaks, and the ids of the documents he speaks in."""

    name: str
    documents: list[str]


class Speakers(BaseModel):
    """Everybody who speaks, in the order of documents and text."""

    speakers: list[Speaker]


class Place(_In):
    """A range of a document."""

    document: Name
    start: Annotated[int, Field(ge=0, le=MOST_OFFSET)]
    end: Annotated[int, Field(ge=0, le=MOST_OFFSET)]


class Opinion(_In):
    """What a reader says of an answer; `citations` are the places that it quoted."""

    question: Question
    status: Literal["answered", "not_found"]
    verdict: Literal["up", "down"]
    reason: Annotated[str, Field(max_length=1000)] = ""
    citations: Annotated[list[Place], Field(max_length=100)] = []
    channel: Annotated[str, Field(max_length=200)] | None = None


class KeptOpinion(BaseModel):
    """The same as it is kept; `time` is UTC in ISO 8601."""

    id: int
    time: str
    question: str
    status: str
    verdict: str
    reason: str
    citations: list[Place]
    channel: str | None


class Opinions(BaseModel):
    """A piece of what readers said, the oldest first; `total` counts all."""

    total: int
    feedback: list[KeptOpinion]


class Taken(BaseModel):
    """What became of one file. One that cannot be read is `failed`, and `detail` tells why."""

    name: str
    status: Literal["added", "unchanged", "replaced", "duplicate", "failed"]
    document_id: str | None = None
    passages: int = 0
    detail: str | None = None


class Uploaded(BaseModel):
    """What became of each file, in the order they were sent."""

    files: list[Taken]
