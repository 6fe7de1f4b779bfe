"""Models by name, and the packaged one against the figures of the engine in its own wheel."""

import socket
import threading

import numpy as np
import pytest

from index import ModelUnavailable, adapter, eight_bit, load_embedder, packaged
from index.packed import packed_file

QUESTIONS = [
    "嘉兴城乡居民收入倍差是多少?",
    "How far apart are incomes in town and country?",
    "Каков разрыв в доходах города и села?",
]
PASSAGES = [
    "嘉兴城乡居民收入倍差缩小到1.51。",
    "海岛渔村推进环境整治,2020～2025年共完成①５０处。",
    "Ships came in at night, and cranes moved them on.",
]
# Measured once with the engine in the wheel, whose activations are rounded to 8 bits.
COSINES = [
    [0.9545, 0.8376, 0.6935],
    [0.7880, 0.7406, 0.7175],
    [0.7869, 0.7588, 0.6855],
]
FIRST_OF_QUESTIONS = [
    [0.0761, -0.0166, -0.0366, -0.0437, 0.0951, 0.0005],
    [0.0851, -0.0564, -0.0423, -0.0299, 0.0689, -0.0292],
    [0.0714, -0.0228, -0.0112, -0.0455, 0.0454, -0.0547],
]
TOKENS = [14, 18, 15]


@pytest.mark.model
def test_the_packaged_model_gives_the_vectors_of_its_wheel(tmp_path, monkeypatch):
    monkeypatch.setattr(adapter, "changes", lambda *_: {})
    eight_bit._write(packed_file(), tmp_path)
    untaught = eight_bit.EightBitEmbedder(tmp_path)
    questions = untaught.encode_query(QUESTIONS)
    passages = untaught.encode_document(PASSAGES)
    np.testing.assert_allclose(questions @ passages.T, COSINES, atol=0.004)
    np.testing.assert_allclose(questions[:, :6], FIRST_OF_QUESTIONS, atol=0.004)
    assert untaught.token_counts(PASSAGES) == TOKENS


@pytest.mark.model
def test_vectors_have_length_1_and_questions_find_their_passage(packaged_embedder):
    questions = packaged_embedder.encode_query(QUESTIONS)
    passages = packaged_embedder.encode_document(PASSAGES)
    assert questions.shape == (3, packaged_embedder.dimension) == (3, 384)
    assert questions.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(questions, axis=1), 1, atol=1e-5)
    assert (questions @ passages.T).argmax(axis=1).tolist() == [0, 0, 0]


@pytest.mark.model
def test_questions_and_passages_have_prompts_of_their_own(packaged_embedder):
    question = packaged_embedder.encode_query(PASSAGES[:1])
    passage = packaged_embedder.encode_document(PASSAGES[:1])
    assert 0.8 < float(question[0] @ passage[0]) < 0.999


@pytest.mark.model
def test_no_text_gives_no_vector(packaged_embedder):
    assert packaged_embedder.encode_query([]).shape == (0, 384)
    assert packaged_embedder.encode_document([]).shape == (0, 384)
    assert packaged_embedder.token_counts([]) == []


@pytest.mark.model
def test_order_and_neighbours_do_not_change_a_vector(packaged_embedder):
    texts = [PASSAGES[0] * 20, "短", *PASSAGES]
    together = packaged_embedder.encode_document(texts)
    alone = np.vstack([packaged_embedder.encode_document([text]) for text in texts])
    np.testing.assert_array_equal(together, alone)


@pytest.mark.model
def test_many_threads_may_ask_at_once(packaged_embedder):
    expected = packaged_embedder.encode_query(QUESTIONS)
    results: dict[int, np.ndarray] = {}

    def ask(i):
        packaged_embedder.token_counts(PASSAGES)
        results[i] = packaged_embedder.encode_query([QUESTIONS[i % 3]])

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 12
    for i, vector in results.items():
        np.testing.assert_allclose(vector[0], expected[i % 3], atol=1e-5)


@pytest.mark.model
def test_a_folder_serves_as_model_and_loading_it_asks_no_other_host(packaged_embedder, monkeypatch):
    def refuse(*_):
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    folder = str(packaged.folder())
    model = load_embedder(folder)
    assert model.name == folder
    assert len(model.digest) == 64
    assert model.digest != packaged_embedder.digest
    ours = packaged_embedder.encode_query(QUESTIONS)
    assert (model.encode_query(QUESTIONS) * ours).sum(axis=1).min() > 0.998


@pytest.mark.parametrize("name", ["/no/such/folder", "../x y", "", "a/b/c"])
def test_a_name_that_is_none(name):
    with pytest.raises(ModelUnavailable, match="folder or its hub id") as caught:
        load_embedder(name)
    assert "no such folder" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_without_a_model(tmp_path):
    with pytest.raises(ModelUnavailable, match=str(tmp_path)):
        load_embedder(str(tmp_path))


def test_a_hub_that_cannot_be_reached(monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{free.getsockname()[1]}"
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", closed)
    with pytest.raises(ModelUnavailable, match="no-such/model"):
        load_embedder("no-such/model")
