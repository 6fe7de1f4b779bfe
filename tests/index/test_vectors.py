"""The index of a large library: partitioned, grown, emptied and kept, beside the exact one."""

import numpy as np
import pytest

from index import records, vectors
from index.vectors import VectorIndex

DIMENSION = 32


@pytest.fixture
def clustered():
    lot = np.random.default_rng(1)
    centres = lot.normal(size=(40, DIMENSION))
    made = centres[lot.integers(0, 40, 3000)] + 0.4 * lot.normal(size=(3000, DIMENSION))
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


def packed(rows, matrix):
    return [(row, records.pack_vectors(matrix[row])) for row in rows]


def recall(index, matrix, rows, questions):
    rows = np.array(sorted(rows))
    hits = 0
    for question in questions:
        best = rows[np.argsort(-(matrix[rows] @ question))[:10]]
        hits += len(set(best.tolist()) & set(index.best(question, 10, None)))
    return hits / (10 * len(questions))


def test_a_large_index_is_partitioned_and_grows_shrinks_and_keeps(clustered, monkeypatch, tmp_path):
    monkeypatch.setattr(vectors, "_MOST_EXACT", 1000)
    index = VectorIndex(DIMENSION)
    for start in range(0, 3000, 500):
        index.add(packed(range(start, start + 500), clustered))
    assert index._is_partitioned()
    questions = clustered[::50]
    assert recall(index, clustered, range(3000), questions) >= 0.97

    index.remove(range(0, 3000, 3))
    left = {row for row in range(3000) if row % 3}
    assert index.rows == left
    assert recall(index, clustered, left, questions) >= 0.97

    index.save(tmp_path / "v", "stamp")
    again = VectorIndex.load(tmp_path / "v", "stamp", DIMENSION)
    assert again is not None
    assert again.rows == left
    again.add(packed(range(0, 3000, 3), clustered))
    assert recall(again, clustered, range(3000), questions) >= 0.97
    exact = dict(enumerate(clustered @ questions[0]))
    for row, cosine in again.cosines(questions[0], [1, 2, 3]).items():
        assert cosine == pytest.approx(exact[row], abs=0.02)


@pytest.mark.parametrize("few", [10**9, 0])
@pytest.mark.parametrize("most_exact", [10**9, 1000])
def test_behind_a_filter_the_best_are_exactly_the_best(clustered, monkeypatch, few, most_exact):
    monkeypatch.setattr(vectors, "_FEW", few)
    monkeypatch.setattr(vectors, "_MOST_EXACT", most_exact)
    index = VectorIndex(DIMENSION)
    index.add(packed(range(3000), clustered))
    within = range(7, 3000, 31)
    best = sorted(within, key=lambda row: -float(clustered[row] @ clustered[0]))[:3]
    assert index.best(clustered[0], 3, within) == best
    assert index.best(clustered[0], 3, []) == []
