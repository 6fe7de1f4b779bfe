"""Whole copies of a database that others may be reading and writing."""

import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path


def copy(source: sqlite3.Connection, path: Path) -> None:
    """Writes one state of the database to `path`: the whole file, on disk, or none.

    What stood at `path` is replaced.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    os.close(handle)
    try:
        with closing(sqlite3.connect(name, isolation_level=None)) as target:
            source.backup(target)
            # One file, without another beside it that could be left behind.
            target.execute("PRAGMA journal_mode = DELETE")
        put(Path(name), path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def put(new: Path, path: Path) -> None:
    """Moves a finished file to its place, so that a crash leaves the one or the other."""
    with new.open("rb+") as file:
        os.fsync(file.fileno())
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
