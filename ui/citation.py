"""The forms in which words of a document are cited elsewhere.

Chat, reader and API take them from here, so that a citation reads alike wherever it was copied.
What comes in is a document and a range of it; the quotation is cut out of the document and nowhere
else.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote as percent_encoded

from corpus.document import Document, Span
from ui.errors import NoSuchPlace
from ui.text import Language

CONTEXT = 32  # code points of prefix and suffix
_LONGEST_EXACT = 80  # code points of a text fragment; longer words are named by their two ends
_END = 24

_FORMS = {
    "zh-CN": ("“{quote}”", "——", "，", "《{title}》", "“{section}”", "第 {page} 页"),
    "zh-TW": ("「{quote}」", "——", "，", "《{title}》", "「{section}」", "第 {page} 頁"),
    "en": ("“{quote}”", " — ", ", ", "{title}", "“{section}”", "page {page}"),
}
_BOUNDED_HEAD = re.compile(r".*\w(?=\W)")
_BOUNDED_TAIL = re.compile(r"(?<=\W)\w.*")
_MARKDOWN_INLINE = re.compile(r"[\\`*_\[\]<>&~|$]")
_MARKDOWN_START = re.compile(r"^(?:[#+=-]|\d{1,9}(?=[.)]))|^[ \t]+")


@dataclass(frozen=True, slots=True)
class Cited:
    """Words of a document, as one who cites them names them.

    `site` is the address of this web application, with a slash at its end; `on` is the day on which
    it was looked at.

    Raises:
        NoSuchPlace: the document has no such words.
    """

    document: Document
    span: Span
    site: str
    on: date

    def __post_init__(self) -> None:
        length = len(self.document.text)
        if not 0 <= self.span.start < self.span.end <= length:
            raise NoSuchPlace(
                f"The document {self.document.id} has no words at {self.span.start}-"
                f"{self.span.end}: give a start and a larger end, up to {length}."
            )

    @property
    def quote(self) -> str:
        return self.span.of(self.document.text)

    @property
    def address(self) -> str:
        """The document in the reader."""
        return f"{self.site}doc/{self.document.id}"

    @property
    def link(self) -> str:
        """The reader with the words marked."""
        return f"{self.address}#c={self.span.start}-{self.span.end}"

    @property
    def speakers(self) -> tuple[str, ...]:
        """Everyone who says a part of the words, in order."""
        turns = (turn for turn in self.document.turns if turn.span.overlaps(self.span))
        return tuple(dict.fromkeys(turn.speaker for turn in turns))

    @property
    def section(self) -> tuple[str, ...]:
        """The headings above the words, without one that only repeats the document's title."""
        path = self.document.section_at(self.span.start).path
        return path[1:] if path[:1] == (self.document.title,) else path

    @property
    def page(self) -> int | None:
        return self.document.page_at(self.span.start)


def forms(cited: Cited, language: Language) -> dict[str, Any]:
    """Every form by its name, ready for JSON."""
    return {
        "quote": cited.quote,
        "link": cited.link,
        "plain": plain(cited, language),
        "markdown": markdown(cited, language),
        "gbt7714": gbt7714(cited),
        "text_fragment": text_fragment(cited),
        "csl": csl(cited),
        "annotation": annotation(cited),
    }


def plain(cited: Cited, language: Language) -> str:
    """The quotation, who says it and where, and the link."""
    quoted, dash, *_ = _FORMS[language]
    return f"{quoted.format(quote=cited.quote)}{dash}{_place(cited, language)}\n{cited.link}"


def markdown(cited: Cited, language: Language) -> str:
    """A block quotation of CommonMark that shows the words as they stand, and its source."""
    lines = [f"> {markdown_line(line)}".rstrip() for line in cited.quote.split("\n")]
    dash = _FORMS[language][1].strip()
    place = markdown_line(_place(cited, language))
    return "\n".join([*lines, ">", f"> {dash} [{place}]({cited.link})"])


def gbt7714(cited: Cited) -> str:
    """A reference in the style of GB/T 7714—2015, 4.2 and 4.6: a part of a document that is online.

    The kind of document is not known, hence Z (其他). What is not known is left out.
    """
    document = cited.document
    authors = ", ".join(cited.speakers) or document.metadata.get("author", "")
    title = document.title
    if cited.section:
        title = f"{cited.section[-1]}[Z/OL]//{title}"
    else:
        title += "[Z/OL]"
    page = f": {cited.page}" if cited.page else ""
    published = f"({day})" if (day := document.metadata.get("date", "")) else ""
    parts = [authors, f"{title}{page}", f"{published}[{cited.on.isoformat()}]", cited.link]
    return _one_line(". ".join(filter(None, parts)))


