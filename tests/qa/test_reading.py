"""What the reader is given, and when it is asked."""

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import from_text
from index import Filters, Library
from index.reader import LONGEST
from qa import refuse, weights
from qa.reading import around_the_best
from qa.refuse import READING, Verdict, by_verdict
from qa.retrieve import read_query, retrieve

SENTENCES = [f"第{n}个村子修好了通往镇上的路{'，路很长' * (n % 9)}。" for n in range(12)]


@dataclass
class Answering:
    """Stands for the reader: always of one opinion, and remembers what it was given."""

    opinion: float
    given: list[str] = field(default_factory=list)

    def log_odds(self, question: str, texts: list[str]) -> list[float]:
        self.given += texts
        return [self.opinion] * len(texts)

    def token_counts(self, texts):
        return [len(text) for text in texts]


@pytest.fixture(scope="module")
def found(tmp_path_factory, hashing_embedder):
    folder = tmp_path_factory.mktemp("library")
    with Library.open(folder, hashing_embedder, create=True) as library:
        library.add_document(from_text("".join(SENTENCES), uri="roads.txt"))
        query = read_query(library, "第7个村子修好了什么路?")
        yield query, retrieve(library, query, Filters())


@given(share=st.integers(1, 12))
def test_whole_sentences_around_the_best_as_many_as_are_read(found, share):
    _, candidates = found

    def counts(texts):
        return [len(text) * share for text in texts]

    for candidate in candidates:
        text = around_the_best(counts, candidate)
        passage = candidate.hit.passage
        assert text in passage.text
        assert candidate.best.text in text
        assert sum(counts([text])) <= LONGEST or text == candidate.best.text
        start = passage.span.start + passage.text.index(text)
        assert start in [s.start for s in passage.sentences]
        assert start + len(text) in [s.end for s in passage.sentences]


@pytest.mark.parametrize(
    ("logit", "behind", "count"),
    [(0.0, 9.0, 1), (0.0, 1.0, 2), (3.9, 1.0, 2), (4.1, 1.0, 0), (-3.1, 1.0, 0)],
)
def test_the_first_is_read_where_it_is_not_sure_and_the_second_where_it_is_near(
    found, monkeypatch, logit, behind, count
):
    query, candidates = found
    logits = iter([logit, *[logit - behind] * 4])

    def judge(query, candidate, background):
        return Verdict(next(logits), {}, weights.SAME_SCRIPT)

    monkeypatch.setattr(refuse, "judge", judge)
    reader = Answering(30.0)
    alike = [replace(c, score=1.0) for c in candidates]
    ranked = by_verdict(query, alike, candidates, reader)
    assert len(reader.given) == count
    assert [READING in verdict.features for _, verdict in ranked] == [
        n < count for n in range(len(ranked))
    ]
    assert [c.best.text in text for (c, _), text in zip(ranked, reader.given, strict=False)] == [
        True
    ] * count


def test_a_verdict_is_the_sum_of_what_it_shows(found):
    query, candidates = found
    for _, verdict in by_verdict(query, candidates, candidates, Answering(-2.0)):
        total = verdict.model["bias"] + sum(
            verdict.model.get(name, 0.0) * value for name, value in verdict.features.items()
        )
        assert verdict.logit == pytest.approx(total)
