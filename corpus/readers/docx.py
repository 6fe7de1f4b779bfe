"""Word files (Office Open XML): headings, lists with their numbers, tables, footnotes.

The parts are read with lxml, within limits, without entities and without the network. The library
made for this format, python-docx, unpacks every part, and knows neither footnotes nor the numbers
of headings and list items.
"""

import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from lxml import etree

from corpus.errors import UnreadableFile
from corpus.readers.block import Layout
from corpus.readers.docx_styles import Numbering, Styles, W, flag, value
from corpus.readers.draft import Draft, Run
from corpus.readers.metadata import metadata
from corpus.readers.tables import as_lines

_LARGEST = 50_000_000  # bytes of all parts that are read, unpacked
_MOST_SPANNED = 50
_DEEPEST = 60  # elements in elements
_ALTERNATIVES = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# Properties, deleted words, codes of fields, and what is drawn.
_UNREAD = {
    *(
        W + name
        for name in (
            "del moveFrom instrText delText fldChar pPr rPr sectPr tblPr tblGrid trPr tcPr sdtPr "
            "sdtEndPr rt object annotationRef"
        ).split()
    ),
    _ALTERNATIVES,
}
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}
_PROPERTIES = {
    "creator": "author",
    "created": "date",
    "title": "title",
    "subject": "subject",
    "keywords": "keywords",
    "description": "description",
    "category": "category",
}


def read(data: bytes) -> tuple[str, Layout]:
    """The text of a Word file and its layout.

    Raises:
        UnreadableFile: the file is no Word file, damaged, encrypted or too large.
    """
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFile(
            "is encrypted or of the old Word format: save it as DOCX without a password"
        )
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            package = _Package(archive)
            document = package.part("word/document.xml")
            if document is None:
                raise UnreadableFile("is no Word file: save it as DOCX from a word processor")
            writer = _Writer(package)
            writer.blocks(document)
            return writer.draft.finish(metadata(_properties(package)))
    except (zipfile.BadZipFile, zlib.error, etree.XMLSyntaxError, EOFError) as error:
        raise UnreadableFile("is damaged: open it in a word processor and save it anew") from error
    except (RuntimeError, NotImplementedError) as error:  # zipfile's, for a password
        raise UnreadableFile("is encrypted: save it without a password") from error


