"""The nouns of this room: what may be found, what was found, what changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from corpus.document import Passage, Span

Status = Literal["added", "unchanged", "replaced", "duplicate"]
Verdict = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage and what each retriever says of it.

    `dense` is the cosine of question and passage; `lexical` is BM25, 0 where no term matches.
    """

    passage: Passage
    dense: float
    lexical: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """A question beside one passage.

    `sentences`: cosine of the question and each sentence, shape (sentences,). `tokens`: for each
    token of the question its best cosine among the tokens of the passage's headings and speaker
    (column 0) and of each sentence, shape (question tokens, 1 + sentences).
    """

    sentences: npt.NDArray[np.float32]
    tokens: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Change:
    """What adding a document did. `duplicate`: its words stand in the library already, under
    another uri. `passages` counts the document's passages.
    """

    uri: str
    document_id: str
    status: Status
    passages: int


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What a list of documents shows. `characters` and `passages` are counts.

    `date` is the day that the document bears, in ISO 8601; `metadata` is what it says of itself.
    """

    id: str
    title: str
    uri: str
    language: str
    characters: int
    passages: int
    speakers: tuple[str, ...]
    date: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Filters:
    """What may be found. An empty set, or an empty day, is no limit.

    `documents` are ids; a passage is in a section when any heading of its path equals one of
    `sections`; `speakers` are names as the document writes them. `since` and `until` are days in
    ISO 8601, both included; a document that bears no date is then left out. `metadata` are pairs of
    a key and a value: a document must have one of the values of every key, as the whole of what it
    says there or as one part between commas.
    """

    documents: frozenset[str] = frozenset()
    sections: frozenset[str] = frozenset()
    speakers: frozenset[str] = frozenset()
    since: str = ""
    until: str = ""
    metadata: frozenset[tuple[str, str]] = frozenset()

    def __bool__(self) -> bool:
        return self != Filters()

    def lets_through(self, info: DocumentInfo) -> bool:
        """Whether passages of the document may be found, by what it says of itself."""
        wanted: dict[str, set[str]] = {}
        for key, value in self.metadata:
            wanted.setdefault(key, set()).add(f", {value}, ")
        return (
            (not self.documents or info.id in self.documents)
            and (not self.since or (info.date is not None and info.date >= self.since))
            and (not self.until or (info.date is not None and info.date <= self.until))
            and wanted.keys() <= info.metadata.keys()
            and all(
                any(one in f", {info.metadata[key]}, " for one in values)
                for key, values in wanted.items()
            )
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """A passage with what is kept for it: the text its terms come from, its packed vectors."""

    passage: Passage
    text: str
    vector: bytes
    sentence_vectors: bytes
    tokens: bytes


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a reader says of one answer.

    `time` is UTC in ISO 8601; `status` is the answer's, as on the wire; `citations` are the
    documents' ids with the spans that were quoted; `channel` is the door it came by, if it has a
    name.
    """

    id: int
    time: str
    question: str
    status: str
    verdict: Verdict
    reason: str
    citations: tuple[tuple[str, Span], ...]
    channel: str | None
