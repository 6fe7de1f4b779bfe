"""The shipped document in a library, with the real model."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from index import Embedder, Library


@pytest.fixture(scope="session")
def conference(shipped_data: Path, packaged_embedder: Embedder) -> Iterator[Library]:
    with Library.open(shipped_data / "yuanwen" / "library", packaged_embedder) as library:
        yield library
