"""Commands on a library in a cluster: many processes at once, and from one place to another."""

import json
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import ui.keep
import ui.library
from index import ClusterUnavailable, Library
from ui.api.problems import of_error
from ui.api.uploads import Uploads
from ui.cli import main

INDEXER = Path(__file__).with_name("indexer.py")
WORDS = ["城乡融合", "渔村整治", "居民收入", "港口吞吐", "农业现代化", "数字经济", "嘉兴", "舟山"]


@pytest.fixture(autouse=True)
def small(monkeypatch, hashing_embedder):
    for module in (ui.library, ui.keep):
        monkeypatch.setattr(module, "lazy_embedder", lambda name=None: hashing_embedder)


def notes(folder, count, seed=0):
    folder.mkdir(exist_ok=True)
    chance = random.Random(seed)
    for i in range(count):
        words = "。".join("".join(chance.choices(WORDS, k=5)) for _ in range(4))
        text = f"# 题{seed}-{i}\n\n单位{i % 5}\n\n第{i}号文件讲{words}。\n"
        (folder / f"{i:02}.md").write_text(text, "utf-8")
    return folder


def index(place, folder):
    command = [sys.executable, INDEXER, "index", "--library", place, folder]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def all_done(processes):
    for process in processes:
        out, err = process.communicate()
        assert process.returncode == 0, out + err


def seen(library):
    infos = library.documents()
    hits = []
    for question in ("城乡融合", "第7号文件", "渔村"):
        found = library.search(question, library.embedder.encode_query([question]))
        hits.append([(h.passage, round(h.dense, 5), round(h.lexical, 5)) for h in found])
    return [
        infos,
        library.uris(),
        library.document_frequencies(["城乡", "渔村"]),
        [library.document(info.id) for info in infos],
        [library.passages(info.id) for info in infos],
        hits,
    ]


def must_equal(place, folders, embedder, tmp_path):
    """What stands there is what one process makes of the same folders, and no law is broken."""
    right = tmp_path / "right"
    for folder in folders:
        assert main(["index", "--library", str(right), str(folder)]) == 0
    with Library.open(place, embedder) as library, Library.open(right, embedder) as wanted:
        assert seen(library) == seen(wanted)
        assert {law.name: law.findings for law in library.check() if law.broken} == {}


@pytest.mark.cluster
def test_four_processes_index_one_folder_and_folders_of_their_own(
    milvus_server, tmp_path, hashing_embedder
):
    """None is lost and none is doubled, whether they write the same documents or others."""
    place = f"{milvus_server}?prefix=four"
    same = notes(tmp_path / "same", 24)
    all_done([index(place, same) for _ in range(4)])
    must_equal(place, [same], hashing_embedder, tmp_path)

    notes(same, 12, seed=9)  # these have changed
    own = [notes(tmp_path / f"own{i}", 10, seed=i + 1) for i in range(4)]
    all_done([index(place, folder) for folder in (same, same, *own)])
    must_equal(place, [same, *own], hashing_embedder, tmp_path)


@pytest.mark.cluster
def test_processes_that_are_killed_lose_nothing(milvus_server, tmp_path, hashing_embedder):
    """Whatever they were doing, the same command goes on; meanwhile others read."""
    place = f"{milvus_server}?prefix=killed"
    folder = notes(tmp_path / "notes", 40)
    Library.open(place, hashing_embedder, create=True).close()
    chance = random.Random(0)
    with Library.open(place, hashing_embedder) as reader:
        for _ in range(3):
            some = [index(place, folder) for _ in range(2)]
            deadline = time.monotonic() + chance.uniform(1, 6)
            while time.monotonic() < deadline:
                for info in reader.documents():  # each is whole as soon as it shows
                    with reader.one_state():
                        if info in reader.documents():
                            assert len(reader.passages(info.id)) == info.passages
                            assert reader.document(info.id).uri == info.uri
            for process in some:
                process.send_signal(signal.SIGKILL)
                process.communicate()
            notes(folder, 10, seed=chance.random())
    all_done([index(place, folder)])
    must_equal(place, [folder], hashing_embedder, tmp_path)


