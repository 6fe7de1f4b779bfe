"""The database file of a library: opened, made, checked, and written in transactions.

One SQLite file holds everything that cannot be made again without the documents and the model.
"""

import logging
import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from filelock import FileLock

from index.copies import copy
from index.errors import (
    LibraryBusy,
    LibraryDamaged,
    LibraryMissing,
    LibraryTooNew,
    LibraryUnwritable,
)
from index.schema import APPLICATION, SCHEMA, VERSION, migrate

FILE = "library.sqlite3"
_LOCK = ".create.lock"  # held while the file is made or changes its form

_PATIENCE = 30.0  # seconds to wait for another process's transaction
_LOG = logging.getLogger(__name__)


class Database:
    """One connection to a library's file. Not thread-safe: the library takes turns."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self.connection = connection

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The database that stands in `folder`, brought to today's version.

        Raises:
            LibraryMissing: there is none.
            LibraryDamaged: it cannot be read.
            LibraryTooNew: a newer version of Yuanwen made it.
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
                if store._number("PRAGMA application_id") != APPLICATION:
                    raise LibraryDamaged(f"{path} is not a library of Yuanwen: move it away.")
                if store._version() > VERSION:
                    raise LibraryTooNew(
                        f"{path} was made by a newer version of Yuanwen (its form is "
                        f"{store._version()}, this version reads up to {VERSION}): install the "
                        "newer one, or name another folder; nothing was changed."
                    )
                (verdict,) = store.connection.execute("PRAGMA quick_check(1)").fetchone()
                if verdict != "ok":
                    raise store.damaged(verdict)
                if store._version() < VERSION:
                    store._migrate()
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
            with FileLock(folder / _LOCK):
                store = cls._connect(path)
                with store._translated():
                    if store._is_blank():
                        store.connection.execute("PRAGMA journal_mode = WAL")
                        store.connection.executescript(
                            f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {VERSION};"
                            f"PRAGMA application_id = {APPLICATION};"
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
        """All or nothing, and on disk when it returns; a new generation begins."""
        with self.noting():
            yield
            self.set_meta({"generation": secrets.token_hex(8)})

    @contextmanager
    def noting(self) -> Iterator[None]:
        """As `writing`, for what nothing is derived from: the generation stays."""
        with self._translated():
            self.connection.execute("BEGIN IMMEDIATE")
            with self._finished():
                yield

    def _migrate(self) -> None:
        """Keeps a copy of the file as it is, then brings it to today's version, all or nothing."""
        with FileLock(self.path.parent / _LOCK):
            version = self._version()
            if version >= VERSION:
                return  # another process did it meanwhile
            kept = self.path.with_name(f"{self.path.stem}.version-{version}{self.path.suffix}")
            copy(self.connection, kept)
            with self.writing():
                migrate(self.connection, version)
        _LOG.warning(
            "%s is brought to form %d; as it was, it stands in %s", *(self.path, VERSION, kept.name)
        )

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

    def _version(self) -> int:
        return self._number("PRAGMA user_version")

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
