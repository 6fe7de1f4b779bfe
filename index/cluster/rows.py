"""Passages by their rows, read once and kept in memory.

A row is an edition and the number of a passage in it; what it holds never changes.
"""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from corpus.document import Passage
from index import records
from index.cluster import blobs
from index.cluster.bm25 import Tally, number
from index.cluster.catalogue import Catalogue
from index.cluster.tables import Tables
from index.embedding import Vectors
from index.indexing import indexed_text
from index.lexical import terms

_MOST_ROWS = 10_000
_MOST_COUNTS = 20_000
_MOST_DETAILS = 1_000


@dataclass(frozen=True, slots=True)
class Held:
    """A passage, its packed vector, its terms."""

    passage: Passage
    vector: bytes
    tally: Tally


class Rows:
    """Safe to call from any thread."""

    def __init__(self, tables: Tables, dimension: int) -> None:
        self._tables = tables
        self._dimension = dimension
        self._rows: dict[int, Held] = {}
        self._numbers: dict[tuple[int, str], int] = {}
        self._details: dict[int, tuple[bytes, bytes]] = {}
        self._counts: dict[int, Tally] = {}
        self._lock = threading.Lock()

    def cosines(self, vector: Vectors, rows: Sequence[int]) -> dict[int, float]:
        """The cosine of each of the rows with `vector`."""
        if not rows:
            return {}
        kept = self.held(rows)
        matrix = records.unpack_vectors((kept[row].vector for row in rows), self._dimension)
        # Row by row in one order, as in a folder.
        scores = np.einsum("ij,j->i", matrix, vector)
        return dict(zip(rows, scores.tolist(), strict=True))

    def tallies(self, rows: Sequence[int]) -> dict[int, Tally]:
        """The terms of the rows, which are about to be fetched."""
        return {row: held.tally for row, held in self.held(rows).items()}

    def counted(self, rows: Sequence[int]) -> dict[int, Tally]:
        """The terms of many rows, most of which nobody will fetch."""
        known = self._counts
        missing = [key_of(row) for row in rows if row not in known]
        read = self._tables.get("passages", missing, ["words"])
        new = {row_of(key): Tally.of(_read(row["words"])) for key, row in read.items()}
        known = {**known, **new}
        self._counts = known if len(known) <= _MOST_COUNTS else new
        return {row: known[row] for row in rows if row in known}

    def fetch(self, rows: Sequence[int]) -> dict[int, Passage]:
        """The passages of the rows."""
        return {row: kept.passage for row, kept in self.held(rows).items()}

    def kept(self, edition: int, count: int) -> list[tuple[Passage, bytes]]:
        """The passages of an edition in their order, each with its vector."""
        rows = self.held([row_number(edition, n) for n in range(count)])
        return [(row.passage, row.vector) for row in rows.values()]

    def held(self, rows: Sequence[int]) -> dict[int, Held]:
        known = self._rows
        missing = [row for row in rows if row not in known]
        if missing:
            names = {blobs.name(edition_of(row), "p", row & 0xFFFFFF): row for row in missing}
            found = blobs.read(self._tables, list(names), self._tables.address.shown)
            new = {names[name]: _row(data) for name, data in found.items()}
            with self._lock:
                if len(self._rows) + len(new) > _MOST_ROWS:
                    self._rows, self._numbers = {}, {}
                self._rows.update(new)
                for row, kept in new.items():
                    self._numbers[edition_of(row), kept.passage.id] = row
            known = {**{row: known[row] for row in rows if row in known}, **new}
        return {row: known[row] for row in rows}

    def details(
        self, catalogue: Catalogue, passages: Iterable[Passage]
    ) -> dict[str, tuple[bytes, bytes]]:
        """By passage id: the packed vectors of its sentences, and of its tokens."""
        rows: dict[int, str] = {}
        for passage in passages:
            places = catalogue.documents.get(passage.document_id)
            row = self._row_of(places[0].passages, places[0].count, passage) if places else None
            if row is not None:
                rows[row] = passage.id
        found = self.vectors(list(rows))
        return {identity: found[row] for row, identity in rows.items()}

    def _row_of(self, edition: int, count: int, passage: Passage) -> int | None:
        if (edition, passage.id) not in self._numbers:
            for n, (own, _) in enumerate(self.kept(edition, count)):
                if own.id == passage.id:
                    return row_number(edition, n)
            return None
        return self._numbers[edition, passage.id]

    def vectors(self, rows: Sequence[int]) -> dict[int, tuple[bytes, bytes]]:
        """The packed vectors of each passage's sentences, and of its tokens."""
        known = self._details
        missing = [row for row in rows if row not in known]
        if missing:
            names = {blobs.name(edition_of(row), "v", row & 0xFFFFFF): row for row in missing}
            found = blobs.read(self._tables, list(names), self._tables.address.shown)
            new = {names[name]: blobs.unpack_details(data) for name, data in found.items()}
            with self._lock:
                if len(self._details) + len(new) > _MOST_DETAILS:
                    self._details = {}
                if len(new) < _MOST_DETAILS:
                    self._details.update(new)
            known = {**{row: known[row] for row in rows if row in known}, **new}
        return {row: known[row] for row in rows}


def row_number(edition: int, n: int) -> int:
    """The row of an edition's passage."""
    return edition << 24 | n


def edition_of(row: int) -> int:
    """The edition of a row."""
    return row >> 24


def key_of(row: int) -> str:
    """Of the passage in its collection."""
    return f"{row:022x}"


def row_of(key: str) -> int:
    """What `key_of` was made from."""
    return int(key, 16)


def spelled(numbers: Iterable[int]) -> str:
    """Words that no tokenizer cuts or changes."""
    return " ".join(f"n{number:010x}" for number in numbers)


def _read(words: str | Iterable[int]) -> Iterable[int]:
    """The numbers, from what `spelled` made of them, or as they are."""
    if not isinstance(words, str):
        return words
    return (int(word[1:], 16) for word in words.split())


def _row(data: bytes) -> Held:
    kept = blobs.Kept.unpack(data)
    tally = Tally.of(map(number, terms(indexed_text(kept.passage))))
    return Held(kept.passage, kept.vector, tally)
