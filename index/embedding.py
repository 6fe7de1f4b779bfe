"""Text to vectors: the Embedder protocol."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]


class Embedder(Protocol):
    """A model that puts questions and passages into one space.

    `name` is what the user set, `digest` tells the weights apart: vectors of different digests must
    not meet in one index.
    """

    @property
    def name(self) -> str: ...
    @property
    def digest(self) -> str: ...
    @property
    def dimension(self) -> int: ...

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimension), rows of length 1."""
        ...

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimension), rows of length 1."""
        ...

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """How many tokens of the model each text has, without special tokens."""
        ...
