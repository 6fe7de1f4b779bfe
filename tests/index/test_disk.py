"""A disk that is full, or may only be read: nothing is lost, and the error says what to do."""

import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import corpus
from index import Library, LibraryBusy, LibraryUnwritable
from index.check import broken

TESTS = Path(__file__).parents[1]
SMALL = f"""
import importlib.util, sys
from pathlib import Path
spec = importlib.util.spec_from_file_location("shared", {str(TESTS / "conftest.py")!r})
shared = importlib.util.module_from_spec(spec); spec.loader.exec_module(shared)
import corpus
from index import Library, LibraryUnwritable, add_all
library = Library.open(Path(sys.argv[1]), shared.HashingEmbedder())
"""
INDEXING = f"{SMALL}\nfor _ in add_all(library, corpus.find_files(Path(sys.argv[2]))): pass"
LIMITED = f"""{SMALL}
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
limit = (library.folder / "library.sqlite3").stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    for i in range(100, 1000):
        library.add_document(corpus.from_text(f"第{{i}}号文件。", uri=f"file:///{{i}}.txt"))
except LibraryUnwritable:
    sys.exit(len(library.documents()) < 10)
sys.exit(2)
"""


def child(code, *arguments):
    return subprocess.Popen([sys.executable, "-c", code, *map(str, arguments)])


def document(i):
    text = f"# 题{i}\n\n第{i}号文件讲城乡融合。另有一句话。\n"
    return corpus.from_text(text, uri=f"file:///{i}.md", markup="markdown")


def found(library):
    return len(library.search("城乡", library.embedder.encode_query(["城乡"]), depth=1000))


@pytest.fixture
def disk(tmp_path):
    """A small disk of its own; `disk("size=8m")` or `disk("ro")` mounts it anew."""
    place = tmp_path / "disk"
    place.mkdir()

    def mount(options):
        return subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", place]).returncode

    if os.name != "posix" or os.geteuid() or not shutil.which("mount") or mount("size=1m"):
        pytest.skip("mounting a small disk takes root on Linux")

    def again(options):
        subprocess.run(["mount", "-o", f"remount,{options}", place], check=True)
        return place

    yield again
    subprocess.run(["umount", "-l", place], check=True)


def test_a_full_disk_loses_nothing_and_goes_on_when_there_is_room(disk, hashing_embedder):
    folder = disk("size=2m") / "library"
    acknowledged = []
    with Library.open(folder, hashing_embedder, create=True) as library:

        def fill():
            for i in range(10_000):
                acknowledged.append(library.add_document(document(i)).document_id)

        with pytest.raises(LibraryUnwritable, match="free space"):
            fill()
        assert len(acknowledged) > 3
        assert {info.id for info in library.documents()} == set(acknowledged)
        assert found(library) == library.passage_count()
        with pytest.raises(LibraryUnwritable):
            library.backup(folder / "backup")
        assert not list(folder.glob("*backup*"))
    with Library.open(folder, hashing_embedder) as library:
        assert {info.id for info in library.documents()} == set(acknowledged)
        disk("size=20m")
        library.add_documents([document(i) for i in range(10_000, 10_020)])
        assert len(library.documents()) == len(acknowledged) + 20
        assert not list(broken(library.check()))


def test_a_folder_that_may_only_be_read_is_served(disk, hashing_embedder, caplog):
    folder = disk("size=20m") / "library"
    with Library.open(folder, hashing_embedder, create=True) as library:
        library.add_documents([document(i) for i in range(20)])
    (folder / "vectors.faiss").unlink()
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    disk("ro")
    with caplog.at_level(logging.WARNING), Library.open(folder, hashing_embedder) as library:
        assert found(library) == 20
        assert not list(broken(library.check()))
        for change in (
            lambda: library.add_document(document(99)),
            lambda: library.remove(library.documents()[0].id),
            lambda: library.add_feedback("问?", "answered", "up"),
        ):
            with pytest.raises(LibraryUnwritable, match="may only be read"):
                change()
        library.add_document(document(3))  # unchanged: nothing is to be written
    assert caplog.text == ""
    disk("rw")
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_what_another_changes_meanwhile_is_not_read_wrongly(disk, hashing_embedder, tmp_path):
    folder = disk("size=20m") / "library"
    with Library.open(folder, hashing_embedder, create=True) as library:
        library.add_documents([document(i) for i in range(20)])
    disk("ro")
    with Library.open(folder, hashing_embedder) as reader:
        assert found(reader) == 20
        disk("rw")
        with Library.open(folder, hashing_embedder) as writer:
            writer.add_document(document(99))
        with pytest.raises(LibraryBusy, match="start again"):
            reader.documents()


def test_a_process_that_may_write_no_more_bytes(tmp_path, hashing_embedder):
    """As a quota does; the limit holds for a process of its own."""
    folder = tmp_path / "library"
    with Library.open(folder, hashing_embedder, create=True) as library:
        library.add_documents([document(i) for i in range(10)])
    assert child(LIMITED, folder).wait() == 0
    with Library.open(folder, hashing_embedder) as library:
        assert not list(broken(library.check()))
        assert len(library.documents()) >= 10


def test_two_processes_index_one_folder_at_once(tmp_path, hashing_embedder):
    files = tmp_path / "files"
    files.mkdir()
    for i in range(60):
        (files / f"{i}.md").write_text(f"# 题{i}\n\n第{i}号文件讲城乡融合。\n", "utf-8")
    Library.open(tmp_path / "library", hashing_embedder, create=True).close()
    writers = [child(INDEXING, tmp_path / "library", files) for _ in range(2)]
    with Library.open(tmp_path / "library", hashing_embedder) as reader:
        while any(writer.poll() is None for writer in writers):
            with reader.one_state():
                assert found(reader) == reader.passage_count() == len(reader.documents())
        assert [writer.wait() for writer in writers] == [0, 0]
        assert len(reader.documents()) == found(reader) == 60
        assert not list(broken(reader.check()))
