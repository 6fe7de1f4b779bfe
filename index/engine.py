"""What a library asks of the place it stands in: a folder, or a cluster."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from corpus.document import Document, Passage
from index.check import Law
from index.embedding import Embedder, Vectors
from index.feedback import Said
from index.indexing import Kept
from index.nouns import DocumentInfo, Entry, Feedback, Filters
from index.plan import Plan

Written = Sequence[tuple[Document, Sequence[Entry]]]
"""Documents, each as read from one place, with the passages cut from it."""


class Engine(Protocol):
    """Keeps documents, passages and vectors, and finds passages. Safe to call from any thread.

    A row is the number of a passage; what it holds never changes. Reads stand inside `one_state`.
    """

    @property
    def folder(self) -> Path | None:
        """Where files may be kept beside the library; None where no folder is its own."""
        ...

    @property
    def token_mean(self) -> Vectors:
        """Shape (dimension,): what was taken off every token's vector."""
        ...

    def close(self) -> None:
        """Ends it; nothing that was acknowledged waits to be written."""
        ...

    def one_state(self) -> AbstractContextManager[None]:
        """All reads inside see one state."""
        ...

    def reading(self) -> AbstractContextManager[None]:
        """As `one_state`, and raises LibraryDamaged where what is read is not as it was written."""
        ...

    # What stands.

    def generation(self) -> object:
        """The state that is read: a plan holds while `write` finds its documents as they were."""
        ...

    def document_of(self, uri: str) -> tuple[str, str] | None:
        """Digest and document id of what was read from `uri`."""
        ...

    def sources(self, document_id: str) -> list[Document]:
        """The document as read from each of its places, in the order of uris."""
        ...

    def entries(self, document_id: str) -> list[Kept]:
        """Passages in the order of the text, each with all its vectors."""
        ...

    def passages(self, document_id: str) -> list[Passage]:
        """Passages in the order of the text."""
        ...

    def count(self, document_id: str) -> int:
        """How many passages the document has."""
        ...

    def infos(self) -> list[DocumentInfo]:
        """Every document, in the order of uris."""
        ...

    def speakers(self) -> list[str]:
        """Everyone who speaks in a passage, once, in the order of documents and text."""
        ...

    def languages(self) -> frozenset[str]:
        """The languages that documents are written in."""
        ...

    def uris(self) -> list[str]:
        """Every place that something was read from, in order."""
        ...

    def document(self, document_id: str) -> Document | None:
        """The document as its first place has it, or a version of before that was kept."""
        ...

    def versions(self) -> list[tuple[str, str]]:
        """Ids and places of the versions of before."""
        ...

    def superseded(self, document_id: str) -> list[Document]:
        """A version of before, as read from each of its places."""
        ...

    def passage_count(self) -> int:
        """How many passages there are."""
        ...

    def calibration(self) -> float:
        """What `calibrate` set; 0 before."""
        ...

    # What is found.

    def document_frequencies(self, terms: Iterable[str]) -> dict[str, int]:
        """In how many passages each of the terms stands."""
        ...

    def found(
        self, question: str, vector: Vectors, depth: int, filters: Filters | None
    ) -> tuple[list[int], list[int]]:
        """The rows nearest to `vector`, of shape (dimension,), and the best by BM25."""
        ...

    def cosines(self, vector: Vectors, rows: Sequence[int]) -> dict[int, float]:
        """The cosine of each of the rows with `vector`."""
        ...

    def lexical(self, question: str, rows: Sequence[int]) -> dict[int, float]:
        """BM25 of those of the rows that hold a term of the question."""
        ...

    def fetch(self, rows: Sequence[int]) -> dict[int, Passage]:
        """The passages of the rows."""
        ...

    def details(self, passages: Sequence[Passage]) -> dict[str, tuple[bytes, bytes]]:
        """By passage id: the packed vectors of its sentences, and of its tokens."""
        ...

    # What changes. Each is whole, and kept, when it returns.

    def to_cut(
        self, generation: object, places: Mapping[str, Sequence[Document]]
    ) -> list[Document]:
        """The documents, each from one place, of which `write` wants passages."""
        ...

    def write(self, generation: object, plan: Plan, written: Written, gone: Sequence[str]) -> bool:
        """Does what was planned; `gone` are places to forget the versions of.

        False, and nothing has changed, where another writer was there since `generation`.
        """
        ...

    def remove(self, document_id: str) -> bool:
        """Forgets a document with its versions of before, or one such; False where none is."""
        ...

    def supersede(self, versions: Iterable[Document]) -> None:
        """Keeps versions of before."""
        ...

    def calibrate(self, shift: float) -> None:
        """Sets `calibration`."""
        ...

    def add_feedback(self, said: Said) -> Feedback:
        """Keeps what a reader says."""
        ...

    def feedback(self) -> list[Feedback]:
        """All that readers said, in the order in which it came."""
        ...

    # Keeping it.

    def check(
        self, embedder: Embedder, progress: Callable[[int, int], None] | None = None
    ) -> list[Law]:
        """Holds it against every law."""
        ...

    def backup(self, path: Path) -> None:
        """Copies one state into a file."""
        ...
