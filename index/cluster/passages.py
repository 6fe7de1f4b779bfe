"""Passages as they are found: searched in the cluster, scored here, kept in memory.

A row is an edition and the number of a passage in it; what it holds never changes. The cluster
names the passages that may be best. Both scores are counted here, from vectors as they were
written and from the library's own frequencies, so that they are what they are in a folder.
"""

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from corpus.document import Passage
from index import records
from index.cluster import blobs
from index.cluster.bm25 import Frequencies, Tally, Weights, asked, number, telling
from index.cluster.catalogue import Catalogue
from index.cluster.tables import Tables
from index.embedding import Vectors
from index.indexing import indexed_text
from index.lexical import terms
from index.nouns import Filters

_MOST_ROWS = 10_000
_MOST_DETAILS = 1_000
_MOST_HITS = 16_384  # Milvus gives no more
_TRIES = 5


@dataclass(frozen=True, slots=True)
class _Row:
    passage: Passage
    vector: bytes
    tally: Tally


class Passages:
    """Searches and fetches. Safe to call from any thread."""

    def __init__(self, tables: Tables, dimension: int) -> None:
        self._tables = tables
        self._dimension = dimension
        self._rows: dict[int, _Row] = {}
        self._numbers: dict[tuple[int, str], int] = {}
        self._details: dict[int, tuple[bytes, bytes]] = {}
        self._lock = threading.Lock()
        self._frequencies = Frequencies(Tally.of([]), Tally.of([]))
        self._counted: frozenset[int] = frozenset()

    def frequencies(self, catalogue: Catalogue, wanted: Iterable[str]) -> dict[str, int]:
        """In how many passages each of the terms stands."""
        counts = dict.fromkeys(wanted, 0)
        with self._lock:
            self._count(frozenset(catalogue.shown))
            found = self._frequencies.get([number(term) for term in counts])
        return dict(zip(counts, found, strict=True))

    def _count(self, shown: frozenset[int]) -> None:
        """Brings the frequencies up to the editions that are shown."""
        if shown == self._counted:
            return
        gone = self._counted - shown
        if gone and self._tallies(gone, missing_ok=True) is None:
            gone, self._counted = frozenset(), frozenset()  # swept away since: count all again
            self._frequencies = Frequencies(Tally.of([]), Tally.of([]))
        taken = [tally.negative() for tally in self._tallies(gone) or ()]
        added = self._tallies(shown - self._counted) or []
        self._frequencies = self._frequencies.plus([*taken, *added])
        self._counted = shown

    def _tallies(
        self, editions: Collection[int], *, missing_ok: bool = False
    ) -> list[Tally] | None:
        names = [blobs.name(edition, "t") for edition in editions]
        if missing_ok:
            there = self._tables.get("blobs", [f"{name}.0" for name in names], [])
            if len(there) < len(names):
                return None
        found = blobs.read(self._tables, names, self._tables.address.shown)
        return [Tally.unpack(data) for data in found.values()]

    # Searching.

    def nearest(
        self, catalogue: Catalogue, vector: Vectors, depth: int, filters: Filters | None
    ) -> list[int]:
        """The rows nearest to `vector`, of shape (dimension,)."""
        depth = min(depth, catalogue.totals[0], _MOST_HITS)
        width = {"params": {"ef": min(32_768, max(256, 2 * depth))}}
        return self._search(catalogue, filters, "vector", vector.tolist(), depth, width)

    def best_lexical(
        self, catalogue: Catalogue, question: str, depth: int, filters: Filters | None
    ) -> dict[int, float]:
        """BM25 of the best rows."""
        told = self._telling(catalogue, question)
        if not told:
            return {}
        if self._tables.has_bm25:
            # The cluster weighs terms by what stands in each of its segments: take twice as many.
            words = spelled(number(term) for term in told)
            most = min(2 * depth, _MOST_HITS)
            rows = self._search(catalogue, filters, "bm25", words, most, {"metric_type": "BM25"})
            scores = self._scores(catalogue, told, self._fetch(rows))
        else:
            scores = self._scores(catalogue, told, self._holding(catalogue, filters, told))
        best = sorted(scores, key=lambda row: -scores[row])[:depth]
        return {row: scores[row] for row in best}

    def lexical(
        self, catalogue: Catalogue, question: str, rows: Collection[int]
    ) -> dict[int, float]:
        """BM25 of those of the rows that hold a term of the question."""
        told = self._telling(catalogue, question) if rows else {}
        return self._scores(catalogue, told, self._fetch(list(rows))) if told else {}

    def _telling(self, catalogue: Catalogue, question: str) -> dict[str, int]:
        """The question's rarest terms, with their frequencies."""
        counts = self.frequencies(catalogue, asked(terms(question)))
        return {term: counts[term] for term in telling(counts, counts)}

    def _scores(
        self, catalogue: Catalogue, told: Mapping[str, int], rows: Mapping[int, Tally | _Row]
    ) -> dict[int, float]:
        weights = Weights.of({number(t): n for t, n in told.items()}, *catalogue.totals)
        tallies = ((i, row.tally if isinstance(row, _Row) else row) for i, row in rows.items())
        scores = ((row, weights.score(tally)) for row, tally in tallies)
        return {row: score for row, score in scores if score > 0}

    def _holding(
        self, catalogue: Catalogue, filters: Filters | None, told: Iterable[str]
    ) -> dict[int, Tally]:
        """Every row with one of the terms: for a server that has no BM25."""
        numbers = ",".join(str(number(term)) for term in told)
        condition = f"array_contains_any(words, [{numbers}])"
        within = _condition(catalogue, filters, ())
        if within is None:
            return {}
        condition = f"{condition} and {within}" if within else condition
        rows = self._tables.scan("passages", condition, ["edition", "words"])
        return {
            row_of(row["key"]): Tally.of(row["words"])
            for row in rows
            if row["edition"] in catalogue.shown
        }

    def _search(
        self,
        catalogue: Catalogue,
        filters: Filters | None,
        field: str,
        wanted: object,
        depth: int,
        parameters: Mapping[str, object],
    ) -> list[int]:
        """Rows of what is shown; others, which somebody is writing, are left out."""
        strange: set[int] = set()
        rows: list[int] = []
        for _ in range(_TRIES):
            condition = _condition(catalogue, filters, strange)
            if condition is None or depth < 1:
                return []
            found = self._tables.search(field, wanted, depth, condition, parameters)
            rows = [row_of(key) for key, edition in found if edition in catalogue.shown]
            if len(rows) == len(found):
                break
            strange |= {edition for _, edition in found if edition not in catalogue.shown}
        return rows

    # Fetching.

    def cosines(self, vector: Vectors, rows: Sequence[int]) -> dict[int, float]:
        """The cosine of each of the rows with `vector`."""
        if not rows:
            return {}
        kept = self._fetch(rows)
        matrix = records.unpack_vectors((kept[row].vector for row in rows), self._dimension)
        # Row by row in one order, as in a folder.
        scores = np.einsum("ij,j->i", matrix, vector)
        return dict(zip(rows, scores.tolist(), strict=True))

    def fetch(self, rows: Sequence[int]) -> dict[int, Passage]:
        """The passages of the rows."""
        return {row: kept.passage for row, kept in self._fetch(rows).items()}

    def kept(self, edition: int, count: int) -> list[tuple[Passage, bytes]]:
        """The passages of an edition in their order, each with its vector."""
        rows = self._fetch([row_number(edition, n) for n in range(count)])
        return [(row.passage, row.vector) for row in rows.values()]

    def _fetch(self, rows: Sequence[int]) -> dict[int, _Row]:
        known = self._rows
        missing = [row for row in rows if row not in known]
        if missing:
            names = {blobs.name(row >> 24, "p", row & 0xFFFFFF): row for row in missing}
            found = blobs.read(self._tables, list(names), self._tables.address.shown)
            new = {names[name]: _row(data) for name, data in found.items()}
            with self._lock:
                if len(self._rows) + len(new) > _MOST_ROWS:
                    self._rows, self._numbers = {}, {}
                self._rows.update(new)
                for row, kept in new.items():
                    self._numbers[row >> 24, kept.passage.id] = row
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
            names = {blobs.name(row >> 24, "v", row & 0xFFFFFF): row for row in missing}
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


