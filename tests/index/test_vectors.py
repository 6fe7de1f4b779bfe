"""The index of vectors in every form: exact, sieved by codes, mapped with rows beside it; against brute force."""

import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from index import records, vectors
from index.vectors import VectorIndex

DIMENSION = 32
COUNT = 3000


@pytest.fixture(scope="module")
def clustered():
    lot = np.random.default_rng(1)
    centres = lot.normal(size=(40, DIMENSION))
    made = centres[lot.integers(0, 40, COUNT)] + 0.4 * lot.normal(size=(COUNT, DIMENSION))
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    return made.astype("<f2").astype(np.float32)  # as the database keeps them


def packed(rows, matrix):
    return [(row, records.pack_vectors(matrix[row])) for row in rows]


def recall(index, matrix, rows, questions, within=None):
    rows = np.array(sorted(rows if within is None else within))
    hits = 0
    for question in questions:
        best = rows[np.argsort(-(matrix[rows] @ question))[:10]]
        hits += len(set(best.tolist()) & set(index.best(question, 10, within)))
    return hits / (10 * len(questions))


def saved(index, folder):
    index.save(folder / "v", "stamp")
    again, stamp = VectorIndex.load(folder / "v", DIMENSION)
    assert stamp == "stamp"
    return again


def test_a_large_index_is_sieved_and_grows_shrinks_and_keeps(clustered, monkeypatch, tmp_path):
    monkeypatch.setattr(vectors, "_MOST_EXACT", 1000)
    monkeypatch.setattr(vectors, "_LEAST_FOUND", 100)
    index = VectorIndex(DIMENSION)
    for start in range(0, 2500, 500):
        index.add(packed(range(start, start + 500), clustered))
    assert index._own.sieve is not None
    questions = clustered[::50]
    assert recall(index, clustered, range(2500), questions) >= 0.97

    index.remove(range(0, 2500, 3))
    left = [row for row in range(2500) if row % 3]
    assert index.rows().tolist() == left
    assert recall(index, clustered, left, questions) >= 0.97

    again = saved(index, tmp_path)
    assert again._mapped.sieve is not None
    assert again.rows().tolist() == left
    again.add(packed(range(2500, COUNT), clustered))
    assert len(again) == len(left) + 500
    assert recall(again, clustered, [*left, *range(2500, COUNT)], questions) >= 0.97

    again.remove([row for row in left if row >= 100] + list(range(2500, COUNT)))
    assert again.rows().tolist() == left[:66]
    assert recall(again, clustered, left[:66], questions) == 1
    assert saved(again, tmp_path)._mapped.sieve is None


def test_where_all_that_a_sieve_finds_is_gone_everything_is_compared(clustered, monkeypatch):
    monkeypatch.setattr(vectors, "_MOST_EXACT", 1000)
    monkeypatch.setattr(vectors, "_LEAST_FOUND", 1)
    index = VectorIndex(DIMENSION)
    index.add(packed(range(COUNT), clustered))
    order = np.argsort(-(clustered @ clustered[0]))
    index.remove(order[:700].tolist())
    assert set(index.best(clustered[0], 10, None)) == set(order[700:710].tolist())


def test_codes_are_learned_anew_when_they_are_outgrown(clustered, monkeypatch):
    monkeypatch.setattr(vectors, "_MOST_EXACT", 200)
    index = VectorIndex(DIMENSION)
    learned = []
    for start in range(0, COUNT, 300):
        index.add(packed(range(start, start + 300), clustered))
        learned.append(index._learned_for)
    assert learned == [300] * 4 + [1500] * 6
    assert recall(index, clustered, range(COUNT), clustered[::50]) >= 0.97


@pytest.mark.parametrize("most_exact", [COUNT, 1000])
def test_all_is_put_together_when_much_has_changed(clustered, monkeypatch, tmp_path, most_exact):
    monkeypatch.setattr(vectors, "_MOST_EXACT", most_exact)
    index = VectorIndex(DIMENSION)
    index.add(packed(range(2000), clustered))
    index = saved(index, tmp_path)
    monkeypatch.setattr(vectors, "_MOST_BESIDE", 300)
    index.remove(range(0, 400, 2))
    index.add(packed(range(2000, 2300), clustered))
    assert index._mapped is not None
    index.add(packed(range(2300, 2500), clustered))
    assert index._mapped is None
    left = [*range(1, 400, 2), *range(400, 2500)]
    assert index.rows().tolist() == left
    assert recall(index, clustered, left, clustered[::50]) >= 0.97


