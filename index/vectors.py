"""Search over the passages' vectors by FAISS; made from the database, never the truth.

Exact to 200,000 passages. Beyond, vectors have eight bits a component and stand in lists by
likeness (IVF), of which a question visits the nearest: most of the best are found, in a fraction of
the time. Where most rows are left out by a filter every list is visited.

What was saved is mapped into memory and never written to. Rows that came since stand in an index of
their own beside it, and rows that went are passed over; when they are many, the mapped index is
copied into memory and changed there.
"""

import math
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from index import records, vector_file
from index.embedding import Vectors

_MOST_EXACT = 200_000
_VISITED = 64  # lists, while a list has about as many rows as when the lists were learned
_LEARNED_FROM = 40  # vectors for each list
_OUTGROWN = 4  # times the rows that the lists were learned for
_AT_ONCE = 20_000  # vectors taken out and put in
_MOST_BESIDE = 20_000  # rows that came or went since the mapped index was saved
_UNSAVED = 0.01  # the share of such rows that is not worth writing the whole index for

_BY_ROW = 0  # FAISS's SUBSET_TYPE_ID_RANGE

Rows = npt.NDArray[np.int64]
# FAISS has no types.
Index = Any


class VectorIndex:
    """Rows by the cosine of their vectors with a question's; a row's number is the database's.

    A row must not be added while it is held. Not thread-safe.
    """

    def __init__(self, dimension: int, mapped: Index = None) -> None:
        self._dimension = dimension
        self._mapped = mapped
        self._gone: set[int] = set()  # rows of the mapped index
        self._own: Index = _exact(dimension)

    def __len__(self) -> int:
        held = self._mapped.ntotal if self._mapped is not None else 0
        return int(held - len(self._gone) + self._own.ntotal)

    def rows(self) -> Rows:
        """Every row, ascending. Reads the whole index."""
        found = [rows for rows, _ in self.stored()]
        return np.sort(np.concatenate(found)) if found else np.empty(0, np.int64)

    def stored(self) -> Iterator[tuple[Rows, Vectors]]:
        """All rows with their vectors as they are kept here, some thousands at a time."""
        if self._mapped is not None:
            gone = _array(self._gone)
            for rows, vectors in _stored(self._mapped):
                stays = np.isin(rows, gone, invert=True)
                yield rows[stays], vectors[stays]
        yield from _stored(self._own)

    def add(self, packed: Sequence[tuple[int, bytes]]) -> None:
        """Takes rows with their packed vectors."""
        if not packed:
            return
        rows = np.array([row for row, _ in packed], np.int64)
        vectors = records.unpack_vectors((blob for _, blob in packed), self._dimension)
        self._own.add_with_ids(vectors, rows)
        self._settle()

    def remove(self, rows: Collection[int]) -> None:
        """Forgets rows that it holds."""
        import faiss

        gone = _array(rows)
        if self._mapped is not None:
            beside = np.isin(gone, faiss.vector_to_array(self._own.id_map))
            self._gone.update(gone[~beside].tolist())
            gone = gone[beside]
        self._own.remove_ids(faiss.IDSelectorBatch(gone))
        self._settle()

    def best(self, vector: Vectors, depth: int, within: Rows | None) -> list[int]:
        """The rows nearest to `vector` (shape (dimension,)), of those in `within` unless None.

        `within` holds rows that stand, ascending. All of them are given, in no order, where no more
        are there than asked for.
        """
        if within is not None and len(within) <= depth:
            return list(within.tolist())
        if within is None and len(self) <= depth:
            return list(self.rows().tolist())
        import faiss

        # One question gives one thread work; the others would only be waited for. The setting is
        # the calling thread's own, so it is made here.
        faiss.omp_set_num_threads(1)
        found: list[tuple[float, int]] = []
        for index in (self._mapped, self._own):
            if index is not None and index.ntotal:
                left_out = self._gone if index is self._mapped else set()
                found += _searched(index, vector, depth, within, left_out)
        return [row for _, row in sorted(found, key=lambda pair: -pair[0])[:depth]]

    def is_kept(self) -> bool:
        """Whether what is mapped is so nearly all that saving is not worth the time."""
        beside = len(self._gone) + self._own.ntotal
        return self._mapped is not None and beside <= _UNSAVED * self._mapped.ntotal

    def save(self, path: Path, stamp: str) -> None:
        """Writes the file whole or not at all; `stamp` has at most 32 ASCII characters."""
        self._take_in()
        vector_file.save(self._own, path, stamp)

    @classmethod
    def load(cls, path: Path, dimension: int) -> tuple[Self, str] | None:
        """The index that was saved, mapped, and its stamp; None where there is none, or none that
        is whole.
        """
        found = vector_file.load(path)
        return (cls(dimension, found[0]), found[1]) if found else None

    def _settle(self) -> None:
        """Takes the mapped index in, and learns lists, where the number of rows asks for it."""
        if len(self._gone) + self._own.ntotal > _MOST_BESIDE:
            self._take_in()
        if self._mapped is None and len(self) > _MOST_EXACT:
            learned_for = _learned_for(self._own) if _is_parted(self._own) else 0
            if len(self) > _OUTGROWN * learned_for:
                self._part()

    def _take_in(self) -> None:
        """Copies the mapped index into memory, without the rows that went and with those beside."""
        if self._mapped is None:
            return
        import faiss

        beside = list(_stored(self._own))
        if _is_parted(self._mapped):
            own = _parted(self._mapped)
            # Rows from 0 on: all of them.
            self._mapped.copy_subset_to(own, _BY_ROW, 0, np.iinfo(np.int64).max)
            own.remove_ids(faiss.IDSelectorBatch(_array(self._gone)))
        else:
            own, beside = _exact(self._dimension), list(self.stored())
        for rows, vectors in beside:
            own.add_with_ids(vectors, rows)
        self._own, self._mapped, self._gone = own, None, set()

    def _part(self) -> None:
        """Learns lists from a sample and moves every vector into its own."""
        import faiss

        count = len(self)
        lists = 4 * math.isqrt(count)
        share = min(1.0, _LEARNED_FROM * lists / count)
        lot = np.random.default_rng(0)
        sample = [vectors[lot.random(len(rows)) < share] for rows, vectors in self.stored()]
        quantizer: Index = faiss.IndexFlatIP(self._dimension)
        own = _empty(quantizer, self._dimension, lists)
        own.cp.niter = 10
        own.train(np.concatenate(sample))
        for rows, vectors in self.stored():
            own.add_with_ids(vectors, rows)
        self._own = own


