"""What a library writes down of itself, so that what does not go together never meets."""

import secrets
from collections.abc import Mapping

from index import indexing, late, records
from index.embedding import Embedder, Vectors
from index.errors import ModelMismatch


def of_new(embedder: Embedder) -> dict[str, str]:
    """Of an empty library: how its vectors and terms are made, and a name of its own."""
    return {
        "model": embedder.name,
        **_must_agree(embedder),
        "terms": indexing.terms_fingerprint(),
        "token_mean": records.pack_vectors(embedder.token_mean).hex(),
        "library": new_name(),
    }


def new_name() -> str:
    """For a history of its own: under one name a row of the database is never two things."""
    return secrets.token_hex(8)


def check(meta: Mapping[str, str], embedder: Embedder, again: str) -> None:
    """Raises ModelMismatch where what `embedder` gives must not meet what the library holds.

    `again` tells the user how its documents are indexed again.
    """
    wanted = _must_agree(embedder)
    if any(meta.get(key) != wanted[key] for key in ("model_digest", "dimension")):
        raise ModelMismatch(
            f"The library was indexed with the model {meta.get('model')!r} and not with these "
            f"weights of {embedder.name!r}: {again}, or set the model it was made with."
        )
    if any(meta.get(key) != value for key, value in wanted.items()):
        raise ModelMismatch(
            "The library was indexed by another version of Yuanwen, which cut passages or kept "
            f"their vectors in another way: {again}."
        )


def token_mean(meta: Mapping[str, str], dimension: int) -> Vectors:
    """The mean that was taken off every token's vector; shape (dimension,).

    Raises:
        ValueError: it is not there, or not whole.
    """
    packed = bytes.fromhex(meta.get("token_mean", ""))
    if len(packed) != dimension * records.VECTOR_BYTES:
        raise ValueError("its token mean is unreadable")
    mean: Vectors = records.unpack_vectors([packed], dimension)[0]
    return mean


def _must_agree(embedder: Embedder) -> dict[str, str]:
    return {
        "model_digest": embedder.digest,
        "dimension": str(embedder.dimension),
        "vectors": records.VECTOR_FORMAT,
        "late": late.FORMAT,
        "context": indexing.context_fingerprint(),
        "passages": indexing.passages_fingerprint(),
    }
