"""Files and texts to documents: decode, clean, then find sections, speakers and sentences."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from corpus import language
from corpus.clean import Markup, clean
from corpus.document import Document, Span
from corpus.errors import UnreadableFile
from corpus.readers.block import Range
from corpus.readers.encoding import decode
from corpus.repeats import repeats
from corpus.sections import sections
from corpus.sentences import sentence_spans
from corpus.speakers import bylines, turns

_MARKUPS: dict[str, Markup] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
    ".text": "text",
}
_READS = ", ".join(_MARKUPS)
_LARGEST_MB = 50


def read(path: Path) -> Document:
    """Read one file.

    Raises:
        UnreadableFile: the file is missing, empty, binary, too large, of a kind or in an encoding
            that is not read.
    """
    markup = _MARKUPS.get(path.suffix.lower())
    if path.is_dir():
        raise UnreadableFile(f"{path} is a folder: name a file, or index the folder as a whole.")
    if not path.exists():
        raise UnreadableFile(f"{path} does not exist: check the path.")
    if markup is None:
        raise UnreadableFile(
            f"{path} is not of a kind that is read: convert it to one of {_READS}."
        )
    try:
        if not path.is_file():
            raise UnreadableFile(f"{path} is not a regular file: name a file with text.")
        if path.stat().st_size > _LARGEST_MB * 1_000_000:
            raise UnreadableFile(f"{path} is larger than {_LARGEST_MB} MB: split it into parts.")
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(
            f"{path} cannot be opened ({error.strerror}): check its rights."
        ) from error
    return _document(
        decode(data, str(path)),
        name=str(path),
        uri=path.resolve().as_uri(),
        stem=path.stem,
        title=None,
        markup=markup,
        digest=hashlib.sha256(data).hexdigest(),
    )


def from_text(
    text: str, *, uri: str, title: str | None = None, markup: Markup = "text"
) -> Document:
    """A document from text in memory; `title` goes before the text's own first heading.

    Raises:
        UnreadableFile: the text has no words.
    """
    data = text.encode("utf-8", "surrogatepass")
    return _document(
        text,
        name=uri,
        uri=uri,
        stem=PurePosixPath(unquote(uri)).stem or uri,
        title=title,
        markup=markup,
        digest=hashlib.sha256(data).hexdigest(),
    )


def find_files(path: Path) -> list[Path]:
    """The file itself, or the files below a folder that can be read, in a stable order.

    Hidden files and folders are skipped, and links that lead out of the folder.

    Raises:
        UnreadableFile: nothing stands at `path`, or no file below it is of a kind that is read.
    """
    if not path.exists():
        raise UnreadableFile(f"{path} does not exist: check the path.")
    if not path.is_dir():
        if path.suffix.lower() not in _MARKUPS:
            raise UnreadableFile(
                f"{path} is not of a kind that is read: convert it to one of {_READS}."
            )
        return [path]
    home = path.resolve()
    found: list[Path] = []
    for folder, folders, names in os.walk(path):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            file = Path(folder, name)
            if (
                not name.startswith(".")
                and file.suffix.lower() in _MARKUPS
                and file.is_file()
                and file.resolve().is_relative_to(home)
            ):
                found.append(file)
    if not found:
        raise UnreadableFile(f"{path} holds no document: put files there that end in {_READS}.")
    return sorted(found, key=lambda file: file.relative_to(path).parts)


def _document(
    source: str, *, name: str, uri: str, stem: str, title: str | None, markup: Markup, digest: str
) -> Document:
    cleaned = clean(source, markup)
    text, layout = cleaned.text, cleaned.layout
    blocks = layout.blocks
    if not blocks:
        raise UnreadableFile(f"{name} has no words in it: write some text, or leave it out.")
    sentences = sentence_spans(text, blocks)
    named = bylines(text, blocks)
    found_turns = turns(text, blocks, named)
    labels = frozenset(byline.block.start for byline in named)
    found_sections = sections(text, blocks, layout.bold, sentences, labels)
    bodies = {block.start for block in blocks if block.kind in ("heading", "fixed")} | labels
    foldable = [span for span in sentences if span.start not in bodies]
    heading = next((block for block in blocks if block.kind == "heading"), None)
    first = " ".join(text[heading.start : heading.end].split()) if heading else stem
    return Document(
        id=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16],
        title=title or layout.title or first,
        uri=uri,
        language=language.guess(text),
        text=text,
        sections=found_sections,
        turns=found_turns,
        sentences=sentences,
        repeats=repeats(text, foldable, found_turns),
        edits=cleaned.edits,
        digest=digest,
        pages=_partition(layout.pages, len(text)),
        metadata=layout.metadata,
    )


def _partition(pages: Sequence[Range], length: int) -> tuple[Span, ...]:
    """The pages, each up to where the next begins."""
    starts = [0, *(start for start, _ in pages[1:]), length]
    return tuple(map(Span, starts, starts[1:])) if pages else ()
