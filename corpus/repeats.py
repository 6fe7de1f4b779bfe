"""Sentences that stand again later: text that was scanned twice, boilerplate."""

from collections.abc import Sequence

from corpus.document import Repeat, Span, Turn
from corpus.script import FULL_STOPS, HALF_STOPS

_SHORTEST = 8  # folded characters; shorter sentences recur by chance
_fold = str.maketrans(
    dict.fromkeys("“”„‟«»「」『』＂‘’‚‛'＇", '"') | {"，": ",", "：": ":", "；": ";"}
)


def repeats(text: str, sentences: Sequence[Span], turns: Sequence[Turn]) -> tuple[Repeat, ...]:
    """The sentences that the same speaker (or nobody) said before, neighbours together.

    Blanks and the shapes of quotes do not count. A sentence that breaks off repeats the beginning
    of a whole one. The same words of another speaker are his own and no repeat.
    """
    firsts: dict[tuple[str | None, str], int] = {}
    openings: dict[tuple[str | None, str], list[int]] = {}
    folded = [folded_text(span.of(text)) for span in sentences]
    found: list[tuple[int, int, Span]] = []  # sentence, its first, the words of the first
    speakers = _speakers(sentences, turns)
    for i, (words, speaker) in enumerate(zip(folded, speakers, strict=True)):
        if len(words) < _SHORTEST:
            continue
        key = speaker, words
        if key in firsts:
            found.append((i, firsts[key], sentences[firsts[key]]))
            continue
        opening = speaker, words[:_SHORTEST]
        if not words.endswith(tuple(FULL_STOPS + HALF_STOPS)):
            whole = next(
                (j for j in openings.get(opening, ()) if folded[j].startswith(words)), None
            )
            if whole is not None:
                first = _beginning(text, sentences[whole], len(words))
                found.append((i, whole, first))
                continue
        firsts[key] = i
        same = openings.setdefault(opening, [])
        if len(same) < 16:
            same.append(i)
    return _merged(sentences, found)


def folded_text(words: str) -> str:
    """The words without blanks, quotes in one shape."""
    return "".join(words.split()).translate(_fold)


def _speakers(sentences: Sequence[Span], turns: Sequence[Turn]) -> list[str | None]:
    speakers: list[str | None] = []
    i = 0
    for span in sentences:
        while i < len(turns) and turns[i].span.end <= span.start:
            i += 1
        spoken = i < len(turns) and turns[i].span.start <= span.start
        speakers.append(turns[i].speaker if spoken else None)
    return speakers


def _beginning(text: str, span: Span, letters: int) -> Span:
    """The start of a sentence, `letters` characters long without blanks."""
    end = span.start
    while letters:
        letters -= not text[end].isspace()
        end += 1
    return Span(span.start, end)


def _merged(sentences: Sequence[Span], found: list[tuple[int, int, Span]]) -> tuple[Repeat, ...]:
    merged: list[Repeat] = []
    before: tuple[int, int] | None = None
    for i, j, first in found:
        if before == (i - 1, j - 1) and merged[-1].first.end == sentences[j - 1].end:
            last = merged.pop()
            merged.append(
                Repeat(Span(last.span.start, sentences[i].end), Span(last.first.start, first.end))
            )
        else:
            merged.append(Repeat(sentences[i], first))
        before = i, j
    return tuple(merged)
