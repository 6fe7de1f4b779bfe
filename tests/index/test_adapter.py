"""What the packaged model was taught."""

import numpy as np
import pytest

from index import adapter
from index.packed import SHA256, Packed, digest, packed_file


@pytest.mark.parametrize("file", [adapter.VECTORS, adapter.READING])
def test_each_matrix_is_changed_by_its_product_and_nothing_else(file):
    plain = Packed.read(packed_file())
    taught = Packed.read(packed_file(), file)
    changes = adapter.changes(file)
    assert changes
    assert changes.keys() <= plain.directory.keys()
    for name in plain.directory:
        if name == "emb.word":
            continue  # 96 million weights
        before, after = plain.tensor(name), taught.tensor(name)
        expected = before + changes[name].reshape(-1) if name in changes else before
        np.testing.assert_array_equal(after, expected, name)
        assert (before != after).any() == (name in changes), name


def test_the_digest_tells_adapted_weights_from_others(monkeypatch, tmp_path):
    other = tmp_path / "adapter.safetensors"
    other.write_bytes(adapter.VECTORS.read_bytes() + b" ")
    known = digest()
    assert known != SHA256
    monkeypatch.setattr(adapter, "VECTORS", other)
    assert digest() != known
