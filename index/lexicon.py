"""Search by words: an inverted index (SQLite's FTS5), and in how many passages each term stands.

The index keeps no text and, before SQLite 3.43, forgets a row only when told its terms. Frequencies
have a table of their own: FTS5 would walk through all places of a term to count its passages.
Nothing here begins or ends a transaction.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from index import rarest

_FEW = 20_000  # rows behind a filter that are handed to SQLite

Rows = npt.NDArray[np.int64]
Terms = tuple[int, Sequence[str]]
"""A row with its terms."""


class Lexicon:
    """The terms of the passages, over one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, rows: Sequence[Terms]) -> None:
        """Takes rows that it does not hold."""
        self._connection.executemany(
            "INSERT INTO lexicon (rowid, terms) VALUES (?, ?)",
            [(row, " ".join(own)) for row, own in rows],
        )
        self._connection.executemany(
            "INSERT INTO frequencies VALUES (?, ?) "
            "ON CONFLICT (term) DO UPDATE SET passages = passages + excluded.passages",
            _counted(rows),
        )

    def remove(self, rows: Sequence[Terms]) -> None:
        """Forgets rows, whose terms must be the same as when they were added."""
        self._connection.executemany(
            "INSERT INTO lexicon (lexicon, rowid, terms) VALUES ('delete', ?, ?)",
            [(row, " ".join(own)) for row, own in rows],
        )
        counts = _counted(rows)
        self._connection.executemany(
            "UPDATE frequencies SET passages = passages - ?2 WHERE term = ?1", counts
        )
        self._connection.executemany(
            "DELETE FROM frequencies WHERE term = ? AND passages = 0", [(t,) for t, _ in counts]
        )

    def refill(self, rows: Iterable[Terms]) -> None:
        """Forgets everything, then takes these rows."""
        self._connection.execute("INSERT INTO lexicon (lexicon) VALUES ('delete-all')")
        self._connection.executemany(
            "INSERT INTO lexicon (rowid, terms) VALUES (?, ?)",
            ((row, " ".join(own)) for row, own in rows),
        )
        self._connection.execute("DELETE FROM frequencies")
        self._connection.execute("INSERT INTO frequencies SELECT term, doc FROM vocabulary")

    def places(self) -> Iterator[tuple[int, str]]:
        """Every place of every term: its row and the term, row by row."""
        self._connection.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.places USING fts5vocab (main, lexicon, "
            "instance)"
        )
        yield from self._connection.execute("SELECT doc, term FROM temp.places ORDER BY doc")

    def complaints(self) -> list[str]:
        """The terms whose frequency is not the number of passages they stand in."""
        query = """
            SELECT term FROM vocabulary LEFT JOIN frequencies USING (term)
            WHERE doc IS NOT passages
            UNION ALL SELECT term FROM frequencies WHERE term NOT IN (SELECT term FROM vocabulary)
        """
        return [term for (term,) in self._connection.execute(query)]

    def frequencies(self, wanted: Iterable[str]) -> dict[str, int]:
        """In how many passages each of the terms stands."""
        query = "SELECT term, passages FROM json_each(?) CROSS JOIN frequencies ON term = value"
        counts = dict.fromkeys(wanted, 0)
        return counts | dict(self._connection.execute(query, (_array(counts),)))

    def best(self, question: str, depth: int, within: Rows | None) -> list[int]:
        """The best `depth` rows by BM25, of those in `within` unless it is None.

        Looks for the question's rarest terms, so many as stand in a few thousand passages taken
        together: in a large library the frequent ones cost most of the time and tell least.
        """
        match = self._match(question, rarest.MOST_FOUND)
        if not match:
            return []
        if within is not None and len(within) <= _FEW:
            return list(self._scored(match, within.tolist(), depth))
        query = "SELECT rowid FROM lexicon WHERE lexicon MATCH ? ORDER BY rank"
        if within is None:
            found = self._connection.execute(f"{query} LIMIT ?", (match, depth))
            return [row for (row,) in found]
        # No more are found than are counted: those outside are left out here.
        rows = np.array(self._connection.execute(query, (match,)).fetchall(), np.int64).reshape(-1)
        best: list[int] = rows[np.isin(rows, within)][:depth].tolist()
        return best

    def scores(self, question: str, rows: Sequence[int]) -> dict[int, float]:
        """BM25 of those of the rows that hold a term of the question."""
        match = self._match(question, rarest.MOST_WEIGHED) if rows else ""
        return self._scored(match, rows, len(rows)) if match else {}

    def _scored(self, match: str, rows: Sequence[int], depth: int) -> dict[int, float]:
        query = (
            "SELECT rowid, -bm25(lexicon) AS score FROM lexicon WHERE lexicon MATCH ? "
            "AND +rowid IN (SELECT value FROM json_each(?)) ORDER BY score DESC LIMIT ?"
        )
        return dict(self._connection.execute(query, (match, _array(rows), depth)))

    def _match(self, question: str, most: int) -> str:
        """The question's rarest terms, joined for FTS5; none holds a quote."""
        return " OR ".join(f'"{term}"' for term in self._telling(question, most))

    def _telling(self, question: str, most: int) -> list[str]:
        asked = rarest.asked_terms(question)
        (rows,) = self._connection.execute("SELECT max(row) FROM passages").fetchone()
        if len(asked) * (rows or 0) <= most:
            return asked
        return rarest.rarest_terms(self.frequencies(asked), most)


def _counted(rows: Iterable[Terms]) -> list[tuple[str, int]]:
    """In how many of the rows each term stands; in order, which spares SQLite searching."""
    counts: Counter[str] = Counter()
    for _, own in rows:
        counts.update(set(own))
    return sorted(counts.items())


def _array(values: Iterable[object]) -> str:
    return json.dumps(list(values))
