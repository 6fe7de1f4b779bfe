"""Many files at once: what became of each, in order, and nothing twice."""

import pytest

import corpus
from corpus.errors import UnreadableFile
from index import Library, add_all


@pytest.fixture
def library(tmp_path, hashing_embedder):
    with Library.open(tmp_path / "library", hashing_embedder, create=True) as library:
        yield library


@pytest.fixture
def files(tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    for i in range(100):
        (folder / f"{i:03}.md").write_text(f"# 题{i}\n\n第{i}号文件讲城乡融合。\n", "utf-8")
    (folder / "007.md").write_bytes(b"")
    return corpus.find_files(folder)


def test_it_does_what_adding_one_by_one_does(library, files, tmp_path, hashing_embedder):
    outcomes = list(add_all(library, files))
    assert [path for path, _ in outcomes] == files
    assert [path.name for path, o in outcomes if isinstance(o, UnreadableFile)] == ["007.md"]
    with Library.open(tmp_path / "other", hashing_embedder, create=True) as other:
        for path, outcome in outcomes:
            if not isinstance(outcome, UnreadableFile):
                assert other.add(path) == outcome
        assert library.documents() == other.documents()
        for info in other.documents():
            assert library.passages(info.id) == other.passages(info.id)


def test_what_has_not_changed_is_not_parsed(library, files, monkeypatch):
    list(add_all(library, files))
    files[3].write_text("# 新\n\n另一句话。\n", "utf-8")
    read = []
    parse = corpus.from_file
    monkeypatch.setattr(corpus, "from_file", lambda file: read.append(file.path) or parse(file))
    again = [o.status for _, o in add_all(library, files) if not isinstance(o, UnreadableFile)]
    assert again.count("unchanged") == 98
    assert again.count("replaced") == 1
    assert set(read) <= {files[3], files[7]}


def test_whoever_stops_goes_on_from_there(library, files):
    told = []
    for path, _ in add_all(library, files):
        told.append(path)
        if len(told) == 50:
            break
    stood = {info.uri for info in library.documents()}
    assert {path.as_uri() for path in told if path.name != "007.md"} <= stood
    assert len(stood) < 99
    list(add_all(library, files))
    assert len(library.documents()) == 99


def test_progress_ends_at_the_number_of_files(library, files):
    seen = []
    list(add_all(library, files, seen.append))
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(100)


def test_the_same_file_twice_and_the_same_words_twice(library, tmp_path):
    first, second = tmp_path / "a.md", tmp_path / "b.md"
    for path in (first, second):
        path.write_text("# 题\n\n同样的话。\n", "utf-8")
    statuses = [o.status for _, o in add_all(library, [first, first, second])]
    assert statuses == ["added", "unchanged", "duplicate"]
    assert len(library.documents()) == 1


def test_a_source_that_is_gone_leaves_its_duplicate(library, tmp_path):
    first, second = tmp_path / "a.md", tmp_path / "b.md"
    for path in (first, second):
        path.write_text("# 题\n\n同样的话。\n", "utf-8")
    list(add_all(library, [first, second]))
    assert library.remove_sources([first.as_uri(), "file:///nowhere.md"]) == 1
    assert [info.uri for info in library.documents()] == [second.as_uri()]
    assert library.uris() == [second.as_uri()]
    assert library.remove_sources([second.as_uri()]) == 1
    assert library.documents() == []
    assert library.passage_count() == 0
