"""Web pages: the main text's headings, paragraphs, lists and tables, without scripts.

lxml parses as browsers do. What belongs to the main text is read from the page's own marks (`main`,
`article`, `nav`, hidden elements), then from blocks that are links for the most part. Extractors by
statistics (trafilatura, readability) drop short paragraphs and tables without a trace.
"""

import re
from collections.abc import Iterator

from lxml import etree

from corpus.errors import UnreadableFile
from corpus.readers.block import Kind, Layout
from corpus.readers.draft import Draft, Run
from corpus.readers.encoding import decode
from corpus.readers.metadata import metadata
from corpus.readers.tables import as_lines

_PARAGRAPHS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption "
    "figure footer form header hr html legend li main nav ol p pre section summary table tbody td "
    "tfoot th thead tr ul h1 h2 h3 h4 h5 h6".split()
)
_UNREAD = frozenset(
    "audio button canvas datalist dialog embed head iframe input map math noembed noframes "
    "noscript object option rp rt script select style svg template textarea video".split()
)
_ASIDE = frozenset(("nav", "aside", "footer", "menu"))
_ASIDE_ROLES = frozenset(
    ("navigation", "banner", "complementary", "contentinfo", "search", "menu", "alert", "dialog")
)
_BOLD = frozenset(("b", "strong"))
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_MOST_LINKS = 0.6  # of the letters of a block that is text and no list of links
_MOST_SPANNED = 50  # columns or rows that one cell may span
_MOST_CELLS = 200_000
_LONGEST_CELL = 600  # code points; a table with longer ones sets the page
_bold_style = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_hidden = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_charset = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{2,40})", re.IGNORECASE)
_blank = re.compile(r"[ \t\n\r\f]+")


def read(data: bytes) -> tuple[str, Layout]:
    """The text of a page and its layout.

    Raises:
        UnreadableFile: the bytes are no text.
    """
    found = _charset.search(data[:4096])
    text = decode(data, declared=found[1].decode("ascii") if found else None)
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    root = etree.fromstring(text.replace("\0", "").encode("utf-8", "replace"), parser)
    if root is None:
        raise UnreadableFile("holds no words: write some text, or leave it out")
    draft = Draft()
    body = root.find("body")
    if body is not None:
        _Writer(draft, _main(body)).write()
    said = metadata(_said(root))
    return draft.finish(said, title=_title(root, said))


def _main(body: etree._Element) -> etree._Element:
    """The element that holds the main text: `main`, the only `article`, or the whole body."""
    for path in (".//main", ".//*[@role='main']", ".//article"):
        found = [element for element in body.iterfind(path) if not _is_unread(element)]
        if len(found) == 1 and _text(found[0]):
            return found[0]
    return body


def _said(root: etree._Element) -> Iterator[tuple[str, str]]:
    for title in root.iterfind(".//title"):
        yield "title", _text(title)
        break
    for meta in root.iterfind(".//meta"):
        name = meta.get("name") or meta.get("property") or ""
        value = meta.get("content") or ""
        if name.lower() in ("viewport", "generator", "robots", "theme-color", "referrer"):
            continue
        if name in ("article:published_time", "pubdate", "publishdate", "dc.date", "DC.date"):
            name = "date"
        yield name.removeprefix("article:"), value


def _title(root: etree._Element, said: dict[str, str]) -> str:
    headings = [_text(heading) for heading in root.iterfind(".//h1")]
    if len(headings) == 1 and headings[0]:
        return headings[0]
    return said.get("og:title") or said.get("title", "")


