"""Laws 1 and 2 for any text and any question: verbatim, and cited or silent."""

import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus
from corpus.errors import UnreadableFile
from index import Library
from qa import Answer, BadQuestion, Refusal, ask

TEXT = st.text(
    alphabet=st.sampled_from("嘉兴收入倍差缩小至1.5,。!?“”\n \t#*-ab Cd.😀e\u0301é\u200b"),
    max_size=300,
)
QUESTION = st.text(min_size=1, max_size=40)


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(TEXT, max_size=3), question=QUESTION, history=st.lists(QUESTION, max_size=2))
def test_a_reply_is_verbatim_and_cited_or_silent(hashing_embedder, texts, question, history):
    with (
        tempfile.TemporaryDirectory() as folder,
        Library.open(Path(folder) / "library", hashing_embedder, create=True) as library,
    ):
        for n, text in enumerate(texts):
            with suppress(UnreadableFile):  # nothing is left of some texts
                document = corpus.from_text(text, uri=f"memory:{n}", title="t", markup="markdown")
                library.add_document(document)
        try:
            reply = ask(library, question, history)
        except BadQuestion:
            return
        cited = reply.citations if isinstance(reply, Answer) else reply.nearest
        for citation in cited:
            document = library.document(citation.document.id)
            assert citation.quote == document.text[citation.span.start : citation.span.end]
            assert citation.passage_span.covers(citation.span)
            assert citation.passage == citation.passage_span.of(document.text)
            for again in citation.also_at:
                assert again.of(document.text) == citation.quote
        if isinstance(reply, Answer):
            numbers = {citation.n: citation for citation in reply.citations}
            assert reply.sentences
            assert all(s.text in numbers[s.citation].quote for s in reply.sentences)
        else:
            assert isinstance(reply, Refusal)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("", "empty"),
        ("   \n", "empty"),
        ("???", "empty"),
        ("问" * 100_000, "100000 characters"),
        ("嘉兴\x00收入", "control characters"),
        ("嘉兴\x1b[31m", "control characters"),
    ],
)
def test_a_bad_question_is_told_what_is_wrong(hashing_embedder, tmp_path, question, says):
    with (
        Library.open(tmp_path / "library", hashing_embedder, create=True) as library,
        pytest.raises(BadQuestion, match=says),
    ):
        ask(library, question)


def test_an_empty_library_says_so(hashing_embedder, tmp_path):
    with Library.open(tmp_path / "library", hashing_embedder, create=True) as library:
        reply = ask(library, "嘉兴城乡居民收入倍差是多少?")
    assert isinstance(reply, Refusal)
    assert reply.reason == "no_documents"
