"""The newer version of a document replaces the older, which stays readable where that is asked."""

import pytest

import corpus
from index import Library, UnknownDocument

TEXTS = [f"# 倍差\n\n嘉兴城乡居民收入倍差是1.{i}。\n" for i in (53, 52, 51)]
URI = "file:///a.md"


def document(i, uri=URI):
    return corpus.from_text(TEXTS[i], uri=uri, markup="markdown")


@pytest.fixture
def library(tmp_path, hashing_embedder):
    with Library.open(tmp_path / "library", hashing_embedder, create=True) as library:
        yield library


def add(library, i, uri=URI):
    (change,) = library.add_documents([document(i, uri)], keep_versions=True)
    return change.document_id


def found(library):
    hits = library.search("倍差", library.embedder.encode_query(["倍差"]))
    return {hit.passage.document_id for hit in hits}


def test_an_older_version_can_be_read_and_is_not_found(library):
    first, second, third = (add(library, i) for i in range(3))
    assert found(library) == {third}
    assert [info.id for info in library.documents()] == [third]
    for old in (first, second):
        assert library.newer(old).id == third
        assert library.passages(old) == []
    assert library.document(first) == document(0)
    assert library.newer(third) is None
    assert not any(law.broken for law in library.check())


def test_without_being_asked_nothing_is_kept(library):
    old = library.add_document(document(0)).document_id
    library.add_document(document(1))
    with pytest.raises(UnknownDocument):
        library.document(old)
    with pytest.raises(UnknownDocument):
        library.newer(old)


def test_words_that_come_back_are_no_version_of_before(library):
    first, second = add(library, 0), add(library, 1)
    assert add(library, 0) == first
    assert library.newer(first) is None
    assert library.newer(second).id == first
    assert found(library) == {first}


def test_the_words_may_still_stand_elsewhere(library):
    first = add(library, 0)
    add(library, 0, "file:///b.md")
    add(library, 1)
    assert library.newer(first) is None
    assert len(found(library)) == 2


def test_versions_leave_with_their_document_or_alone(library):
    first, second, third = (add(library, i) for i in range(3))
    library.remove(first)
    with pytest.raises(UnknownDocument):
        library.document(first)
    assert library.document(second)
    library.remove(third)
    for gone in (second, third):
        with pytest.raises(UnknownDocument):
            library.document(gone)


def test_versions_leave_with_their_place(library):
    first, _ = add(library, 0), add(library, 1)
    assert library.remove_sources([URI]) == 1
    with pytest.raises(UnknownDocument):
        library.document(first)
