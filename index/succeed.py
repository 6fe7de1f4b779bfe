"""A database takes the place of another: all at once, and what stood there is kept."""

import os
import shutil
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from index import identity
from index.copies import put
from index.database import FILE, Database
from index.errors import LibraryDamaged, LibraryMissing, LibraryUnwritable
from index.store import Store

_TABLES = ("meta", "documents", "sources", "passages", "superseded", "feedback")
_OF_ONE_HISTORY = ("erased", "generations")


def succeed(folder: Path, new: Path, kept_as: str) -> Path | None:
    """Puts the database `new`, which is whole, where the library of `folder` stands.

    Those who have the library open go on: with what stood there, then with what stands there. What
    stood there is kept in a file beside, whose name has `kept_as` and the time in it.

    Returns:
        The file that is kept; None where no library stood there.

    Raises:
        LibraryUnwritable: the disk is full, or the folder may not be written. Nothing has changed.
    """
    path = folder / FILE
    kept = _free_name(path, kept_as)
    try:
        try:
            _rewrite(folder, new, kept)
        except LibraryDamaged:
            kept.unlink(missing_ok=True)
            _set_aside(path, kept)
            _drop_log(path)
            put(new, path)
    except LibraryMissing:
        put(new, path)
        return None
    except OSError as error:
        raise LibraryUnwritable(
            f"{folder} cannot be written ({error}): free space on its disk or make it writable. "
            "Nothing that was indexed is lost."
        ) from error
    return kept


def _rewrite(folder: Path, new: Path, kept: Path) -> None:
    """In one transaction, so that a crash leaves the one or the other."""
    with closing(Database.open(folder)) as old:
        connection = old.connection
        connection.execute("ATTACH ? AS new", (f"{new.absolute().as_uri()}?mode=ro",))
        with old.writing():
            # Nobody else writes now, so what is kept is the last that stood there.
            old.copy_to(kept)
            connection.execute("PRAGMA defer_foreign_keys = ON")
            for table in _TABLES:
                names = [row[1] for row in connection.execute(f"PRAGMA new.table_info({table})")]
                columns = ", ".join(names)
                connection.execute(f"DELETE FROM main.{table}")
                connection.execute(
                    f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM new.{table}"
                )
            for table in _OF_ONE_HISTORY:
                connection.execute(f"DELETE FROM main.{table}")
            Store(connection).refill_lexicon(anew=False)
            old.set_meta({"library": identity.new_name()})


def _set_aside(path: Path, kept: Path) -> None:
    """Under a second name, with its log: whoever can read more of it than we can, may."""
    try:
        os.link(path, kept)
    except OSError:  # a disk without links
        shutil.copyfile(path, kept)
    log = path.with_name(f"{path.name}-wal")
    if log.exists():
        shutil.copyfile(log, kept.with_name(f"{kept.name}-wal"))


def _drop_log(path: Path) -> None:
    """What was not yet moved from the log into the old file must not get into the new one."""
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _free_name(path: Path, kept_as: str) -> Path:
    time = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    return path.with_name(f"{path.stem}.{kept_as}-{time}{path.suffix}")
