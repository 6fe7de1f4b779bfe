"""The shipped document in a library, with the real model."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import corpus
from index import Embedder, Library

SHIPPED = Path(corpus.__file__).parent / "documents" / "城乡融合双向奔富.md"


@pytest.fixture(scope="session")
def conference(
    tmp_path_factory: pytest.TempPathFactory, packaged_embedder: Embedder
) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("conference") / "library"
    with Library.open(folder, packaged_embedder, create=True) as library:
        library.add(SHIPPED)
        yield library
