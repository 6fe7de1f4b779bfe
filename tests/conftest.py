"""What several rooms' tests share."""

import os
import secrets
import shutil
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import corpus
from index import Library
from index.embedding import Embedder, Encoded, Vectors, load_embedder
from index.late import Tokens

# The tests' own settings are theirs alone: what the developer has set would change what is tested.
for name in [name for name in os.environ if name.upper().startswith("YUANWEN_")]:
    del os.environ[name]


class HashingEmbedder:
    """A deterministic stand-in where meaning does not matter: hashed pairs of characters."""

    name = "hashing"
    digest = "hashing-64"
    dimension = 64
    reader = None

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        return self.encode_document(texts)

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            vector[0] = 0.1
            for pair in pairwise(text):
                vector[zlib.crc32("".join(pair).encode()) % self.dimension] += 1
            vector /= np.linalg.norm(vector)
        return vectors

    def encode_query_tokens(self, texts: Sequence[str]) -> list[Encoded]:
        return self.encode_document_tokens(texts)

    def encode_document_tokens(self, texts: Sequence[str]) -> list[Encoded]:
        return [
            Encoded(vector, Tokens(*_places(text), self._characters(text)))
            for vector, text in zip(self.encode_document(texts), texts, strict=True)
        ]

    @property
    def token_mean(self) -> Vectors:
        return np.zeros(self.dimension, np.float32)

    def _characters(self, text: str) -> Vectors:
        vectors = np.zeros((len(text), self.dimension), np.float32)
        vectors[np.arange(len(text)), [ord(c) % self.dimension for c in text]] = 1
        return vectors

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        return [len(text) for text in texts]


def _places(text: str) -> tuple[np.ndarray, np.ndarray]:
    starts = np.arange(len(text)).clip(0, 0xFFFE).astype(np.uint16)
    return starts, starts + np.uint16(1)


@pytest.fixture(scope="session")
def hashing_embedder() -> Embedder:
    return HashingEmbedder()


@pytest.fixture(scope="session")
def packaged_embedder() -> Embedder:
    """The real model; tests that use it are marked `model`."""
    return load_embedder()


@pytest.fixture(scope="session")
def shipped_data(tmp_path_factory: pytest.TempPathFactory, packaged_embedder: Embedder) -> Path:
    """A data folder with the default library in it, made once: only read from it."""
    data = tmp_path_factory.mktemp("data")
    documents = Path(corpus.__file__).parent / "documents"
    with Library.open(data / "yuanwen" / "library", packaged_embedder, create=True) as library:
        for path in sorted(documents.glob("*.md")):
            library.add(path)
    return data


# Where a library can stand.

SERVER = Path(__file__).with_name("milvus_server.py")


def _cannot(reason: str) -> None:
    """Skips; where REQUIRE_CLUSTER is 1, fails."""
    if os.environ.get("REQUIRE_CLUSTER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def milvus_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real server, which any process may ask."""
    folder = tmp_path_factory.mktemp("milvus")
    with subprocess.Popen(
        [sys.executable, SERVER, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout
        assert server.stdin
        address = server.stdout.readline().strip()
        if not address:
            assert server.stderr
            _cannot(f"no Milvus server can be had here: {server.stderr.read().strip()[-200:]}")
        yield address
        server.stdin.close()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(
    scope="session",
    params=[
        "folder",
        pytest.param("lite", marks=pytest.mark.cluster),
        pytest.param("server", marks=pytest.mark.cluster),
        pytest.param("MILVUS_URI", marks=pytest.mark.cluster),
    ],
)
def new_place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], Path | str]:
    """Makes places where nothing stands yet.

    MILVUS_URI in the environment adds a server or cluster of your own; collections whose names
    begin with "test" are left in it.
    """

    def place() -> Path | str:
        prefix = f"test{secrets.token_hex(4)}"
        match request.param:
            case "folder":
                return tmp_path_factory.mktemp("folder") / "library"
            case "lite":
                return f"milvus-lite:{tmp_path_factory.mktemp('lite') / 'library.db'}"
            case "server":
                return f"{request.getfixturevalue('milvus_server')}?prefix={prefix}"
        if "MILVUS_URI" not in os.environ:
            pytest.skip("MILVUS_URI names no server")
        return f"{os.environ['MILVUS_URI']}?prefix={prefix}"

    return place
