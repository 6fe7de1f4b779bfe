"""What the benchmark counts, on a set that is small enough to see through."""

import json
from contextlib import closing

import pytest
import quality
import question_sets
from question_sets import QuestionSet, open_library, read_set

from index.database import Database

PARAGRAPHS = (
    ("嘉兴城乡居民收入倍差缩小到1.51。农村公路全部通车。", "嘉兴城乡居民收入倍差是多少?", "1.51"),
    ("舟山培育海岛产业。渔民收入增长很快。", "舟山培育什么产业?", "海岛产业"),
    ("省财政今年投入资金三百亿元。中心镇建设得到支持。", "省财政投入多少资金?", "三百亿元"),
)
SMALL = QuestionSet("small", "small", "small")


@pytest.fixture
def small(tmp_path, monkeypatch):
    paragraphs = [
        {"context": text, "qas": [{"question": question, "answers": [{"text": answer}]}]}
        for text, question, answer in PARAGRAPHS
    ]
    (tmp_path / "small.json").write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}))
    monkeypatch.setattr(question_sets, "SHARED", tmp_path)
    return tmp_path


def test_ranks_become_figures():
    orders = [["a", "b"], ["x", "a"], ["x", "y"], []]
    relevant = [{"a", "c"}, {"a"}, {"a"}, set()]
    assert quality.ranking(orders, relevant) == pytest.approx((0.25, 0.5, 0.375))


def test_beyond_ten_counts_nothing():
    assert quality.ranking([[*"0123456789", "a"]], [{"a"}]) == (0, 0, 0)


def test_rows_of_a_set(small, hashing_embedder, monkeypatch):
    monkeypatch.setattr(quality, "PEERS", {"backwards": lambda g, _: [[*g.passages][::-1]] * 3})
    texts, asked = read_set(SMALL)
    with open_library(small, "small", texts, hashing_embedder) as (library, ids):
        given, passages = quality.give(library, asked)
        assert set(given.passages.values()) == set(texts)
        assert given.vectors.keys() == {*texts, *(q.text for q in asked)}
        embedded = hashing_embedder.encode_document(texts[:1])[0]
        assert given.vectors[texts[0]] == pytest.approx(embedded, abs=0.001)
        ours, peer = quality.measure("small", library, ids, asked, given, passages)
    assert ours.figures[:4] == (1, 1, 1, 1)
    assert ours.figures[5] == ours.figures[6] > ours.figures[7]
    assert peer.figures == pytest.approx((1 / 3, 1, (1 + 1 / 2 + 1 / 3) / 3))
    table = quality.markdown([ours, peer]).splitlines()
    assert len(table) == 4
    assert len({line.count("|") for line in table}) == 1


def test_a_neighbour_that_has_the_answer_too_is_known(small, hashing_embedder):
    texts, asked = read_set(SMALL)
    texts = [*texts, "杭州今年也投入资金三百 亿元。"]
    with open_library(small, "small", texts, hashing_embedder) as (library, ids):
        _, passages = quality.give(library, asked)
        told = [quality.told_elsewhere(q, ids[q.context], passages) for q in asked]
    assert told == [False, False, True]


def test_a_library_is_kept_until_its_passages_change(small, hashing_embedder, monkeypatch):
    texts, _ = read_set(SMALL)
    with open_library(small, "small", texts, hashing_embedder) as (first, _):
        pass
    with open_library(small, "small", texts, hashing_embedder) as (again, _):
        assert again.folder == first.folder
    with open_library(small, "small", texts[:2], hashing_embedder) as (other, _):
        assert other.folder != first.folder
        assert not first.folder.exists()


def test_a_library_of_another_version_is_built_again(small, hashing_embedder):
    texts, _ = read_set(SMALL)
    with open_library(small, "small", texts, hashing_embedder) as (first, _):
        pass
    with closing(Database.open(first.folder)) as database, database.writing():
        database.set_meta({"context": "another"})
    with open_library(small, "small", texts, hashing_embedder) as (again, ids):
        assert {info.id for info in again.documents()} == set(ids)


def test_the_sample_is_drawn_by_lot_and_stays_the_same(small):
    _, asked = read_set(SMALL)
    _, some = read_set(SMALL, 2)
    assert len(some) == 2
    assert set(some) < set(asked)
    assert read_set(SMALL, 2)[1] == some
