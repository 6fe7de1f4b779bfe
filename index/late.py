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
Codes = npt.NDArray[np.uint8]

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


def codes(blob: bytes, dimension: int) -> tuple[npt.NDArray[np.uint16], Codes]:
    """Starts, and the packed vectors, a row of bytes each.

    Raises:
        ValueError: the blob does not hold whole tokens.
    """
    width = _width(dimension)
    count, rest = divmod(len(blob), 2 + width)
    if rest:
        raise ValueError("the token vectors are cut off")
    starts = np.frombuffer(blob, "<u2", count)
    packed = np.frombuffer(blob, np.uint8, count * width, 2 * count).reshape(count, width)
    return starts, packed


def turn(vectors: Floats, mean: Floats) -> Floats:
    """A question's token vectors, of length 1 and turned as a passage's are, but not rounded.

    What all its tokens share is taken off too: it holds the language and the form of a question.
    """
    if not len(vectors):
        return vectors
    share = _OWN_SHARE * len(vectors) / (len(vectors) + _FEW)
    common = share * vectors.mean(axis=0) + (1 - share) * mean
    return _unit(vectors - common) @ _rotation(len(mean))


def best_by_group(
    question: Floats, passages: Sequence[Codes], bounds: Sequence[Sequence[int]]
) -> list[Floats]:
    """For each passage and token of the question its best cosine in each group of the passage's
    tokens; all passages together, which is quicker than one by one.

    `bounds`: where the groups of each passage begin, the first at 0. Each result has the shape
    (question tokens, groups); -1 where a group is empty.
    """
    sizes = [len(packed) for packed in passages]
    firsts = np.cumsum([0, *sizes])
    begins = np.concatenate([at + np.array(b) for at, b in zip(firsts, bounds, strict=False)])
    best = np.full((len(question), len(begins)), -1.0, np.float32)
    held = np.append(begins[1:], firsts[-1]) > begins
    if held.any():
        levels = _levels(np.concatenate(passages), question.shape[1])
        lengths = np.sqrt(np.einsum("ij,ij->i", levels, levels))
        cosines = question @ levels.T / np.maximum(lengths, 1e-9)
        best[:, held] = np.maximum.reduceat(cosines, begins[held], axis=1)
    return np.split(best, np.cumsum([len(b) for b in bounds])[:-1], axis=1)


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


def _levels(packed: Codes, dimension: int) -> Floats:
    """The rounded components, up to a scale of each token's own; shape (tokens, dimension)."""
    # Fifteen times as fast as `_table()[packed]`.
    levels = np.take(_table(), packed, axis=0)
    return levels.reshape(len(packed), 4 * packed.shape[1])[:, :dimension]


@cache
def _table() -> Floats:
    """The four components that a byte stands for, up to their common scale."""
    codes = np.arange(256, dtype=np.uint8)[:, None]
    levels = (codes >> np.array([0, 2, 4, 6], np.uint8)) & 3
    return levels.astype(np.float32) - (_LEVELS - 1) / 2
