"""PDF: the text layer in reading order, page by page.

pdfplumber gives the characters with their places and the ruled tables. Lines, columns, paragraphs
and headings are found from the places; running heads and page numbers stay in the text and are
taken out by edits.
"""

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import pairwise
from typing import Any

from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
from pdfplumber.page import Page as PdfPage
from pdfplumber.pdf import PDF
from pdfplumber.utils.exceptions import PdfminerException

from corpus.edits import Edit
from corpus.errors import UnreadableFile
from corpus.joins import seam
from corpus.readers.block import Block, Layout, Range
from corpus.readers.draft import MOST_CHARACTERS
from corpus.readers.metadata import metadata
from corpus.readers.pdf_blocks import (
    Page,
    Part,
    body_size,
    goes_on,
    parts_of,
    set_levels,
    take_out_furniture,
    usual_distance,
)
from corpus.readers.pdf_lines import Char, Line, lines_of
from corpus.readers.tables import as_lines
from corpus.script import mostly_wide

_MOST_PAGES = 5000
_MOST_UNKNOWN = 0.3  # of the characters
_KEYS = {"Title": "title", "Author": "author", "Subject": "subject", "Keywords": "keywords"}
_date = re.compile(r"(?:D:)?(\d{4})(\d\d)(\d\d)")


def read(data: bytes) -> tuple[str, Layout]:
    """The text of a PDF and its layout.

    Raises:
        UnreadableFile: the file is damaged or encrypted, or has no text layer.
    """
    try:
        with PDF.open(BytesIO(data)) as pdf:
            said = metadata(_said(pdf.metadata))
            pages, has_images = _pages(pdf)
    except PdfminerException as error:
        if isinstance(error.args[0], (PDFPasswordIncorrect, PDFEncryptionError)):
            raise UnreadableFile("is encrypted: save it without a password") from error
        raise
    if not any(page.lines for page in pages):
        if has_images:
            raise UnreadableFile(
                "is a scan without a text layer: have its text recognised (OCR) first"
            )
        raise UnreadableFile("has no words in it: write some text, or leave it out")
    return _written(pages, said)


