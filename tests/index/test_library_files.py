"""The library's files: damage, crashes, threads and processes."""

import logging
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import corpus
from index import (
    Library,
    LibraryBusy,
    LibraryDamaged,
    LibraryMissing,
    LibraryUnwritable,
    UnknownDocument,
)
from index.database import FILE

TESTS = Path(__file__).parents[1]
CHILD = f"""
import importlib.util, sys
from pathlib import Path
spec = importlib.util.spec_from_file_location("shared", {str(TESTS / "conftest.py")!r})
shared = importlib.util.module_from_spec(spec); spec.loader.exec_module(shared)
import corpus
from index import Library
library = Library.open(Path(sys.argv[1]), shared.HashingEmbedder(), create=True)
for i in range(int(sys.argv[2]), int(sys.argv[3])):
    text = f"# 题{{i}}\\n\\n第{{i}}号文件讲城乡融合。\\n"
    library.add_document(corpus.from_text(text, uri=f"file:///{{i}}.md", markup="markdown"))
    print(i, flush=True)
"""


def document(i, uri=None):
    text = f"# 题{i}\n\n第{i}号文件讲城乡融合。另有一句话。\n"
    return corpus.from_text(text, uri=uri or f"file:///{i}.md", markup="markdown")


def child(folder, start, stop):
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder), str(start), str(stop)],
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def folder(tmp_path, hashing_embedder):
    with Library.open(tmp_path, hashing_embedder, create=True) as library:
        for i in range(30):
            library.add_document(document(i))
    return tmp_path


def found(library):
    vector = library.embedder.encode_query(["城乡融合"])
    return library.search("城乡融合", vector)


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 100, b"SQLite format 3\0"])
def test_a_file_that_is_no_database(tmp_path, hashing_embedder, content):
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises((LibraryDamaged, LibraryMissing), match=str(tmp_path)):
        Library.open(tmp_path, hashing_embedder)
    assert (tmp_path / FILE).read_bytes() == content


def test_a_database_of_something_else(tmp_path, hashing_embedder):
    with sqlite3.connect(tmp_path / FILE) as other:
        other.execute("CREATE TABLE notes (text)")
    for create in (False, True):
        with pytest.raises(LibraryDamaged, match="not a library"):
            Library.open(tmp_path, hashing_embedder, create=create)


@pytest.mark.parametrize("tenth", range(10))
def test_a_torn_page_is_a_clear_error_or_harmless(folder, hashing_embedder, tenth):
    path = folder / FILE
    data = bytearray(path.read_bytes())
    start = len(data) * tenth // 10 // 4096 * 4096
    data[start : start + 4096] = os.urandom(4096)
    path.write_bytes(data)
    (folder / "vectors.faiss").unlink()
    try:
        with Library.open(folder, hashing_embedder) as library:
            found(library)
            [library.document(info.id) for info in library.documents()]
    except LibraryDamaged as error:
        assert str(path) in str(error)  # noqa: PT017
    assert path.read_bytes() == bytes(data)