class _Writer:
    """Walks the main element and writes its blocks; no recursion, however deep the page."""

    def __init__(self, draft: Draft, main: etree._Element) -> None:
        self._draft = draft
        self._main = main
        self._linked = _linked(main)
        self._runs: list[Run] = []
        self._bold = 0
        self._preformatted = 0
        self._lists: list[int | None] = []  # of each open list, the number of its last item
        self._items = 0
        self._marker = ""

    def write(self) -> None:
        walk = etree.iterwalk(self._main, events=("start", "end"))
        passed: etree._Element | None = None  # the element that was not gone into
        for event, element in walk:
            if event == "start":
                if self._is_passed(element):
                    passed = element
                    walk.skip_subtree()
                else:
                    self._open(element)
                    self._add(element.text)
                continue
            if element is passed:
                passed = None
            else:
                self._close(element)
            if element is not self._main:
                self._add(element.tail)
        self._flush()

    def _is_passed(self, element: etree._Element) -> bool:
        """Whether the element is left out, or is a table that is written here as a whole."""
        if element is self._main:
            return False
        tag = element.tag
        if _is_unread(element) or tag in _ASIDE or element.get("role") in _ASIDE_ROLES:
            return True
        if element in self._linked or element.get("title") in ("header", "footer"):
            return True  # a word processor names its running heads so
        if tag == "header":
            return element.find(".//h1") is None
        if tag == "table" and (table := _rows(element)):
            self._flush()
            rows, heads = table
            caption = element.find("caption")
            if caption is not None:
                self._draft.add("paragraph", [(_words(caption), False)])
            self._draft.add("fixed", [("\n".join(as_lines(rows, heads)), False)])
            return True
        return False

    def _open(self, element: etree._Element) -> None:
        tag = element.tag
        if tag == "br":
            if self._runs and self._runs[-1][0].endswith("\n") and not self._preformatted:
                self._flush()
            elif self._runs:
                self._runs.append(("\n", False))
            return
        if tag in _PARAGRAPHS:
            self._flush()
        if _is_bold(element):
            self._bold += 1
        if _is_note_mark(element):
            self._add("[")
        match tag:
            case "ul" | "menu":
                self._lists.append(None)
            case "ol":
                self._lists.append(_number(element.get("start"), 1) - 1)
            case "li":
                self._items += 1
                last = self._lists[-1] if self._lists else None
                if last is None:
                    self._marker = "- "
                else:
                    self._lists[-1] = last + 1
                    self._marker = f"{last + 1}. "
            case "pre":
                self._preformatted += 1

    def _close(self, element: etree._Element) -> None:
        tag = element.tag
        if tag in _PARAGRAPHS:
            self._flush(_HEADINGS.get(tag, 0))
        if _is_bold(element):
            self._bold -= 1
        if _is_note_mark(element):
            self._add("]")
        match tag:
            case "ul" | "menu" | "ol":
                self._lists.pop()
            case "li":
                self._items -= 1
                self._marker = ""
            case "pre":
                self._preformatted -= 1

    def _add(self, words: str | None) -> None:
        if not words:
            return
        if not self._preformatted:
            words = _blank.sub(" ", words)
            if self._runs and self._runs[-1][0].endswith("\n") and words.startswith("\u3000"):
                self._flush()  # a line that is indented begins a paragraph
        self._runs.append((words, self._bold > 0))

    def _flush(self, level: int = 0) -> None:
        if any(words.strip() for words, _ in self._runs):
            kind: Kind = (
                "heading"
                if level
                else "fixed"
                if self._preformatted
                else "item"
                if self._items
                else "paragraph"
            )
            self._draft.add(kind, [(self._marker, False), *self._runs], level)
            self._marker = ""
        self._runs.clear()


def _is_unread(element: etree._Element) -> bool:
    return (
        element.tag in _UNREAD
        or element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or bool(_hidden.search(element.get("style", "")))
    )


def _text(element: etree._Element) -> str:
    return " ".join("".join(map(str, element.itertext())).split())


def _is_bold(element: etree._Element) -> bool:
    return element.tag in _BOLD or bool(_bold_style.search(element.get("style", "")))


