"""What is made from one state of the database and kept in memory, to be quick."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from corpus.document import Document, Passage
from index.nouns import DocumentInfo, Filters
from index.store import Store
from index.vectors import Rows, VectorIndex

FILE = "vectors.faiss"
_MOST_PASSAGES = 20_000
_MOST_DOCUMENTS = 200
_MOST_FILTERS = 8  # a large library has megabytes of rows behind each
_AT_ONCE = 10_000  # vectors read


class View:
    """Follows the database from generation to generation. Not thread-safe.

    Every read has to stand in a transaction of the database, after `follow` in that transaction.
    """

    def __init__(self, store: Store, folder: Path, dimension: int) -> None:
        self.generation = ""
        self._store = store
        self._file = folder / FILE
        self._dimension = dimension
        self._library = ""
        self.vectors = VectorIndex(dimension)
        self._passages: dict[int, Passage] = {}
        self._infos: list[DocumentInfo] | None = None
        self._speakers: list[str] | None = None
        self._languages: frozenset[str] | None = None
        self._documents: dict[str, Document] = {}
        self._filtered: dict[Filters, Rows] = {}

    def follow(self, library: str, generation: str) -> None:
        """Brings all this up to a generation of a library.

        A library under another name has another history, in which the number of a row may stand for
        something else.
        """
        if (library, generation) == (self._library, self.generation):
            return
        same = library == self._library
        marks = self._store.marks(self.generation) if same else None
        if marks is None:
            marks = self._begin()
        for rows in self._store.erased(marks):
            self.vectors.remove(rows)
        row, _ = marks
        while new := self._store.vectors_after(row, _AT_ONCE):
            self.vectors.add(new)
            row = new[-1][0]
        self._infos = self._speakers = self._languages = None
        self._documents.clear()
        self._filtered.clear()
        self._library, self.generation = library, generation

    def _begin(self) -> tuple[int, int]:
        """Takes the index that was saved, if its generation was one of this library's; gives the
        marks to go on from.
        """
        self._passages.clear()
        if found := VectorIndex.load(self._file, self._dimension):
            self.vectors, stamp = found
            if marks := self._store.marks(stamp):
                return marks
        self.vectors = VectorIndex(self._dimension)
        return 0, 0

    def save(self) -> None:
        """Keeps the vector index for a quick opening.

        Raises:
            OSError: it cannot be written.
        """
        if not self.vectors.is_kept():
            self.vectors.save(self._file, self.generation)

    def infos(self) -> list[DocumentInfo]:
        """Every document, in the order of uris."""
        if self._infos is None:
            self._infos = self._store.infos()
        return self._infos

    def speakers(self) -> list[str]:
        """Everyone who speaks in a passage, once, in the order of documents and text."""
        if self._speakers is None:
            self._speakers = self._store.speakers()
        return self._speakers

    def languages(self) -> frozenset[str]:
        """The languages that documents are written in."""
        if self._languages is None:
            self._languages = self._store.languages()
        return self._languages

    def document(self, document_id: str) -> Document | None:
        """The document as its first place has it, or a version of before that was kept."""
        if document_id not in self._documents:
            sources = self._store.sources(document_id) or self._store.superseded(document_id)
            if not sources:
                return None
            if len(self._documents) >= _MOST_DOCUMENTS:
                self._documents.clear()
            self._documents[document_id] = sources[0]
        return self._documents[document_id]

    def within(self, filters: Filters) -> Rows:
        """The rows that a filter lets through, ascending."""
        if filters not in self._filtered:
            if len(self._filtered) >= _MOST_FILTERS:
                self._filtered.clear()
            self._filtered[filters] = np.array(self._store.matching(filters), np.int64)
        return self._filtered[filters]

    def fetch(self, rows: Sequence[int]) -> dict[int, Passage]:
        """The passages of those rows that stand; what a row holds never changes, so it is read
        once.
        """
        missing = [row for row in rows if row not in self._passages]
        if len(self._passages) + len(missing) > _MOST_PASSAGES:
            self._passages.clear()
            missing = list(rows)
        self._passages |= self._store.passages(missing)
        return {row: self._passages[row] for row in rows if row in self._passages}
