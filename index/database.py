"""The database file of a library: opened, made, checked, and written in transactions.

One SQLite file holds everything that cannot be made again without the documents and the model.
"""

import logging
import os
import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
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

_MOST_CHECKED = 256 * 2**20  # bytes of a file that are looked through when it is opened
_CACHE = 64 * 2**10  # KiB of pages kept in memory
_PATIENCE = 30.0  # seconds to wait for another process's transaction
_UNWRITABLE = ("SQLITE_FULL", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_IOERR")
_LOG = logging.getLogger(__name__)


class Database:
    """One connection to a library's file. Not thread-safe: the library takes turns."""

    def __init__(
        self, path: Path, connection: sqlite3.Connection, *, read_only: bool = False
    ) -> None:
        self.path = path
        self.connection = connection
        self.read_only = read_only
        self._as_opened = _state_of(path)

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
                # A large file would be read for minutes: damage in it shows where it is read.
                if path.stat().st_size <= _MOST_CHECKED:
                    (verdict,) = store.connection.execute("PRAGMA quick_check(1)").fetchone()
                    if verdict != "ok":
                        raise store.damaged(verdict)
                if store._version() < VERSION:
                    store._migrate()
                if not store.read_only:
                    store.connection.execute("PRAGMA journal_mode = WAL")
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
                            store.set_meta(meta)
                            store._begin_generation()
                store.close()
        except OSError as error:
            raise LibraryUnwritable(
                f"No library can be made in {folder} ({error}): name a folder that can be written."
            ) from error
        return cls.open(folder)

    @classmethod
    def _connect(cls, path: Path) -> Self:
        # Autocommit: transactions begin and end where we say. A file is never made by accident.
        read_only = path.exists() and not (
            os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
        )
        mode = "ro" if read_only else "rw" if path.exists() else "rwc"
        if read_only and not path.with_name(f"{path.name}-wal").exists():
            mode += "&immutable=1"  # else SQLite wants to write who is reading
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
        store = cls(path, connection, read_only=read_only)
        try:
            with store._translated():
                connection.execute("PRAGMA foreign_keys = ON")
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute(f"PRAGMA cache_size = -{_CACHE}")
        except BaseException:
            connection.close()
            raise
        return store

    def copy_to(self, path: Path) -> None:
        """Writes one state to a new file, over a connection of its own: nobody waits.

        Raises:
            LibraryUnwritable: something stands at `path`, or it cannot be written.
        """
        if path.exists():
            raise LibraryUnwritable(f"{path} stands there already: name a new file.")
        try:
            with closing(
                sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True)
            ) as own:
                copy(own, path)
        except (OSError, sqlite3.Error) as error:
            raise LibraryUnwritable(
                f"{path} cannot be written ({error}): name a file in a folder with room for it."
            ) from error

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One state of the database for all reads inside."""
        if self.read_only and _state_of(self.path) != self._as_opened:
            raise LibraryBusy(
                f"{self.path} may only be read here, and somebody else has changed it: start again."
            )
        with self._translated():
            self.connection.execute("BEGIN")
            with self._finished():
                yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """All or nothing, and on disk when it returns; a new generation begins."""
        with self.noting():
            yield
            self._begin_generation()

    @contextmanager
    def noting(self) -> Iterator[None]:
        """As `writing`, for what nothing is derived from: the generation stays."""
        if self.read_only:
            raise self._unwritable()
        with self._translated():
            self.connection.execute("BEGIN IMMEDIATE")
            with self._finished():
                yield

    def _unwritable(self) -> LibraryUnwritable:
        return LibraryUnwritable(
            f"{self.path} may only be read: make its folder writable to change the library."
        )

    def _migrate(self) -> None:
        """Keeps a copy of the file as it is, then brings it to today's version, all or nothing."""
        if self.read_only:
            raise LibraryUnwritable(
                f"{self.path} is of an older version and may only be read: make its folder "
                "writable once, so that it can be brought to today's."
            )
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
            if name.startswith(_UNWRITABLE):
                raise LibraryUnwritable(
                    f"{self.path} cannot be written ({error}): free space on its disk or make its "
                    "folder writable. Nothing that was indexed is lost."
                ) from error
            raise self.damaged(str(error)) from error

    def damaged(self, reason: str) -> LibraryDamaged:
        """The error that says so, and what to do."""
        return LibraryDamaged(
            f"{self.path} is damaged ({reason.splitlines()[-1]}): `yuanwen check --repair` saves "
            "what is whole, or move its folder away and index your documents again; the documents "
            "themselves are untouched."
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

    def _begin_generation(self) -> None:
        """Under a new name, and how far rows and erasures have come in it."""
        generation = secrets.token_hex(8)
        self.set_meta({"generation": generation})
        self.connection.execute(
            "INSERT INTO generations VALUES (?, "
            "coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'passages'), 0), "
            "coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'erased'), 0))",
            (generation,),
        )

    def state(self) -> tuple[str, str]:
        """The name of the library and its generation."""
        meta = self.meta()
        return meta.get("library", ""), meta["generation"]

    def generation(self) -> str:
        query = "SELECT value FROM meta WHERE key = 'generation'"
        return str(self.connection.execute(query).fetchone()[0])


def _state_of(path: Path) -> tuple[int, int, int]:
    """Tells one state of a file from another; zeros where there is none."""
    try:
        stat = path.stat()
    except OSError:
        return 0, 0, 0
    return stat.st_ino, stat.st_mtime_ns, stat.st_size
