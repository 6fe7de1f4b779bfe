"""Where sentences end, in any language: by their marks, with an eye on what is no end."""

import re

from corpus.document import Span
from corpus.readers.block import Block
from corpus.script import CLOSERS, FULL_STOPS, HALF_STOPS, LIST_MARKER, SAID, is_wide

_stops = re.compile(f"[{re.escape(FULL_STOPS + HALF_STOPS)}]++")
_closers = re.compile(f"[{re.escape(CLOSERS)}]*+")
_blanks = re.compile(r"\s*+")
_word_before = re.compile(r"[^\W_][\w.]*$")
_GOES_ON = "，,、；;：:）)」』》〉"
_ABBREVIATION_LIST = """
    mr mrs ms dr prof rev hon gen col lt sgt capt gov sen rep st jr sr mt ft no nos vol vols fig
    figs eq sec ch pp art cf vs al etc approx dept est inc ltd co corp jan feb mar apr jun jul aug
    sep sept oct nov dec e.g i.e a.m p.m u.s u.k ph.d viz
    bzw usw ca nr str hr fr mme mlle sra núm pág
    г гг в вв им ул д стр рис тыс млн млрд руб т.е т.д т.п т.к см напр
"""
_ABBREVIATIONS = frozenset(_ABBREVIATION_LIST.split())


def sentence_spans(text: str, blocks: tuple[Block, ...]) -> tuple[Span, ...]:
    """The sentences of a clean text, in order, without blanks around them; a block ends one."""
    spans: list[Span] = []
    for block in blocks:
        if block.kind == "heading":
            spans.append(Span(block.start, block.end))
            continue
        for start, end in _lines(text, block):
            spans += _split(text, start, end) if block.kind != "fixed" else [Span(start, end)]
    return tuple(trimmed for span in spans if (trimmed := _trimmed(text, span)))


def _lines(text: str, block: Block) -> list[tuple[int, int]]:
    """The lines of a block; a line of prose or verse that ends in a comma goes on in the next."""
    lines: list[tuple[int, int]] = []
    at = block.start
    goes_on = False
    for line in text[block.start : block.end].split("\n"):
        end = at + len(line)
        words = line.strip()
        if goes_on and not LIST_MARKER.match(line) and not SAID.match(line):
            lines[-1] = (lines[-1][0], end)
        elif words:
            lines.append((at, end))
        goes_on = block.kind != "fixed" and words.endswith(("，", ",", "、"))
        at = end + 1
    return lines


def _split(text: str, start: int, end: int) -> list[Span]:
    spans: list[Span] = []
    at = start
    quotes_seen = start
    odd_quote = False
    for stop in _stops.finditer(text, start, end):
        if stop.start() < at:
            continue
        odd_quote ^= text.count('"', quotes_seen, stop.start()) % 2 == 1
        quotes_seen = stop.start()
        closing = _closers.match(text, stop.end(), end)
        after = closing.end() if closing else stop.end()
        closers = text[stop.end() : after]
        if '"' in closers and not odd_quote:
            # A straight quote that closes nothing opens the next sentence.
            after = stop.end() + closers.index('"')
            closers = text[stop.end() : after]
        if _ends(text, at, stop.start(), stop.end(), after, end):
            spans.append(Span(at, after))
            odd_quote ^= text.count('"', quotes_seen, after) % 2 == 1
            quotes_seen = at = after
    if at < end:
        spans.append(Span(at, end))
    return spans


def _ends(text: str, at: int, stop: int, stop_end: int, after: int, end: int) -> bool:
    """Whether the marks at `stop`, with the closing quotes up to `after`, end a sentence."""
    if after >= end:
        return True
    following = text[after]
    if following in _GOES_ON:
        return False
    marks, closers = text[stop:stop_end], text[stop_end:after]
    if not following.isspace() and any(closer in "》〉" for closer in closers):
        return False
    if any(mark in FULL_STOPS for mark in marks):
        return True
    before = text[stop - 1] if stop > at else ""
    if not following.isspace():
        # Inside Han text no blank follows a half-width mark; in a number or an address none does.
        near_han = bool(before) and is_wide(before) and is_wide(following)
        return near_han and "…" not in marks and "．" not in marks
    blank = _blanks.match(text, after, end)
    begins = text[blank.end() : blank.end() + 1] if blank else ""
    if begins.islower() or begins in _GOES_ON:
        return False
    return marks != "." or not _is_abbreviated(text, at, stop)


def _is_abbreviated(text: str, at: int, stop: int) -> bool:
    word = _word_before.search(text, max(at, stop - 12), stop)
    if not word:
        return False
    letters = word[0].lower()
    if len(letters) == 1 and letters.isalpha() and letters != "i":
        return True
    numbered = letters.isdigit() and not text[at : word.start()].strip()
    return numbered or letters in _ABBREVIATIONS


def _trimmed(text: str, span: Span) -> Span | None:
    words = span.of(text)
    start = span.start + len(words) - len(words.lstrip())
    end = span.start + len(words.rstrip())
    return Span(start, end) if start < end else None
