"""What stands in the database: documents, their passages, vectors and terms.

Vectors come and go as bytes. Rows are numbered by SQLite and a number is never used again, so what
was read under one holds for as long as the row stands. Nothing here begins or ends a transaction.
"""

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from corpus.document import Document, Passage
from index import records
from index.dates import iso_date
from index.indexing import Kept, indexed_text
from index.lexical import terms
from index.lexicon import Lexicon, Terms
from index.nouns import DocumentInfo, Entry, Filters


def _one_of(column: str) -> str:
    return f"{column} IN (SELECT value FROM json_each(?))"


# A path of headings is looked into once, however many passages stand under it.
_UNDER = """section IN (SELECT section FROM (SELECT DISTINCT section FROM passages)
    WHERE EXISTS (SELECT 1 FROM json_each(section) AS heading
                  WHERE heading.value IN (SELECT value FROM json_each(?))))"""
_SAYS = """NOT EXISTS (SELECT 1 FROM json_each(?) AS wanted WHERE NOT EXISTS (
    SELECT 1 FROM json_each(metadata) AS said, json_each(wanted.value) AS one
    WHERE said.key = wanted.key
      AND instr(', ' || said.value || ', ', ', ' || one.value || ', ')))"""


class Store:
    """Reads and writes over one connection, inside the transaction that the caller holds."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.lexicon = Lexicon(connection)

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

    def count(self, document_id: str) -> int:
        """How many passages the document has."""
        query = "SELECT count(*) FROM passages WHERE document_id = ?"
        return int(self._connection.execute(query, (document_id,)).fetchone()[0])

    def infos(self) -> list[DocumentInfo]:
        """Every document, in the order of uris."""
        query = (
            "SELECT id, title, uri, language, characters, passages, speakers, date, metadata "
            "FROM documents ORDER BY uri"
        )
        return [
            DocumentInfo(
                *(i, title, uri, language, length, passages, tuple(json.loads(speakers))),
                date=date,
                metadata=json.loads(metadata),
            )
            for i, title, uri, language, length, passages, speakers, date, metadata in (
                self._connection.execute(query)
            )
        ]

    def speakers(self) -> list[str]:
        """Everyone who speaks in a passage, once, in the order of documents and text."""
        query = "SELECT speakers FROM documents WHERE speakers <> '[]' ORDER BY uri"
        names = (
            name for (packed,) in self._connection.execute(query) for name in json.loads(packed)
        )
        return list(dict.fromkeys(names))

    def languages(self) -> frozenset[str]:
        """The languages that documents are written in."""
        # Steps from one language to the next in the index, however many documents share it.
        query = """
            WITH RECURSIVE found (language) AS (
                SELECT min(language) FROM documents
                UNION ALL SELECT (SELECT min(language) FROM documents
                                  WHERE language > found.language)
                FROM found WHERE language IS NOT NULL)
            SELECT language FROM found WHERE language IS NOT NULL"""
        return frozenset(language for (language,) in self._connection.execute(query))

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

    def vectors_after(self, row: int, most: int) -> list[tuple[int, bytes]]:
        """As `vectors`, of the next rows, ascending."""
        query = "SELECT row, vector FROM passages WHERE row > ? ORDER BY row LIMIT ?"
        return self._connection.execute(query, (row, most)).fetchall()

    def marks(self, generation: str) -> tuple[int, int] | None:
        """The highest row and the number of the last erasure of this generation, if it ever was."""
        query = "SELECT row, erased FROM generations WHERE generation = ?"
        found: tuple[int, int] | None = self._connection.execute(query, (generation,)).fetchone()
        return found

    def erased(self, marks: tuple[int, int]) -> Iterator[range]:
        """The rows up to a mark that were erased since."""
        row, number = marks
        query = "SELECT first, min(last, ?1) FROM erased WHERE number > ?2 AND first <= ?1"
        for start, end in self._connection.execute(query, (row, number)):
            yield range(start, end + 1)

    def details(self, passage_ids: Iterable[str]) -> dict[str, tuple[bytes, bytes]]:
        """The packed vectors of each passage's sentences, and of its tokens."""
        query = (
            "SELECT passages.id, sentence_vectors, tokens FROM json_each(?) "
            "CROSS JOIN passages ON passages.id = value"
        )
        rows = self._connection.execute(query, (_array(passage_ids),))
        return {identity: (sentences, tokens) for identity, sentences, tokens in rows}

    def matching(self, filters: Filters) -> list[int]:
        """The rows that a filter lets through, ascending."""
        wanted: dict[str, list[str]] = {}
        for key, value in filters.metadata:
            wanted.setdefault(key, []).append(value)
        of_documents = [
            (filters.since, "date >= ?", filters.since),
            (filters.until, "date <= ?", filters.until),
            (wanted, _SAYS, json.dumps(wanted)),
        ]
        of_passages = [
            (filters.documents, _one_of("document_id"), _array(filters.documents)),
            (filters.speakers, _one_of("speaker"), _array(filters.speakers)),
            (filters.sections, _UNDER, _array(filters.sections)),
        ]
        # Only what is asked for stands in the query, so that SQLite takes the index that fits.
        conditions = [condition for asked, condition, _ in of_passages if asked]
        if said := " AND ".join(condition for asked, condition, _ in of_documents if asked):
            conditions.append(f"document_id IN (SELECT id FROM documents WHERE {said})")
        values = [value for asked, _, value in (*of_passages, *of_documents) if asked]
        query = f"SELECT row FROM passages WHERE {' AND '.join(conditions) or 'true'}"
        return sorted(row for (row,) in self._connection.execute(query, values))

    def refill_lexicon(self, *, anew: bool) -> None:
        """Makes the lexicon again out of the terms that the passages keep; or, `anew`, those out of
        their text, for when it is read into terms in another way than before.
        """
        if anew:
            for row in self.rows():
                found = terms(indexed_text(self.passages([row])[row]))
                self._connection.execute(
                    "UPDATE passages SET terms = ? WHERE row = ?", (_squeeze(found), row)
                )
        kept = self._connection.execute("SELECT row, terms FROM passages ORDER BY row")
        self.lexicon.refill((row, _spread(own)) for row, own in kept)

    def terms(self, row: int) -> list[str]:
        """The terms that the passage keeps, to be forgotten by."""
        query = "SELECT terms FROM passages WHERE row = ?"
        return _spread(self._connection.execute(query, (row,)).fetchone()[0])

    def write(self, sources: Sequence[Document], entries: Sequence[Entry]) -> None:
        """A document as read from each of its places, and the passages of the first.

        The document of the same id, if one stands there, must have been erased.
        """
        shown = min(sources, key=lambda source: source.uri)
        own = sorted((entry.passage for entry in entries), key=lambda passage: passage.span)
        values = (
            *(shown.id, shown.uri, shown.title, shown.language, len(shown.text)),
            *(iso_date(shown.metadata), records.pack_metadata(shown.metadata), len(own)),
            records.pack_speakers(dict.fromkeys(p.speaker for p in own if p.speaker is not None)),
        )
        self._connection.execute("INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
        self._connection.executemany(
            "INSERT INTO sources VALUES (?, ?, ?, ?)",
            [(s.uri, s.digest, records.pack_document(s), s.id) for s in sources],
        )
        columns = f"{records.PASSAGE_COLUMNS}, terms, vector, sentence_vectors, tokens"
        added: list[Terms] = []
        for entry in entries:
            found = terms(entry.text)
            row = self._connection.execute(
                f"INSERT INTO passages ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *records.pack_passage(entry.passage),
                    _squeeze(found),
                    entry.vector,
                    entry.sentence_vectors,
                    entry.tokens,
                ),
            ).lastrowid
            added.append((row or 0, found))
        self.lexicon.add(added)

    def erase(self, document_id: str) -> bool:
        """Forgets a document, its places and passages; False where there is none."""
        query = "SELECT row, terms FROM passages WHERE document_id = ? ORDER BY row"
        gone = self._connection.execute(query, (document_id,)).fetchall()
        self.lexicon.remove([(row, _spread(kept)) for row, kept in gone])
        self._connection.executemany(
            "INSERT INTO erased (first, last) VALUES (?, ?)", _runs([row for row, _ in gone])
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


def _runs(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Ascending numbers as runs, each by its first and last."""
    places = enumerate(rows)
    runs = [[row for _, row in run] for _, run in groupby(places, key=lambda at: at[1] - at[0])]
    return [(run[0], run[-1]) for run in runs]


def _squeeze(own: Sequence[str]) -> bytes:
    return zlib.compress(" ".join(own).encode("utf-8"), level=1)


def _spread(kept: bytes) -> list[str]:
    return zlib.decompress(kept).decode("utf-8").split()


def _array(values: Iterable[object]) -> str:
    return json.dumps(list(values))
