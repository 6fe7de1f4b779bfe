"""What readers say of answers is kept, and changes nothing else."""

import pytest

import corpus
from corpus import Span
from index import BadFeedback, Library
from index.part import Part


@pytest.fixture
def library(tmp_path, hashing_embedder):
    with Library.open(tmp_path, hashing_embedder, create=True) as library:
        library.add_document(corpus.from_text("城乡融合。", uri="file:///a.txt"))
        yield library


def test_feedback_comes_back_as_it_was_given(library, hashing_embedder):
    citations = (("a1", Span(3, 9)), ("b2", Span(0, 4)))
    first = library.add_feedback(
        "问?", "answered", "down", reason="引错了", citations=citations, channel="portal"
    )
    second = Part(library, lambda info: False).add_feedback("另一问?", "not_found", "up")
    assert library.feedback() == [first, second]
    assert (first.verdict, first.reason, first.citations) == ("down", "引错了", citations)
    assert second.channel is None
    assert first.time.endswith("+00:00")
    with Library.open(library.folder, hashing_embedder) as again:
        assert again.feedback() == [first, second]


def test_feedback_changes_nothing_else(library):
    def state():
        vector = library.embedder.encode_query(["城乡"])
        return (
            library.engine.database.generation(),
            library.documents(),
            library.search("城乡", vector),
        )

    before = state()
    library.add_feedback("问?", "answered", "up")
    assert state() == before


def test_a_part_shows_no_feedback_of_others(library):
    library.add_feedback("问?", "answered", "up")
    assert Part(library, lambda info: True).feedback() == []


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"verdict": "sideways"}, "verdict"),
        ({"reason": "x" * 1001}, "reason"),
        ({"question": "x" * 4001}, "question"),
        ({"channel": "x" * 201}, "channel"),
        ({"citations": [("a", Span(0, 1))] * 101}, "citations"),
    ],
)
def test_bad_feedback_is_named_and_not_kept(library, given, named):
    with pytest.raises(BadFeedback, match=named):
        library.add_feedback(**{"question": "问?", "status": "answered", "verdict": "up"} | given)
    assert library.feedback() == []


def test_half_a_surrogate_pair_is_no_crash(library):
    assert library.add_feedback("问\ud800?", "answered", "up").question == "问??"
    assert library.feedback()[0].question == "问??"
