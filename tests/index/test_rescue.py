"""Backups, what every law says of a damaged library, and what can be saved of it."""

import os
import sqlite3

import pytest

import corpus
from index import Library, LibraryDamaged, LibraryMissing, LibraryUnwritable, ModelMismatch
from index.check import broken
from index.database import FILE
from index.rescue import repair, restore


def document(i):
    text = f"---\ndate: 2025-01-{i % 28 + 1:02}\n---\n# 题{i}\n\n第{i}号文件讲城乡 融合。另有一句话。\n\n张三：我说第{i}句。\n"
    return corpus.from_text(text, uri=f"file:///{i:02}.md", markup="markdown")


@pytest.fixture
def folder(tmp_path, hashing_embedder):
    folder = tmp_path / "library"
    with Library.open(folder, hashing_embedder, create=True) as library:
        library.add_documents([document(i) for i in range(40)])
        changed = corpus.from_text("# 题0\n\n新的话。\n", uri="file:///00.md", markup="markdown")
        library.add_documents([changed], keep_versions=True)
        library.add_feedback("问?", "answered", "down", reason="不对")
        library.calibrate(0.5)
    return folder


def seen(folder, embedder):
    with Library.open(folder, embedder) as library:
        assert not list(broken(library.check()))
        hits = library.search("城乡融合", embedder.encode_query(["城乡融合"]))
        assert library.calibration() == 0.5
        return library.documents(), hits, library.feedback(), library.document(document(0).id)


def change(folder, *statements):
    with sqlite3.connect(folder / FILE) as database:
        for statement in statements:
            database.execute(statement)
    database.close()


def test_every_law_is_tried_and_holds(folder, hashing_embedder):
    with Library.open(folder, hashing_embedder) as library:
        laws = library.check()
    assert [law.name for law in laws if law.broken or not law.checked] == []


@pytest.mark.parametrize(
    ("statement", "law"),
    [
        ("UPDATE passages SET start = start + 1 WHERE row = 9", "passages are what cutting gives"),
        ("UPDATE passages SET text = 'x' WHERE row = 9", "passages are what cutting gives"),
        ("DELETE FROM passages WHERE row = 9", "passages are what cutting gives"),
        ("UPDATE passages SET vector = x'00' WHERE row = 9", "every passage and sentence"),
        ("UPDATE passages SET sentence_vectors = x'' WHERE row = 9", "every passage and sentence"),
        ("UPDATE passages SET tokens = x'01' WHERE row = 9", "every passage and sentence"),
        ("INSERT INTO lexicon (rowid, terms) VALUES (9, 'more')", "the lexicon holds"),
        ("INSERT INTO lexicon (rowid, terms) VALUES (9999, 'more')", "the lexicon holds"),
        ("INSERT INTO lexicon (lexicon) VALUES ('delete-all')", "the lexicon holds"),
        ("UPDATE sources SET digest = 'x' WHERE uri LIKE '%05.md'", "ids are made from the words"),
        (
            "UPDATE sources SET body = replace(body, '城乡', '城郊') WHERE uri LIKE '%05.md'",
            "ids are made from the words",
        ),
        (
            "UPDATE sources SET body = json_set(body, '$.sentences[1]', 9999) WHERE uri LIKE '%05.md'",
            "spans stand inside the text",
        ),
        (
            "UPDATE sources SET body = json_set(body, '$.edits[0][0]', 9999) WHERE uri LIKE '%05.md'",
            "edits map to the source",
        ),
        ("UPDATE sources SET body = '{' WHERE uri LIKE '%05.md'", "every document can be read"),
        ("UPDATE documents SET date = '1999-01-01' WHERE uri LIKE '%05.md'", "the list shows"),
        ("UPDATE documents SET title = 'x' WHERE uri LIKE '%05.md'", "the list shows"),
        ("DELETE FROM documents WHERE uri LIKE '%05.md'", "the file is whole"),
        ("UPDATE superseded SET uri = 'file:///none.md'", "versions of before"),
    ],
)
def test_a_broken_law_is_named_and_mended(folder, hashing_embedder, statement, law):
    before = seen(folder, hashing_embedder)
    change(folder, statement)
    with Library.open(folder, hashing_embedder) as library:
        found = [broken_law.name for broken_law in broken(library.check())]
    assert any(name.startswith(law) for name in found)
    repaired = repair(folder, hashing_embedder)
    assert repaired.kept.exists()
    lost = "sources SET body" in statement
    assert (repaired.saved, repaired.lost) == ((39, 1) if lost else (40, 0))
    if "sources" not in statement and "superseded" not in statement:
        assert seen(folder, hashing_embedder) == before
    else:  # what was not as it was written is left out
        with Library.open(folder, hashing_embedder) as library:
            assert not list(broken(library.check()))


