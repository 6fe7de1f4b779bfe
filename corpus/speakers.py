"""Who speaks: bylines under headings, and `Name:` before what is said. No speaker is guessed."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.clean import is_label
from corpus.document import Span, Turn
from corpus.names import ANYBODY, looks_like_a_name, may_speak
from corpus.readers.block import Block
from corpus.script import CLOSERS, FULL_STOPS, SAID, ends_sentence

_marked = re.compile(
    r"""(?:作者|发言人|发言者|演讲人|讲话人|报告人|撰稿人?|讲者|Speaker|Author)
        [ ]?[：:]\s*(?P<named>\S.*)
      | (?:文|作者|撰文)[ ]?[/／|][ ]?(?P<slash>\S.*)
      | [Bb][Yy][ ](?P<by>[^\W\d_a-z].*)""",
    re.VERBOSE,
)
_letters = re.compile(r"[^\W\d_]")
_date = re.compile(r"\d{2,4}\s*[年./-]\s*\d{1,2}|\d{1,2}\s*[月:：]\s*\d{1,2}|https?://|www\.|@")
_LONGEST_SPEECH = 12  # lines, on the average; fields of records stand farther apart
_speech = re.compile(f"[{FULL_STOPS}]|[.!?…][{re.escape(CLOSERS)}]*(?:\\s|$)|[,，]$")


@dataclass(frozen=True, slots=True)
class Byline:
    """The block that names who speaks below a heading."""

    heading: Block
    block: Block
    speaker: str


def bylines(text: str, blocks: Sequence[Block]) -> tuple[Byline, ...]:
    """Marked bylines, and unmarked ones where most headings of a level have one, at least two."""
    found: list[Byline] = []
    plain: dict[int, list[Byline]] = defaultdict(list)
    bodies: Counter[int] = Counter()
    for i, (heading, block) in enumerate(pairwise(blocks)):
        if heading.kind != "heading":
            continue
        bodies[heading.level] += block.kind != "heading"
        words = text[block.start : block.end]
        if block.kind != "paragraph" or "\n" in words or len(words) > 80:
            continue
        if (marked := _marked.fullmatch(words)) and not ends_sentence(words):
            found.append(Byline(heading, block, (marked[marked.lastindex or 0]).strip()))
        elif _is_name(words) and i + 2 < len(blocks) and blocks[i + 2].kind != "heading":
            plain[heading.level].append(Byline(heading, block, " ".join(words.split())))
    for level, candidates in plain.items():
        marked_here = sum(byline.heading.level == level for byline in found)
        if len(candidates) + marked_here >= 2 and 2 * len(candidates) > bodies[level]:
            found += candidates
    return tuple(sorted(found, key=lambda byline: byline.block.start))


def turns(
    text: str, blocks: Sequence[Block], found: Sequence[Byline], trusted: Collection[str] = ()
) -> tuple[Turn, ...]:
    """Who says what, in order and without overlaps; the innermost name holds.

    A byline holds to the next heading of its level or above, a `Name:` to the next name or heading.
    `trusted` are names given by hand: they need not come back, and may stand on lines of their own.
    """
    headings = [block for block in blocks if block.kind == "heading"]
    named = {byline.block.start: byline for byline in found}
    said = dict(_said(text, blocks, trusted))
    alone = {
        block.start: block
        for block in blocks
        if block.start not in named and text[block.start : block.end].strip() in trusted
    }
    events = sorted({*named, *said, *alone, *(heading.start for heading in headings)})
    levels = {heading.start: heading.level for heading in headings}
    above: list[tuple[int, str]] = []  # headings' levels and the speakers named under them
    pieces: list[tuple[int, int, str]] = []
    begin, speaker = 0, ""
    for at in [*events, len(text)]:
        if speaker and text[begin:at].strip():
            pieces.append((begin, at, speaker))
        begin = at
        if at in levels:
            while above and above[-1][0] >= levels[at]:
                above.pop()
            speaker = above[-1][1] if above else ""
        if at in named:
            byline = named[at]
            while above and above[-1][0] >= byline.heading.level:
                above.pop()
            above.append((byline.heading.level, byline.speaker))
            begin, speaker = byline.block.end, byline.speaker
        if at in said:
            speaker = said[at]
        if at in alone:
            begin, speaker = alone[at].end, text[at : alone[at].end].strip()
    return tuple(_merged(text, pieces))


def _merged(text: str, pieces: list[tuple[int, int, str]]) -> Iterator[Turn]:
    """Turns without blanks around them."""
    for begin, end, speaker in pieces:
        words = text[begin:end]
        start = begin + len(words) - len(words.lstrip())
        yield Turn(speaker, Span(start, begin + len(words.rstrip())))


def _is_name(words: str) -> bool:
    return (
        is_label(words)
        and len(words) <= 40
        and len(words.split()) <= 6
        and bool(_letters.search(words))
        and not _date.search(words)
        and not words.startswith(("（", "(", "[", "【", "|", "<"))
    )


def _said(
    text: str, blocks: Sequence[Block], trusted: Collection[str]
) -> Iterator[tuple[int, str]]:
    """Where a `Name:` begins what is said, if the form recurs; "" where it is nobody's name."""
    found: list[tuple[int, str, bool, int]] = []
    number = 0
    for block in blocks:
        if block.kind != "paragraph":
            continue
        at = block.start
        for line in text[block.start : block.end].split("\n"):
            match = SAID.match(line)
            words = line[match.end() :].strip() if match else ""
            if match and words:
                name = match["name"].strip()
                speech = name in trusted or (bool(_speech.search(words)) and may_speak(name))
                found.append((at + match.start("name"), name, speech, number))
            at += len(line) + 1
            number += 1
    numbers = [number for _, _, speech, number in found if speech]
    if trusted and any(name in trusted for _, name, _, _ in found):
        for at, name, _, _ in found:
            if name in trusted or name.lower() in ANYBODY:
                yield at, name if name in trusted else ""
        return
    if not numbers or numbers[-1] - numbers[0] >= _LONGEST_SPEECH * len(numbers):
        return
    names = Counter(name for _, name, speech, _ in found if speech)
    # A name that comes back, or two that are names by their looks; the fields of a form do neither.
    if max(names.values(), default=0) >= 2 or sum(map(looks_like_a_name, names)) >= 2:
        for at, name, _, _ in found:
            if name in names:
                yield at, name
            elif name.lower() in ANYBODY:
                yield at, ""
