"""Files and texts to documents: decode, clean, then find sections, speakers and sentences."""

import hashlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from corpus import language
from corpus.clean import Markup, clean
from corpus.document import Document, Span
from corpus.errors import UnreadableFile
from corpus.files import PLAIN, File, Note, load
from corpus.readers.block import Layout, Range
from corpus.readers.encoding import decode
from corpus.repeats import repeats
from corpus.sections import sections
from corpus.sentences import sentence_spans
from corpus.speakers import bylines, turns
from corpus.worker import read_apart


def read(path: Path) -> Document:
    """Read one file.

    Raises:
        UnreadableFile: the file is missing, empty, damaged, encrypted, too large, of a kind or in
            an encoding that is not read.
    """
    return from_file(load(path))


def from_file(file: File) -> Document:
    """The document of a file that is loaded.

    Raises:
        UnreadableFile: the file is empty, damaged, encrypted, or in an unknown encoding.
    """
    note = file.note()
    try:
        found: Markup | Layout
        if file.form in PLAIN.values():
            source, found = decode(file.data), file.form  # type: ignore[assignment]
        else:
            source, found = read_apart(file.form, file.data)
        return _document(
            source,
            found,
            note,
            uri=file.path.resolve().as_uri(),
            stem=file.path.stem,
            digest=file.digest,
        )
    except UnreadableFile as error:
        raise UnreadableFile(f"{file.path} {error}.") from error


def from_text(
    text: str, *, uri: str, title: str | None = None, markup: Markup = "text"
) -> Document:
    """A document from text in memory; `title` goes before the text's own first heading.

    Raises:
        UnreadableFile: the text has no words.
    """
    data = text.encode("utf-8", "surrogatepass")
    try:
        return _document(
            text,
            markup,
            Note(title=title or ""),
            uri=uri,
            stem=PurePosixPath(unquote(uri)).stem or uri,
            digest=hashlib.sha256(data).hexdigest(),
        )
    except UnreadableFile as error:
        raise UnreadableFile(f"{uri} {error}.") from error


def _document(
    source: str, found: Markup | Layout, note: Note, *, uri: str, stem: str, digest: str
) -> Document:
    cleaned = clean(source, found)
    text, layout = cleaned.text, cleaned.layout
    blocks = layout.blocks
    if not blocks:
        raise UnreadableFile("has no words in it: write some text, or leave it out")
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
        title=note.title or layout.title or first,
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
        metadata={**layout.metadata, **note.metadata},
    )


def _partition(pages: Sequence[Range], length: int) -> tuple[Span, ...]:
    """The pages, each up to where the next begins."""
    starts = [0, *(start for start, _ in pages[1:]), length]
    return tuple(map(Span, starts, starts[1:])) if pages else ()
