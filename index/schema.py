"""The tables of a library's database, and how those of an earlier version become today's."""

import sqlite3

from index import records
from index.dates import iso_date

APPLICATION = 0x59574C31  # "YWL1"
VERSION = 3

_ADDED_IN_2 = """
CREATE TABLE superseded (
    id TEXT NOT NULL, uri TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (id, uri));
CREATE INDEX superseded_uri ON superseded (uri);
CREATE TABLE feedback (
    id INTEGER PRIMARY KEY AUTOINCREMENT, time TEXT NOT NULL, question TEXT NOT NULL,
    status TEXT NOT NULL, verdict TEXT NOT NULL, reason TEXT NOT NULL, citations TEXT NOT NULL,
    channel TEXT);
"""

# What was taken out, and how far the passages had come at each generation: whoever holds an older
# state learns what has changed since, and reads no more than that. Frequencies stand here because
# the lexicon would walk through all places of a term to count its passages.
_ADDED_IN_3 = """
CREATE TABLE erased (
    number INTEGER PRIMARY KEY AUTOINCREMENT, first INTEGER NOT NULL, last INTEGER NOT NULL);
CREATE TABLE generations (
    generation TEXT PRIMARY KEY, row INTEGER NOT NULL, erased INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE frequencies (term TEXT PRIMARY KEY, passages INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX documents_language ON documents (language);
CREATE INDEX documents_speaking ON documents (uri) WHERE speakers <> '[]';
CREATE INDEX passages_speaker ON passages (speaker) WHERE speaker IS NOT NULL;
CREATE INDEX passages_section ON passages (section);
"""

# The tokenizer "ascii" takes every character beyond ASCII as part of a word, so that what is
# indexed are the terms we write, parted by blanks. The lexicon keeps no text, and SQLite before
# 3.43 forgets a row only when told its terms: the passage keeps them.
SCHEMA = f"""
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    id TEXT PRIMARY KEY, uri TEXT NOT NULL UNIQUE, title TEXT NOT NULL, language TEXT NOT NULL,
    characters INTEGER NOT NULL, date TEXT, metadata TEXT NOT NULL DEFAULT '{{}}',
    passages INTEGER NOT NULL DEFAULT 0, speakers TEXT NOT NULL DEFAULT '[]');
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
{_ADDED_IN_2}{_ADDED_IN_3}
"""


def migrate(connection: sqlite3.Connection, version: int) -> None:
    """Brings the tables from `version` to today's, inside the transaction that the caller holds."""
    if version < 2:
        _to_2(connection)
    if version < 3:
        _to_3(connection)
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


def _to_3(connection: sqlite3.Connection) -> None:
    for column in ("passages INTEGER NOT NULL DEFAULT 0", "speakers TEXT NOT NULL DEFAULT '[]'"):
        connection.execute(f"ALTER TABLE documents ADD COLUMN {column}")
    for statement in filter(str.strip, _ADDED_IN_3.split(";")):
        connection.execute(statement)
    speakers: dict[str, dict[str, None]] = {}
    query = (
        "SELECT document_id, speaker FROM passages WHERE speaker IS NOT NULL "
        "ORDER BY document_id, start"
    )
    for document_id, speaker in connection.execute(query):
        speakers.setdefault(document_id, {})[speaker] = None
    connection.execute(
        "UPDATE documents SET passages = "
        "(SELECT count(*) FROM passages WHERE document_id = documents.id)"
    )
    connection.executemany(
        "UPDATE documents SET speakers = ? WHERE id = ?",
        [(records.pack_speakers(names), i) for i, names in speakers.items()],
    )
    connection.execute("INSERT INTO frequencies SELECT term, doc FROM vocabulary")