class _Package:
    """The parts of the file."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._left = _LARGEST

    def part(self, name: str) -> etree._Element | None:
        """The root of a part, or None where there is none.

        Raises:
            UnreadableFile: the parts are too large, unpacked, or define entities.
        """
        try:
            part = self._archive.open(name)
        except KeyError:
            return None
        with part:
            data = part.read(self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            raise UnreadableFile(
                f"unpacks to more than {_LARGEST // 1_000_000} MB of text: split it into parts"
            )
        if b"<!DOCTYPE" in data[:10_000] or b"<!ENTITY" in data:
            raise UnreadableFile("defines entities, as no word processor does: save it anew")
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            remove_comments=True,
            remove_pis=True,
        )
        return etree.fromstring(data, parser)


def _properties(package: _Package) -> Iterator[tuple[str, str]]:
    core = package.part("docProps/core.xml")
    for field in core if core is not None else ():
        name = etree.QName(field).localname
        if name in _PROPERTIES and field.text:
            yield _PROPERTIES[name], field.text


class _Writer:
    """Walks the body and writes its blocks."""

    def __init__(self, package: _Package) -> None:
        self.draft = Draft()
        self._styles = Styles(package.part("word/styles.xml"))
        self._numbering = Numbering(package.part("word/numbering.xml"))
        self._notes = {
            kind: _notes(package.part(f"word/{kind}s.xml"), kind)
            for kind in ("footnote", "endnote")
        }
        self._titled = 0
        self._marks = 0
        self._after: list[tuple[str, etree._Element]] = []  # notes and boxes, for after a block

    def blocks(self, parent: etree._Element, depth: int = 0) -> None:
        """Writes the paragraphs and tables of `parent`."""
        _check(depth)
        for element in parent:
            if element.tag == W + "p":
                self._paragraph(element, depth)
            elif element.tag == W + "tbl":
                self._table(element, depth)
            elif element.tag not in _UNREAD and not _is_contents(element):
                self.blocks(element, depth + 1)

    def _paragraph(self, paragraph: etree._Element, depth: int) -> None:
        style = self._styles.of(paragraph)
        if style.is_contents:
            return
        runs = list(self._runs(paragraph, style.bold, depth))
        if "".join(words for words, _ in runs).strip():
            number = self._numbering.next(style)
            self._titled |= style.is_title
            if style.level:
                level = min(6, style.level + (self._titled and not style.is_title))
                self.draft.add("heading", [(number, False), *runs], level)
            else:
                self.draft.add("item" if number else "paragraph", [(number, False), *runs])
        self._write_after(depth)

    def _write_after(self, depth: int) -> None:
        waiting, self._after = self._after, []
        for mark, element in waiting:
            if mark:
                self.draft.add("item", [(f"{mark} {self._words(element, depth + 1)}", False)])
            else:
                self.blocks(element, depth + 1)

    def _table(self, table: etree._Element, depth: int) -> None:
        trs = list(table.iterfind(W + "tr"))
        nested = next(table.iterfind(f".//{W}tbl"), None) is not None
        if nested or all(len(tr.findall(W + "tc")) < 2 for tr in trs):
            for tr in trs:  # it only sets the page
                for cell in tr.iterfind(W + "tc"):
                    self.blocks(cell, depth + 1)
            return
        rows: list[list[str]] = []
        heads, above = 0, True
        for tr in trs:
            row: list[str] = []
            for cell in tr.iterfind(W + "tc"):
                merged = cell.find(f"{W}tcPr/{W}vMerge")
                words = self._words(cell, depth + 1)
                if merged is not None and value(merged) != "restart" and rows and not words:
                    words = rows[-1][len(row)] if len(row) < len(rows[-1]) else ""
                span = value(cell.find(f"{W}tcPr/{W}gridSpan"))
                across = int(span) if span.isdigit() and len(span) < 4 else 1
                row += [words] * max(1, min(across, _MOST_SPANNED))
            above = above and flag(tr.find(f"{W}trPr/{W}tblHeader"))
            heads += above
            rows.append(row)
        self.draft.add("fixed", [("\n".join(as_lines(rows, heads or None)), False)])
        self._write_after(depth)

    def _words(self, element: etree._Element, depth: int) -> str:
        """All words below an element on one line."""
        paragraphs = element.iter(W + "p")
        lines = ("".join(words for words, _ in self._runs(p, False, depth)) for p in paragraphs)
        return " ".join(" ".join(lines).split())

    def _runs(self, parent: etree._Element, bold: bool, depth: int) -> Iterator[Run]:
        """The words of a paragraph, without those deleted or hidden."""
        _check(depth)
        for element in parent:
            if element.tag in _UNREAD or not isinstance(element.tag, str):
                continue
            name = element.tag.removeprefix(W)
            if name == "t":
                yield element.text or "", bold
            elif name in _SIGNS:
                yield _SIGNS[name], bold
            elif name in ("footnoteReference", "endnoteReference"):
                note = self._notes[name.removesuffix("Reference")].get(element.get(W + "id", ""))
                if note is not None:
                    self._marks += 1
                    self._after.append((f"[{self._marks}]", note))
                    yield f"[{self._marks}]", False
            elif name == "txbxContent":
                self._after.append(("", element))
            elif name == "r":
                look = self._styles.look(element.find(W + "rPr"), bold)
                if not look.hidden:
                    yield from self._runs(element, look.bold, depth + 1)
            else:
                yield from self._runs(element, bold, depth + 1)


def _notes(part: etree._Element | None, kind: str) -> dict[str, etree._Element]:
    """The notes by id, those aside that draw the line above them."""
    return {
        note.get(W + "id", ""): note
        for note in (part if part is not None else ())
        if note.tag == W + kind and note.get(W + "type", "normal") == "normal"
    }


def _is_contents(element: etree._Element) -> bool:
    """Whether this is the list of contents that a word processor made."""
    if element.tag != W + "sdt":
        return False
    gallery = value(element.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery"))
    return gallery == "Table of Contents"


def _check(depth: int) -> None:
    if depth > _DEEPEST:
        raise UnreadableFile("is nested too deep: save it anew from a word processor")
