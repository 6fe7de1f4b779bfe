"""What cleaning changed: source beside clean text, paragraph by paragraph."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from corpus.document import Document
from corpus.edits import Edit
from ui.pages.lines import line_spans

_AROUND = 60  # code points of unchanged text shown beside an edit
_SHOWN = {"\n": "↵", "\t": "⇥", " ": "␣", "\u00a0": "␣", "\u3000": "␣"}


@dataclass(frozen=True, slots=True)
class Part:
    """Text that is the same on both sides, where `edit` is None, or an edit."""

    text: str
    edit: Edit | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One paragraph: its parts in order, and where it stands in the clean text."""

    start: int
    end: int
    parts: tuple[Part, ...]


def counted(document: Document) -> Mapping[str, int]:
    """How many edits there are of each reason, most first."""
    return dict(Counter(edit.reason for edit in document.edits).most_common())


def rows(document: Document, reason: str | None = None) -> list[Row]:
    """Every paragraph that an edit of this reason, or any, has changed."""
    edits = [edit for edit in _placed(document) if reason in (None, edit[1].reason)]
    found = []
    at = before = 0
    for span in line_spans(document):
        inside = []
        while at < len(edits) and edits[at][0] < span.end:
            inside.append(edits[at])
            at += 1
        if inside:
            found.append(_row(document.text, max(before, inside[0][0] - _AROUND), span.end, inside))
        before = span.end
    if rest := edits[at:]:
        found.append(
            _row(document.text, max(before, rest[0][0] - _AROUND), len(document.text), rest)
        )
    return found


def visible(text: str) -> str:
    """Text whose blanks and signs without a shape can be seen."""
    return "".join(map(_visible, text))


def _visible(character: str) -> str:
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return _SHOWN.get(character, f"⟨U+{ord(character):04X}⟩")
    return _SHOWN.get(character, character)


def _placed(document: Document) -> Iterator[tuple[int, Edit]]:
    """Each edit with its place in the clean text."""
    shift = 0
    for edit in document.edits:
        yield edit.source_start + shift, edit
        shift += len(edit.after) - len(edit.before)


def _row(text: str, start: int, end: int, inside: list[tuple[int, Edit]]) -> Row:
    parts: list[Part] = []
    at = start
    for place, edit in inside:
        if at < place:
            parts.append(Part(_shortened(text[at:place], first=not parts)))
        parts.append(Part("", edit))
        at = place + len(edit.after)
    if at < end:
        tail = text[at:end]
        parts.append(Part(tail if len(tail) <= _AROUND else tail[:_AROUND] + "…"))
    last = max(at, end)
    begins = next((i for i in range(start, last) if not text[i].isspace()), start)
    return Row(begins, max(last, begins), tuple(parts))


def _shortened(text: str, *, first: bool) -> str:
    """The text beside an edit; between two edits its beginning and its end."""
    if first:
        text = text.lstrip()
        return text if len(text) <= _AROUND else "…" + text[-_AROUND:]
    return text if len(text) <= 2 * _AROUND else f"{text[:_AROUND]} … {text[-_AROUND:]}"
