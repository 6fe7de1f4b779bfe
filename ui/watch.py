"""Keeps a library as its folders are, while it is served."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from watchfiles import watch

from corpus import UnreadableFile, YuanwenError, find_files
from index import Library, add_all
from ui.errors import BadInput
from ui.observe import LOG, tell

_ROUND_MS = 1000

State = tuple[int, int]
"""Time of change and size of a file."""


class Watcher:
    """Brings a library up to a few folders, in rounds a second apart.

    A file is read when two rounds find it in one state, so that one which is being written is
    waited for; and forgotten when two rounds do not find it, so that an editor that writes a file
    anew loses nothing. Where a folder is gone or holds no document at all, as when a disk is not
    mounted, nothing is forgotten.
    """

    def __init__(self, library: Library, folders: Sequence[Path]) -> None:
        self._library = library
        self._folders = folders
        self._done: dict[Path, State] = {}
        self._seen: dict[Path, State] = {}
        self._missing: set[str] = set()

    def round(self) -> bool:
        """Does what can be done now; True where something has to be looked at again."""
        ready: list[Path] = []
        gone: list[str] = []
        waiting = False
        for folder in self._folders:
            try:
                states = _states(folder)
            except UnreadableFile as error:
                LOG.warning("%s", error)
                continue
            changed = {path for path, state in states.items() if self._done.get(path) != state}
            settled = [path for path in changed if self._seen.get(path) == states[path]]
            ready += sorted(settled)
            waiting |= len(settled) < len(changed)
            self._seen |= states
            home = f"{folder.resolve().as_uri()}/"
            found = {path.resolve().as_uri() for path in states}
            lost = {u for u in self._library.uris() if u.startswith(home)} - found
            gone += sorted(lost & self._missing)
            waiting |= not lost <= self._missing
            self._missing = {u for u in self._missing if not u.startswith(home)} | lost
        for path, outcome in add_all(self._library, ready):
            self._done[path] = self._seen[path]
            if isinstance(outcome, UnreadableFile):
                LOG.warning("%s", outcome)
            elif outcome.status != "unchanged":
                tell("watch", change=outcome.status, uri=outcome.uri)
        if gone:
            self._library.remove_sources(gone)
            tell("watch", change="removed", uris=gone)
        return waiting

    def run(self, stop: threading.Event) -> None:
        """Rounds until `stop` is set; between them it waits for the folders to change."""
        again = True
        for changes in watch(
            *self._folders,
            stop_event=stop,
            rust_timeout=_ROUND_MS,
            yield_on_timeout=True,
            ignore_permission_denied=True,
        ):
            if changes or again:
                try:
                    again = self.round()
                except YuanwenError as error:
                    LOG.error("the folders are not read: %s", error)
                    again = True


@contextmanager
def watching(library: Library, folders: Sequence[Path]) -> Iterator[None]:
    """Watches in a thread of its own, if there is anything to watch.

    Raises:
        BadInput: one of `folders` is none.
    """
    for folder in folders:
        if not folder.is_dir():
            raise BadInput(f"--watch {folder}: there is no such folder; name one that exists.")
    if not folders:
        yield
        return
    stop = threading.Event()
    thread = threading.Thread(target=Watcher(library, folders).run, args=(stop,), name="watch")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _states(folder: Path) -> dict[Path, State]:
    states: dict[Path, State] = {}
    for path in find_files(folder):
        try:
            stat = path.stat()
        except OSError:
            continue  # gone since it was listed
        states[path] = stat.st_mtime_ns, stat.st_size
    return states