def test_a_truncated_database_is_damaged(folder, hashing_embedder):
    path = folder / FILE
    path.write_bytes(path.read_bytes()[:20_000])
    with pytest.raises(LibraryDamaged, match="index your documents again"):
        Library.open(folder, hashing_embedder)


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "gone", "old"])
def test_the_vector_file_is_made_again(folder, hashing_embedder, damage, caplog):
    path = folder / "vectors.faiss"
    with Library.open(folder, hashing_embedder) as library:
        before = found(library)
        if damage == "old":
            kept = path.read_bytes()
            library.add_document(document(99))
            before = found(library)
    data = path.read_bytes()
    match damage:
        case "cut":
            path.write_bytes(data[: len(data) // 2])
        case "flip":
            path.write_bytes(data[:1000] + bytes([data[1000] ^ 255]) + data[1001:])
        case "empty":
            path.write_bytes(b"")
        case "gone":
            path.unlink()
        case "old":
            path.write_bytes(kept)
    with caplog.at_level(logging.WARNING), Library.open(folder, hashing_embedder) as library:
        assert found(library) == before
    assert ("made again" in caplog.text) == (damage in ("cut", "flip", "empty"))
    assert path.read_bytes()[:8] == data[:8]


def test_a_sound_vector_file_is_used(folder, hashing_embedder):
    modified = (folder / "vectors.faiss").stat().st_mtime_ns
    with Library.open(folder, hashing_embedder) as library:
        assert len(found(library)) == 30
    assert (folder / "vectors.faiss").stat().st_mtime_ns == modified


def test_threads_search_while_one_adds_and_removes(folder, hashing_embedder):
    stop = threading.Event()
    with Library.open(folder, hashing_embedder) as library:

        def search():
            sizes = set()
            while not stop.is_set():
                hits = found(library)
                assert all(hit.lexical > 0 for hit in hits if "城乡" in hit.passage.text)
                sizes.add(len({hit.passage.document_id for hit in hits}))
            return sizes

        with ThreadPoolExecutor(4) as pool:
            readers = [pool.submit(search) for _ in range(4)]
            try:
                for i in range(100, 115):
                    change = library.add_document(document(i))
                    if i % 3 == 0:
                        library.remove(change.document_id)
            finally:
                stop.set()
            sizes = set().union(*(reader.result() for reader in readers))
        assert sizes <= set(range(30, 42))
        assert len(library.documents()) == 40


def test_another_process_is_followed(folder, hashing_embedder):
    with Library.open(folder, hashing_embedder) as library:
        assert len(found(library)) == 30
        assert child(folder, 200, 205).wait(timeout=120) == 0
        assert len(found(library)) == library.passage_count() == 35


def test_two_processes_make_and_fill_one_library(tmp_path, hashing_embedder):
    children = [child(tmp_path, 0, 12), child(tmp_path, 6, 18)]
    assert [process.wait(timeout=120) for process in children] == [0, 0]
    with Library.open(tmp_path, hashing_embedder) as library:
        assert len(library.documents()) == 18
        assert len(found(library)) == library.passage_count() == 18


def test_a_killed_process_loses_nothing_it_acknowledged(tmp_path, hashing_embedder):
    for start in (0, 1000):
        process = child(tmp_path, start, start + 1000)
        acknowledged = [process.stdout.readline() for _ in range(5)]
        time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        acknowledged += process.stdout.readlines()
        process.wait()
        with Library.open(tmp_path, hashing_embedder) as library:
            uris = {info.uri for info in library.documents()}
            assert {f"file:///{int(line)}.md" for line in acknowledged} <= uris
            assert len(found(library)) == library.passage_count() or len(uris) > 100


def test_what_is_read_in_one_state_stays(folder, hashing_embedder):
    (question,) = hashing_embedder.encode_query_tokens(["城乡融合"])
    with (
        Library.open(folder, hashing_embedder) as library,
        Library.open(folder, hashing_embedder) as other,
    ):
        with library.one_state():
            hits = found(library)
            for info in other.documents():
                other.remove(info.id)
            assert len(library.compare(question, [hit.passage for hit in hits])) == len(hits)
            assert all(library.document(hit.passage.document_id) for hit in hits)
        assert found(library) == []
        with pytest.raises(UnknownDocument, match=hits[0].passage.document_id):
            library.compare(question, [hits[0].passage])


def test_a_full_disk_loses_nothing(folder, hashing_embedder):
    with Library.open(folder, hashing_embedder) as library:
        before = library.documents()
        library.engine.database.connection.execute(
            "PRAGMA max_page_count = 1"
        )  # as few as it has now

        def fill():
            for i in range(1000, 1100):
                library.add_document(document(i))

        with pytest.raises(LibraryUnwritable, match="free space"):
            fill()
        after = library.documents()
        assert set(before) <= set(after)
        assert len(found(library)) == library.passage_count() == len(after)


def test_a_library_that_another_keeps_writing_to_is_busy(folder, hashing_embedder, monkeypatch):
    monkeypatch.setattr("index.database._PATIENCE", 0.1)
    other = sqlite3.connect(folder / FILE, isolation_level=None)
    with Library.open(folder, hashing_embedder) as library:
        other.execute("BEGIN IMMEDIATE")
        assert len(found(library)) == 30
        with pytest.raises(LibraryBusy, match="another process"):
            library.add_document(document(1000))
        other.execute("ROLLBACK")
        assert library.add_document(document(1000)).status == "added"
    other.close()
