"""Text for a terminal: made harmless, and wrapped by the cells it fills."""

import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_TURNS_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# By the rules of Chinese typesetting these do not begin, or do not end, a line.
_NEVER_FIRST = frozenset(",.;:!?%)]},。、;:!?%)】》〉」』”’…—·»")
_NEVER_LAST = frozenset("([{(【《〈「『“‘«")


@dataclass(frozen=True, slots=True)
class Style:
    """How marked and lesser words look.

    `in_text` marks are characters of the line and take room; the others are escape codes, which
    take none and are set anew on each line.
    """

    mark: str
    unmark: str
    dim: str
    undim: str
    in_text: bool


PLAIN = Style("«", "»", "", "", in_text=True)
COLOUR = Style("\x1b[1;4m", "\x1b[22;24m", "\x1b[2m", "\x1b[22m", in_text=False)


def harmless(text: str) -> str:
    r"""`text` with each character that could steer a terminal written out, as `\x1b` is.

    These are control characters, those that turn the direction of writing, and lone surrogates.
    Line breaks stay; a tab becomes a blank.
    """
    return "".join(
        " " if c == "\t" else c.encode("unicode_escape").decode() if _steers(c) else c for c in text
    )


def one_line(text: str) -> str:
    """The same, and every run of white space one blank: for titles, names and paths."""
    return harmless(" ".join(text.split()))


def show(text: str) -> None:
    """A line on standard output, at once."""
    print(text, flush=True)


def fail(message: str) -> int:
    """The one line of an error that a user can mend; gives its exit code."""
    print(f"yuanwen: {one_line(message)}", file=sys.stderr, flush=True)
    return 2


def cells(text: str) -> int:
    """How many terminal cells `text` fills: two for a wide character, none for a combining one."""
    return sum(map(_cells, text))


def wrap(
    text: str, width: int, indent: str = "", mark: tuple[int, int] = (0, 0), style: Style = PLAIN
) -> list[str]:
    """Harmless lines of at most `width` cells, each after `indent`, the range `mark` marked.

    Line breaks of `text` stay. Only an indent as wide as the line makes it wider.
    """
    before, marked, after = (
        harmless(part) for part in (text[: mark[0]], text[mark[0] : mark[1]], text[mark[1] :])
    )
    if marked and style.in_text:
        before, marked, after = f"{before}{style.mark}{marked}{style.unmark}{after}", "", ""
    shown = before + marked + after
    low, high = len(before), len(before) + len(marked)
    lines = []
    for start, end in _lines(shown, max(2, width - cells(indent))):
        a, b = (min(max(edge, start), end) for edge in (low, high))
        words = f"{style.mark}{shown[a:b]}{style.unmark}" if a < b else ""
        lines.append(f"{indent}{shown[start:a]}{words}{shown[b:end]}".rstrip())
    return lines


def _steers(character: str) -> bool:
    category = unicodedata.category(character)
    return character != "\n" and (
        category in {"Cc", "Cs", "Zl", "Zp"} or character in _TURNS_DIRECTION
    )


def _cells(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if _wide(character) else 1


def _wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def _lines(text: str, width: int) -> Iterator[tuple[int, int]]:
    """The range of each line of `text`, white space at the breaks left out."""
    begin = 0
    for paragraph in text.split("\n"):
        yield from _fill(text, begin, begin + len(paragraph), width)
        begin += len(paragraph) + 1


def _fill(text: str, begin: int, end: int, width: int) -> Iterator[tuple[int, int]]:
    start = at = begin
    room = width
    for stop in _breaks(text, begin, end):
        need = cells(text[at:stop].rstrip())
        if need > room and at > start:
            yield start, at
            start, room = at, width
        while need > room:
            cut = _hard_break(text, start, stop, width)
            yield start, cut
            start = at = cut
            need, room = cells(text[at:stop].rstrip()), width
        room -= cells(text[at:stop])
        at = stop
    yield start, end


def _hard_break(text: str, start: int, stop: int, width: int) -> int:
    """Where a word wider than the line is cut: after the last character that fits."""
    filled = 0
    for i in range(start, stop):
        filled += _cells(text[i])
        if filled > width:
            return max(i, start + 1)
    return stop


def _breaks(text: str, begin: int, end: int) -> Iterator[int]:
    """Where a line may end: after blanks, and between wide characters as typesetting allows."""
    for i in range(begin + 1, end):
        last, first = text[i - 1], text[i]
        if first.isspace() or not _cells(first):
            continue
        if last.isspace() or (
            (_wide(last) or _wide(first)) and first not in _NEVER_FIRST and last not in _NEVER_LAST
        ):
            yield i
    yield end