def _said(fields: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key, name in _KEYS.items():
        if isinstance(value := fields.get(key), str):
            yield name, value
    if match := _date.match(str(fields.get("CreationDate", ""))):
        yield "date", "-".join(match.groups())


def _pages(pdf: PDF) -> tuple[list[Page], bool]:
    """What stands on each page, and whether there are pictures."""
    pages: list[Page] = []
    has_images = False
    letters = unknown = 0
    for number, page in enumerate(pdf.pages):
        if number >= _MOST_PAGES:
            raise UnreadableFile(f"has more than {_MOST_PAGES} pages: split it into parts")
        chars = [char for char in page.dedupe_chars().chars if char.get("upright", True)]
        known = [char for char in chars if not char["text"].startswith("(cid:")]
        letters += len(chars)
        unknown += len(chars) - len(known)
        has_images |= bool(page.images)
        pages.append(_page(page, [char for char in known if char["size"] > 0]))
        page.close()
        if letters > MOST_CHARACTERS:
            raise UnreadableFile(f"has more than {MOST_CHARACTERS} characters: split it into parts")
    if unknown > _MOST_UNKNOWN * letters:
        raise UnreadableFile(
            "does not tell which letters its fonts draw: have its text recognised (OCR) first"
        )
    return pages, has_images


def _page(page: PdfPage, chars: list[Char]) -> Page:
    tables: list[Line] = []
    if page.rects or page.lines or page.curves:
        for table in page.find_tables():
            x0, top, x1, bottom = table.bbox
            rows = [[_one_line(cell or "") for cell in row] for row in table.extract()]
            if len(rows) < 2 or max(map(len, rows)) < 2:
                continue
            chars = [
                char
                for char in chars
                if not (
                    x0 <= (char["x0"] + char["x1"]) / 2 <= x1
                    and top <= (char["top"] + char["bottom"]) / 2 <= bottom
                )
            ]
            if text := "\n".join(as_lines(rows)):
                tables.append(Line(text, x0, x1, top, bottom, size=1, cells=(text,)))
    lines = lines_of(chars)
    for number, table_line in enumerate(tables):
        below = (i for i, line in enumerate(lines) if line.top > table_line.top)
        table_line.column = -1 - number  # a block of its own
        lines.insert(next(below, len(lines)), table_line)
    return Page(float(page.height), lines)


def _one_line(cell: str) -> str:
    """The words of a cell whose lines were broken to fit it."""
    return ("" if mostly_wide(cell) else " ").join(cell.split("\n"))


def _written(pages: Sequence[Page], said: dict[str, str]) -> tuple[str, Layout]:
    take_out_furniture(pages)
    body, distance = body_size(pages), usual_distance(pages)
    parts = [parts_of(page, body, distance) for page in pages]
    set_levels([part for page in parts for part in page])
    text = _Text()
    for page, blocks in zip(pages, parts, strict=True):
        text.begin_page()
        text.furniture(page.heads)
        for i, part in enumerate(blocks):
            text.block(part, blocks[i - 1].lines[-1].column if i else None)
        text.furniture(page.feet)
    return text.finish(said)


class _Text:
    """The text as it is written, one page after another."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._last: Part | None = None
        self._length = 0
        self._blocks: list[Block] = []
        self._signs: list[Edit] = []
        self._seams: list[tuple[int, int, int, int]] = []  # two lines to be joined
        self._bold: list[Range] = []
        self._starts: list[int] = []

    def begin_page(self) -> None:
        self._starts.append(self._length)

    def furniture(self, lines: Sequence[Line]) -> None:
        for line in sorted(lines, key=lambda line: line.top):
            self._signs.append(Edit(self._length, f"{line.text}\n\n", "", "page"))
            self._write(f"{line.text}\n\n")

    def block(self, part: Part, column: int | None) -> None:
        """Writes a block; the one above it on the page ended in `column`."""
        begin = self._length
        if (
            self._last
            and column != part.lines[0].column
            and self._blocks[-1].kind == part.kind == "paragraph"
            and goes_on(self._last, part)
        ):
            begin = self._continue(self._last.lines[-1].text, part.lines[0].text)
        self._last = part
        bounds: list[Range] = []
        self._write("\n".join(part.rows))
        for i, line in enumerate(() if part.rows else part.lines):
            if i:
                self._write("\n")
            self._bold += [(self._length + a, self._length + b) for a, b in line.bold]
            bounds.append((self._length, self._length + len(line.text)))
            self._write(line.text)
        self._blocks.append(Block(part.kind, begin, self._length, part.level))
        self._seams += [
            (*left, *right)
            for i, (left, right) in enumerate(pairwise(bounds))
            if part.kind == "heading" or i in part.wrapped
        ]
        self._write("\n\n")

    def _continue(self, above: str, below: str) -> int:
        """Joins the last block to what is written next; returns where it began."""
        last = self._blocks.pop()
        glue = seam(
            f"{above}\n\n{below}", 0, len(above), len(above) + 2, len(above) + 2 + len(below)
        )
        at = last.end - (len(above) - glue.source_start)
        self._signs.append(Edit(at, glue.before, glue.after, "line"))
        return last.start

    def _write(self, words: str) -> None:
        self._parts.append(words)
        self._length += len(words)

    def finish(self, said: dict[str, str]) -> tuple[str, Layout]:
        """The text and its layout; bold words that go on over a line's end are one range."""
        ends = [*self._starts[1:], self._length]
        text = "".join(self._parts)
        signs = self._signs + [seam(text, *bounds) for bounds in self._seams]
        layout = Layout(
            tuple(self._blocks),
            tuple(sorted(signs, key=lambda sign: sign.source_start)),
            tuple(self._joined()),
            pages=tuple(zip(self._starts, ends, strict=True)),
            metadata=said,
        )
        return text, layout

    def _joined(self) -> Iterator[Range]:
        blocks = {block.start: block.end for block in self._blocks}
        open_range: Range | None = None
        for start, end in self._bold:
            if open_range and start == open_range[1] + 1 and start not in blocks:
                open_range = open_range[0], end
                continue
            if open_range:
                yield open_range
            open_range = start, end
        if open_range:
            yield open_range
