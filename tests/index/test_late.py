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


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 40), st.integers(16, 130), st.integers(0, 9))
def test_rounding_keeps_directions(count, dimension, seed):
    tokens = drawn(count, dimension, seed)
    mean = np.full(dimension, 0.1, np.float32)
    starts, vectors = late.unpack(late.pack(tokens, mean), dimension)
    assert starts.tolist() == tokens.starts.tolist()
    assert vectors.shape == (count, dimension)
    exact = late.turn(np.vstack([tokens.vectors, 2 * mean - tokens.vectors]), mean)[:count]
    assert (np.einsum("ij,ij->i", vectors, exact) > 0.7).all()


def test_a_cut_blob_is_noticed():
    blob = late.pack(drawn(3, 16, 0), np.zeros(16, np.float32))
    with pytest.raises(ValueError, match="cut off"):
        late.unpack(blob[:-1], 16)


def test_the_best_of_each_group():
    question = np.eye(2, dtype=np.float32)
    passage = np.array([[1, 0], [0.6, 0.8], [0, 1]], np.float32)
    best = late.best_by_group(question, passage, [slice(0, 2), slice(2, 3), slice(3, 3)])
    np.testing.assert_allclose(best, [[1, 0, -1], [0.8, 1, -1]])
