"""The database file of a library: opened, made, checked, and written in transactions.

One SQLite file holds everything that cannot be made again without the documents and the model.
"""

import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from filelock import FileLock

from index.errors import LibraryBusy, LibraryDamaged, LibraryMissing, LibraryUnwritable

FILE = "library.sqlite3"

_APPLICATION = 0x59574C31  # "YWL1"
_VERSION = 1
_PATIENCE = 30.0  # seconds to wait for another process's transaction

# The tokenizer "ascii" takes every character beyond ASCII as part of a word, so that what is
# indexed are the terms we write, parted by blanks. The lexicon keeps no text, and SQLite before
# 3.43 forgets a row only when told its terms: the passage keeps them.
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    id TEXT PRIMARY KEY, uri TEXT NOT NULL UNIQUE, title TEXT NOT NULL, language TEXT NOT NULL,
    characters INTEGER NOT NULL);
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
"""


class Database:
    """One connection to a library's file. Not thread-safe: the library takes turns."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self.connection = connection

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The database that stands in `folder`.

        Raises:
            LibraryMissing: there is none.
            LibraryDamaged: it cannot be read.
        """
        path = folder / FILE
        missing = LibraryMissing(
            f"There is no library in {folder}: make one with `yuanwen index --library {folder} "
            "PATH…`, or name another folder."
        )
        if not path.is_file():
            raise missing
        store = cls._connect(path)
        try:
            with store._translated():
                if store._is_blank():
                    raise missing
                if store._number("PRAGMA application_id") != _APPLICATION:
                    raise LibraryDamaged(f"{path} is not a library of Yuanwen: move it away.")
                if store._number("PRAGMA user_version") != _VERSION:
                    raise LibraryDamaged(
                        f"{path} was made by another version of Yuanwen: move it away and index "
                        "your documents again."
                    )
                (verdict,) = store.connection.execute("PRAGMA quick_check(1)").fetchone()
                if verdict != "ok":
                    raise store.damaged(verdict)
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def create(cls, folder: Path, meta: Mapping[str, str]) -> Self:
        """An empty database in `folder`, or the one that another process made meanwhile."""
        path = folder / FILE
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with FileLock(folder / ".create.lock"):
                store = cls._connect(path)
                with store._translated():
                    if store._is_blank():
                        store.connection.execute("PRAGMA journal_mode = WAL")
                        store.connection.executescript(
                            f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_VERSION};"
                            f"PRAGMA application_id = {_APPLICATION};"
                        )
                        with store._finished():
                            store.set_meta({**meta, "generation": secrets.token_hex(8)})
                store.close()
        except OSError as error:
            raise LibraryUnwritable(
                f"No library can be made in {folder} ({error}): name a folder that can be written."
            ) from error
        return cls.open(folder)

    @classmethod
    def _connect(cls, path: Path) -> Self:
        # Autocommit: transactions begin and end where we say. A file is never made by accident.
        mode = "rw" if path.exists() else "rwc"
        try:
            connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode={mode}",
                uri=True,
                isolation_level=None,
                check_same_thread=False,
                timeout=_PATIENCE,
            )
        except sqlite3.Error as error:
            raise LibraryUnwritable(f"{path} cannot be opened: {error}.") from error
        store = cls(path, connection)
        try:
            with store._translated():
                connection.execute("PRAGMA foreign_keys = ON")
                connection.execute("PRAGMA synchronous = FULL")
        except BaseException:
            connection.close()
            raise
        return store

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One state of the database for all reads inside."""
        with self._translated():
            self.connection.execute("BEGIN")
            with self._finished():
                yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """All or nothing, and on disk when it returns."""
        with self._translated():
            self.connection.execute("BEGIN IMMEDIATE")
            with self._finished():
                yield
                self.set_meta({"generation": secrets.token_hex(8)})

    @contextmanager
    def _finished(self) -> Iterator[None]:
        try:
            yield
            self.connection.execute("COMMIT")
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.ProgrammingError:
            raise  # a mistake of ours, such as a use after closing
        except sqlite3.DatabaseError as error:
            name = getattr(error, "sqlite_errorname", "")
            if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
                raise LibraryBusy(
                    f"{self.path} is being written by another process: try again when it is done."
                ) from error
            if name.startswith(("SQLITE_FULL", "SQLITE_READONLY", "SQLITE_CANTOPEN")):
                raise LibraryUnwritable(
                    f"{self.path} cannot be written ({error}): free space on its disk or make its "
                    "folder writable. Nothing that was indexed is lost."
                ) from error
            raise self.damaged(str(error)) from error

    def damaged(self, reason: str) -> LibraryDamaged:
        """The error that says so, and what to do."""
        return LibraryDamaged(
            f"{self.path} is damaged ({reason.splitlines()[-1]}): move its folder away and index "
            "your documents again; the documents themselves are untouched."
        )

    def _is_blank(self) -> bool:
        return self._number("SELECT count(*) FROM sqlite_master") == 0

    def _number(self, query: str) -> int:
        return int(self.connection.execute(query).fetchone()[0])

    def meta(self) -> dict[str, str]:
        """Names of the model and the formats; `generation` changes with every write."""
        return dict(self.connection.execute("SELECT key, value FROM meta"))

    def set_meta(self, values: Mapping[str, str]) -> None:
        self.connection.executemany("REPLACE INTO meta VALUES (?, ?)", values.items())

    def generation(self) -> str:
        query = "SELECT value FROM meta WHERE key = 'generation'"
        return str(self.connection.execute(query).fetchone()[0])
