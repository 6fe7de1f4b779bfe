"""What is made from one state of the database and kept in memory, to be quick."""

from collections.abc import Sequence
from pathlib import Path

from corpus.document import Document, Passage
from index.nouns import DocumentInfo, Filters
from index.store import Store
from index.vectors import VectorIndex

FILE = "vectors.faiss"
_MOST_PASSAGES = 20_000
_MOST_DOCUMENTS = 200
_AT_ONCE = 50_000  # vectors read


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
        self._saved = ""
        self.vectors = VectorIndex(dimension)
        self._passages: dict[int, Passage] = {}
        self._infos: list[DocumentInfo] | None = None
        self._documents: dict[str, Document] = {}
        self._filtered: dict[Filters, frozenset[int]] = {}

    def follow(self, library: str, generation: str) -> None:
        """Brings all this up to a generation of a library.

        A library under another name has another history, in which the number of a row may stand for
        something else.
        """
        if (library, generation) == (self._library, self.generation):
            return
        if library != self._library:
            self._passages.clear()
            found = VectorIndex.load(self._file, generation, self._dimension)
            self._saved = generation if found else ""
            self.vectors = found or VectorIndex(self._dimension)
        rows = set(self._store.rows())
        self.vectors.remove(self.vectors.rows - rows)
        new = sorted(rows - self.vectors.rows)
        for start in range(0, len(new), _AT_ONCE):
            self.vectors.add(self._store.vectors(new[start : start + _AT_ONCE]))
        self._infos = None
        self._documents.clear()
        self._filtered.clear()
        self._library, self.generation = library, generation

    def save(self) -> None:
        """Keeps the vector index for a quick opening.

        Raises:
            OSError: it cannot be written.
        """
        if self.generation != self._saved:
            self.vectors.save(self._file, self.generation)
            self._saved = self.generation

    def infos(self) -> list[DocumentInfo]:
        """Every document, in the order of uris."""
        if self._infos is None:
            self._infos = self._store.infos()
        return self._infos

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

    def within(self, filters: Filters) -> frozenset[int]:
        """The rows that a filter lets through."""
        if filters not in self._filtered:
            self._filtered[filters] = frozenset(self._store.matching(filters))
        return self._filtered[filters]

    def fetch(self, rows: Sequence[int]) -> dict[int, Passage]:
        """The passages of the rows; what a row holds never changes, so it is read once."""
        missing = [row for row in rows if row not in self._passages]
        if len(self._passages) + len(missing) > _MOST_PASSAGES:
            self._passages.clear()
            missing = list(rows)
        self._passages |= self._store.passages(missing)
        return {row: self._passages[row] for row in rows}