def _is_note_mark(element: etree._Element) -> bool:
    """Whether the element is a number that leads to a footnote or back."""
    return (
        element.tag == "a"
        and element.get("href", "").startswith("#")
        and _text(element).isdigit()
        and len(_text(element)) < 4
    )


def _linked(main: etree._Element) -> set[etree._Element]:
    """The outermost blocks with three links or more that are links for the most part: menus."""
    letters: dict[etree._Element, tuple[int, int, int]] = {}  # all, in links, number of links
    found: set[etree._Element] = set()
    for _, element in etree.iterwalk(main, events=("end",)):
        counts = [len((element.text or "").strip()), 0, 0]
        for child in element:
            inner = letters.pop(child, (0, 0, 0))
            counts = [a + b for a, b in zip(counts, inner, strict=True)]
            counts[0] += len((child.tail or "").strip())
        if element.tag == "a":
            counts[1:] = counts[0], 1
        if _is_unread(element):
            counts = [0, 0, 0]
        elif element.tag in _PARAGRAPHS and counts[2] > 2 and counts[1] > _MOST_LINKS * counts[0]:
            found.add(element)
            counts = [0, 0, 0]
        letters[element] = counts[0], counts[1], counts[2]
    return found if letters[main][0] else set()


def _rows(table: etree._Element) -> tuple[list[list[str]], int | None] | None:
    """The cells of a table and the number of its head rows; None where it only sets the page."""
    if table.get("role") in ("presentation", "none") or any(
        next(table.iterfind(f".//{tag}"), None) is not None for tag in ("table", *_HEADINGS)
    ):
        return None
    rows: list[list[str]] = []
    spanned: dict[int, tuple[int, str]] = {}  # column: rows left, words
    heads, above = 0, True
    cells = 0
    for tr in table.iter("tr"):
        row: list[str] = []
        own = [cell for cell in tr if cell.tag in ("td", "th")]
        for cell in own:
            _span_down(row, spanned)
            words = _words(cell)
            if len(words) > _LONGEST_CELL:
                return None
            across = min(_number(cell.get("colspan"), 1), _MOST_SPANNED)
            down = min(_number(cell.get("rowspan"), 1), _MOST_SPANNED)
            for _ in range(max(1, across)):
                if down > 1:
                    spanned[len(row)] = down - 1, words
                row.append(words)
        _span_down(row, spanned)
        cells += len(row)
        if cells > _MOST_CELLS:
            raise UnreadableFile(f"has a table of more than {_MOST_CELLS} cells: split it")
        rows.append(row)
        parent = tr.getparent()
        is_head = bool(own) and (
            all(cell.tag == "th" for cell in own) or (parent is not None and parent.tag == "thead")
        )
        above = above and is_head
        heads += above
    if max(map(len, rows), default=0) < 2:
        return None
    return rows, heads or None


def _span_down(row: list[str], spanned: dict[int, tuple[int, str]]) -> None:
    """Writes the cells that reach down from the rows above into `row`, from its end on."""
    while len(row) in spanned:
        left, words = spanned.pop(len(row))
        if left > 1:
            spanned[len(row)] = left - 1, words
        row.append(words)


def _words(element: etree._Element) -> str:
    """The words of a cell on one line."""
    parts: list[str] = []
    walk = etree.iterwalk(element, events=("start", "end"))
    passed: etree._Element | None = None
    for event, inner in walk:
        if event == "start":
            if _is_unread(inner) and inner is not element:
                passed = inner
                walk.skip_subtree()
            else:
                parts += (
                    " " if inner.tag in _PARAGRAPHS or inner.tag == "br" else "",
                    inner.text or "",
                )
        else:
            passed = None if inner is passed else passed
            parts += (
                " " if inner.tag in _PARAGRAPHS else "",
                "" if inner is element else inner.tail or "",
            )
    return " ".join("".join(parts).split())


def _number(words: str | None, otherwise: int) -> int:
    return (
        int(words)
        if words and words.isascii() and words.isdigit() and len(words) < 7
        else otherwise
    )
