"""Where a library stands: in a folder, or at an address."""

from pathlib import Path

from index.embedding import Embedder
from index.engine import Engine


def is_address(place: str) -> bool:
    """Whether the words name no folder but what answers at an address."""
    scheme, colon, rest = place.partition(":")
    return bool(colon) and (rest.startswith("//") or scheme == "milvus-lite")


def open_engine(place: Path | str, embedder: Embedder, *, create: bool = False) -> Engine:
    """What keeps the library of this place; see `Library.open`."""
    if isinstance(place, str) and is_address(place):
        # Loaded only here: it takes half a second, and few libraries need it.
        from index.cluster import open_cluster

        return open_cluster(place, embedder, create=create)
    from index.local import LocalEngine

    return LocalEngine.open(Path(place), embedder, create=create)
