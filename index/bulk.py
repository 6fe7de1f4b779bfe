"""Thousands of files into a library: read ahead, embedded together, written in groups."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import corpus
from corpus.document import Document
from corpus.errors import UnreadableFile
from index.library import Library
from index.nouns import Change

Outcome = Change | UnreadableFile

_AHEAD = 16  # files
_MOST_DOCUMENTS = 32  # of a group, which is written at once
_MOST_CHARACTERS = 50_000


def add_all(
    library: Library,
    files: Iterable[Path],
    progress: Callable[[float], None] | None = None,
    *,
    keep_versions: bool = False,
) -> Iterator[tuple[Path, Outcome]]:
    """Adds files, and tells what became of each when it is on disk; the order stays.

    A file that has not changed is not parsed. Whoever stops on the way loses the group in hand and
    nothing more; the next time goes on from there. `progress` is called with the number of files
    that are done, in fractions while a group is embedded.
    """
    done = 0
    group: list[tuple[Path, Document | Outcome]] = []

    def moved(texts: int, of: int) -> None:
        if progress:
            progress(done + len(group) * texts / of)

    # One thread: it reads while the model, which holds no lock of Python's, embeds.
    with ThreadPoolExecutor(1) as reader:
        try:
            for item in _ahead(reader, library, files):
                group.append(item)
                if _is_full(group):
                    yield from _added(library, group, moved, keep_versions)
                    done += len(group)
                    group.clear()
                    moved(0, 1)
            yield from _added(library, group, moved, keep_versions)
        finally:
            reader.shutdown(cancel_futures=True)


def _ahead(
    reader: ThreadPoolExecutor, library: Library, files: Iterable[Path]
) -> Iterator[tuple[Path, Document | Outcome]]:
    waiting: deque[Future[tuple[Path, Document | Outcome]]] = deque()
    for path in files:
        waiting.append(reader.submit(_read, library, path))
        if len(waiting) > _AHEAD:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _read(library: Library, path: Path) -> tuple[Path, Document | Outcome]:
    try:
        file = corpus.load(path)
        same = library.unchanged(path.resolve().as_uri(), file.digest)
        return path, same or corpus.from_file(file)
    except UnreadableFile as error:
        return path, error


def _is_full(group: list[tuple[Path, Document | Outcome]]) -> bool:
    documents = [item for _, item in group if isinstance(item, Document)]
    return (
        len(group) >= 8 * _MOST_DOCUMENTS
        or len(documents) >= _MOST_DOCUMENTS
        or sum(len(document.text) for document in documents) >= _MOST_CHARACTERS
    )


def _added(
    library: Library,
    group: list[tuple[Path, Document | Outcome]],
    moved: Callable[[int, int], None],
    keep_versions: bool,
) -> Iterator[tuple[Path, Outcome]]:
    documents = [item for _, item in group if isinstance(item, Document)]
    changes = iter(library.add_documents(documents, moved, keep_versions=keep_versions))
    for path, item in group:
        yield path, next(changes) if isinstance(item, Document) else item
