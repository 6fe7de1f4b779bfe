"""Text to vectors: the Embedder protocol, and any sentence-transformers model behind it."""

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.error import HTTPError
from urllib.request import urlopen

import numpy as np
import numpy.typing as npt

from index import packaged, packed
from index.errors import ModelUnavailable
from index.late import Tokens

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from index.reader import Reader

Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text's vector, of shape (dimension,) and length 1, and those of its tokens."""

    vector: Vectors
    tokens: Tokens


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

    def encode_query_tokens(self, texts: Sequence[str]) -> list[Encoded]:
        """As `encode_query`, and with the vector of every token of the text itself."""
        ...

    def encode_document_tokens(self, texts: Sequence[str]) -> list[Encoded]:
        """As `encode_document`, and with the vector of every token of the text itself."""
        ...

    @property
    def token_mean(self) -> Vectors:
        """Shape (dimension,): what the token vectors of passages have in common."""
        ...

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """How many tokens of the model each text has, without special tokens."""
        ...

    @property
    def reader(self) -> "Reader | None":
        """Reads question and text together, if the model has learned to."""
        ...


class SentenceTransformerEmbedder:
    """A sentence-transformers model, with its own prompts for questions and documents.

    Calls are one at a time: its tokenizer cannot be used by two threads at once.
    """

    reader = None

    def __init__(self, model: "SentenceTransformer", name: str, digest: str) -> None:
        self._model = model
        self._lock = threading.Lock()
        self.name = name
        self.digest = digest
        self.dimension = int(model.encode_document([""], convert_to_numpy=True).shape[1])

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimension), rows of length 1."""
        return self._vectors(self._model.encode_query, texts)

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimension), rows of length 1."""
        return self._vectors(self._model.encode_document, texts)

    def encode_query_tokens(self, texts: Sequence[str]) -> list[Encoded]:
        """As `encode_query`, and with the vector of every token of the text itself."""
        return self._with_tokens(self._model.encode_query, self._prompt("query"), texts)

    def encode_document_tokens(self, texts: Sequence[str]) -> list[Encoded]:
        """As `encode_document`, and with the vector of every token of the text itself."""
        return self._with_tokens(self._model.encode_document, self._prompt("document"), texts)

    @cached_property
    def token_mean(self) -> Vectors:
        """Shape (dimension,): the mean over a few lines in several languages."""
        lines = (files("index") / "sample.txt").read_text("utf-8").splitlines()
        vectors = [e.tokens.vectors for e in self.encode_document_tokens(lines)]
        mean: Vectors = np.concatenate(vectors).mean(axis=0)
        return mean

    def _vectors(self, encode: Callable[..., Any], texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        with self._lock:
            vectors = encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, np.float32)

    def _with_tokens(
        self, encode: Callable[..., Any], prompt: str, texts: Sequence[str]
    ) -> list[Encoded]:
        if not texts:
            return []
        with self._lock:
            features = encode(
                list(texts), output_value=None, normalize_embeddings=True, show_progress_bar=False
            )
            places = self._model.tokenizer(
                [prompt + text for text in texts], return_offsets_mapping=True, truncation=True
            )["offset_mapping"]
        return [
            Encoded(
                vector=feature["sentence_embedding"].float().cpu().numpy(),
                tokens=own_tokens(feature["token_embeddings"].float().cpu().numpy(), where, prompt),
            )
            for feature, where in zip(features, places, strict=True)
        ]

    def _prompt(self, kind: str) -> str:
        return self._model.prompts.get(kind) or ""

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """How many tokens of the model each text has, without special tokens."""
        if not texts:
            return []
        with self._lock:
            rows = self._model.tokenizer(
                list(texts), add_special_tokens=False, truncation=False, verbose=False
            )["input_ids"]
        return [len(row) for row in rows]


def own_tokens(vectors: Vectors, places: Sequence[tuple[int, int]], prompt: str) -> Tokens:
    """The tokens behind the prompt; a blank before a word is not part of it."""
    spans = np.array(places[: len(vectors)], np.int64).reshape(-1, 2)
    own = (spans[:, 1] > len(prompt)) & (spans[:, 1] > spans[:, 0])
    starts, ends = (spans[own] - len(prompt)).clip(0, 0xFFFF).astype(np.uint16).T
    return Tokens(starts, ends, vectors[: len(spans)][own])


def load_embedder(name: str | None = None) -> Embedder:
    """The packaged model, or the hub id or folder that is named.

    Raises:
        ModelUnavailable: it cannot be loaded.
    """
    if name is None:
        return _load_packaged()
    folder = Path(name).expanduser()
    if name and folder.is_dir():
        model = _load(str(folder), name, local=True)
        return SentenceTransformerEmbedder(model, name, _folder_digest(folder))
    model = _load_from_hub(name)
    return SentenceTransformerEmbedder(model, name, _weights_digest(model))


def _load_packaged() -> Embedder:
    """In 8-bit integers, or on a CPU that cannot, as an ordinary sentence-transformers model."""
    from index import eight_bit

    folder = eight_bit.folder()
    if eight_bit.is_exact(folder):
        embedder = eight_bit.EightBitEmbedder(folder)
        embedder.reader.unpack()
        return embedder
    model = _load(str(packaged.folder()), packed.NAME, local=True)
    return SentenceTransformerEmbedder(model, packed.NAME, packed.digest())


def _load_from_hub(name: str) -> "SentenceTransformer":
    """Out of the hub's cache where it stands there, else from the hub.

    The hub client tries for more than a minute before it gives up, so a request goes ahead that
    tells at once whether there is a hub.
    """
    from huggingface_hub import constants
    from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]

    try:
        validate_repo_id(name)
        return _load(name, name, local=True)
    except ValueError:
        raise _unavailable(name, "no such folder, and no hub id") from None
    except ModelUnavailable:
        if constants.HF_HUB_OFFLINE:
            raise
    try:
        urlopen(constants.ENDPOINT, timeout=10).close()
    except HTTPError:
        pass  # whatever it says, it is there
    except OSError as error:
        raise _unavailable(name, error) from error
    return _load(name, name, local=False)


def _load(place: str, name: str, *, local: bool) -> "SentenceTransformer":
    # Imported here since it takes seconds, and most commands that fail do so before they need it.
    from safetensors import SafetensorError
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # two hundred weights are read in a blink
    try:
        return SentenceTransformer(place, local_files_only=local)
    except (OSError, ValueError, RuntimeError, KeyError, ImportError, SafetensorError) as error:
        raise _unavailable(name, error) from error


def _unavailable(name: str, error: Exception | str) -> ModelUnavailable:
    reason = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
    return ModelUnavailable(
        f"The model {name!r} cannot be loaded ({reason}): name a sentence-transformers model "
        "by its folder or its hub id, or leave the setting out to use the packaged model."
    )


def _folder_digest(folder: Path) -> str:
    """Over the names and contents of the folder's files."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(folder).as_posix()}\0{path.stat().st_size}\0".encode())
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _weights_digest(model: "SentenceTransformer") -> str:
    """Over the loaded weights: where a hub's files lie on disk is the hub client's own affair."""
    import torch

    digest = hashlib.sha256()
    for key, weight in sorted(model.state_dict().items()):
        digest.update(key.encode())
        digest.update(weight.cpu().contiguous().reshape(-1).view(torch.uint8).numpy())
    return digest.hexdigest()