@pytest.mark.cluster
def test_a_library_moves_into_a_cluster_and_back(tmp_path, hashing_embedder, capsys, monkeypatch):
    folder = notes(tmp_path / "notes", 8)
    first, cluster, last = (
        str(tmp_path / "first"),
        f"milvus-lite:{tmp_path / 'library.db'}",
        str(tmp_path / "last"),
    )
    assert main(["index", "--library", first, str(folder)]) == 0
    (folder / "copy.md").write_bytes((folder / "00.md").read_bytes())
    notes(folder, 3, seed=5)
    assert main(["index", "--library", first, str(folder), "--keep-versions"]) == 0
    with Library.open(first, hashing_embedder) as library:
        library.calibrate(0.5)
        library.add_feedback("q", "answered", "up", reason="因为")
        library.add_feedback("q", "answered", "up", reason="因为")

    def encoding(*_):
        raise AssertionError("something is embedded")

    for name in ("encode_document", "encode_document_tokens"):
        monkeypatch.setattr(type(hashing_embedder), name, encoding)
    monkeypatch.setattr("index.transfer._MOST_DOCUMENTS", 3)
    capsys.readouterr()
    for source, target in ((first, cluster), (cluster, last)):
        for new in (9, 0):
            assert main(["copy", "--library", source, "--to", target]) == 0
            out, err = capsys.readouterr()
            assert out.startswith(f"9 documents stand in both places ({new} of them new), ")
            assert "3 versions of before, 2 words of readers" in out
            assert err == ""
    monkeypatch.undo()
    with (
        Library.open(first, hashing_embedder) as one,
        Library.open(cluster, hashing_embedder) as two,
        Library.open(last, hashing_embedder) as three,
    ):
        assert seen(one) == seen(two) == seen(three)
        for library in (two, three):
            assert library.calibration() == 0.5
            assert [each.reason for each in library.feedback()] == ["因为"] * 2
            with one.one_state(), library.one_state():
                assert sorted(library.engine.versions()) == sorted(one.engine.versions())
                for identity, _ in one.engine.versions():
                    assert library.document(identity) == one.document(identity)
            assert not any(law.broken for law in library.check())


@pytest.mark.cluster
def test_a_copy_goes_on_where_it_stopped(tmp_path, hashing_embedder, monkeypatch):
    folder = notes(tmp_path / "notes", 9)
    first, cluster = str(tmp_path / "first"), f"milvus-lite:{tmp_path / 'library.db'}"
    assert main(["index", "--library", first, str(folder)]) == 0
    monkeypatch.setattr("index.transfer._MOST_DOCUMENTS", 2)
    add, calls = Library.add_documents, iter(range(3))

    def stopping(self, *args, **options):
        if next(calls, None) is None:
            raise KeyboardInterrupt
        return add(self, *args, **options)

    monkeypatch.setattr(Library, "add_documents", stopping)
    assert main(["copy", "--library", first, "--to", cluster]) == 130
    monkeypatch.setattr(Library, "add_documents", add)
    with Library.open(cluster, hashing_embedder) as library:
        assert len(library.documents()) == 6
    assert main(["copy", "--library", first, "--to", cluster]) == 0
    with (
        Library.open(cluster, hashing_embedder) as two,
        Library.open(first, hashing_embedder) as one,
    ):
        assert seen(one) == seen(two)


@pytest.mark.cluster
def test_what_a_cluster_cannot_do_is_one_line(tmp_path, capsys):
    place = f"milvus-lite:{tmp_path / 'library.db'}"
    assert main(["index", "--library", place, str(notes(tmp_path / "notes", 1))]) == 0
    assert main(["check", "--library", place]) == 0
    capsys.readouterr()
    for command in (
        ["backup", "--library", place, str(tmp_path / "b")],
        ["restore", "--library", place, str(tmp_path / "b")],
        ["copy", "--library", place, "--to", place],
        ["documents", "--library", "ftp://host"],
        ["documents", "--library", f"milvus-lite:{tmp_path / 'none.db'}"],
    ):
        assert main(command) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("yuanwen: ")
        assert err.count("\n") == 1


@pytest.mark.cluster
def test_what_does_not_answer_is_one_line(tmp_path, hashing_embedder):
    """In a process of its own, in which nothing else has set up a log."""
    place = f"milvus-lite:{tmp_path / 'library.db'}"
    assert main(["index", "--library", place, str(notes(tmp_path / "notes", 1))]) == 0
    with Library.open(place, hashing_embedder):
        for taken, why in ((place, "no other process"), ("http://127.0.0.1:9", "can be reached")):
            command = [sys.executable, INDEXER, "documents", "--library", taken]
            done = subprocess.run(command, capture_output=True, text=True)
            assert (done.returncode, done.stdout) == (2, "")
            assert done.stderr.startswith("yuanwen: ")
            assert why in done.stderr
            assert done.stderr.count("\n") == 1


def test_a_reader_is_asked_to_come_back_and_not_told_where_the_cluster_stands():
    answer = of_error(ClusterUnavailable("http://inside:19530 does not answer"))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert json.loads(answer.body)["kind"] == "busy"
    assert b"inside" not in answer.body


@pytest.mark.cluster
def test_an_uploaded_file_leaves_nothing_on_the_server(tmp_path, hashing_embedder):
    place = f"milvus-lite:{tmp_path / 'library.db'}"
    with Library.open(place, hashing_embedder, create=True) as library:
        uploads = Uploads(library)
        told = uploads._write("港口.md", "# 港口\n\n货物增长。\n".encode(), threading.Event())
        assert (told["status"], told["passages"]) == ("added", 1)
        (info,) = library.documents()
        assert (info.title, info.uri) == ("港口", "upload:%E6%B8%AF%E5%8F%A3.md")
        uploads.remove(told["document_id"])
        assert library.documents() == []
    assert [path.name for path in tmp_path.iterdir()] == ["library.db"]