def text_fragment(cited: Cited) -> str:
    """The reader's address with a text directive (WICG, URL Fragment Text Directives).

    Long words, or words on several lines, are named by their two ends. Browsers look for whole
    words unless a prefix and a suffix tell them better, and Chinese words have no blanks between
    them: so words that stand inside a clause get both, and words that the page has more than once.
    """
    text, span = cited.document.text, cited.span
    words = cited.quote.strip()
    lines = words.split("\n")
    whole = len(lines) == 1 and len(words) <= _LONGEST_EXACT
    terms = [words] if whole else [_head(lines[0], _END), _tail(lines[-1], _END)]
    headings = (section.path[-1] for section in cited.document.sections if section.path)
    times = sum(shown.lower().count(terms[0].lower()) for shown in (text, *headings))
    directive = ",".join(map(_encoded, terms))
    if times > 1 or text[max(0, span.start - 1) : span.start].isalnum():
        before = text[: span.start].rstrip().rpartition("\n")[2]
        directive = f"{_encoded(_tail(before, CONTEXT))}-,{directive}" if before else directive
    if times > 1 or text[span.end : span.end + 1].isalnum():
        after = text[span.end :].split("\n", 1)[0].strip()
        directive = f"{directive},-{_encoded(_head(after, CONTEXT))}" if after else directive
    return f"{cited.address}#:~:text={directive}"


def annotation(cited: Cited) -> dict[str, Any]:
    """A Web Annotation (W3C Recommendation, 2017) of the words; positions count code points."""
    text, span = cited.document.text, cited.span
    return {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": f"{cited.address}/annotation.json?start={span.start}&end={span.end}",
        "type": "Annotation",
        "motivation": "highlighting",
        "target": {
            "type": "SpecificResource",
            "source": cited.address,
            "selector": [
                {
                    "type": "TextQuoteSelector",
                    "exact": cited.quote,
                    "prefix": text[max(0, span.start - CONTEXT) : span.start],
                    "suffix": text[span.end : span.end + CONTEXT],
                },
                {"type": "TextPositionSelector", "start": span.start, "end": span.end},
            ],
        },
    }


def csl(cited: Cited) -> dict[str, Any]:
    """An item of CSL-JSON 1.0, which reference managers import."""
    document = cited.document
    item: dict[str, Any] = {
        "id": f"{document.id}-{cited.span.start}-{cited.span.end}",
        "type": "webpage",
        "title": cited.section[-1] if cited.section else document.title,
        "URL": cited.link,
        "accessed": {"date-parts": [[cited.on.year, cited.on.month, cited.on.day]]},
        "language": document.language,
        "note": cited.quote,
    }
    if cited.section:
        item["container-title"] = document.title
    if cited.speakers:
        item["author"] = [{"literal": speaker} for speaker in cited.speakers]
    if cited.page:
        item["page"] = str(cited.page)
    return item


def _place(cited: Cited, language: Language) -> str:
    """Who, in which document and section, on which page."""
    _, _, comma, title, section, page = _FORMS[language]
    parts = [
        comma.join(cited.speakers),
        title.format(title=cited.document.title),
        section.format(section=" › ".join(cited.section)) if cited.section else "",
        page.format(page=cited.page) if cited.page else "",
    ]
    return _one_line(comma.join(filter(None, parts)))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def markdown_line(line: str) -> str:
    """One line of a document as Markdown that shows these very characters."""
    escaped = _MARKDOWN_INLINE.sub(r"\\\g<0>", line)
    return _MARKDOWN_START.sub(_not_a_sign, escaped)


def _not_a_sign(found: re.Match[str]) -> str:
    """What would begin a list, a heading or code, so that it stands for itself."""
    sign = found[0]
    if sign.isspace():
        return "".join(f"&#{ord(c)};" for c in sign)
    return f"{sign}\\" if sign.isdigit() else f"\\{sign}"


def _head(line: str, most: int) -> str:
    """The beginning of a line, up to where a word surely ends."""
    cut = line[:most]
    bounded = None if cut == line else _BOUNDED_HEAD.match(cut)
    return bounded[0] if bounded else cut.strip()


def _tail(line: str, most: int) -> str:
    """The end of a line, from where a word surely begins."""
    cut = line[-most:]
    bounded = None if cut == line else _BOUNDED_TAIL.search(cut)
    return bounded[0] if bounded else cut.strip()


def _encoded(term: str) -> str:
    """Percent-encoded, and so are the signs of the directive's own syntax."""
    words = " ".join(term.split())
    return percent_encoded(words, safe="", errors="replace").replace("-", "%2D")
