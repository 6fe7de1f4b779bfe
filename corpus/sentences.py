"""Where sentences end, in any language: by their marks, with an eye on what is no end."""

import re

from corpus.document import Span
from corpus.readers.block import Block
from corpus.script import CLOSERS, FULL_STOPS, HALF_STOPS, LIST_MARKER, SAID, ends_sentence, is_wide

_stops = re.compile(f"[{re.escape(FULL_STOPS + HALF_STOPS)}]++")
_closers = re.compile(f"[{re.escape(CLOSERS)}]*+")
_blanks = re.compile(r"\s*+")
_word_before = re.compile(r"[^\W_][\w.]*$")
_NO_BEGINNING = "，,、；;：:）)」』》〉"
_ABBREVIATION_LIST = """
    mr mrs ms dr prof rev hon gen col lt sgt capt gov sen rep st mt ft vs approx dept est viz cf p v
    jan feb mar apr jun jul aug sep sept oct nov dec e.g i.e u.s u.k ph.d
    bzw ca nr hr fr mme mlle sra núm pág г гг им ул д стр рис тыс млн млрд т.е т.к см напр
"""
_ABBREVIATIONS = frozenset(_ABBREVIATION_LIST.split())
# Words of their own that stand for others before a number.
_BEFORE_NUMBERS = frozenset(
    ("no", "nos", "art", "sec", "ch", "fig", "figs", "eq", "pp", "vol", "vols", "al", "в")
)

# Before these a numeral with a full stop is an ordinal, in German and its neighbours: 24. Mai.
_AFTER_ORDINALS = re.compile(
    "(?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember|Jahrhundert)\\b"
)


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
    """The lines of a block; a line that breaks off goes on in the next."""
    lines: list[tuple[int, int]] = []
    at = block.start
    before = ""
    for line in text[block.start : block.end].split("\n"):
        end = at + len(line)
        words = line.strip()
        if block.kind != "fixed" and _goes_on(block, before, words):
            lines[-1] = (lines[-1][0], end)
        elif words:
            lines.append((at, end))
        at = end + 1
        before = words
    return lines


def _goes_on(block: Block, before: str, words: str) -> bool:
    """Whether the sentence of the line before goes on in the next one."""
    if not before or not words or LIST_MARKER.match(words) or SAID.match(words):
        return False
    if before.endswith(("，", ",", "、")):
        return True
    return not ends_sentence(before) and (block.kind == "item" or words[0].islower())


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
        # Of straight quotes one closes what one opened; the next opens the next sentence.
        quote = closers.find('"', closers.find('"') + 1 if odd_quote else 0)
        if quote >= 0:
            after = stop.end() + quote
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
    if following in _NO_BEGINNING:
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
        return near_han and ("…" not in marks or after > stop_end) and "．" not in marks
    blank = _blanks.match(text, after, end)
    following_word = blank.end() if blank else after
    begins = text[following_word : following_word + 1]
    if begins.islower() or begins in _NO_BEGINNING:
        return False
    return marks != "." or not _is_abbreviated(text, at, stop, following_word)


def _is_abbreviated(text: str, at: int, stop: int, following: int) -> bool:
    """Whether the full stop at `stop` shortens the word before it; the next is at `following`."""
    word = _word_before.search(text, max(at, stop - 12), stop)
    if not word:
        return False
    letters = word[0].lower()
    if word[0] != "I" and all(len(part) == 1 and part.isupper() for part in word[0].split(".")):
        return True
    if letters in _BEFORE_NUMBERS:
        return text[following : following + 1].isdigit()
    if letters.isdigit() and len(letters) <= 2 and _AFTER_ORDINALS.match(text, following):
        return True
    numbered = letters.isdigit() and not text[at : word.start()].strip()
    return numbered or letters in _ABBREVIATIONS


def _trimmed(text: str, span: Span) -> Span | None:
    words = span.of(text)
    start = span.start + len(words) - len(words.lstrip())
    end = span.start + len(words.rstrip())
    return Span(start, end) if start < end else None
