"""Lines of the clean text as what they are: headings, names of speakers, items, rows, words.

The clean text keeps the signs of lists and tables, so what a line is can be read off it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from corpus.document import Document, Repeat, Section, Span

Kind = Literal["heading", "byline", "words", "item", "row", "fixed"]

_LINE = re.compile(r"[^\n]*\S[^\n]*")
_ITEM = re.compile(r"(?:[-*+•·●○■◆▪‣]|\d{1,9}[.)])[ \t]+(?=\S)")
_FENCE = re.compile(r"(`{3,}|~{3,})")
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring characters of one look; `anchor` is where the contents lead to."""

    text: str
    strong: bool = False
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A line of the text, or a part of one where a repeat begins or ends.

    `level` is a heading's, 1 to 6, or an item's depth, from 0. `loose`: a blank line stands above.
    `label` names who speaks from here on, "" where nobody is named any more; None where the words
    themselves name him, or nothing changes. A byline's is the speaker that it names.
    `page` is the number of a page that begins here. `cells` are a row's.
    """

    kind: Kind
    start: int
    runs: tuple[Run, ...]
    level: int = 0
    loose: bool = True
    label: str | None = None
    page: int | None = None
    repeat: Repeat | None = None
    cells: tuple["Piece | None", ...] = ()

    @property
    def length(self) -> int:
        return sum(len(run.text) for run in self.runs)


@dataclass(frozen=True, slots=True)
class Title:
    """Where a section's own heading stands."""

    span: Span
    level: int
    anchor: str


def titles(document: Document) -> Iterator[Title]:
    """Every section's own heading, in order."""
    for number, section in enumerate(document.sections):
        if section.level and (span := _title_span(document.text, section)):
            yield Title(span, section.level, f"s{number}")


def _title_span(text: str, section: Section) -> Span | None:
    """The heading at the section's start, whatever blanks it holds there."""
    name = [c for c in section.path[-1] if not c.isspace()]
    start = at = section.span.start
    seen = 0
    while at < section.span.end and seen < len(name):
        if not text[at].isspace():
            if text[at] != name[seen]:
                return None
            start = at if seen == 0 else start
            seen += 1
        at += 1
    return Span(start, at) if seen == len(name) else None


def line_spans(document: Document) -> Iterator[Span]:
    """Every line that is drawn, without the blanks around it."""
    return (Span(start, end) for _, start, end in _lines(document))


def _lines(document: Document) -> Iterator[tuple[Kind, int, int]]:
    """Each line that is not blank, without the blanks around it; code and its fences as one."""
    fence, begin, end = "", 0, 0
    for match in _LINE.finditer(document.text):
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        end = match.start() + len(match[0].rstrip())
        sign = _FENCE.match(document.text, start)
        if fence:
            if sign and sign[1].startswith(fence) and sign.end() == end:
                yield "fixed", begin, end
                fence = ""
        elif sign:
            fence, begin = sign[1], start
        else:
            yield ("item" if _ITEM.match(document.text, start, end) else "words"), start, end
    if fence:
        yield "fixed", begin, end


def pieces(document: Document) -> Iterator[Piece]:
    """The lines in the order of the text, not yet cut at repeats or into cells."""
    text, turns = document.text, document.turns
    shown: str | None = None
    before = page = 0
    inside: list[Title] = []
    ahead = iter([*titles(document), None])
    upcoming = next(ahead)
    turn = 0
    for kind, start, end in _lines(document):
        inside = [title for title in inside if title.span.end > start]
        while upcoming and upcoming.span.start < end:
            inside.append(upcoming)
            upcoming = next(ahead)
        while turn < len(turns) and turns[turn].span.end <= start:
            turn += 1
        now = turns[turn] if turn < len(turns) else None
        speaker = now.speaker if now and now.span.start < end else None
        loose = text.count("\n", before, start) > 1 or before == 0
        before = end
        number = document.page_at(start)
        begins = number if number and number != page else None
        page = number or page
        piece = Piece(kind, start, (Run(text[start:end]),), loose=loose, page=begins)
        heading = next((t for t in inside if t.span.start <= start and end <= t.span.end), None)
        if heading:
            shown = speaker and shown
            first = heading.span.start == start
            yield replace(
                piece,
                kind="heading",
                level=min(heading.level, 6),
                runs=(Run(text[start:end], anchor=heading.anchor if first else None),),
            )
        elif now and not speaker and _names(text[start:end], now.speaker, now.span.start - end):
            shown = now.speaker
            yield replace(piece, kind="byline", label=now.speaker)
        elif kind == "fixed":
            yield replace(piece, label=_change(shown, speaker))
            shown = speaker
        else:
            named = bool(speaker) and text.startswith((f"{speaker}：", f"{speaker}:"), start)
            leads = [(t.span, t.anchor) for t in inside if t.span.start >= start]
            if named and now and now.span.start == start:
                leads.append((Span(start, start + len(now.speaker)), ""))
            indent = start - text.rfind("\n", 0, start) - 1
            yield replace(
                piece,
                level=min(indent // 2, _DEEPEST) if kind == "item" else 0,
                runs=tuple(_runs(text, Span(start, end), leads)),
                label=None if named else _change(shown, speaker),
            )
            shown = speaker


def _names(words: str, speaker: str, gap: int) -> bool:
    """Whether a line stands right above what the speaker says, and only names him."""
    return gap <= 4 and "".join(words.split()).endswith("".join(speaker.split()))


def _change(shown: str | None, speaker: str | None) -> str | None:
    return None if shown == speaker else speaker or ""


def _runs(text: str, line: Span, leads: Iterable[tuple[Span, str]]) -> Iterator[Run]:
    at = line.start
    for span, anchor in sorted(leads):
        start, end = max(at, span.start), min(span.end, line.end)
        if start < end:
            if at < start:
                yield Run(text[at:start])
            yield Run(text[start:end], strong=True, anchor=anchor or None)
            at = end
    if at < line.end:
        yield Run(text[at : line.end])
