"""Search over the passages' vectors by FAISS; made from the database, never the truth.

Exact to 200,000 passages. Beyond, vectors have eight bits a component and stand in lists by
likeness (IVF), of which a question visits the nearest: most of the best are found, in a fraction of
the time. Few passages behind a filter are compared one by one at every size.

The file beside the database only spares making it again: it says which state of which library it
holds, with a checksum, and whatever does not fit is thrown away.
"""

import logging
import math
import os
import struct
import tempfile
import zlib
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from index import records
from index.embedding import Vectors

if TYPE_CHECKING:
    import faiss

_LOG = logging.getLogger(__name__)
_HEAD = struct.Struct("<4sI32s")  # magic, checksum, stamp
_MAGIC = b"YWV1"

_MOST_EXACT = 200_000
_VISITED = 64  # lists
_LEARNED_FROM = 40  # vectors for each list
_AT_ONCE = 50_000  # vectors taken out and put in
_FEW = 20_000  # rows behind a filter that are compared one by one

Rows = npt.NDArray[np.int64]


class VectorIndex:
    """Cosines of a question with rows; a row's number is the database's. Not thread-safe."""

    def __init__(
        self, dimension: int, index: "faiss.Index | None" = None, rows: Iterable[int] = ()
    ) -> None:
        import faiss

        # Half the memory of float32 at the precision that the database keeps; exact, removable.
        self._index: Any = index or faiss.IndexIDMap2(
            faiss.IndexScalarQuantizer(
                dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
            )
        )
        self._dimension = dimension
        self.rows = set(rows)

    def add(self, packed: Sequence[tuple[int, bytes]]) -> None:
        """Takes rows with their packed vectors."""
        if packed:
            rows = np.array([row for row, _ in packed], np.int64)
            vectors = records.unpack_vectors((blob for _, blob in packed), self._dimension)
            self._index.add_with_ids(vectors, rows)
            self.rows.update(rows.tolist())
            if len(self.rows) > _MOST_EXACT and not self._is_partitioned():
                self._partition()

    def _is_partitioned(self) -> bool:
        import faiss

        return isinstance(self._index, faiss.IndexIVF)

    def _partition(self) -> None:
        """Learns lists from a sample and moves every vector into its own."""
        import faiss

        rows = np.sort(_array(self.rows))
        lists = 4 * math.isqrt(len(rows))
        quantizer: Any = faiss.IndexFlatIP(self._dimension)
        parted: Any = faiss.IndexIVFScalarQuantizer(
            quantizer,
            self._dimension,
            lists,
            faiss.ScalarQuantizer.QT_8bit,
            faiss.METRIC_INNER_PRODUCT,
        )
        quantizer.this.disown()
        parted.own_fields = True
        parted.nprobe = _VISITED
        sample = np.random.default_rng(0).choice(rows, min(len(rows), _LEARNED_FROM * lists), False)
        parted.train(self._index.reconstruct_batch(np.sort(sample)))
        for start in range(0, len(rows), _AT_ONCE):
            some = rows[start : start + _AT_ONCE]
            parted.add_with_ids(self._index.reconstruct_batch(some), some)
        parted.set_direct_map_type(faiss.DirectMap.Hashtable)  # type: ignore[attr-defined]
        self._index = parted

    def remove(self, rows: Collection[int]) -> None:
        """Forgets rows."""
        if rows:
            import faiss

            gone = _array(rows)
            self._index.remove_ids(faiss.IDSelectorArray(len(gone), faiss.swig_ptr(gone)))
            self.rows.difference_update(rows)

    def best(self, vector: Vectors, depth: int, within: Collection[int] | None) -> list[int]:
        """The rows nearest to `vector` (shape (dimension,)), of those in `within` unless None."""
        import faiss

        if within is not None and len(within) <= _FEW:
            cosines = self.cosines(vector, sorted(within))
            return sorted(cosines, key=lambda row: -cosines[row])[:depth]
        wanted: Any = None
        if within is not None:
            selector = faiss.IDSelectorBatch(_array(within))  # named, so that it lives on
            parted = self._is_partitioned()
            wanted = faiss.SearchParametersIVF() if parted else faiss.SearchParameters()
            wanted.sel = selector
            if parted:
                wanted.nprobe = self._index.nlist  # a filter leaves little in each list
        # One question gives one thread work; the others would only be waited for. The setting is
        # the calling thread's own, so it is made here.
        faiss.omp_set_num_threads(1)
        depth = min(depth, len(self.rows))
        if depth == 0:
            return []
        _, found = self._index.search(vector[None, :], depth, params=wanted)
        return [row for row in found[0].tolist() if row >= 0]

    def cosines(self, vector: Vectors, rows: Sequence[int]) -> dict[int, float]:
        """The cosine of each of the rows with `vector`."""
        if not rows:
            return {}
        import faiss

        faiss.omp_set_num_threads(1)
        matrix = self._index.reconstruct_batch(_array(rows))
        # Row by row in one order, so that a score does not depend on which rows stand beside it.
        scores = np.einsum("ij,j->i", matrix, vector)
        return dict(zip(rows, scores.tolist(), strict=True))

    def save(self, path: Path, stamp: str) -> None:
        """Writes the file whole or not at all; `stamp` has at most 32 ASCII characters."""
        import faiss

        body = faiss.serialize_index(self._index).tobytes()
        head = _HEAD.pack(_MAGIC, zlib.crc32(body), stamp.encode("ascii"))
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(head)
                file.write(body)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    @classmethod
    def load(cls, path: Path, stamp: str, dimension: int) -> Self | None:
        """The index of this very state, or None where the file holds another one or is damaged."""
        import faiss

        try:
            data = path.read_bytes()
            magic, checksum, found = _HEAD.unpack_from(data)
        except FileNotFoundError:
            return None
        except (OSError, struct.error) as error:
            _LOG.warning("%s cannot be read (%s) and is made again", path, error)
            return None
        body = memoryview(data)[_HEAD.size :]
        if magic != _MAGIC or zlib.crc32(body) != checksum:
            _LOG.warning("%s is damaged and is made again", path)
            return None
        if found.rstrip(b"\0") != stamp.encode("ascii"):
            return None
        index: Any = faiss.deserialize_index(np.frombuffer(body, np.uint8))
        return cls(dimension, index, _rows_of(index))


def _rows_of(index: Any) -> list[int]:  # noqa: ANN401  # FAISS has no types
    import faiss

    if not isinstance(index, faiss.IndexIVF):
        return list(faiss.vector_to_array(index.id_map).tolist())
    lists: Any = index.invlists
    found = [
        faiss.rev_swig_ptr(lists.get_ids(i), size).copy()
        for i in range(index.nlist)
        if (size := lists.list_size(i))
    ]
    return list(np.concatenate(found).tolist()) if found else []


def _array(rows: Collection[int]) -> Rows:
    return np.fromiter(rows, np.int64, len(rows))
