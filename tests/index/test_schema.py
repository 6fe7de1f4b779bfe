"""Libraries of other versions: the older is migrated and a copy kept, the newer is left alone."""

import gzip
import sqlite3
from pathlib import Path

import pytest

import corpus
from index import Library, LibraryTooNew, ModelMismatch
from index.check import broken
from index.database import FILE
from index.schema import VERSION

# As the code of version 1 wrote it, with three documents by the small embedder.
OLD = Path(__file__).with_name("version-1.sqlite3.gz")


@pytest.fixture
def old(tmp_path, monkeypatch):
    # Passages were smaller then, which would ask for another indexing.
    monkeypatch.setattr("index.indexing.MAX_TOKENS", 224)
    (tmp_path / FILE).write_bytes(gzip.decompress(OLD.read_bytes()))
    return tmp_path


def hits(library):
    return library.search("城乡融合", library.embedder.encode_query(["城乡融合"]))


def test_a_library_of_version_1_is_migrated_and_kept(old, hashing_embedder, caplog):
    before = (old / FILE).read_bytes()
    with Library.open(old, hashing_embedder) as library:
        assert [info.title for info in library.documents()] == ["题0", "题1", "题2"]
        assert len(hits(library)) == 3
        assert [info.passages for info in library.documents()] == [1, 1, 1]
        assert library.document_frequencies(["城乡", "没有"]) == {"城乡": 3, "没有": 0}
        assert not list(broken(library.check()))
        library.add_feedback("问?", "answered", "up")
        text = "---\ndate: 2025-03-01\n---\n# 新\n\n一句话。\n"
        library.add_document(corpus.from_text(text, uri="file:///new.md", markup="markdown"))
    (copy,) = old.glob("*version-1*")
    assert copy.name in caplog.text
    with sqlite3.connect(copy) as kept, sqlite3.connect(":memory:") as original:
        # In memory there is no WAL, which bytes 18 and 19 of the file ask for.
        original.deserialize(before.replace(b"\x02\x02", b"\x01\x01", 1))
        assert list(kept.iterdump()) == list(original.iterdump())
        assert kept.execute("PRAGMA user_version").fetchone() == (1,)
    with Library.open(old, hashing_embedder) as library:
        assert len(library.documents()) == 4
        assert len(library.feedback()) == 1


def test_a_migrated_database_has_the_tables_of_a_new_one(old, tmp_path, hashing_embedder):
    Library.open(old, hashing_embedder).close()
    Library.open(tmp_path / "new", hashing_embedder, create=True).close()

    def tables(folder):
        with sqlite3.connect(folder / FILE) as database:
            names = database.execute("SELECT name FROM sqlite_master ORDER BY name").fetchall()
            return {
                name: database.execute(f"PRAGMA table_info({name})").fetchall() for (name,) in names
            }

    assert tables(old) == tables(tmp_path / "new")


def test_a_library_of_a_newer_version_is_named_and_untouched(old, hashing_embedder):
    with sqlite3.connect(old / FILE) as database:
        database.execute(f"PRAGMA user_version = {VERSION + 1}")
    database.close()
    before = (old / FILE).read_bytes()
    for create in (False, True):
        with pytest.raises(LibraryTooNew, match="newer version"):
            Library.open(old, hashing_embedder, create=create)
    assert (old / FILE).read_bytes() == before
    assert not list(old.glob("*version-*"))


@pytest.mark.parametrize(
    "constant", ["index.indexing.MAX_TOKENS", "index.late.FORMAT", "index.records.VECTOR_FORMAT"]
)
def test_what_was_cut_or_rounded_otherwise_is_not_mixed(
    tmp_path, hashing_embedder, constant, monkeypatch
):
    Library.open(tmp_path, hashing_embedder, create=True).close()
    monkeypatch.setattr(constant, "another")
    with pytest.raises(ModelMismatch, match="another version"):
        Library.open(tmp_path, hashing_embedder)
