"""Edits: how the source became the clean text, and the map between their offsets."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Reason = Literal["markup", "line", "blank", "page", "control", "letter"]


@dataclass(frozen=True, slots=True)
class Edit:
    """`before` stood at `source_start` of the source; `after` stands in its place.

    Reasons: `markup` (signs of the file format), `line` (a broken line or sentence joined), `blank`
    (a stray blank), `page` (running heads, page numbers), `control` (characters that show nothing),
    `letter` (ligatures and radicals that a font has in the place of letters).
    """

    source_start: int
    before: str
    after: str
    reason: Reason

    @property
    def source_end(self) -> int:
        return self.source_start + len(self.before)


def apply(source: str, edits: Sequence[Edit]) -> str:
    """The clean text. Edits must be in order and must not overlap.

    Raises:
        ValueError: an edit is out of order, or `before` does not stand where it says.
    """
    parts: list[str] = []
    at = 0
    for edit in edits:
        if edit.source_start < at:
            raise ValueError(f"edits overlap or are out of order at {edit.source_start}")
        if not source.startswith(edit.before, edit.source_start):
            raise ValueError(f"{edit.before!r} does not stand at {edit.source_start}")
        parts += (source[at : edit.source_start], edit.after)
        at = edit.source_end
    parts.append(source[at:])
    return "".join(parts)


def undo(clean: str, edits: Iterable[Edit]) -> str:
    """The source again: nothing is lost in cleaning."""
    parts: list[str] = []
    at = shift = 0
    for edit in edits:
        start = edit.source_start + shift
        parts += (clean[at:start], edit.before)
        at = start + len(edit.after)
        shift += len(edit.after) - len(edit.before)
    parts.append(clean[at:])
    return "".join(parts)


def compose(first: Sequence[Edit], second: Sequence[Edit]) -> tuple[Edit, ...]:
    """One list that does to the source what `first` and, on its outcome, `second` would do.

    Raises:
        ValueError: an edit of `second` takes only a part of what one of `first` put there.
    """
    merged: list[Edit] = []
    i = shift = 0  # `shift`: source offset minus middle offset, behind the edits of `first` done
    for edit in second:
        while i < len(first) and first[i].source_start - shift + len(first[i].after) <= (
            edit.source_start
        ):
            merged.append(first[i])
            shift += len(first[i].before) - len(first[i].after)
            i += 1
        start, at, parts = edit.source_start + shift, edit.source_start, list[str]()
        while i < len(first) and first[i].source_start - shift < edit.source_end:
            inner = first[i]
            begin = inner.source_start - shift
            if begin < edit.source_start or begin + len(inner.after) > edit.source_end:
                raise ValueError(f"edits overlap in part at {inner.source_start}")
            parts += (edit.before[at - edit.source_start : begin - edit.source_start], inner.before)
            at = begin + len(inner.after)
            shift += len(inner.before) - len(inner.after)
            i += 1
        parts.append(edit.before[at - edit.source_start :])
        merged.append(Edit(start, "".join(parts), edit.after, edit.reason))
    merged += first[i:]
    return tuple(merged)


class OffsetMap:
    """Maps spans between source and clean text, in O(log edits).

    A character that no edit touched maps to itself both ways. Inside an edit a start maps to the
    edit's start and an end to its end, so that a mapped span never loses a character.
    """

    def __init__(self, edits: Sequence[Edit]) -> None:
        self._edits = edits
        self._source_starts = [edit.source_start for edit in edits]
        self._clean_starts: list[int] = []
        shift = 0
        for edit in edits:
            self._clean_starts.append(edit.source_start + shift)
            shift += len(edit.after) - len(edit.before)

    def to_source(self, start: int, end: int) -> tuple[int, int]:
        """Where the clean range stands in the source."""
        low = self._map(start, self._clean_starts, self._source_starts, "after", at_end=False)
        high = self._map(end, self._clean_starts, self._source_starts, "after", at_end=True)
        return low, max(low, high)

    def to_clean(self, start: int, end: int) -> tuple[int, int]:
        """Where the source range stands in the clean text."""
        low = self._map(start, self._source_starts, self._clean_starts, "before", at_end=False)
        high = self._map(end, self._source_starts, self._clean_starts, "before", at_end=True)
        return low, max(low, high)

    def _map(
        self,
        offset: int,
        here: Sequence[int],
        there: Sequence[int],
        side: Literal["before", "after"],
        *,
        at_end: bool,
    ) -> int:
        # An end looks at the edits that begin before it, a start at those that begin at it too:
        # the blank removed between two words belongs to neither.
        i = bisect_right(here, offset - 1 if at_end else offset) - 1
        if i < 0:
            return offset
        edit = self._edits[i]
        length, other = len(edit.after), len(edit.before)
        if side == "before":
            length, other = other, length
        if offset >= here[i] + length:
            return there[i] + other + offset - here[i] - length
        return there[i] + (other if at_end else 0)
