"""What the packaged model was taught for this project: small changes to some of its matrices.

For vectors in one file, and in another for reading question and text together.
Low-rank adaptation (LoRA, Hu et al. 2022): a matrix W becomes W + B A, where A has few rows. The
sums are made when the model is unpacked, so that they cost nothing later. `make adapter` and
`make reader` teach.
"""

import hashlib
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

VECTORS = Path(__file__).with_name("adapter.safetensors")
"""Holds `NAME.a` and `NAME.b` for each matrix, named as in the packed file, in float16."""
READING = Path(__file__).with_name("reader.safetensors")
"""Likewise, and `answers.weight` and `answers.bias`, of shape (width,) and (1,)."""

Floats = npt.NDArray[np.float32]


@cache
def digest(weights: str, taught: Path) -> str:
    """Of the model with these weights, once it is changed (SHA-256, in hexadecimal digits)."""
    return hashlib.sha256(weights.encode("ascii") + taught.read_bytes()).hexdigest()


def changes(taught: Path) -> dict[str, Floats]:
    """What is added to each matrix, of the matrix's shape."""
    from safetensors.numpy import load_file

    parts = {name: part.astype(np.float32) for name, part in load_file(taught).items()}
    names = {name.removesuffix(".a") for name in parts if name.endswith(".a")}
    return {name: parts[f"{name}.b"] @ parts[f"{name}.a"] for name in sorted(names)}
