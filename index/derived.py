"""Holds what is derived from a library's database against it."""

from collections import Counter
from itertools import groupby

from index import records
from index.check import ROUNDING, Law
from index.embedding import Vectors
from index.indexing import indexed_text
from index.lexical import terms
from index.store import Store
from index.view import View


class Derived:
    """One check of one state of a library in a folder; the caller holds the transaction."""

    def __init__(self, store: Store, view: View, dimension: int) -> None:
        self._store = store
        self._view = view
        self._dimension = dimension

    def file(self) -> Law:
        """What SQLite says of it."""
        file = Law("the file is whole")
        for complaint in self._store.complaints():
            file.hold(False, complaint)
        file.checked = 1
        return file

    def vectors(self) -> Law:
        """FAISS beside the database."""
        index = Law("the vector index holds the passages")
        same = self._view.vectors.rows().tolist() == self._store.rows()
        index.hold(same, "it holds other rows than stand")
        for rows, vectors in self._view.vectors.stored():
            blobs = dict(self._store.vectors(rows.tolist()))
            for row, vector in zip(rows.tolist(), vectors, strict=True):
                holds = self._is_indexed(vector, blobs.get(row, b""))
                index.hold(holds, f"row {row} has another vector there")
        return index

    def _is_indexed(self, vector: Vectors, blob: bytes) -> bool:
        try:
            (kept,) = records.unpack_vectors([blob], self._dimension)
        except ValueError:
            return False  # no whole vector, or none there
        return bool(abs(kept @ vector - 1) < ROUNDING)

    def words(self) -> Law:
        """The lexicon beside the passages."""
        lexicon = Law("the lexicon holds the passages' terms")
        indexed = {
            row: Counter(term for _, term in places)
            for row, places in groupby(self._store.lexicon.places(), key=lambda place: place[0])
        }
        for row, passage in self._view.fetch(self._store.rows()).items():
            wanted = Counter(terms(indexed_text(passage)))
            same = indexed.pop(row, Counter()) == wanted == Counter(self._store.terms(row))
            lexicon.hold(same, f"{passage.id} has other terms than its text")
        miscounted = self._store.lexicon.complaints()
        lexicon.hold(not miscounted, f"{len(miscounted)} terms are counted wrongly")
        lexicon.hold(not indexed, f"it has terms of {len(indexed)} rows that do not stand")
        return lexicon
