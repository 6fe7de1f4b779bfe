"""The nouns of the house: what was written, where it stands, and who said it.

Every offset counts code points of `Document.text` (the clean text), half open, unless its name
begins with `source_`.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self, TypeVar

from corpus.edits import Edit, OffsetMap


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """The words themselves."""
        return text[self.start : self.end]

    def covers(self, other: Self) -> bool:
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Self) -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Section:
    """The text from one heading to the next; sections partition the document.

    `path` holds the headings above and its own, outermost first; it is empty before the first
    heading. `level` is 0 there, 1 to 6 for headings; a bold lead-in counts one below its heading.
    """

    path: tuple[str, ...]
    level: int
    span: Span


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker says without a break. Text that nobody is known to have said has no turn."""

    speaker: str
    span: Span


@dataclass(frozen=True, slots=True)
class Repeat:
    """Whole sentences at `span` that stand word for word at `first` earlier in the document."""

    span: Span
    first: Span


@dataclass(frozen=True, slots=True)
class Document:
    """A cleaned document.

    `id` is made from the clean text, so that an offset quoted with it can never point into another
    version. `digest` is made from the file's bytes, so that an unchanged file is known unread.
    `pages` are the pages of a paged format, from the first; where there are any, they partition the
    text. `metadata` is what the file says of itself (`author`, `date`, …), keys in lower case.
    """

    id: str
    title: str
    uri: str
    language: str
    text: str
    sections: tuple[Section, ...]
    turns: tuple[Turn, ...]
    sentences: tuple[Span, ...]
    repeats: tuple[Repeat, ...]
    edits: tuple[Edit, ...]
    digest: str
    pages: tuple[Span, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)

    def offsets(self) -> OffsetMap:
        """The map between clean and source offsets."""
        return OffsetMap(self.edits)

    def section_at(self, offset: int) -> Section:
        """The section that holds `offset`."""
        return _at(self.sections, offset) or self.sections[-1]

    def speaker_at(self, offset: int) -> str | None:
        """Who says the word at `offset`, if it is known."""
        turn = _at(self.turns, offset)
        return turn.speaker if turn else None

    def page_at(self, offset: int) -> int | None:
        """The number of the page that holds `offset`, from 1, if the format has pages."""
        return bisect_right(self.pages, offset, key=lambda page: page.start) or None


@dataclass(frozen=True, slots=True)
class Passage:
    """Whole neighbouring sentences of one section and one speaker: what is found and shown.

    `sentences` are spans of the document's text inside `span`; `also_at` are the places where all
    or part of the passage stands again.
    """

    id: str
    document_id: str
    span: Span
    text: str
    section: tuple[str, ...]
    speaker: str | None
    sentences: tuple[Span, ...]
    also_at: tuple[Span, ...]


Place = TypeVar("Place", Section, Turn)


def _at(items: Sequence[Place], offset: int) -> Place | None:
    """The one of `items` (in order, without overlaps) that holds `offset`."""
    i = bisect_right(items, offset, key=lambda item: item.span.start) - 1
    return items[i] if i >= 0 and offset < items[i].span.end else None
