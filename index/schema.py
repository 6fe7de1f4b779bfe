"""The tables of a library's database, and how those of an earlier version become today's."""

import sqlite3

from index import records
from index.dates import iso_date

APPLICATION = 0x59574C31  # "YWL1"
VERSION = 2

_ADDED_IN_2 = """
CREATE TABLE superseded (
    id TEXT NOT NULL, uri TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (id, uri));
CREATE INDEX superseded_uri ON superseded (uri);
CREATE TABLE feedback (
    id INTEGER PRIMARY KEY AUTOINCREMENT, time TEXT NOT NULL, question TEXT NOT NULL,
    status TEXT NOT NULL, verdict TEXT NOT NULL, reason TEXT NOT NULL, citations TEXT NOT NULL,
    channel TEXT);
"""

# The tokenizer "ascii" takes every character beyond ASCII as part of a word, so that what is
# indexed are the terms we write, parted by blanks. The lexicon keeps no text, and SQLite before
# 3.43 forgets a row only when told its terms: the passage keeps them.
SCHEMA = f"""
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    id TEXT PRIMARY KEY, uri TEXT NOT NULL UNIQUE, title TEXT NOT NULL, language TEXT NOT NULL,
    characters INTEGER NOT NULL, date TEXT, metadata TEXT NOT NULL DEFAULT '{{}}');
CREATE TABLE sources (
    uri TEXT PRIMARY KEY, digest TEXT NOT NULL, body TEXT NOT NULL,
    document_id TEXT NOT NULL REFERENCES documents (id));
CREATE INDEX sources_document ON sources (document_id);
CREATE TABLE passages (
    row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    document_id TEXT NOT NULL REFERENCES documents (id), start INTEGER NOT NULL,
    end INTEGER NOT NULL, text TEXT NOT NULL, section TEXT NOT NULL, speaker TEXT,
    sentences TEXT NOT NULL, also_at TEXT NOT NULL,
    terms BLOB NOT NULL, vector BLOB NOT NULL, sentence_vectors BLOB NOT NULL,
    tokens BLOB NOT NULL);
CREATE INDEX passages_document ON passages (document_id, start);
CREATE VIRTUAL TABLE lexicon USING fts5 (terms, content='', tokenize="ascii tokenchars '.'");
CREATE VIRTUAL TABLE vocabulary USING fts5vocab ('lexicon', 'row');
{_ADDED_IN_2}
"""


def migrate(connection: sqlite3.Connection, version: int) -> None:
    """Brings the tables from `version` to today's, inside the transaction that the caller holds."""
    if version < 2:
        _to_2(connection)
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _to_2(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE documents ADD COLUMN date TEXT")
    connection.execute("ALTER TABLE documents ADD COLUMN metadata TEXT NOT NULL DEFAULT '{}'")
    for statement in filter(str.strip, _ADDED_IN_2.split(";")):
        connection.execute(statement)
    query = "SELECT body FROM sources JOIN documents ON sources.uri = documents.uri"
    for (body,) in connection.execute(query).fetchall():
        document = records.unpack_document(body)
        connection.execute(
            "UPDATE documents SET date = ?, metadata = ? WHERE id = ?",
            (iso_date(document.metadata), records.pack_metadata(document.metadata), document.id),
        )
    # What the first version cut and rounded by was fixed, and not written down.
    connection.executemany(
        "REPLACE INTO meta VALUES (?, ?)",
        [("passages", "at most 224 tokens"), ("late", "4 levels to 2.6, rotation 0")],
    )
