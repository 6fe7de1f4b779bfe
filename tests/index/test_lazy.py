"""An embedder that waits: what it knows beforehand, and that it loads once."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from index import lazy
from index.lazy import LazyEmbedder, lazy_embedder


@pytest.fixture
def loads():
    return []


@pytest.fixture
def embedder(hashing_embedder, loads):
    def load():
        loads.append(1)
        return hashing_embedder

    known = (hashing_embedder.name, hashing_embedder.digest, hashing_embedder.dimension)
    return LazyEmbedder(*known, load)


def test_what_it_is_costs_no_loading(embedder, hashing_embedder, loads):
    assert (embedder.name, embedder.digest) == (hashing_embedder.name, hashing_embedder.digest)
    assert embedder.dimension == hashing_embedder.dimension
    assert loads == []


def test_it_does_all_that_the_model_does(embedder, hashing_embedder):
    texts = ["城乡融合", "a harbour"]
    for name in ("encode_query", "encode_document"):
        found = getattr(embedder, name)(texts)
        np.testing.assert_array_equal(found, getattr(hashing_embedder, name)(texts))
    for name in ("encode_query_tokens", "encode_document_tokens"):
        pairs = zip(
            getattr(embedder, name)(texts), getattr(hashing_embedder, name)(texts), strict=True
        )
        for found, wanted in pairs:
            np.testing.assert_array_equal(found.vector, wanted.vector)
            np.testing.assert_array_equal(found.tokens.vectors, wanted.tokens.vectors)
    np.testing.assert_array_equal(embedder.token_mean, hashing_embedder.token_mean)
    assert embedder.token_counts(texts) == hashing_embedder.token_counts(texts)


def test_threads_that_ask_at_once_load_it_once(embedder, loads):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: embedder.encode_query([str(i)]), range(32)))
    assert len(loads) == 1


def test_a_model_that_is_named_is_loaded_at_once(monkeypatch, hashing_embedder):
    named = []
    monkeypatch.setattr(lazy, "load_embedder", lambda name: named.append(name) or hashing_embedder)
    assert lazy_embedder("some/model") is hashing_embedder
    assert named == ["some/model"]


@pytest.mark.model
def test_what_is_known_of_the_packaged_model_is_true(packaged_embedder):
    waiting = lazy_embedder()
    assert waiting.name == packaged_embedder.name
    assert waiting.digest == packaged_embedder.digest
    assert waiting.dimension == packaged_embedder.dimension
