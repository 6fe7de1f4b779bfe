"""Libraries put right: from a backup, or from whatever of a damaged file is whole."""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.document import Document
from index import records
from index.check import broken, is_whole
from index.copies import copy
from index.database import FILE, Database
from index.embedding import Embedder
from index.errors import LibraryDamaged, LibraryMissing, LibraryTooNew, LibraryUnwritable
from index.library import Library
from index.schema import APPLICATION, VERSION
from index.store import Store
from index.succeed import succeed

_GROUP = 32  # documents


@dataclass(frozen=True, slots=True)
class Repaired:
    """What a repair saved: how many places of documents, how many it could not read, and the file
    in which the old library is kept.
    """

    saved: int
    lost: int
    kept: Path


def restore(folder: Path, backup: Path, embedder: Embedder) -> Path | None:
    """Puts a backup in the place of the library in `folder`, if every law holds on it.

    Returns:
        The file in which what stood there is kept; None where nothing did.

    Raises:
        LibraryMissing: there is no such backup.
        LibraryDamaged: it is no backup, or a law does not hold on it; nothing has changed.
        LibraryUnwritable: the folder cannot be written; nothing has changed.
        ModelMismatch: it was indexed with another model.
    """
    if not backup.is_file():
        raise LibraryMissing(f"There is no backup at {backup}: name a file that `backup` wrote.")
    with _beside(folder) as new:
        new.mkdir()
        try:
            address = f"{backup.absolute().as_uri()}?mode=ro"
            with closing(sqlite3.connect(address, uri=True)) as source:
                copy(source, new / FILE)
        except sqlite3.DatabaseError as error:
            raise LibraryDamaged(f"{backup} is no backup of a library ({error}).") from error
        try:
            with Library.open(new, embedder) as library:
                laws = library.check()
        except (LibraryDamaged, LibraryMissing) as error:
            raise LibraryDamaged(
                f"{backup} is no whole backup of a library: name another."
            ) from error
        for law in broken(laws):
            raise LibraryDamaged(
                f"{backup} is damaged ({law.findings[0]}): name another; nothing was changed."
            )
        return succeed(folder, _single(new), "before-restore")


def repair(
    folder: Path, embedder: Embedder, progress: Callable[[int, int], None] | None = None
) -> Repaired:
    """Makes the library in `folder` again from every document in it that can be read.

    `progress` counts documents.

    Raises:
        LibraryMissing: there is no file.
        LibraryDamaged: nothing in it can be read, or it is no library of Yuanwen's.
        LibraryTooNew: a newer version of Yuanwen made it.
        LibraryUnwritable: the folder cannot be written; nothing has changed.
    """
    path = folder / FILE
    if not path.is_file():
        raise LibraryMissing(f"There is no library in {folder}: there is nothing to repair.")
    with _beside(folder) as new, closing(_damaged(path)) as old:
        sources = _Salvage(old, "sources", "body")
        saved = 0
        with Library.open(new, embedder, create=True) as library:
            for rows in sources.groups():
                documents = list(_whole(rows))
                saved += len(documents)
                library.add_documents(documents)
                if progress:
                    progress(min(sources.at, sources.last), sources.last)
        _take_over(old, new)
        old.close()
        kept = succeed(folder, _single(new), "before-repair")
    return Repaired(saved, sources.known - saved, kept or path)


def _take_over(old: sqlite3.Connection, new: Path) -> None:
    """Versions of before, of what is still there, what readers said, and the calibration."""
    database = Database.open(new)
    try:
        store = Store(database.connection)
        with database.noting():
            with suppress(sqlite3.DatabaseError):
                query = "SELECT key, value FROM meta WHERE key = 'calibration'"
                database.set_meta(dict(old.execute(query)))
            places = set(store.uris())
            for rows in _Salvage(old, "superseded", "body").groups():
                store.supersede(version for version in _whole(rows) if version.uri in places)
            for rows in _Salvage(old, "feedback", "*").groups():
                database.connection.executemany(
                    "INSERT INTO feedback VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows
                )
    finally:
        database.close()


_Rows = list[tuple[Any, ...]]


class _Salvage:
    """The rows of one table that can be read, found by halving wherever reading fails.

    `known` counts rows that were read or are known to be unreadable; `at` is how far it has come,
    and `last` how far it goes.
    """

    def __init__(self, connection: sqlite3.Connection, table: str, columns: str) -> None:
        self._connection = connection
        self._query = f"SELECT {columns} FROM {table} NOT INDEXED WHERE rowid BETWEEN ? AND ?"
        self.last = self._last(table)
        self.at = 0
        self.known = 0

    def groups(self) -> Iterator[_Rows]:
        """The rows, a few dozen at a time."""
        while self.at < self.last:
            rows = self._between(self.at + 1, self.at + _GROUP)
            self.at += _GROUP
            yield rows

    def _last(self, table: str) -> int:
        for query in (
            f"SELECT max(rowid) FROM {table} NOT INDEXED",
            f"SELECT max(number) FROM (SELECT rowid AS number, id FROM {table} ORDER BY id)",
            f"SELECT max(number) FROM (SELECT rowid AS number, uri FROM {table} ORDER BY uri)",
        ):
            try:
                return self._connection.execute(query).fetchone()[0] or 0
            except sqlite3.DatabaseError:
                continue
        return 0

    def _between(self, low: int, high: int) -> _Rows:
        try:
            rows: _Rows = self._connection.execute(self._query, (low, high)).fetchall()
        except sqlite3.DatabaseError:
            if low == high:
                self.known += 1
                return []
            middle = (low + high) // 2
            return self._between(low, middle) + self._between(middle + 1, high)
        self.known += len(rows)
        return rows


def _whole(rows: _Rows) -> Iterator[Document]:
    """The documents of these rows, without those that are not as they were."""
    for (body,) in rows:
        try:
            document = records.unpack_document(body)
        except (ValueError, KeyError, TypeError):
            continue
        if is_whole(document):
            yield document


def _damaged(path: Path) -> sqlite3.Connection:
    """The file, read as far as it can be."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)
    try:
        connection.execute("PRAGMA query_only = ON")
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError as error:
        connection.close()
        raise LibraryDamaged(
            f"{path} cannot be read at all ({error}): restore a backup, or move its folder away "
            "and index your documents again."
        ) from error
    if application != APPLICATION:
        connection.close()
        raise LibraryDamaged(f"{path} is not a library of Yuanwen: move it away.")
    if version > VERSION:
        connection.close()
        raise LibraryTooNew(f"{path} was made by a newer version of Yuanwen: repair it with that.")
    return connection


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A folder to be made on the same disk, and taken away again."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        made = tempfile.TemporaryDirectory(prefix=".new-", dir=folder)
    except OSError as error:
        raise LibraryUnwritable(
            f"{folder} cannot be written ({error}): make it writable, or name another folder."
        ) from error
    with made as home:
        yield Path(home) / "library"


def _single(folder: Path) -> Path:
    """The database of a closed library, as one file without a log."""
    with closing(sqlite3.connect(folder / FILE)) as database:
        database.execute("PRAGMA journal_mode = DELETE")
    return folder / FILE
