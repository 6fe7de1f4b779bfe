"""Short forms of the speakers' names, learned from the names themselves.

嘉兴市委、市政府 is called 嘉兴, 嘉兴市 or 嘉兴市委; 省财政厅 is called 财政厅 or "the finance
department"; DR. LEE is called Lee. No table is kept: what a name shares with other speakers' names
(省, 市委) tells nobody apart, what is left does.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import takewhile

from index import glossary
from index.lexical import fold, terms
from qa.words import whole

_PARTS = re.compile(r"[、,，;；/&]|\band\b")
_MARKS = re.compile(r"[“”\"'‘’「」『』《》()（）·\s]+")
_BETWEEN = rf"(?:{_MARKS.pattern})?"
_HAN = re.compile("[\u3400-\u9fff]")
_HAN_NAME = re.compile("[\u4e00-\u9fff]{2,4}")
_SPELLED = re.compile(r"[a-zа-я]{2}")
# How English addresses people; an abbreviation before a name is one of these too.
_ADDRESS = re.compile(
    r"^(?:the|mr|mrs|ms|miss|dr|prof|professor|sir|dame|lord|lady|hon|rev|[a-z]{1,5}\.)[.\s]\s*"
)
_IN_RUSSIAN = re.compile(r"\d|[йь]\d?$")  # tones, and what an inflection takes away
_SHORTEST = 2


def bare(text: str) -> str:
    """Folded, without blanks and quotation marks: how names are compared."""
    return _MARKS.sub("", fold(text))


class Names:
    """The speakers of a library and what they may be called."""

    def __init__(self, speakers: Sequence[str]) -> None:
        self._bare = {speaker: bare(speaker) for speaker in speakers}
        self._stems = _stems(speakers)
        self._patterns = {
            speaker: _pattern({_whole(speaker), *stems}) for speaker, stems in self._stems.items()
        }

    @property
    def stems(self) -> Mapping[str, tuple[str, ...]]:
        """The parts that tell each speaker from the others, folded."""
        return self._stems

    def mentioned(self, text: str, among: Iterable[str] | None = None) -> tuple[str, ...]:
        """The speakers whose distinctive part stands in `text`, in the order it stands there."""
        folded = fold(text)
        asked = self._stems if among is None else among
        found = sorted((places[0], s) for s in asked if (places := self._places(s, folded)))
        return tuple(speaker for _, speaker in found)

    def places(self, text: str) -> list[tuple[int, int]]:
        """Start and end of each name of a speaker in `text`, in order."""
        folded = fold(text)
        return sorted({place for s in self._stems for place in self._places(s, folded)})

    def place_in(self, text: str) -> tuple[int, int] | None:
        """Start and end of the first name of a speaker in `text`."""
        return next(iter(self.places(text)), None)

    def romanised_in(self, text: str) -> list[tuple[int, int]]:
        """Where Chinese names of speakers stand in `text` in other letters, as starts and ends."""
        folded = fold(text)
        if not _SPELLED.search(folded):
            return []
        return sorted({m.span() for own in self._romanised.values() for m in own.finditer(folded)})

    def called(self, name: str) -> tuple[str, ...]:
        """The speakers that `name` can mean; none where it fits nobody or everybody.

        A short form keeps the order of the characters it takes (省专班 of 省…工作专班); the
        speakers of whom it takes the longest unbroken piece win. In Latin letters it takes whole
        words, or says in English what a Chinese name says.
        """
        wanted = bare(name)
        if len(wanted) < _SHORTEST:
            return ()
        if direct := self.mentioned(name):
            return direct
        if not _HAN.search(wanted):
            own = _without_address(fold(name)).split()
            words = tuple(s for s in self._bare if own and {*own} <= {*_whole(s).split()})
            return self._few(words or self._in_english(name))
        pieces = {s: _longest_piece(wanted, own) for s, own in self._bare.items()}
        fits = [s for s, own in self._bare.items() if own in wanted or _in_order(wanted, own)]
        best = max((pieces[s] for s in fits), default=0)
        if best < _SHORTEST:
            return ()
        return self._few(tuple(s for s in fits if pieces[s] == best))

    def is_name(self, text: str) -> bool:
        """Whether `text` is a name of one speaker and nothing else, or its end (专班, 工作专班)."""
        wanted, called = bare(text), self.called(text)
        return len(called) == 1 and self._bare[called[0]].endswith(wanted[-_SHORTEST:])

    def of_kind(self, kind: str) -> tuple[str, ...]:
        """The speakers whose name holds `kind` (哪个县 asks the 县委 only); all where none does."""
        wanted = bare(kind)
        chosen = tuple(s for s, own in self._bare.items() if wanted and wanted in own)
        return chosen or tuple(self._bare)

    def _few(self, chosen: tuple[str, ...]) -> tuple[str, ...]:
        return chosen if len(chosen) < len(self._bare) or len(chosen) == 1 else ()

    def _places(self, speaker: str, folded: str) -> list[tuple[int, int]]:
        """Where the speaker is named in folded text."""
        found = [m.span() for m in self._patterns[speaker].finditer(folded)]
        if _SPELLED.search(folded) and speaker in self._romanised:
            found += [m.span() for m in self._romanised[speaker].finditer(folded)]
        return sorted(found)

    @cached_property
    def _romanised(self) -> dict[str, re.Pattern[str]]:
        """Chinese names as other languages write them: Zhoushan, Lin Shu-fen, Shufen Lin,
        Чжоушань.
        """
        from pypinyin import Style, lazy_pinyin  # slow to import, and few questions need it

        found = {}
        for speaker, stems in self._stems.items():
            spelled = []
            for stem in filter(_HAN_NAME.fullmatch, stems):
                first, *others = lazy_pinyin(stem)
                rest = "[ -]?".join(others)
                spelled.append(f"{first}[ -]?{rest}|{rest} {first}")
                cyrillic = "".join(lazy_pinyin(stem, style=Style.CYRILLIC, strict=False))
                spelled.append(_IN_RUSSIAN.sub("", cyrillic) + "[а-я]{0,2}")  # inflected
            if spelled:
                found[speaker] = re.compile(rf"\b(?:{'|'.join(spelled)})\b")
        return found

    def _in_english(self, name: str) -> tuple[str, ...]:
        """The Chinese names that hold what tells an English one from its like: "finance" of "the
        finance department" and of "the Department of Finance".
        """
        head, _, telling = fold(name).partition(" of ")
        phrases = list(glossary.from_english(terms(_without_address(telling or head))))
        if not telling and len(phrases) > 1:
            del phrases[-1]  # what kind of body it is, which has too many names
        said = [{word for (word,) in exact if len(word) > 1} for _, exact, _ in phrases]
        return tuple(
            s
            for s, own in self._bare.items()
            if said and all(any(w in own for w in f) for f in said)
        )


@lru_cache(maxsize=8)
def names_of(speakers: tuple[str, ...]) -> Names:
    """Their `Names`, learned once for all questions."""
    return Names(speakers)


def _stems(speakers: Sequence[str]) -> dict[str, tuple[str, ...]]:
    parts = {speaker: _parts(speaker) for speaker in speakers}
    found = {}
    for speaker, own in parts.items():
        others = [part for other in speakers if other != speaker for part in parts[other]]
        stems = [stem for part in own if (stem := _telling(part, others))]
        found[speaker] = tuple(stems) or (_whole(speaker),)
    return found


def _telling(part: Sequence[str], others: Sequence[Sequence[str]]) -> str | None:
    """What `part` of a name does not share with the beginning or the end of `others`."""
    head = max((_common(part, other) for other in others), default=0)
    tail = max((_common(part[::-1], other[::-1]) for other in others), default=0)
    glue = "" if isinstance(part, str) else " "
    stem = glue.join(part[head : len(part) - tail])
    known = any(stem in glue.join(other) for other in others)
    return stem if len(stem) >= _SHORTEST and not known else None


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    """The length of the beginning that both share."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False)))