def key_of(row: int) -> str:
    """Of the passage in its collection."""
    return f"{row:022x}"


def row_of(key: str) -> int:
    """What `key_of` was made from."""
    return int(key, 16)


def spelled(numbers: Iterable[int]) -> str:
    """Words that no tokenizer cuts or changes."""
    return " ".join(f"n{number:010x}" for number in numbers)


def _row(data: bytes) -> _Row:
    kept = blobs.Kept.unpack(data)
    tally = Tally.of(map(number, terms(indexed_text(kept.passage))))
    return _Row(kept.passage, kept.vector, tally)


def _condition(
    catalogue: Catalogue, filters: Filters | None, strange: Collection[int]
) -> str | None:
    """What a passage must be, in Milvus's words; None where nothing can be."""
    parts = []
    editions = _editions(catalogue, filters) if filters else None
    if editions is not None:
        if not editions:
            return None
        parts.append(f"edition in [{_joined(editions)}]")
    elif hidden := sorted({*catalogue.hidden, *strange}):
        parts.append(f"edition not in [{_joined(hidden)}]")
    if filters and filters.speakers:
        parts.append(f"speaker in [{_joined(map(number, sorted(filters.speakers)))}]")
    if filters and filters.sections:
        wanted = _joined(map(number, sorted(filters.sections)))
        parts.append(f"array_contains_any(sections, [{wanted}])")
    return " and ".join(parts)


def _editions(catalogue: Catalogue, filters: Filters) -> list[int] | None:
    """Of the documents that the filter lets through; None where it says nothing of documents."""
    if not (filters.documents or filters.since or filters.until or filters.metadata):
        return None
    return sorted(
        edition
        for edition, document_id in catalogue.shown.items()
        if filters.lets_through(catalogue.documents[document_id][0].info())
    )


def _joined(numbers: Iterable[int]) -> str:
    return ",".join(map(str, numbers))
