"""Late interaction: the contextual vectors of a passage's tokens, kept in two bits a component.

A question meets a passage token by token (MaxSim: Khattab and Zaharia 2020, ColBERT), with the
model's own token vectors and no training. Two things make that work: the mean that all tokens share
is taken off, since it hides what tells them apart and differs from language to language; and the
vectors are turned at random before rounding, which spreads the error evenly (as RaBitQ does, Gao
and Long 2024).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

_LEVELS = 4
_REACH = 2.6  # standard deviations that the levels span; beyond is cut
_SEED = 0  # of the rotation
_MOST_TOKENS = 0xFFFF
_OWN_SHARE, _FEW = 0.7, 5  # of a question's own mean; a short one has less of it


FORMAT = f"{_LEVELS} levels to {_REACH}, rotation {_SEED}"
"""Tells how `pack` rounds: what was packed in another way must not be compared."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one text: `starts` and `ends` are code points of it, `vectors` one row each."""

    starts: npt.NDArray[np.uint16]
    ends: npt.NDArray[np.uint16]
    vectors: Floats


def pack(tokens: Tokens, mean: Floats) -> bytes:
    """Starts, then the rounded vectors; 2 + dimension / 4 bytes a token."""
    count = min(len(tokens.starts), _MOST_TOKENS)
    turned = _unit(tokens.vectors[:count] - mean) @ _rotation(len(mean))
    step = _step(len(mean))
    levels = np.clip(np.floor(turned / step) + _LEVELS / 2, 0, _LEVELS - 1).astype(np.uint8)
    levels = np.pad(levels, ((0, 0), (0, -len(mean) % 4))).reshape(count, _width(len(mean)), 4)
    codes = (levels << np.array([0, 2, 4, 6], np.uint8)).sum(axis=2, dtype=np.uint8)
    starts: bytes = tokens.starts[:count].astype("<u2").tobytes()
    packed: bytes = codes.tobytes()
    return starts + packed


def unpack(blob: bytes, dimension: int) -> tuple[npt.NDArray[np.uint16], Floats]:
    """Starts, and the vectors as rounded, of length 1 and turned.

    Raises:
        ValueError: the blob does not hold whole tokens.
    """
    width = _width(dimension)
    count, rest = divmod(len(blob), 2 + width)
    if rest:
        raise ValueError("the token vectors are cut off")
    starts = np.frombuffer(blob, "<u2", count)
    codes = np.frombuffer(blob, np.uint8, count * width, 2 * count).reshape(count, width)
    vectors = _table()[codes].reshape(count, 4 * width)[:, :dimension]
    return starts, _unit(vectors)


def turn(vectors: Floats, mean: Floats) -> Floats:
    """A question's token vectors as `unpack` gives a passage's, but not rounded.

    What all its tokens share is taken off too: it holds the language and the form of a question.
    """
    if not len(vectors):
        return vectors
    share = _OWN_SHARE * len(vectors) / (len(vectors) + _FEW)
    common = share * vectors.mean(axis=0) + (1 - share) * mean
    return _unit(vectors - common) @ _rotation(len(mean))


def best_by_group(question: Floats, passage: Floats, groups: Sequence[slice]) -> Floats:
    """For each token of the question its best cosine in each group of the passage's tokens.

    Shape (question tokens, groups); -1 where a group is empty.
    """
    cosines = question @ passage.T
    return np.stack(
        [cosines[:, group].max(axis=1, initial=-1.0) for group in groups],
        axis=1,
    )


def _width(dimension: int) -> int:
    """Bytes of one token's components."""
    return -(-dimension // 4)


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Floats = vectors / np.maximum(lengths, 1e-9)
    return unit


def _step(dimension: int) -> float:
    return float(2 * _REACH / np.sqrt(dimension) / _LEVELS)


@cache
def _rotation(dimension: int) -> Floats:
    drawn = np.random.default_rng(_SEED).normal(size=(dimension, dimension))
    return np.linalg.qr(drawn)[0].astype(np.float32)


@cache
def _table() -> Floats:
    """The four components that a byte stands for, up to their common scale."""
    codes = np.arange(256, dtype=np.uint8)[:, None]
    levels = (codes >> np.array([0, 2, 4, 6], np.uint8)) & 3
    return levels.astype(np.float32) - (_LEVELS - 1) / 2