def _parts(speaker: str) -> list[Sequence[str]]:
    """A Chinese name in its pieces, as characters; another one as words."""
    if not _HAN.search(speaker):
        pieces = _PARTS.split(fold(speaker))
        return [words for piece in pieces if (words := _without_address(piece.strip()).split())]
    return [part for piece in _PARTS.split(speaker) if (part := bare(piece))]


def _whole(speaker: str) -> str:
    return bare(speaker) if _HAN.search(speaker) else " ".join(fold(speaker).split())


def _without_address(folded: str) -> str:
    while (shorter := _ADDRESS.sub("", folded, count=1)) != folded:
        folded = shorter
    return folded


def _pattern(forms: Iterable[str]) -> re.Pattern[str]:
    """Where one of the forms stands in folded text, the longest first. Blanks and quotation marks
    do not part a Chinese name, and another one is no piece of a longer word.
    """
    spelled = [
        _BETWEEN.join(map(re.escape, form))
        if _HAN.search(form)
        else whole(r"\s+".join(map(re.escape, form.split())))
        for form in sorted(forms, key=len, reverse=True)
    ]
    return re.compile("|".join(spelled))


def _in_order(short: str, long: str) -> bool:
    rest = iter(long)
    return all(character in rest for character in short)


def _longest_piece(short: str, long: str) -> int:
    return max(
        (
            end - start
            for start in range(len(short))
            for end in range(start + 1, len(short) + 1)
            if short[start:end] in long
        ),
        default=0,
    )