def _exact(dimension: int) -> Index:
    """Half the memory of float32 at the precision that the database keeps."""
    import faiss

    kind = faiss.ScalarQuantizer.QT_fp16
    flat = faiss.IndexScalarQuantizer(dimension, kind, faiss.METRIC_INNER_PRODUCT)
    return faiss.IndexIDMap(flat)


def _empty(quantizer: Index, dimension: int, lists: int) -> Index:
    import faiss

    kind = faiss.ScalarQuantizer.QT_8bit
    metric = faiss.METRIC_INNER_PRODUCT
    index: Index = faiss.IndexIVFScalarQuantizer(quantizer, dimension, lists, kind, metric)
    quantizer.this.disown()
    index.own_fields = True
    return index


def _parted(like: Index) -> Index:
    """An empty index with the lists of another."""
    import faiss

    quantizer: Index = faiss.IndexFlatIP(like.d)
    quantizer.add(like.quantizer.reconstruct_n(0, like.nlist))
    index = _empty(quantizer, like.d, like.nlist)
    faiss.copy_array_to_vector(faiss.vector_to_array(like.sq.trained), index.sq.trained)
    index.is_trained = True
    return index


def _is_parted(index: Index) -> bool:
    import faiss

    return isinstance(index, faiss.IndexIVF)


def _learned_for(index: Index) -> int:
    """About how many rows the lists were learned for."""
    return int(index.nlist // 4) ** 2


def _searched(
    index: Index, vector: Vectors, depth: int, within: Rows | None, left_out: Collection[int]
) -> list[tuple[float, int]]:
    """Scores and rows."""
    import faiss

    parted = _is_parted(index)
    options: Index = faiss.SearchParametersIVF() if parted else faiss.SearchParameters()
    if parted:
        # Lists of which much was taken away have little each; so have all behind a filter.
        thinned = _learned_for(index) / index.ntotal
        nearest = math.ceil(_VISITED * max(1.0, thinned))
        options.nprobe = index.nlist if within is not None else min(index.nlist, nearest)
    bits = _bits(within, left_out) if within is not None else None  # named, so that they live on
    gone = faiss.IDSelectorBatch(_array(left_out))
    if bits is not None:
        options.sel = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg,arg-type]
    elif left_out:
        options.sel = faiss.IDSelectorNot(gone)
    scores, rows = index.search(vector[None, :], min(depth, index.ntotal), params=options)
    return [pair for pair in zip(scores[0].tolist(), rows[0].tolist(), strict=True) if pair[1] >= 0]


def _bits(rows: Rows, left_out: Collection[int]) -> npt.NDArray[np.uint8]:
    """One bit a row, set for those in `rows` that are not left out."""
    chosen = np.zeros(int(rows[-1]) + 1, np.bool_)
    chosen[rows] = True
    gone = _array(left_out)
    chosen[gone[gone < len(chosen)]] = False
    return np.packbits(chosen, bitorder="little")


def _stored(index: Index) -> Iterator[tuple[Rows, Vectors]]:
    import faiss

    if not _is_parted(index):
        rows = faiss.vector_to_array(index.id_map)
        flat = faiss.downcast_index(index.index)
        for start in range(0, len(rows), _AT_ONCE):
            some = rows[start : start + _AT_ONCE]
            yield some, flat.reconstruct_n(start, len(some))
        return
    for i in range(index.nlist):
        if size := index.invlists.list_size(i):
            rows = faiss.rev_swig_ptr(index.invlists.get_ids(i), size).copy()
            codes = faiss.rev_swig_ptr(index.invlists.get_codes(i), size * index.code_size)
            rests = index.sq.decode(codes.reshape(size, -1))
            yield rows, rests + index.quantizer.reconstruct(i)


def _array(rows: Collection[int]) -> Rows:
    return np.fromiter(rows, np.int64, len(rows))
