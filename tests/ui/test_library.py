"""The default library: made once, whole, and only where no folder is named."""

from concurrent.futures import ThreadPoolExecutor

import pytest

import ui.library
from index import Library, LibraryMissing
from ui.library import open_library
from ui.settings import Settings


@pytest.fixture
def folder(monkeypatch, tmp_path, hashing_embedder):
    monkeypatch.setattr(ui.library, "lazy_embedder", lambda name=None: hashing_embedder)
    monkeypatch.setattr(ui.library, "default_library", lambda: tmp_path / "data" / "library")
    return tmp_path / "data" / "library"


def titles(library):
    return [info.title for info in library.documents()]


def test_it_holds_the_shipped_document(folder):
    assert titles(open_library(Settings())) == ["城乡融合 双向奔富"]
    assert titles(open_library(Settings())) == ["城乡融合 双向奔富"]


def test_what_a_user_takes_out_stays_out(folder):
    library = open_library(Settings())
    library.remove(library.documents()[0].id)
    library.close()
    assert titles(open_library(Settings())) == []


def test_two_that_start_at_once_make_it_once(folder, monkeypatch):
    added = []
    add = Library.add
    monkeypatch.setattr(Library, "add", lambda *args: added.append(args) or add(*args))
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: titles(open_library(Settings())), range(4)))
    assert found == [["城乡融合 双向奔富"]] * 4
    assert len(added) == 1


def test_a_crash_on_the_way_leaves_no_half(folder, monkeypatch):
    def crash(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Library, "add", crash)
        with pytest.raises(KeyboardInterrupt):
            open_library(Settings())
    assert not folder.exists()
    assert not list(folder.parent.glob(".library-*"))
    assert titles(open_library(Settings())) == ["城乡融合 双向奔富"]


def test_a_named_folder_is_not_filled(folder, tmp_path):
    named = Settings(library=tmp_path / "mine")
    with pytest.raises(LibraryMissing):
        open_library(named)
    assert titles(open_library(named, create=True)) == []
    assert not folder.exists()