def test_a_few_changes_do_not_ask_for_another_file(clustered, tmp_path):
    index = VectorIndex(DIMENSION)
    assert not index.is_kept()
    index.add(packed(range(1000), clustered))
    index = saved(index, tmp_path)
    assert index.is_kept()
    index.remove([5])
    index.add(packed(range(1000, 1009), clustered))
    assert index.is_kept()
    index.add(packed([1009], clustered))
    assert not index.is_kept()


@pytest.mark.parametrize("mapped", [False, True])
@pytest.mark.parametrize("most_exact", [10**9, 1000])
def test_behind_a_filter_the_best_are_the_best(
    clustered, monkeypatch, most_exact, mapped, tmp_path
):
    monkeypatch.setattr(vectors, "_MOST_EXACT", most_exact)
    index = VectorIndex(DIMENSION)
    index.add(packed(range(2500), clustered))
    if mapped:
        index = saved(index, tmp_path)
    index.add(packed(range(2500, COUNT), clustered))
    for step in (31, 2):
        within = np.arange(7, COUNT, step)
        assert recall(index, clustered, None, clustered[::50], within) >= 0.97
        assert sorted(index.best(clustered[0], COUNT, within)) == within.tolist()
    assert index.best(clustered[0], 3, np.array([], np.int64)) == []
    assert sorted(index.best(clustered[0], COUNT, None)) == list(range(COUNT))


def test_a_row_that_is_found_is_the_row_whose_vector_was_given(clustered, monkeypatch, tmp_path):
    for most_exact in (COUNT, 1000):
        monkeypatch.setattr(vectors, "_MOST_EXACT", most_exact)
        index = VectorIndex(DIMENSION)
        index.add(packed(range(2000), clustered))
        index = saved(index, tmp_path)
        index.add(packed(range(2000, 2200), clustered))
        index.remove(range(0, 2200, 5))
        seen = 0
        for rows, kept in index.stored():
            assert kept.tolist() == clustered[rows].tolist()
            seen += len(rows)
        assert seen == len(index) == 1760


class Indexes(RuleBasedStateMachine):
    """Any order of changes finds what comparing with every vector finds."""

    vectors = None

    @initialize()
    def begin(self):
        self.home = Path(tempfile.mkdtemp())
        self.index = VectorIndex(DIMENSION)
        self.standing = set()
        self.next = 0

    @precondition(lambda self: self.next < 2800)
    @rule(count=st.integers(1, 200))
    def add(self, count):
        new = range(self.next, self.next + count)
        self.index.add(packed(new, self.vectors))
        self.standing |= set(new)
        self.next += count

    @precondition(lambda self: self.standing)
    @rule(share=st.floats(0, 1), seed=st.integers(0, 99))
    def remove(self, share, seed):
        drawn = np.random.default_rng(seed).random(len(self.standing)) < share
        gone = [row for row, goes in zip(sorted(self.standing), drawn, strict=True) if goes]
        self.index.remove(gone)
        self.standing -= set(gone)

    @rule()
    def keep_and_open(self):
        self.index = saved(self.index, self.home)

    @invariant()
    def equals_brute_force(self):
        assert len(self.index) == len(self.standing)
        assert self.index.rows().tolist() == sorted(self.standing)
        if len(self.standing) < 20:
            return
        questions = self.vectors[[0, 700, 1500, 2900]]
        every = np.array(sorted(self.standing))
        assert recall(self.index, self.vectors, self.standing, questions) >= 0.9
        assert recall(self.index, self.vectors, None, questions, every[::2]) >= 0.9

    def teardown(self):
        shutil.rmtree(self.home)


@pytest.mark.parametrize("most_exact", [10**9, 300])
def test_any_order_of_changes_equals_brute_force(clustered, monkeypatch, most_exact):
    monkeypatch.setattr(vectors, "_MOST_EXACT", most_exact)
    monkeypatch.setattr(vectors, "_MOST_BESIDE", 150)
    Indexes.vectors = clustered
    run_state_machine_as_test(
        Indexes, settings=settings(max_examples=15, stateful_step_count=12, deadline=None)
    )
