"""Passages as they are found: the cluster names those that may be best, and they are scored here.

Both scores come from what was written and from the library's own frequencies, so that they are what
they are in a folder.
"""

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence

from index import rarest
from index.cluster import blobs
from index.cluster.bm25 import Frequencies, Tally, Weights, number
from index.cluster.catalogue import Catalogue
from index.cluster.rows import Rows, row_of, spelled
from index.cluster.tables import Tables
from index.embedding import Vectors
from index.nouns import Filters

_AT_ONCE = 500  # editions, of which the terms are read
_MOST_HITS = 16_384  # Milvus gives no more
_MORE = 4
_TRIES = 5


class Search:
    """Safe to call from any thread."""

    def __init__(self, tables: Tables, rows: Rows) -> None:
        self._tables = tables
        self._rows = rows
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
        self._frequencies = self._frequencies.plus(taken)
        self._counted -= gone
        new = sorted(shown - self._counted)
        for start in range(0, len(new), _AT_ONCE):
            some = new[start : start + _AT_ONCE]
            self._frequencies = self._frequencies.plus(self._tallies(some) or ())
            self._counted |= set(some)

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
        width = {"params": {"ef": min(32_768, max(1_024, 4 * depth))}}
        return self._search(catalogue, filters, "vector", vector.tolist(), depth, width)

    def best_lexical(
        self, catalogue: Catalogue, question: str, depth: int, filters: Filters | None
    ) -> list[int]:
        """The best rows by BM25."""
        told = self._telling(catalogue, question, rarest.MOST_FOUND)
        if not told:
            return []
        if self._tables.has_bm25:
            # It weighs terms by what stands in each of its segments: take more than are wanted.
            words = spelled(number(term) for term in told)
            most = min(_MORE * depth, _MOST_HITS)
            rows = self._search(catalogue, filters, "bm25", words, most, {"metric_type": "BM25"})
            scores = self._scores(catalogue, told, self._rows.counted(rows))
        else:
            scores = self._scores(catalogue, told, self._holding(catalogue, filters, told))
        return sorted(scores, key=lambda row: -scores[row])[:depth]

    def lexical(self, catalogue: Catalogue, question: str, rows: Sequence[int]) -> dict[int, float]:
        """BM25 of those of the rows that hold a term of the question."""
        told = self._telling(catalogue, question, rarest.MOST_WEIGHED) if rows else {}
        return self._scores(catalogue, told, self._rows.tallies(rows)) if told else {}

    def _telling(self, catalogue: Catalogue, question: str, most: int) -> dict[str, int]:
        """The question's rarest terms, with their frequencies."""
        counts = self.frequencies(catalogue, rarest.asked_terms(question))
        return {term: counts[term] for term in rarest.rarest_terms(counts, most)}

    def _scores(
        self, catalogue: Catalogue, told: Mapping[str, int], rows: Mapping[int, Tally]
    ) -> dict[int, float]:
        weights = Weights.of({number(t): n for t, n in told.items()}, *catalogue.totals)
        scores = ((row, weights.score(tally)) for row, tally in rows.items())
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
        found = self._tables.scan("passages", condition, ["edition"])
        keys = (row["key"] for row in found if row["edition"] in catalogue.shown)
        return self._rows.counted([row_of(key) for key in keys])

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
    return catalogue.within(filters)


def _joined(numbers: Iterable[int]) -> str:
    return ",".join(map(str, numbers))
