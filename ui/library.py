"""Opens the library a command asks for; makes the default one on first use."""

import tempfile
from importlib import resources
from pathlib import Path

from filelock import FileLock

from index import load_embedder
from index.embedding import Embedder
from index.errors import LibraryMissing
from index.library import Library
from ui.settings import Settings, default_library


def open_library(settings: Settings, *, create: bool = False) -> Library:
    """The library of the settings.

    Without a folder in the settings it is the default library, made from the shipped document when
    it is missing. With one, `create` makes an empty library where none stands.

    Raises:
        LibraryMissing: the folder that was named holds no library, and `create` is false.
    """
    embedder = load_embedder(settings.model)
    if settings.library is not None:
        return Library.open(settings.library, embedder, create=create)
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
            library = Library.open(Path(beside) / folder.name, embedder, create=True)
            with resources.as_file(resources.files("corpus") / "documents") as documents:
                for path in sorted(documents.glob("*.md")):
                    library.add(path)
            library.close()
            (Path(beside) / folder.name).rename(folder)
        return Library.open(folder, embedder)
