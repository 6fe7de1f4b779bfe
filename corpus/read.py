"""Files and texts to documents: decode, clean, then find sections, speakers and sentences."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from corpus import language
from corpus.authors import filled, signature
from corpus.clean import Markup, clean
from corpus.document import Document, Span, Turn
from corpus.errors import UnreadableFile
from corpus.files import PLAIN, File, Note, load
from corpus.readers.block import Block, Layout, Range
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
    labels = frozenset(byline.block.start for byline in named)
    found_turns = turns(text, blocks, named, note.speakers)
    metadata = {**layout.metadata, **note.metadata}
    # The author in a Word file or a PDF is who had the program: nobody to quote.
    front_matter = {} if isinstance(found, Layout) else layout.metadata
    names = {b.start for b in blocks if text[b.start : b.end].strip() in note.speakers}
    found_turns = _attributed(text, blocks, found_turns, labels | names, note.speaker, front_matter)
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
        metadata=metadata,
    )


def _attributed(
    text: str,
    blocks: tuple[Block, ...],
    turns: tuple[Turn, ...],
    labels: frozenset[int],
    by_hand: str,
    front_matter: Mapping[str, str],
) -> tuple[Turn, ...]:
    """The turns with the rest of the text given to whoever is named for all of it."""
    speaker = by_hand or front_matter.get("speaker", "")
    if not speaker and not turns:
        if signed := signature(text, blocks):
            name, start = signed
            above = [block for block in blocks if block.end <= start]
            return filled(text, above, (), labels, name)
        speaker = front_matter.get("author", "")
    return filled(text, blocks, turns, labels, speaker) if speaker else turns


def _partition(pages: Sequence[Range], length: int) -> tuple[Span, ...]:
    """The pages, each up to where the next begins."""
    starts = [0, *(start for start, _ in pages[1:]), length]
    return tuple(map(Span, starts, starts[1:])) if pages else ()
