"""Token vectors in two bits: what goes in comes out, nearly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import late


def drawn(count: int, dimension: int, seed: int) -> late.Tokens:
    vectors = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    starts = np.arange(count, dtype=np.uint16)
    return late.Tokens(starts, starts + np.uint16(1), vectors)


def unpack(packed, dimension):
    return late._unit(late._levels(packed, dimension))


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 40), st.integers(16, 130), st.integers(0, 9))
def test_rounding_keeps_directions(count, dimension, seed):
    tokens = drawn(count, dimension, seed)
    mean = np.full(dimension, 0.1, np.float32)
    starts, packed = late.codes(late.pack(tokens, mean), dimension)
    vectors = unpack(packed, dimension)
    assert starts.tolist() == tokens.starts.tolist()
    assert vectors.shape == (count, dimension)
    exact = late.turn(np.vstack([tokens.vectors, 2 * mean - tokens.vectors]), mean)[:count]
    assert (np.einsum("ij,ij->i", vectors, exact) > 0.7).all()


def test_a_cut_blob_is_noticed():
    blob = late.pack(drawn(3, 16, 0), np.zeros(16, np.float32))
    with pytest.raises(ValueError, match="cut off"):
        late.codes(blob[:-1], 16)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=5), max_size=4), st.integers(0, 9))
def test_the_best_of_each_group(sizes, seed):
    """Groups may be empty, and so may whole passages."""
    dimension = 20
    mean = np.zeros(dimension, np.float32)
    question = late.turn(drawn(3, dimension, seed).vectors, mean)
    packed = [
        late.codes(late.pack(drawn(sum(groups), dimension, seed + n), mean), dimension)[1]
        for n, groups in enumerate(sizes)
    ]
    bounds = [np.cumsum([0, *groups])[:-1].tolist() for groups in sizes]
    found = late.best_by_group(question, packed, bounds) if sizes else []
    for groups, own, begins, best in zip(sizes, packed, bounds, found, strict=True):
        cosines = question @ unpack(own, dimension).T
        for n, (begin, size) in enumerate(zip(begins, groups, strict=True)):
            expected = cosines[:, begin : begin + size].max(axis=1, initial=-1.0)
            np.testing.assert_allclose(best[:, n], expected, atol=1e-5)
