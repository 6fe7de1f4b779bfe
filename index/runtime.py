"""How the packaged model's graphs are run: ONNX Runtime, and text to what a graph begins with."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from index import graph
from index.packed import Floats, Packed, unpack_blocks
from index.unigram import Unigram, save

if TYPE_CHECKING:
    import onnxruntime
    from onnx import ModelProto

_WORDS, _PLACES = "words.npy", "places.npy"
T = TypeVar("T")
R = TypeVar("R")


def session(model: bytes | str) -> "onnxruntime.InferenceSession":
    """A graph to be run by one thread, in its bytes or its file."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3  # errors
    # Its fusion of sum and norm is five times slower than the two.
    return onnxruntime.InferenceSession(
        model,
        options,
        providers=["CPUExecutionProvider"],
        disabled_optimizers=["SkipLayerNormFusion"],
    )


class Texts:
    """Text to the sums of word and place, from the files that `save_texts` wrote."""

    def __init__(self, folder: Path) -> None:
        self.tokenizer = Unigram(folder)
        # Read from disk where they are used: of 250,000 words a language needs a small part.
        self._words = np.load(folder / _WORDS, mmap_mode="r")
        self._places: Floats = np.load(folder / _PLACES)

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has, without special tokens."""
        return [self.tokenizer.count(text) for text in texts]

    def embed(self, numbers: Sequence[Sequence[int]]) -> Floats:
        """Shape (texts, tokens, dimension); the texts have one length."""
        rows = np.array(numbers)
        embeddings: Floats = unpack_blocks(self._words[rows]) + self._places[: rows.shape[1]]
        return embeddings


def spread(pool: Executor, work: Callable[[T], R], tasks: Sequence[T]) -> Iterable[R]:
    """The results in the order of the tasks, each on a thread of the pool."""
    # One alone is not worth the way to another thread.
    return map(work, tasks) if len(tasks) == 1 else pool.map(work, tasks)


def save_texts(source: Packed, folder: Path) -> None:
    """Tokenizer, words and places."""
    save(source, folder)
    width = source.header.width
    np.save(folder / _WORDS, source.blocks("emb.word").reshape(source.header.vocabulary, -1))
    kinds = source.tensor("emb.type").reshape(-1, width)
    np.save(folder / _PLACES, source.tensor("emb.pos").reshape(-1, width) + kinds[0])


def integer_model(source: Packed, inputs: Iterable[Floats]) -> "ModelProto":
    """The model in 8 bits; steps of rounding are those that `inputs`, of shape (1, tokens,
    dimension) each, ask for.
    """
    model, names = graph.float_graph(source)
    exact = session(model.SerializeToString())
    largest = [np.zeros(source.header.width, np.float32) for _ in names]
    for embeddings in inputs:
        seen = exact.run(names, {graph.INPUT: embeddings})
        for most, values in zip(largest, seen, strict=True):
            np.maximum(most, np.abs(values[0]).max(axis=0), out=most)
    return graph.integer_graph(source, largest)


def sample() -> list[str]:
    """A few lines in several languages."""
    return (files("index") / "sample.txt").read_text("utf-8").splitlines()
