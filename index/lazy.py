"""An embedder that is told of now and loaded when it first has something to do."""

import threading
from collections.abc import Callable, Sequence

from index import packed
from index.embedding import Embedder, Encoded, Vectors, load_embedder
from index.reader import Reader


class LazyEmbedder:
    """Stands for a model whose digest and dimension are known, and loads it once it is needed."""

    def __init__(
        self, name: str, digest: str, dimension: int, load: Callable[[], Embedder]
    ) -> None:
        self.name = name
        self.digest = digest
        self.dimension = dimension
        self._load = load
        self._lock = threading.Lock()
        self._loaded: Embedder | None = None

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimension), rows of length 1."""
        return self._model().encode_query(texts)

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimension), rows of length 1."""
        return self._model().encode_document(texts)

    def encode_query_tokens(self, texts: Sequence[str]) -> list[Encoded]:
        """As `encode_query`, and with the vector of every token of the text itself."""
        return self._model().encode_query_tokens(texts)

    def encode_document_tokens(self, texts: Sequence[str]) -> list[Encoded]:
        """As `encode_document`, and with the vector of every token of the text itself."""
        return self._model().encode_document_tokens(texts)

    @property
    def token_mean(self) -> Vectors:
        """Shape (dimension,): what the token vectors of passages have in common."""
        return self._model().token_mean

    @property
    def reader(self) -> Reader | None:
        """Reads question and text together, if the model has learned to."""
        return self._model().reader

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """How many tokens of the model each text has, without special tokens."""
        return self._model().token_counts(texts)

    def _model(self) -> Embedder:
        """The model itself.

        Raises:
            ModelUnavailable: it cannot be loaded.
        """
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded


def lazy_embedder(name: str | None = None) -> Embedder:
    """The packaged model, loaded when it is needed; or, loaded at once, the one that is named.

    Of another model nothing is known before it is read.

    Raises:
        ModelUnavailable: the named one cannot be loaded.
    """
    if name is not None:
        return load_embedder(name)
    return LazyEmbedder(packed.NAME, packed.digest(), packed.DIMENSION, load_embedder)
