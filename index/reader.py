"""Reads question and text together, and tells whether the text answers the question.

What is indexed are vectors of texts that were read alone. Here every token of the question attends
to those of the text (a cross-encoder: Nogueira and Cho 2019), which costs too much for all passages
and is worth it for the first. It is the packaged model, taught for this, with one logistic output.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from index import adapter, graph
from index.made import made, model_cache
from index.packed import NAME, PROMPTS, SHA256, Floats, Packed, packed_file
from index.runtime import Texts, integer_model, sample, session, spread

LONGEST = 100
"""Tokens of the text that are read."""
LONGEST_QUESTION = 70
"""Tokens of the question, its prompt and its ends among them."""
_FORM = 1  # counts up when the folder must look different, so that old ones are renewed
_MODEL, _WEIGHTS = "model.onnx", "answers.npy"


class Reader:
    """The packaged model in 8 bits, of a question and the texts that may answer it."""

    def __init__(self, texts: Texts, pool: Executor) -> None:
        self._texts = texts
        self._pool = pool

    def unpack(self) -> None:
        """Makes the model on disk, so that no question waits for it.

        Raises:
            ModelUnavailable: the cache folder cannot be written.
        """
        _folder(self._texts)

    def log_odds(self, question: str, texts: Sequence[str]) -> list[float]:
        """That each text answers the question; below 0 where it rather does not."""
        model, weights = self._loaded

        def read(numbers: Sequence[int]) -> float:
            embeddings = self._texts.embed([numbers])
            (states,) = model.run([graph.OUTPUT], {graph.INPUT: embeddings})
            return float(states[0, 0] @ weights[:-1] + weights[-1])

        return [*spread(self._pool, read, [pair(self._texts, question, text) for text in texts])]

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has."""
        return self._texts.token_counts(texts)

    @cached_property
    def _loaded(self) -> tuple[Any, Floats]:
        folder = _folder(self._texts)
        return session(str(folder / _MODEL)), np.load(folder / _WEIGHTS)


def pair(texts: Texts, question: str, text: str) -> list[int]:
    """Both as the numbers of their tokens: the question's, an end, the text's, an end."""
    encode = texts.tokenizer.encode
    asked, told = encode(PROMPTS["query"] + question)[0], encode(text)[0]
    return [*asked[:LONGEST_QUESTION], *told[1 : LONGEST + 2]]


def _folder(texts: Texts) -> Path:
    """The folder of the model, made on first use (about 25 MB, some seconds).

    Raises:
        ModelUnavailable: the wheel is missing or its file is not the one we know, or the cache
            folder cannot be written.
    """
    digest = adapter.digest(SHA256, adapter.READING)
    target = model_cache() / f"{NAME}-{digest[:12]}-reader"
    return made(target, _FORM, 30, lambda work: _write(work, texts))


def _write(work: Path, texts: Texts) -> None:
    from safetensors.numpy import load_file

    source = Packed.read(packed_file(), adapter.READING)
    (work / _MODEL).write_bytes(integer_model(source, _pairs(texts)).SerializeToString())
    taught = load_file(adapter.READING)
    weights = np.append(taught["answers.weight"], taught["answers.bias"]).astype(np.float32)
    np.save(work / _WEIGHTS, weights)


def _pairs(texts: Texts) -> Iterator[Floats]:
    """Each line of the sample asked of the next."""
    lines = sample()
    for question, text in zip(lines, lines[1:] + lines[:1], strict=True):
        yield texts.embed([pair(texts, question, text)])
