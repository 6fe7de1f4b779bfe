"""Search over the passages' vectors by FAISS; made from the database, never the truth.

Each vector stands there as the database keeps it, in float16. Up to 50,000 all are compared.
Beyond, four bits for each two components (product quantization: Jégou et al. 2011, in SIMD
registers: André et al. 2017) find some hundreds, among which the vectors themselves decide: nearly
all of the best are found, in a tenth of the time. Behind a filter, all that it lets through are
compared at every size.

What was saved is mapped into memory and never written to. Rows that came since stand beside it, and
rows that went are passed over; when they are many, all is put together anew.
"""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from index import records, vector_file
from index.embedding import Vectors

_MOST_EXACT = 50_000
_LEARNED_FROM = 40_000  # vectors
_OUTGROWN = 4  # times the rows that the codes were learned for
_LEAST_FOUND = 500  # of which the vectors decide
_TIMES_FOUND = 4.0  # as many as are asked for
_AT_ONCE = 20_000  # vectors taken out and put in
_MOST_BESIDE = 20_000  # rows that came or went since the index was saved, or
_SHARE_BESIDE = 0.25  # of those that were saved, where that is more
_UNSAVED = 0.01  # the share of such rows that is not worth writing the whole index for

Rows = npt.NDArray[np.int64]
# FAISS has no types.
Index = Any


class VectorIndex:
    """Rows by the cosine of their vectors with a question's; a row's number is the database's.

    Rows are added in ascending order. Not thread-safe.
    """

    def __init__(self, dimension: int, mapped: Index = None) -> None:
        self._dimension = dimension
        self._mapped = _Held(mapped) if mapped is not None else None
        self._own = _Held(_exact(dimension))
        self._gone: set[int] = set()
        self._learned_for = len(self._mapped) if self._mapped else 0

    def __len__(self) -> int:
        return sum(map(len, self._all())) - len(self._gone)

    def _all(self) -> "list[_Held]":
        return [self._mapped, self._own] if self._mapped else [self._own]

    def rows(self) -> Rows:
        """Every row, ascending."""
        rows = np.concatenate([held.rows() for held in self._all()])
        return rows[np.isin(rows, _array(self._gone), invert=True)]

    def stored(self) -> Iterator[tuple[Rows, Vectors]]:
        """All rows with their vectors, ascending, some thousands at a time."""
        gone = _array(self._gone)
        for held in self._all():
            for start in range(0, len(held), _AT_ONCE):
                rows = held.rows()[start : start + _AT_ONCE]
                stays = np.isin(rows, gone, invert=True)
                yield rows[stays], held.flat.reconstruct_n(start, len(rows))[stays]

    def add(self, packed: Sequence[tuple[int, bytes]]) -> None:
        """Takes rows with their packed vectors."""
        if packed:
            rows = np.array([row for row, _ in packed], np.int64)
            vectors = records.unpack_vectors((blob for _, blob in packed), self._dimension)
            self._own.add(rows, vectors)
            self._settle()

    def remove(self, rows: Collection[int]) -> None:
        """Forgets rows that it holds."""
        self._gone.update(rows)
        self._settle()

    def best(self, vector: Vectors, depth: int, within: Rows | None) -> list[int]:
        """The rows nearest to `vector` (shape (dimension,)), of those in `within` unless None.

        `within` holds rows that stand, ascending. All of them are given, in no order, where no more
        are there than asked for.
        """
        import faiss

        if (len(self) if within is None else len(within)) <= depth:
            return list((self.rows() if within is None else within).tolist())
        # One question gives one thread work; the others would only be waited for. The setting is
        # the calling thread's own, so it is made here.
        faiss.omp_set_num_threads(1)
        found = [
            pair for held in self._all() for pair in held.best(vector, depth, within, self._gone)
        ]
        return [row for _, row in sorted(found, key=lambda pair: -pair[0])[:depth]]

    def cosines(self, vector: Vectors, rows: Sequence[int]) -> dict[int, float]:
        """The cosine of each of the rows with `vector`; none of a row that it does not hold."""
        cosines: dict[int, float] = {}
        for held in self._all():
            cosines |= held.cosines(vector, np.array(rows, np.int64))
        return cosines

    def is_kept(self) -> bool:
        """Whether what is mapped is so nearly all that saving is not worth the time."""
        return self._mapped is not None and self._beside() <= _UNSAVED * len(self._mapped)

    def save(self, path: Path, stamp: str) -> None:
        """Writes the file whole or not at all; `stamp` has at most 32 ASCII characters."""
        if self._mapped or self._gone:
            self._put_together()
        vector_file.save(self._own.index, path, stamp)

    @classmethod
    def load(cls, path: Path, dimension: int) -> tuple[Self, str] | None:
        """The index that was saved, mapped, and its stamp; None where there is none, or none that
        is whole.
        """
        found = vector_file.load(path)
        return (cls(dimension, found[0]), found[1]) if found else None

    def _beside(self) -> int:
        """How many rows came or went since all was put together."""
        return len(self._gone) + (len(self._own) if self._mapped else 0)

    def _settle(self) -> None:
        most = max(_MOST_BESIDE, _SHARE_BESIDE * len(self._mapped or self._own))
        outgrown = len(self) > max(_MOST_EXACT, _OUTGROWN * self._learned_for)
        if self._beside() > most or (outgrown and self._mapped is None):
            self._put_together()

    def _put_together(self) -> None:
        """All that stands in one index, with codes learned from a sample where there is much."""
        self._learned_for = len(self) if len(self) > _MOST_EXACT else 0
        own = _Held(self._sieve() if self._learned_for else _exact(self._dimension))
        for rows, vectors in self.stored():
            own.add(rows, vectors)
        self._own, self._mapped, self._gone = own, None, set()

    def _sieve(self) -> Index:
        share = min(1.0, _LEARNED_FROM / len(self))
        lot = np.random.default_rng(0)
        sample = [vectors[lot.random(len(rows)) < share] for rows, vectors in self.stored()]
        return _sieved(self._dimension, np.concatenate(sample))


