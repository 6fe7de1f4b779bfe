"""A part of a library shows its own documents and nothing of the others."""

import pytest

from index import Filters, Library, UnknownDocument
from index.part import Part

OPEN = "# Open\n\n## East\n\nAda: The tide turns at noon in the harbour.\n\nCarl: Ships wait.\n\nAda: At night.\n"
SHUT = "# Shut\n\n## West\n\nBob: The harbour closes at night for secret works.\n\nDora: Why?\n\nBob: Nobody knows.\n"
# What changes a library, or keeps the whole of it.
CHANGES = {
    *("add", "add_document", "add_documents", "remove", "remove_sources"),
    *("calibrate", "unchanged", "uris", "backup", "check"),
}


@pytest.fixture
def library(tmp_path, hashing_embedder):
    with Library.open(tmp_path / "library", hashing_embedder, create=True) as library:
        for name, text in (("open.md", OPEN), ("shut.md", SHUT)):
            path = tmp_path / name
            path.write_text(text, "utf-8")
            library.add(path)
        yield library


@pytest.fixture
def part(library):
    return Part(library, lambda info: info.title == "Open")


def search(library, **options):
    question = "harbour at night"
    return library.search(question, library.embedder.encode_query([question]), **options)


def the_id(library, title):
    (found,) = [info.id for info in library.documents() if info.title == title]
    return found


def test_only_its_own_documents_are_there(part, library):
    assert [info.title for info in part.documents()] == ["Open"]
    assert part.speakers() == ["Ada", "Carl"]
    assert part.document(the_id(library, "Open")).title == "Open"
    assert part.passages(the_id(library, "Open"))


@pytest.mark.parametrize("method", ["document", "passages"])
def test_another_is_as_unknown_as_one_that_does_not_stand_anywhere(part, library, method):
    said = []
    for document_id in (the_id(library, "Shut"), "nowhere"):
        with pytest.raises(UnknownDocument) as error:
            getattr(part, method)(document_id)
        said.append(str(error.value).replace(document_id, ""))
    assert said[0] == said[1]


def test_a_search_gives_what_the_same_filter_gives(part, library):
    filters = Filters(documents=frozenset({the_id(library, "Open")}))
    assert search(part) == search(library, filters=filters)
    assert search(part)


def test_no_filter_finds_another(part, library):
    shut = the_id(library, "Shut")
    assert search(library, filters=Filters(documents=frozenset({shut})))
    assert search(part, filters=Filters(documents=frozenset({shut}))) == []
    both = frozenset({shut, the_id(library, "Open")})
    found = search(part, filters=Filters(documents=both))
    assert {hit.passage.document_id for hit in found} == {the_id(library, "Open")}
    assert search(part, filters=Filters(speakers=frozenset({"Bob"}))) == []


def test_another_cannot_be_compared(part, library):
    passages = library.passages(the_id(library, "Shut"))
    (question,) = library.embedder.encode_query_tokens(["harbour"])
    with pytest.raises(UnknownDocument):
        part.compare(question, passages)


def test_where_nothing_is_shown_nothing_is_found(library):
    nothing = Part(library, lambda info: False)
    assert nothing.documents() == []
    assert nothing.passage_count() == 0
    assert nothing.speakers() == []
    assert search(nothing) == []


def test_it_follows_the_library(part, library, tmp_path):
    library.remove(the_id(library, "Open"))
    assert part.documents() == []
    assert search(part) == []


def test_every_way_to_read_a_library_is_limited_and_none_to_change_it_is_there(part):
    public = {name for name, value in vars(Library).items() if callable(value)}
    public = {name for name in public if not name.startswith("_")} - {"open", "close"}
    assert public - CHANGES <= set(vars(Part))
    with pytest.raises(AttributeError):
        part.remove("anything")
