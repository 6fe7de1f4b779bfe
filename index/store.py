"""What stands in the database: documents, their passages, vectors and terms.

Vectors come and go as bytes. Rows are numbered by SQLite and a number is never used again, so what
was read under one holds for as long as the row stands. Nothing here begins or ends a transaction.
"""

import json
import sqlite3
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import accumulate

from corpus.document import Document, Passage
from index import records
from index.dates import iso_date
from index.indexing import Kept, indexed_text
from index.lexical import terms
from index.nouns import DocumentInfo, Entry, Filters

_MOST_TERMS = 512  # of one question
_MOST_FOUND = 20_000  # passages, counted once for each term they were found by


class Store:
    """Reads and writes over one connection, inside the transaction that the caller holds."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def document_of(self, uri: str) -> tuple[str, str] | None:
        """Digest and document id of what was read from `uri`."""
        query = "SELECT digest, document_id FROM sources WHERE uri = ?"
        row = self._connection.execute(query, (uri,)).fetchone()
        return (row[0], row[1]) if row else None

    def sources(self, document_id: str) -> list[Document]:
        """The document as read from each of its places; the first one is the one shown."""
        query = "SELECT body FROM sources WHERE document_id = ? ORDER BY uri"
        rows = self._connection.execute(query, (document_id,))
        return [records.unpack_document(body) for (body,) in rows]

    def uris(self) -> list[str]:
        """Every place that something was read from, in order."""
        return [uri for (uri,) in self._connection.execute("SELECT uri FROM sources ORDER BY uri")]

    def superseded(self, document_id: str) -> list[Document]:
        """A version of before, as read from each of its places."""
        query = "SELECT body FROM superseded WHERE id = ? ORDER BY uri"
        rows = self._connection.execute(query, (document_id,))
        return [records.unpack_document(body) for (body,) in rows]

    def versions(self) -> list[tuple[str, str]]:
        """Ids and places of the versions of before."""
        return self._connection.execute("SELECT id, uri FROM superseded").fetchall()

    def complaints(self) -> list[str]:
        """What SQLite finds wrong with the file, and passages or places of no document."""
        checked = [row for (row,) in self._connection.execute("PRAGMA integrity_check")]
        orphans = self._connection.execute("PRAGMA foreign_key_check").fetchall()
        return [row for row in checked if row != "ok"] + [
            f"row {row} of {table} belongs to no document" for table, row, *_ in orphans
        ]

    def lexicon(self) -> Iterator[tuple[int, str]]:
        """Every place of every term: its row and the term, row by row."""
        self._connection.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.places USING fts5vocab (main, lexicon, "
            "instance)"
        )
        yield from self._connection.execute("SELECT doc, term FROM temp.places ORDER BY doc")

    def terms(self, row: int) -> list[str]:
        """The terms that the passage keeps, to be forgotten by."""
        query = "SELECT terms FROM passages WHERE row = ?"
        (kept,) = self._connection.execute(query, (row,)).fetchone()
        return zlib.decompress(kept).decode("utf-8").split(" ") if kept else []

    def count(self, document_id: str) -> int:
        """How many passages the document has."""
        query = "SELECT count(*) FROM passages WHERE document_id = ?"
        return int(self._connection.execute(query, (document_id,)).fetchone()[0])

    def infos(self) -> list[DocumentInfo]:
        """Every document, in the order of uris."""
        speakers: dict[str, dict[str, None]] = {}
        counts: dict[str, int] = {}
        query = "SELECT document_id, speaker FROM passages ORDER BY document_id, start"
        for document_id, speaker in self._connection.execute(query):
            counts[document_id] = counts.get(document_id, 0) + 1
            if speaker is not None:
                speakers.setdefault(document_id, {})[speaker] = None
        query = (
            "SELECT id, title, uri, language, characters, date, metadata FROM documents "
            "ORDER BY uri"
        )
        return [
            DocumentInfo(
                *(i, title, uri, language, length, counts.get(i, 0), (*speakers.get(i, ()),)),
                date=date,
                metadata=json.loads(metadata),
            )
            for i, title, uri, language, length, date, metadata in self._connection.execute(query)
        ]

    def entries(self, document_id: str) -> list[Kept]:
        """Passages in the order of the text, each with all its vectors."""
        query = (
            f"SELECT {records.PASSAGE_COLUMNS}, vector, sentence_vectors, tokens FROM passages "
            "WHERE document_id = ? ORDER BY start, end"
        )
        rows = self._connection.execute(query, (document_id,))
        return [(records.unpack_passage(row[:-3]), *row[-3:]) for row in rows]

    def passages(self, rows: Iterable[int]) -> dict[int, Passage]:
        """The passages of these rows."""
        query = (
            f"SELECT row, {records.PASSAGE_COLUMNS} "
            "FROM (SELECT value AS wanted FROM json_each(?)) CROSS JOIN passages ON row = wanted"
        )
        found = self._connection.execute(query, (_array(rows),))
        return {row[0]: records.unpack_passage(row[1:]) for row in found}

    def rows(self) -> list[int]:
        """The number of every passage's row, ascending."""
        return [row for (row,) in self._connection.execute("SELECT row FROM passages ORDER BY row")]

    def vectors(self, rows: Iterable[int]) -> list[tuple[int, bytes]]:
        """Row numbers with their vectors."""
        query = "SELECT row, vector FROM json_each(?) CROSS JOIN passages ON row = value"
        return self._connection.execute(query, (_array(rows),)).fetchall()

    def details(self, passage_ids: Iterable[str]) -> dict[str, tuple[bytes, bytes]]:
        """The packed vectors of each passage's sentences, and of its tokens."""
        query = (
            "SELECT passages.id, sentence_vectors, tokens FROM json_each(?) "
            "CROSS JOIN passages ON passages.id = value"
        )
        rows = self._connection.execute(query, (_array(passage_ids),))
        return {identity: (sentences, tokens) for identity, sentences, tokens in rows}

    def matching(self, filters: Filters) -> list[int]:
        """The rows that a filter lets through."""
        query = """
            SELECT row FROM passages
            WHERE (?1 = '[]' OR document_id IN (SELECT value FROM json_each(?1)))
              AND (?2 = '[]' OR speaker IN (SELECT value FROM json_each(?2)))
              AND (?3 = '[]' OR EXISTS (SELECT 1 FROM json_each(section) AS heading
                   WHERE heading.value IN (SELECT value FROM json_each(?3))))
              AND (?4 = '' AND ?5 = '' AND ?6 = '{}' OR document_id IN (
                   SELECT id FROM documents
                   WHERE (?4 = '' OR date >= ?4) AND (?5 = '' OR date <= ?5)
                     AND NOT EXISTS (SELECT 1 FROM json_each(?6) AS wanted WHERE NOT EXISTS (
                         SELECT 1 FROM json_each(metadata) AS said, json_each(wanted.value) AS one
                         WHERE said.key = wanted.key
                           AND instr(', ' || said.value || ', ', ', ' || one.value || ', ')))))"""
        sets = (filters.documents, filters.speakers, filters.sections)
        wanted: dict[str, list[str]] = {}
        for key, value in filters.metadata:
            wanted.setdefault(key, []).append(value)
        values = (*map(_array, sets), filters.since, filters.until, json.dumps(wanted))
        return [row for (row,) in self._connection.execute(query, values)]

    def rewrite_lexicon(self) -> None:
        """Makes all terms again; for when text is read into terms in another way than before."""
        self._connection.execute("INSERT INTO lexicon (lexicon) VALUES ('delete-all')")
        query = f"SELECT row, {records.PASSAGE_COLUMNS} FROM passages"
        for row, *columns in self._connection.execute(query).fetchall():
            joined = " ".join(terms(indexed_text(records.unpack_passage(columns))))
            self._connection.execute(
                "UPDATE passages SET terms = ? WHERE row = ?", (_squeeze(joined), row)
            )
            self._connection.execute(
                "INSERT INTO lexicon (rowid, terms) VALUES (?, ?)", (row, joined)
            )

    def refill_lexicon(self) -> None:
        """Makes the lexicon again out of the terms that the passages keep."""
        self._connection.execute("INSERT INTO lexicon (lexicon) VALUES ('delete-all')")
        for row, kept in self._connection.execute("SELECT row, terms FROM passages").fetchall():
            self._connection.execute(
                "INSERT INTO lexicon (rowid, terms) VALUES (?, ?)",
                (row, zlib.decompress(kept).decode("utf-8")),
            )

    def write(self, sources: Sequence[Document], entries: Iterable[Entry]) -> None:
        """A document as read from each of its places, and the passages of the first.

        The document of the same id, if one stands there, must have been erased.
        """
        shown = min(sources, key=lambda source: source.uri)
        values = (
            *(shown.id, shown.uri, shown.title, shown.language, len(shown.text)),
            *(iso_date(shown.metadata), records.pack_metadata(shown.metadata)),
        )
        self._connection.execute("INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?)", values)
        self._connection.executemany(
            "INSERT INTO sources VALUES (?, ?, ?, ?)",
            [(s.uri, s.digest, records.pack_document(s), s.id) for s in sources],
        )
        columns = f"{records.PASSAGE_COLUMNS}, terms, vector, sentence_vectors, tokens"
        for entry in entries:
            joined = " ".join(terms(entry.text))
            row = self._connection.execute(
                f"INSERT INTO passages ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *records.pack_passage(entry.passage),
                    _squeeze(joined),
                    entry.vector,
                    entry.sentence_vectors,
                    entry.tokens,
                ),
            ).lastrowid
            self._connection.execute(
                "INSERT INTO lexicon (rowid, terms) VALUES (?, ?)", (row, joined)
            )

    def erase(self, document_id: str) -> bool:
        """Forgets a document, its places and passages; False where there is none."""
        query = "SELECT row, terms FROM passages WHERE document_id = ?"
        for row, kept in self._connection.execute(query, (document_id,)).fetchall():
            self._connection.execute(
                "INSERT INTO lexicon (lexicon, rowid, terms) VALUES ('delete', ?, ?)",
                (row, zlib.decompress(kept).decode("utf-8")),
            )
        for table in ("passages", "sources"):
            self._connection.execute(f"DELETE FROM {table} WHERE document_id = ?", (document_id,))
        query = "DELETE FROM documents WHERE id = ?"
        return self._connection.execute(query, (document_id,)).rowcount > 0

    def supersede(self, versions: Iterable[Document]) -> None:
        """Keeps versions of before, except where the same words have come back."""
        self._connection.executemany(
            "REPLACE INTO superseded VALUES (?, ?, ?)",
            [(v.id, v.uri, records.pack_document(v)) for v in versions],
        )
        self._connection.execute(
            "DELETE FROM superseded WHERE EXISTS (SELECT 1 FROM sources WHERE "
            "sources.uri = superseded.uri AND sources.document_id = superseded.id)"
        )

    def forget_versions(self, *, uris: Iterable[str] = (), document_id: str = "") -> bool:
        """Forgets what was kept of these places, or under this id; False where nothing was."""
        query = "DELETE FROM superseded WHERE id = ? OR uri IN (SELECT value FROM json_each(?))"
        return self._connection.execute(query, (document_id, _array(uris))).rowcount > 0

    def best_lexical(
        self, question: str, depth: int, within: Collection[int] | None
    ) -> dict[int, float]:
        """BM25 of the best `depth` rows, of those in `within` unless it is None.

        Counts the question's rarest terms, so many as stand in 20,000 passages taken together: in
        a large library the frequent ones cost most of the time and tell least.
        """
        match = " OR ".join(f'"{term}"' for term in self._telling(question))
        if not match:
            return {}
        if within is None:
            query = "SELECT rowid, -rank FROM lexicon WHERE lexicon MATCH ? ORDER BY rank LIMIT ?"
            return dict(self._connection.execute(query, (match, depth)))
        query = (
            "SELECT rowid, -bm25(lexicon) AS score FROM lexicon WHERE lexicon MATCH ? "
            "AND +rowid IN (SELECT value FROM json_each(?)) ORDER BY score DESC LIMIT ?"
        )
        return dict(self._connection.execute(query, (match, _array(within), depth)))

    def lexical(self, question: str, rows: Collection[int]) -> dict[int, float]:
        """BM25 of those of the rows that hold a term of the question."""
        return self.best_lexical(question, len(rows), rows) if rows else {}

    def _telling(self, question: str) -> list[str]:
        """The question's rarest terms; none holds a quote."""
        asked = list(dict.fromkeys(terms(question)))[:_MOST_TERMS]
        (rows,) = self._connection.execute("SELECT max(row) FROM passages").fetchone()
        if len(asked) * (rows or 0) <= _MOST_FOUND:
            return asked
        counts = self.document_frequencies(asked)
        rarest = sorted((term for term in asked if counts[term]), key=lambda term: counts[term])
        sums = accumulate(counts[term] for term in rarest)
        few = sum(total <= _MOST_FOUND for total in sums)
        return rarest[: max(1, few)]

    def document_frequencies(self, wanted: Iterable[str]) -> dict[str, int]:
        """In how many passages each of the terms stands."""
        query = "SELECT term, doc FROM json_each(?) CROSS JOIN vocabulary ON term = value"
        counts = dict.fromkeys(wanted, 0)
        return counts | dict(self._connection.execute(query, (_array(counts),)))


def _squeeze(text: str) -> bytes:
    return zlib.compress(text.encode("utf-8"), level=1)


def _array(values: Iterable[object]) -> str:
    return json.dumps(list(values))
