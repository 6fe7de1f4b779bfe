"""BM25 as SQLite's FTS5 counts it, from numbers that stand for terms.

Robertson and Zaragoza (2009), The Probabilistic Relevance Framework; k1 = 1.2, b = 0.75.
"""

import hashlib
import math
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

_K1, _B = 1.2, 0.75
_LEAST_IDF = 1e-6
_RECENT = 200_000  # numbers

Numbers = npt.NDArray[np.int64]


@lru_cache(1 << 16)
def number(name: str) -> int:
    """Forty bits that stand for a term or a name; two of a million terms seldom share them."""
    digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=5).digest()
    return int.from_bytes(digest)


@dataclass(frozen=True, slots=True)
class Tally:
    """How often each term stands: `numbers` ascending, `counts` beside them."""

    numbers: Numbers
    counts: Numbers

    @classmethod
    def of(cls, numbers: Iterable[int]) -> "Tally":
        """With repeats, in any order."""
        found, counts = np.unique(np.fromiter(numbers, np.int64), return_counts=True)
        return cls(found, counts.astype(np.int64))

    @classmethod
    def sum(cls, tallies: Sequence["Tally"]) -> "Tally":
        """Of all of them; what comes to nothing is left out."""
        if not tallies:
            return cls.of([])
        every = np.concatenate([tally.numbers for tally in tallies])
        weights = np.concatenate([tally.counts for tally in tallies])
        found, places = np.unique(every, return_inverse=True)
        counts = np.bincount(places, weights, len(found)).astype(np.int64)
        return cls(found[counts != 0], counts[counts != 0])

    def negative(self) -> "Tally":
        """To be taken away from a sum."""
        return Tally(self.numbers, -self.counts)

    def presence(self) -> "Tally":
        """One for each term."""
        return Tally(self.numbers, np.ones_like(self.counts))

    def get(self, wanted: Numbers) -> Numbers:
        """The count of each, 0 where it does not stand."""
        if not len(self.numbers):
            return np.zeros(len(wanted), np.int64)
        at = np.searchsorted(self.numbers, wanted).clip(max=len(self.numbers) - 1)
        counts: Numbers = np.where(self.numbers[at] == wanted, self.counts[at], 0)
        return counts

    @property
    def length(self) -> int:
        """Of all terms, with repeats."""
        return int(self.counts.sum())

    def pack(self) -> bytes:
        """Five bytes a number, by their place, which zlib makes about four of."""
        planes = self.numbers.astype("<u8").view(np.uint8).reshape(-1, 8)[:, :5]
        return zlib.compress(planes.T.tobytes() + self.counts.astype("<u4").tobytes())

    @classmethod
    def unpack(cls, packed: bytes) -> "Tally":
        """What `pack` gave."""
        data = np.frombuffer(zlib.decompress(packed), np.uint8)
        count = len(data) // 9
        numbers = np.zeros((count, 8), np.uint8)
        numbers[:, :5] = data[: 5 * count].reshape(5, count).T
        counts = data[5 * count :].copy().view("<u4")
        return cls(numbers.view("<u8").reshape(-1).astype(np.int64), counts.astype(np.int64))


@dataclass(frozen=True, slots=True)
class Frequencies:
    """In how many passages each term stands; a large sum, and a small one that is made anew."""

    base: Tally
    recent: Tally

    def get(self, wanted: Sequence[int]) -> list[int]:
        """Of each number."""
        numbers = np.array(wanted, np.int64)
        found: list[int] = (self.base.get(numbers) + self.recent.get(numbers)).tolist()
        return found

    def plus(self, tallies: Sequence[Tally]) -> "Frequencies":
        """With these added."""
        recent = Tally.sum([self.recent, *tallies])
        if len(recent.numbers) < _RECENT:
            return Frequencies(self.base, recent)
        return Frequencies(Tally.sum([self.base, recent]), Tally.of([]))


@dataclass(frozen=True, slots=True)
class Weights:
    """What each of a question's numbers weighs, in passages of this average length."""

    numbers: Numbers
    idf: npt.NDArray[np.float64]
    average: float

    @classmethod
    def of(cls, counts: Mapping[int, int], passages: int, length: int) -> "Weights":
        """From the passages that hold each number, of all passages and their length together."""
        idf = [math.log((passages - n + 0.5) / (n + 0.5)) for n in counts.values()]
        weights = np.array([value if value > 0 else _LEAST_IDF for value in idf])
        return cls(np.fromiter(counts, np.int64), weights, length / max(1, passages))

    def score(self, tally: Tally) -> float:
        """BM25 of one passage; 0 where it holds none of the terms."""
        counts = tally.get(self.numbers)
        longer = _K1 * (1 - _B + _B * tally.length / (self.average or 1.0))
        return float(np.sum(self.idf * (counts * (_K1 + 1)) / (counts + longer)))
