"""Short forms of the speakers' names, learned from the names themselves.

嘉兴市委、市政府 is called 嘉兴, 嘉兴市 or 嘉兴市委; 省财政厅 is called 财政厅. No table is kept:
what a name shares with other speakers' names (省, 市委) tells nobody apart, what is left does.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile

from index.lexical import fold

_PARTS = re.compile(r"[、,，;；/&]|\band\b")
_MARKS = re.compile(r"[“”\"'‘’「」『』《》()（）·\s]+")
_LATIN = re.compile(r"[a-z]{4}")
_HAN_NAME = re.compile("[\u4e00-\u9fff]{2,4}")
_SHORTEST = 2


def bare(text: str) -> str:
    """Folded, without blanks and quotation marks: how names are compared."""
    return _MARKS.sub("", fold(text))


class Names:
    """The speakers of a library and what they may be called."""

    def __init__(self, speakers: Sequence[str]) -> None:
        self._bare = {speaker: bare(speaker) for speaker in speakers}
        self._stems = {speaker: _stems(speaker, speakers) for speaker in speakers}

    @property
    def stems(self) -> Mapping[str, tuple[str, ...]]:
        """The parts that tell each speaker from the others, folded."""
        return self._stems

    def mentioned(self, text: str) -> tuple[str, ...]:
        """The speakers whose distinctive part stands in `text`, in the order it stands there."""
        folded = bare(text)
        found = []
        for speaker, stems in self._stems.items():
            forms = (*stems, *_romanised(stems, folded))
            places = [folded.find(form) for form in forms if form in folded]
            if places:
                found.append((min(places), speaker))
        return tuple(speaker for _, speaker in sorted(found))

    def place_in(self, text: str) -> tuple[int, int] | None:
        """Start and end of the first distinctive part of a speaker's name in `text`."""
        folded = fold(text)
        places = [
            (folded.find(form), form)
            for stems in self._stems.values()
            for form in (*stems, *_romanised(stems, folded))
            if form in folded
        ]
        if not places:
            return None
        start, form = min(places)
        return start, start + len(form)

    def romanised_in(self, text: str) -> list[tuple[int, int]]:
        """Where Chinese names of speakers stand in `text` in Latin letters, as starts and ends."""
        folded = fold(text)
        forms = {f for stems in self._stems.values() for f in _romanised(stems, folded)}
        return [m.span() for f in sorted(forms) for m in re.finditer(re.escape(f), folded)]

    def called(self, name: str) -> tuple[str, ...]:
        """The speakers that `name` can mean; none where it fits nobody or everybody.

        A short form keeps the order of the characters it takes (省专班 of 省…工作专班); the
        speakers of whom it takes the longest unbroken piece win.
        """
        wanted = bare(name)
        if len(wanted) < _SHORTEST:
            return ()
        if direct := self.mentioned(name):
            return direct
        pieces = {s: _longest_piece(wanted, own) for s, own in self._bare.items()}
        fits = [s for s, own in self._bare.items() if own in wanted or _in_order(wanted, own)]
        best = max((pieces[s] for s in fits), default=0)
        if best < _SHORTEST:
            return ()
        chosen = tuple(s for s in fits if pieces[s] == best)
        return chosen if len(chosen) < len(self._bare) or len(chosen) == 1 else ()

    def of_kind(self, kind: str) -> tuple[str, ...]:
        """The speakers whose name holds `kind` (哪个县 asks the 县委 only); all where none does."""
        wanted = bare(kind)
        chosen = tuple(s for s, own in self._bare.items() if wanted and wanted in own)
        return chosen or tuple(self._bare)


def _romanised(stems: Iterable[str], folded: str) -> list[str]:
    """Chinese names as other languages write them (Zhoushan), where `folded` has Latin words."""
    if not _LATIN.search(folded):
        return []
    from pypinyin import lazy_pinyin  # slow to import, and few questions need it

    return ["".join(lazy_pinyin(stem)) for stem in stems if _HAN_NAME.fullmatch(stem)]


def _stems(speaker: str, speakers: Iterable[str]) -> tuple[str, ...]:
    others = [part for other in speakers if other != speaker for part in _parts(other)]
    stems: list[str] = []
    for part in _parts(speaker):
        head = max((_common(part, other) for other in others), default=0)
        tail = max((_common(part[::-1], other[::-1]) for other in others), default=0)
        stem = part[head : len(part) - tail].strip()
        if len(stem) >= _SHORTEST and not any(stem in other for other in others):
            stems.append(stem)
    return tuple(stems) or (bare(speaker),)


def _common(a: str, b: str) -> int:
    """The length of the beginning that both share."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False)))


def _parts(speaker: str) -> list[str]:
    return [part for piece in _PARTS.split(speaker) if (part := bare(piece))]


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
