"""What each command does that keeps a library; every one prints and returns its exit code."""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from tqdm import tqdm

from corpus import UnreadableFile, YuanwenError, find_files
from index import LibraryDamaged, ModelMismatch, add_all, is_address, lazy_embedder, rescue
from index.transfer import transfer
from ui.errors import BadInput
from ui.library import folder_of, open_library
from ui.settings import Settings, default_library
from ui.terminal import fail, one_line, show


def index(options: argparse.Namespace, settings: Settings) -> int:
    """Adds files and folders; what failed, and why, stands at the end."""
    files: list[Path] = []
    failed: list[str] = []
    for path in options.paths:
        try:
            files += find_files(path)
        except YuanwenError as error:
            failed.append(str(error))
    counts: Counter[str] = Counter()
    whole = False
    try:
        if files:
            _add(files, counts, failed, options, settings)
        whole = True
    finally:
        for reason in failed:
            fail(reason)
        counts.update(failed=len(failed))
        show(", ".join(f"{count} {what}" for what, count in sorted(counts.items()) if count))
        if not whole:
            left = len(files) - counts.total()
            fail(f"stopped with {left} files to go; the same command goes on from here")
    return 2 if failed else 0


def _add(
    files: list[Path],
    counts: Counter[str],
    failed: list[str],
    options: argparse.Namespace,
    settings: Settings,
) -> None:
    with (
        open_library(settings, create=True) as library,
        tqdm(total=len(files), unit="file", disable=None, leave=False) as bar,
    ):
        for path, outcome in add_all(
            library, files, lambda done: _move(bar, done), keep_versions=options.keep_versions
        ):
            if isinstance(outcome, UnreadableFile):
                failed.append(str(outcome))
                continue
            counts[outcome.status] += 1
            if outcome.status != "unchanged" and not sys.stderr.isatty():
                name = one_line(str(path))
                show(f"{outcome.status:<10}{name}  ({_passages(outcome.passages)})")


def _move(bar: "tqdm[Any]", done: float) -> None:
    bar.update(done - bar.n)


def documents(options: argparse.Namespace, settings: Settings) -> int:
    """Lists what the library holds."""
    with open_library(settings) as library:
        infos = library.documents()
    for info in infos:
        show(f"{info.id}  {one_line(info.title)}")
        show(f"    {info.language}, {info.characters} characters, {_passages(info.passages)}")
        if info.speakers:
            show(f"    speakers: {one_line(', '.join(info.speakers))}")
        for key, value in info.metadata.items():
            show(f"    {one_line(key)}: {one_line(value)}")
        show(f"    {one_line(unquote(info.uri))}")
    if not infos:
        show("The library is empty. Add files: yuanwen index PATH")
    return 0


def remove(options: argparse.Namespace, settings: Settings) -> int:
    """Takes a document out."""
    with open_library(settings) as library:
        library.remove(options.id)
    show(f"removed {one_line(options.id)}")
    return 0


def backup(options: argparse.Namespace, settings: Settings) -> int:
    """Copies the library into one file."""
    with open_library(settings) as library:
        library.backup(options.file)
    show(f"backed up to {one_line(str(options.file))}")
    return 0


def copy(options: argparse.Namespace, settings: Settings) -> int:
    """Brings the library to another place, and holds the two together."""
    place = options.to if is_address(options.to) else Path(options.to)
    if place == (settings.library or default_library()):
        raise BadInput("--to names the library itself: name another place.")
    with open_library(settings) as library, _documents_bar() as move:
        copied = transfer(library, place, move)
    show(
        f"{copied.documents} documents stand in both places ({copied.new} of them new), "
        f"{_passages(copied.passages)}, {copied.versions} versions of before, "
        f"{copied.feedback} words of readers"
    )
    return 0


def restore(options: argparse.Namespace, settings: Settings) -> int:
    """Puts a backup in the library's place."""
    kept = rescue.restore(folder_of(settings), options.file, lazy_embedder(settings.model))
    show(f"restored {one_line(str(options.file))}")
    if kept:
        show(f"what stood there is kept in {one_line(str(kept))}")
    return 0


def check(options: argparse.Namespace, settings: Settings) -> int:
    """Holds the library against every law; 1 where one does not hold."""
    try:
        with open_library(settings) as library, _documents_bar() as move:
            laws = library.check(move)
    except (LibraryDamaged, ModelMismatch) as error:
        if not options.repair:
            raise
        fail(str(error))
        return _repair(settings)
    width = max(len(law.name) for law in laws)
    for law in laws:
        told = f"{law.broken} broken" if law.broken else "holds"
        show(f"{law.name:<{width}}  {law.checked:>9}  {told}")
    for law in laws:
        for finding in law.findings:
            show(f"  {one_line(finding)}")
    if not any(law.broken for law in laws):
        return 0
    return _repair(settings) if options.repair else 1


def _repair(settings: Settings) -> int:
    with _documents_bar() as move:
        repaired = rescue.repair(folder_of(settings), lazy_embedder(settings.model), move)
    show(f"saved {repaired.saved} documents; the old library is kept in {repaired.kept}")
    if repaired.lost:
        fail(f"{repaired.lost} documents could not be read: index their files again.")
        return 1
    return 0


@contextmanager
def _documents_bar() -> Iterator[Callable[[int, int], None]]:
    with tqdm(unit="document", disable=None, leave=False) as bar:

        def move(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield move


def _passages(count: int) -> str:
    return f"{count} passage{'' if count == 1 else 's'}"
