"""The nouns of this room: what may be found, what was found, what changed."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from corpus.document import Passage, Span

Status = Literal["added", "unchanged", "replaced", "duplicate"]
Verdict = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Filters:
    """What may be found. An empty set is no limit.

    `documents` are ids; a passage is in a section when any heading of its path equals one of
    `sections`; `speakers` are names as the document writes them.
    """

    documents: frozenset[str] = frozenset()
    sections: frozenset[str] = frozenset()
    speakers: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.documents or self.sections or self.speakers)


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
    """What a list of documents shows. `characters` and `passages` are counts."""

    id: str
    title: str
    uri: str
    language: str
    characters: int
    passages: int
    speakers: tuple[str, ...]


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
