"""What the styles and the numbering of a Word file say of a paragraph and of its words."""

import re
from dataclasses import dataclass, replace

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

_DIGITS = "〇一二三四五六七八九"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_heading = re.compile(r"(?:heading|标题|標題) ?([1-9])", re.IGNORECASE)
_contents = re.compile(r"(?:toc|contents|目录|目錄)(?: ?\d| heading)?", re.IGNORECASE)
_place = re.compile(r"%([1-9])")
_DEEPEST = 20  # styles based on styles


@dataclass(frozen=True, slots=True)
class Style:
    """`level` is a heading's, or 0; `list_id` and `list_level` are those of a list item, or ""."""

    level: int = 0
    is_title: bool = False
    is_contents: bool = False
    bold: bool = False
    hidden: bool = False
    list_id: str = ""
    list_level: int = 0


def value(element: etree._Element | None) -> str:
    """The `w:val` of an element, or an empty string."""
    return "" if element is None else element.get(W + "val", "")


def flag(element: etree._Element | None) -> bool:
    """Whether a switch is there and not turned off."""
    return element is not None and value(element) not in ("0", "false", "off")


class Styles:
    """The styles of a file, each with what it takes from those it is based on."""

    def __init__(self, part: etree._Element | None) -> None:
        styles = part.iterfind(W + "style") if part is not None else ()
        self._elements = {style.get(W + "styleId", ""): style for style in styles}
        self._known: dict[str, Style] = {}

    def of(self, paragraph: etree._Element) -> Style:
        """The style of a paragraph, with what its own properties change."""
        own = paragraph.find(W + "pPr")
        if own is None:
            return Style()
        return _with_paragraph(self._named(value(own.find(W + "pStyle"))), own)

    def look(self, own: etree._Element | None, bold: bool) -> Style:
        """How a run looks inside a paragraph that is `bold` or not."""
        if own is None:
            return Style(bold=bold)
        named = self._named(value(own.find(W + "rStyle")))
        return _with_run(replace(named, bold=named.bold or bold), own)

    def _named(self, name: str, depth: int = 0) -> Style:
        if name in self._known:
            return self._known[name]
        element = self._elements.get(name)
        if element is None or depth > _DEEPEST:
            return Style()
        style = self._named(value(element.find(W + "basedOn")), depth + 1)
        shown = value(element.find(W + "name")).strip()
        if match := _heading.fullmatch(shown):
            style = replace(style, level=int(match[1]))
        if shown.lower() in ("title", "标题", "標題"):
            style = replace(style, level=1, is_title=True)
        if _contents.fullmatch(shown):
            style = replace(style, is_contents=True)
        style = _with_paragraph(style, element.find(W + "pPr"))
        style = _with_run(style, element.find(W + "rPr"))
        self._known[name] = style
        return style


def _with_paragraph(style: Style, own: etree._Element | None) -> Style:
    if own is None:
        return style
    outline = value(own.find(W + "outlineLvl"))
    if outline.isdigit() and not style.is_title:
        style = replace(style, level=int(outline[:2]) + 1 if int(outline[:2]) < 9 else 0)
    item = own.find(W + "numPr")
    if item is not None:
        level = value(item.find(W + "ilvl"))
        list_id = item.find(W + "numId")
        style = replace(
            style,
            list_id=value(list_id) if list_id is not None else style.list_id,
            list_level=int(level) if level.isdigit() and len(level) == 1 else style.list_level,
        )
    return _with_run(style, own.find(W + "rPr"), words=False)


def _with_run(style: Style, own: etree._Element | None, *, words: bool = True) -> Style:
    if own is None or not words:
        return style
    bold, hidden = own.find(W + "b"), own.find(W + "vanish")
    return replace(
        style,
        bold=style.bold if bold is None else flag(bold),
        hidden=style.hidden if hidden is None else flag(hidden),
    )


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    form: str
    text: str
    glue: str


class Numbering:
    """The numbers that a word processor shows before headings and list items."""

    def __init__(self, part: etree._Element | None) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}  # of each abstract list
        self._lists: dict[str, str] = {}
        self._counts: dict[str, dict[int, int]] = {}
        if part is None:
            return
        for element in part.iterfind(W + "abstractNum"):
            levels = {
                int(number): _level(level)
                for level in element.iterfind(W + "lvl")
                if (number := level.get(W + "ilvl", "")).isdigit() and len(number) == 1
            }
            self._levels[element.get(W + "abstractNumId", "")] = levels
        for element in part.iterfind(W + "num"):
            self._lists[element.get(W + "numId", "")] = value(element.find(W + "abstractNumId"))

    def next(self, style: Style) -> str:
        """What stands before the next paragraph of a style, or an empty string."""
        abstract = self._lists.get(style.list_id)
        levels = self._levels.get(abstract or "", {})
        level = levels.get(style.list_level)
        if level is None:
            return ""
        if level.form == "bullet":
            return "- "
        counts = self._counts.setdefault(style.list_id, {})
        counts[style.list_level] = counts.get(style.list_level, level.start - 1) + 1
        for deeper in [inner for inner in counts if inner > style.list_level]:
            del counts[deeper]

        def number(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            form = levels[at].form if at in levels else "decimal"
            return formatted(counts.get(at, levels[at].start if at in levels else 1), form)

        shown = _place.sub(number, level.text)
        return shown + level.glue if shown else ""


def _level(element: etree._Element) -> _Level:
    start = value(element.find(W + "start"))
    text = value(element.find(W + "lvlText"))[:40]
    no_glue = value(element.find(W + "suff")) == "nothing" or text.endswith(("、", "）"))
    return _Level(
        start=int(start) if start.isdigit() and len(start) < 6 else 1,
        form=value(element.find(W + "numFmt")),
        text=text,
        glue="" if no_glue else " ",
    )


def formatted(number: int, form: str) -> str:
    """A number as the numbering of a list writes it (ECMA-376, 17.18.59)."""
    if form == "none":
        return ""
    if form.startswith(("chinese", "taiwanese", "japaneseCounting", "ideographDigital")):
        return _han(number)
    if form == "ideographTraditional" and 1 <= number <= 10:
        return _STEMS[number - 1]
    if form.startswith("decimalEnclosedCircle") and 1 <= number <= 20:
        return chr(0x2460 + number - 1)
    if form in ("lowerLetter", "upperLetter") and number >= 1:
        letter = chr(ord("a") + (number - 1) % 26) * min(10, (number - 1) // 26 + 1)
        return letter if form == "lowerLetter" else letter.upper()
    if form in ("lowerRoman", "upperRoman") and 1 <= number < 5000:
        roman = _roman(number)
        return roman if form == "lowerRoman" else roman.upper()
    return f"{number:02d}" if form == "decimalZero" else str(number)


def _roman(number: int) -> str:
    parts = []
    for size, letters in _ROMAN:
        parts.append(letters * (number // size))
        number %= size
    return "".join(parts)


def _han(number: int) -> str:
    if not 0 < number < 10_000:
        return str(number)
    parts: list[str] = []
    gap = False
    for size, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // size % 10
        if not digit:
            gap = bool(parts)
            continue
        if gap:
            parts.append("零")
        one = digit == 1 and size == 10 and not parts
        parts.append(("" if one else _DIGITS[digit]) + unit)
        gap = False
    return "".join(parts)
