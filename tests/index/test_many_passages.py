"""What holds when a question's terms stand in more passages than are counted."""

import pytest

import corpus
from index import Library, rarest


@pytest.fixture
def library(tmp_path, hashing_embedder):
    with Library.open(tmp_path / "library", hashing_embedder, create=True) as library:
        for i in range(30):
            text = f"会议在第{i}号厅召开,代表们讨论了预算。"
            if i == 17:
                text += "其中提到了ZX-81和夔门。"
            library.add_document(corpus.from_text(text, uri=f"u:{i}", title=" "))
        yield library


def lexical(library, question):
    vector = library.embedder.encode_query([question])[0]
    hits = library.search(question, vector, depth=5)
    return {hit.passage.text: hit.lexical for hit in hits if hit.lexical > 0}


@pytest.mark.parametrize("question", ["会议讨论了夔门吗", "代表们在会议上谈过ZX-81吗"])
def test_a_rare_term_is_found_beside_frequent_ones(library, monkeypatch, question):
    monkeypatch.setattr(rarest, "MOST_FOUND", 20)
    found = lexical(library, question)
    assert "夔门" in max(found, key=found.__getitem__)


def test_the_rarest_of_frequent_terms_still_counts(library, monkeypatch):
    monkeypatch.setattr(rarest, "MOST_FOUND", 20)
    assert len(lexical(library, "会议讨论预算")) >= 5


def test_few_passages_are_counted_by_every_term(library, monkeypatch):
    every = lexical(library, "会议讨论了夔门吗")
    monkeypatch.setattr(rarest, "MOST_FOUND", 10**9)
    assert lexical(library, "会议讨论了夔门吗") == every


def test_no_more_passages_are_read_than_may_be_given(library, monkeypatch):
    read = []
    fetch = library.engine.fetch
    monkeypatch.setattr(library.engine, "fetch", lambda rows: read.extend(rows) or fetch(rows))
    question = "代表们在会议上谈过ZX-81吗"
    vector = library.embedder.encode_query([question])[0]
    best = {score for hit in library.search(question, vector, depth=1) for score in scores(hit)}
    first = set(read)
    every = library.search(question, vector, depth=30)
    # Of equal scores all are read: it is their ids that decide.
    worth = [hit for hit in every if best.intersection(scores(hit))]
    assert 0 < len(first) <= len(worth) < len(every)


def scores(hit):
    return hit.dense, hit.lexical
