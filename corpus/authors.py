"""Who says what bears no name of its own: somebody set by hand, or who signs at the end."""

import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from corpus.document import Span, Turn
from corpus.names import is_body_or_person
from corpus.readers.block import Block

_LONGEST_NAME = 40  # code points
_LAST_LINES = 4
_date = re.compile(
    r"(?:二[〇○零O0][〇○零一二三四五六七八九]{2}|\d{4})\s*[年./-]\s*[\d一二三四五六七八九十]{1,3}\s*"
    r"[月./-]\s*[\d一二三四五六七八九十]{1,3}\s*日?"
    r"|\d{1,2}(?:st|nd|rd|th)? [A-Z][a-z]{2,8},? \d{4}|[A-Z][a-z]{2,8} \d{1,2}, \d{4}"
)
_closing = re.compile(
    r"(?:(?:yours )?(?:sincerely|faithfully|truly)(?: yours)?|(?:kind |best )?regards),?"
    r"|此致敬礼[！!]?|敬礼[！!]?",
    re.IGNORECASE,
)
_signed = re.compile(r"(?:署名|签名|签发人?|Signed)[ ]?[：:]\s*(\S.*)")


def filled(
    text: str,
    blocks: Sequence[Block],
    turns: Sequence[Turn],
    bylines: Collection[int],
    speaker: str,
) -> tuple[Turn, ...]:
    """The turns, and `speaker` for the text between them that is neither heading nor byline."""
    found: list[Turn] = []
    at = 0
    for turn in [*turns, None]:
        end = turn.span.start if turn else len(text)
        inside = [
            block
            for block in blocks
            if at <= block.start
            and block.end <= end
            and block.kind != "heading"
            and block.start not in bylines
        ]
        if inside:
            found.append(Turn(speaker, Span(inside[0].start, inside[-1].end)))
        if turn:
            found.append(turn)
            at = turn.span.end
    return tuple(found)


def signature(text: str, blocks: Sequence[Block]) -> tuple[str, int] | None:
    """Who signs at the end of the text and where the signature begins, if somebody does.

    A name or a body on a line of its own, with a date below it, after a closing formula, or behind
    a word that says so.
    """
    lines: list[tuple[int, str]] = []
    for block in blocks[-_LAST_LINES:]:
        if block.kind == "heading":
            lines.clear()
            continue
        at = block.start
        for line in text[block.start : block.end].split("\n"):
            if line.strip():
                lines.append((at, line.strip()))
            at += len(line) + 1
    if len(lines) < 2 or len(blocks) < 2:
        return None
    last_start, last = lines[-1]
    if (signed := _signed.fullmatch(last)) and len(last) <= _LONGEST_NAME + 10:
        return signed[1].strip(), last_start
    if _date.fullmatch(last):
        lines.pop()
        start, name = lines[-1]
        if _may_sign(name):
            return name, start
        return None
    for (start, above), (_, name) in pairwise(lines[-2:]):
        if _closing.fullmatch(above) and _may_sign(name):
            return name, start
    return None


def _may_sign(name: str) -> bool:
    return len(name) <= _LONGEST_NAME and is_body_or_person(name)