@pytest.mark.parametrize("tenth", range(1, 10))
def test_what_is_whole_of_a_damaged_file_is_saved(folder, hashing_embedder, tenth):
    """A tenth of the file is overwritten; whatever that hits, the rest is a library again."""
    path = folder / FILE
    data = bytearray(path.read_bytes())
    start, size = len(data) * tenth // 10 // 4096 * 4096, len(data) // 10 // 4096 * 4096
    data[start : start + size] = os.urandom(size)
    path.write_bytes(data)
    try:
        repaired = repair(folder, hashing_embedder)
    except LibraryDamaged as error:
        assert "cannot be read at all" in str(error)  # noqa: PT017
        assert path.read_bytes() == bytes(data)
        return
    with Library.open(folder, hashing_embedder) as library:
        assert not list(broken(library.check()))
        assert len(library.documents()) == repaired.saved
    assert repaired.kept.exists()


def test_a_library_of_other_passages_is_made_again(folder, hashing_embedder, monkeypatch):
    before = seen(folder, hashing_embedder)
    change(folder, "UPDATE meta SET value = 'at most 9 tokens' WHERE key = 'passages'")
    with pytest.raises(ModelMismatch, match="--repair"):
        Library.open(folder, hashing_embedder)
    assert repair(folder, hashing_embedder).saved == 40
    assert seen(folder, hashing_embedder) == before


def test_a_library_of_another_model_is_made_again(folder, hashing_embedder):
    class Other(type(hashing_embedder)):
        name, digest = "other", "other-64"

    before = seen(folder, hashing_embedder)
    assert repair(folder, Other()).saved == 40
    assert seen(folder, Other()) == before
    with pytest.raises(ModelMismatch):
        Library.open(folder, hashing_embedder)


def test_nothing_to_repair(tmp_path, hashing_embedder):
    with pytest.raises(LibraryMissing):
        repair(tmp_path, hashing_embedder)
    (tmp_path / FILE).write_bytes(b"not a database" * 400)
    with pytest.raises(LibraryDamaged, match="cannot be read at all"):
        repair(tmp_path, hashing_embedder)
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_a_backup_is_one_file_and_comes_back(folder, tmp_path, hashing_embedder):
    before = seen(folder, hashing_embedder)
    with Library.open(folder, hashing_embedder) as library:
        library.backup(tmp_path / "backup")
        with pytest.raises(LibraryUnwritable, match="stands there"):
            library.backup(tmp_path / "backup")
        with pytest.raises(LibraryUnwritable, match="nowhere"):
            library.backup(tmp_path / "nowhere" / "backup")
        for info in library.documents():
            library.remove(info.id)
    kept = restore(folder, tmp_path / "backup", hashing_embedder)
    assert seen(folder, hashing_embedder) == before
    assert restore(tmp_path / "new", tmp_path / "backup", hashing_embedder) is None
    assert seen(tmp_path / "new", hashing_embedder) == before
    # What stood there can come back just so.
    assert restore(folder, kept, hashing_embedder) is not None
    with Library.open(folder, hashing_embedder) as library:
        assert library.documents() == []
    assert {p.name for p in tmp_path.iterdir()} == {"library", "backup", "new"}


def test_whoever_has_the_library_open_sees_what_was_restored(folder, tmp_path, hashing_embedder):
    with Library.open(folder, hashing_embedder) as library:
        before = library.documents()
        library.backup(tmp_path / "backup")
        library.remove(before[0].id)
        library.add_document(document(77))
        vector = hashing_embedder.encode_query(["城乡融合"])
        assert "77" in " ".join(h.passage.text for h in library.search("77", vector, depth=100))
        restore(folder, tmp_path / "backup", hashing_embedder)
        library.add_document(document(78))  # takes the row that document 77 had
        hits = library.search("融合", vector, depth=100)
        assert {info.uri for info in library.documents()} == {
            *(info.uri for info in before),
            "file:///78.md",
        }
        assert not any("77" in hit.passage.text for hit in hits)
        assert not list(broken(library.check()))


@pytest.mark.parametrize("content", [b"", b"not a database" * 400, None, "cut", "law"])
def test_a_bad_backup_changes_nothing(folder, tmp_path, hashing_embedder, content):
    before = seen(folder, hashing_embedder)
    backup = tmp_path / "backup"
    if isinstance(content, bytes):
        backup.write_bytes(content)
    elif content:
        with Library.open(folder, hashing_embedder) as library:
            library.backup(backup)
        if content == "cut":
            backup.write_bytes(backup.read_bytes()[:-40_000])
        else:
            with sqlite3.connect(backup) as database:
                database.execute("UPDATE passages SET start = start + 1 WHERE row = 9")
            database.close()
    with pytest.raises((LibraryDamaged, LibraryMissing), match=str(backup)):
        restore(folder, backup, hashing_embedder)
    assert seen(folder, hashing_embedder) == before
    assert not list(folder.glob("*before*"))