class _Held:
    """One FAISS index: numbers of rows over vectors, or over codes and vectors."""

    def __init__(self, index: Index) -> None:
        import faiss

        self.index = index
        inner: Index = faiss.downcast_index(index.index)
        self.sieve = inner if isinstance(inner, faiss.IndexRefine) else None
        self.flat: Index = faiss.downcast_index(inner.refine_index) if self.sieve else inner
        self._rows: Rows | None = None

    def __len__(self) -> int:
        return int(self.index.ntotal)

    def rows(self) -> Rows:
        """Ascending, in the order of the vectors."""
        import faiss

        if self._rows is None:
            self._rows = faiss.vector_to_array(self.index.id_map)
        return self._rows

    def add(self, rows: Rows, vectors: Vectors) -> None:
        self.index.add_with_ids(vectors, rows)
        self._rows = None

    def best(
        self, vector: Vectors, depth: int, within: Rows | None, gone: Collection[int]
    ) -> list[tuple[float, int]]:
        """Cosines and rows, without those that are gone."""
        import faiss

        if not len(self):
            return []
        if self.sieve and within is None:
            options: Index = faiss.IndexRefineSearchParameters()
            options.k_factor = max(_TIMES_FOUND, _LEAST_FOUND / depth)
            found = self._searched(self.sieve, vector, depth + min(depth, len(gone)), options)
            standing = [pair for pair in found if pair[1] not in gone]
            if len(standing) >= min(depth, len(found)):
                return standing
        # Everything that may be found is compared.
        options = faiss.SearchParameters()
        if within is not None or gone:
            bits = self._bits(within, gone)  # named, so that they live on
            options.sel = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg,arg-type]
        return self._searched(self.flat, vector, depth, options)

    def _searched(
        self, index: Index, vector: Vectors, depth: int, options: Index
    ) -> list[tuple[float, int]]:
        depth = min(depth, len(self))
        scores, places = index.search(vector[None, :], depth, params=options)
        there = places[0] >= 0
        rows = self.rows()[places[0][there]]
        return list(zip(scores[0][there].tolist(), rows.tolist(), strict=True))

    def _bits(self, within: Rows | None, gone: Collection[int]) -> npt.NDArray[np.uint8]:
        """One bit a vector, set for those that may be found."""
        chosen = np.full(len(self), within is None)
        chosen[self._places(within)[0]] = True
        chosen[self._places(_array(gone))[0]] = False
        return np.packbits(chosen, bitorder="little")

    def _places(self, rows: Rows | None) -> tuple[Rows, Rows]:
        """Where the vectors of those rows stand that are here, and the rows."""
        if rows is None or not len(self):
            return np.empty(0, np.int64), np.empty(0, np.int64)
        places = np.searchsorted(self.rows(), rows).clip(max=len(self) - 1)
        here = self.rows()[places] == rows
        return places[here], rows[here]

    def cosines(self, vector: Vectors, rows: Rows) -> dict[int, float]:
        places, here = self._places(rows)
        if not len(places):
            return {}
        matrix = self.flat.reconstruct_batch(places)
        # Row by row in one order, so that a score does not depend on which rows stand beside it.
        scores = np.einsum("ij,j->i", matrix, vector)
        return dict(zip(here.tolist(), scores.tolist(), strict=True))


def _exact(dimension: int) -> Index:
    """Rows over vectors."""
    return _numbered(_flat(dimension))


def _sieved(dimension: int, sample: Vectors) -> Index:
    """Rows over codes that are learned from a sample, and over vectors."""
    import faiss

    codes: Index = faiss.IndexPQFastScan(dimension, dimension // 2, 4, faiss.METRIC_INNER_PRODUCT)
    codes.train(sample)
    vectors = _flat(dimension)
    both: Index = faiss.IndexRefine(codes, vectors)
    for part in (codes, vectors):
        part.this.disown()
    both.own_fields = both.own_refine_index = True
    return _numbered(both)


def _flat(dimension: int) -> Index:
    import faiss

    kind = faiss.ScalarQuantizer.QT_fp16
    return faiss.IndexScalarQuantizer(dimension, kind, faiss.METRIC_INNER_PRODUCT)


def _numbered(index: Index) -> Index:
    import faiss

    numbered: Index = faiss.IndexIDMap(index)
    index.this.disown()
    numbered.own_fields = True
    return numbered


def _array(rows: Collection[int]) -> Rows:
    return np.fromiter(rows, np.int64, len(rows))
