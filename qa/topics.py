"""Topics that tell the speakers of a library apart, learned from their own words.

A term weighs by what it adds to the divergence (Kullback and Leibler 1951) of one speaker's words
from everybody's. Scripts with blanks give their words; Han text gives strings of characters that
hold together and are free at both ends, as new words are found without a dictionary (Feng et al.
2004, accessor variety).
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from corpus.document import Passage
from qa.names import bare
from qa.words import carrying

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]{2,}")
_WORD = re.compile(r"[^\W\d_\u3400-\u4dbf\u4e00-\u9fff]{4,}")
_LONGEST = 6  # characters of a Han term
_FEWEST = 3  # passages that hold a term
_VARIETY = 3  # different characters on each side of a Han term
_COHESION = 5.0  # times as often as its two parts would meet by chance
_LEARNED = 1000  # passages; of a larger library every so many-th
_CANDIDATES = 600  # the most frequent


@dataclass(frozen=True, slots=True)
class Topic:
    """A term as the documents write it; `counts` are the passages that hold it, by speaker."""

    term: str
    counts: Mapping[str, int]


def topics(passages: Sequence[Passage], most: int) -> list[Topic]:
    """Up to `most` topics, each speaker's strongest by turns; none where fewer than two speak."""
    spoken = [passage for passage in passages if passage.speaker]
    speakers = list(dict.fromkeys(passage.speaker or "" for passage in spoken))
    if len(speakers) < 2:
        return []
    learned = spoken[:: math.ceil(len(spoken) / _LEARNED)]
    names = "\n".join(map(bare, speakers))
    found = ((times, term) for term, times in _terms(learned) if bare(term) not in names)
    terms = [term for _, term in sorted(found, reverse=True)[:_CANDIDATES]]
    texts = [(passage.speaker or "", bare(passage.text)) for passage in learned]
    chosen = _by_turns(_weights(_counts(terms, texts), speakers), most)
    texts = [(passage.speaker or "", bare(passage.text)) for passage in spoken]
    counts = _counts(chosen, texts)
    return [Topic(term, dict(counts[term])) for term in chosen]


def _counts(terms: Iterable[str], texts: Sequence[tuple[str, str]]) -> dict[str, Counter[str]]:
    """In how many passages of each speaker a term stands, looked for as `qa.who` does."""
    sought = {term: bare(term) for term in terms}
    return {
        term: Counter(speaker for speaker, text in texts if words in text)
        for term, words in sought.items()
    }


def _weights(
    counts: Mapping[str, Counter[str]], speakers: Sequence[str]
) -> dict[str, list[tuple[float, str]]]:
    """Of each speaker the terms that are his more than everybody's, strongest first."""
    sizes = {s: sum(count[s] for count in counts.values()) or 1 for s in speakers}
    total = sum(sizes.values())
    weights: dict[str, list[tuple[float, str]]] = {speaker: [] for speaker in speakers}
    for term, count in counts.items():
        for speaker, times in count.items():
            own, common = times / sizes[speaker], count.total() / total
            if own > common:
                weights[speaker].append((own * math.log(own / common), term))
    return {s: sorted(found, key=lambda pair: (-pair[0], pair[1])) for s, found in weights.items()}


def _by_turns(weights: Mapping[str, list[tuple[float, str]]], most: int) -> list[str]:
    """The speakers choose one after the other; no term is part of another that was chosen."""
    chosen: list[str] = []
    left = [iter(found) for found in weights.values()]
    while left and len(chosen) < most:
        still = []
        for terms in left:
            term = next((t for _, t in terms if not any(t in c or c in t for c in chosen)), None)
            if term is not None:
                still.append(terms)
                if len(chosen) < most:
                    chosen.append(term)
        left = still
    return chosen


def _terms(passages: Iterable[Passage]) -> Iterator[tuple[str, int]]:
    """Candidates as they are first written, and how many passages hold them."""
    runs: list[list[tuple[str, str]]] = []  # of each passage, what is counted and how it is written
    words: Counter[str] = Counter()
    written: dict[str, str] = {}
    for passage in passages:
        carried = carrying(passage.text)
        runs.append([(m[0], passage.text[m.start() : m.end()]) for m in _HAN.finditer(carried)])
        found = {m[0]: passage.text[m.start() : m.end()] for m in _WORD.finditer(carried)}
        words.update(found.keys())
        written = {**found, **written}
    yield from ((written[word], times) for word, times in words.items() if times >= _FEWEST)
    yield from _han_terms(runs)


def _han_terms(runs: Sequence[Sequence[tuple[str, str]]]) -> Iterator[tuple[str, int]]:
    counts: Counter[str] = Counter(c for passage in runs for run, _ in passage for c in run)
    total = counts.total()
    frequent: set[str] = set()
    for size in range(2, _LONGEST + 2):
        # A string is frequent only where its two longest parts are.
        times = Counter(
            gram
            for passage in runs
            for gram in {
                run[i : i + size]
                for run, _ in passage
                for i in range(len(run) - size + 1)
                if size == 2 or {run[i : i + size - 1], run[i + 1 : i + size]} <= frequent
            }
        )
        kept = {gram: n for gram, n in times.items() if n >= _FEWEST}
        frequent |= kept.keys()
        counts.update(kept)
    left, right, written = _neighbours(runs, frequent)
    for gram in sorted(frequent):
        if (
            len(gram) <= _LONGEST
            and min(len(left[gram]), len(right[gram])) >= _VARIETY
            and _cohesion(gram, counts, total) >= _COHESION
        ):
            yield written[gram], counts[gram]


def _neighbours(
    runs: Sequence[Sequence[tuple[str, str]]], frequent: set[str]
) -> tuple[dict[str, set[str]], dict[str, set[str]], dict[str, str]]:
    """The characters before and behind each string, the edge of a run counting anew each time."""
    left: dict[str, set[str]] = defaultdict(set)
    right: dict[str, set[str]] = defaultdict(set)
    written: dict[str, str] = {}
    edge = 0
    for passage in runs:
        for run, text in passage:
            for size in range(2, _LONGEST + 1):
                for i in range(len(run) - size + 1):
                    gram = run[i : i + size]
                    if gram in frequent:
                        edge += 1
                        left[gram].add(run[i - 1] if i else str(edge))
                        right[gram].add(run[i + size : i + size + 1] or str(edge))
                        written.setdefault(gram, text[i : i + size])
    return left, right, written


def _cohesion(gram: str, counts: Mapping[str, int], total: int) -> float:
    """How much more often the weakest two parts meet than by chance."""
    return min(
        counts[gram] * total / (counts[gram[:i]] * counts[gram[i:]]) for i in range(1, len(gram))
    )
