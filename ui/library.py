"""Opens the library a command asks for; makes the default one on first use."""

import tempfile
from importlib import resources
from pathlib import Path

import numpy as np
from filelock import FileLock
from tqdm import tqdm

from index import Change, Embedder, FolderOnly, Library, LibraryMissing, lazy_embedder
from qa import ask
from ui.batch import Asked
from ui.errors import BadFilter
from ui.settings import Settings, default_library
from ui.terminal import one_line


def open_library(settings: Settings, *, create: bool = False) -> Library:
    """The library of the settings.

    Without a place in the settings it is the default library, made from the shipped document when
    it is missing. With one, `create` makes an empty library where none stands.

    Raises:
        LibraryMissing: the place that was named holds no library, and `create` is false.
    """
    embedder = lazy_embedder(settings.model)
    if settings.library is not None:
        try:
            return Library.open(settings.library, embedder)
        except LibraryMissing:
            if not create:
                raise
        return Library.open(settings.library, embedder, create=True)
    folder = default_library()
    try:
        return Library.open(folder, embedder)
    except LibraryMissing:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_suffix(".lock")):
            return _open_or_make(folder, embedder)


def _open_or_make(folder: Path, embedder: Embedder) -> Library:
    """Opens what another process has made meanwhile, or builds beside and moves the whole there.

    A crash on the way leaves no half of a library behind.
    """
    try:
        return Library.open(folder, embedder)
    except LibraryMissing:
        with tempfile.TemporaryDirectory(prefix=".library-", dir=folder.parent) as beside:
            new = Path(beside) / folder.name
            with (
                Library.open(new, embedder, create=True) as library,
                resources.as_file(resources.files("corpus") / "documents") as documents,
            ):
                for path in sorted(documents.glob("*.md")):
                    add(library, path)
            new.rename(folder)
        return Library.open(folder, embedder)


def folder_of(settings: Settings) -> Path:
    """The folder of the library of the settings.

    Raises:
        FolderOnly: it stands in a cluster.
    """
    folder = settings.library or default_library()
    if isinstance(folder, str):
        raise FolderOnly(
            "A library in a cluster is not restored or made again here: restore its backup by the "
            "cluster's own means, or `yuanwen copy` a library there."
        )
    return folder


def warm(library: Library, question: str = "原文") -> None:
    """Loads the model and what else a first question waits for, so that none pays for it.

    Raises:
        ModelUnavailable: the model cannot be loaded.
    """
    ask(library, question)


def check_filters(library: Library, asked: Asked) -> None:
    """Tells a slip in a filter from documents that do not tell.

    Raises:
        BadFilter: nothing in the library is as the filters want it.
    """
    if not asked.filters or not library.passage_count():
        return
    nowhere = np.zeros(library.embedder.dimension, np.float32)
    if not library.search("", nowhere, filters=asked.filters, depth=1):
        raise BadFilter(
            f"{asked.origin}nothing in the library is of the documents, sections, speakers, "
            "days and metadata asked for. `yuanwen documents` shows how they are written."
        )


def add(library: Library, path: Path) -> Change:
    """Adds a file, with a bar that moves while it is embedded where somebody watches.

    Raises:
        UnreadableFile: the file cannot be read.
    """
    with tqdm(desc=one_line(path.name), unit="text", disable=None, leave=False) as bar:

        def move(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        return library.add(path, move)
