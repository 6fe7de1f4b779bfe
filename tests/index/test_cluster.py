"""A library in a cluster: what happens on the way, and what others see of it."""

import sqlite3
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus
from index import BadAddress, ClusterUnavailable, FolderOnly, Library
from index.cluster import bm25, read_address, tables, writing
from index.cluster.bm25 import Frequencies, Tally, Weights
from index.cluster.tables import Tables
from index.errors import LibraryUnwritable


def document(name, words="城乡融合"):
    text = f"# 题{name}\n\n单位{name}\n\n{words}在{name}。第二句说{words}。\n"
    return corpus.from_text(text, uri=f"file:///{name}.md", markup="markdown")


def seen(library, question="城乡融合"):
    hits = library.search(question, library.embedder.encode_query([question]))
    return [
        library.documents(),
        library.document_frequencies(["城乡", "渔村"]),
        [(hit.passage, round(hit.dense, 5), round(hit.lexical, 5)) for hit in hits],
    ]


@pytest.fixture
def place(tmp_path):
    return f"milvus-lite:{tmp_path / 'library.db'}"


@pytest.fixture
def library(place, hashing_embedder):
    with Library.open(place, hashing_embedder, create=True) as library:
        yield library


@pytest.fixture
def folder(tmp_path, hashing_embedder):
    with Library.open(tmp_path / "folder", hashing_embedder, create=True) as library:
        yield library


def sweep(library, monkeypatch):
    """As if ten minutes had gone by."""
    monkeypatch.setattr(writing, "_GRACE", -1)
    with library.one_state():
        writing.sweep(library.engine._tables, library.engine._now)
    monkeypatch.undo()


def rows(library):
    """How many rows stand in the cluster, of what is searched and of what is long."""
    held = library.engine._tables
    return held.count("passages", "", "Strong"), held.count("blobs", "", "Strong")


class Died(BaseException):
    pass


@pytest.mark.cluster
@pytest.mark.parametrize("step", range(10))
def test_a_crash_leaves_the_old_or_the_new_and_indexing_again_heals(
    step, place, folder, library, hashing_embedder, monkeypatch
):
    library.add_documents([document("a"), document("b")])
    before = seen(library)
    upsert, calls = Tables.upsert, iter(range(100))

    def mortal(self, table, some):
        if next(calls) == step:
            raise Died
        upsert(self, table, some)

    monkeypatch.setattr(Tables, "upsert", mortal)
    change = [document("a", "渔村整治"), document("c")]
    try:
        library.add_documents(change)
    except Died:
        monkeypatch.undo()
        assert seen(library) == before
        with Library.open(place, hashing_embedder) as again:
            assert seen(again) == before
            again.add_documents(change)
    monkeypatch.undo()
    folder.add_documents([document("a", "渔村整治"), document("b"), document("c")])
    assert seen(library) == seen(folder)
    assert not any(law.broken for law in library.check())

    sweep(library, monkeypatch)
    assert seen(library) == seen(folder)
    assert not any(law.broken for law in library.check())
    passages = folder.passage_count()
    assert rows(library) == (passages, 2 * passages + 2 * len(folder.documents()))


@pytest.mark.cluster
def test_what_is_removed_is_seen_to_the_end_of_a_state(
    library, place, hashing_embedder, monkeypatch
):
    library.add_documents([document("a"), document("b")])
    question = hashing_embedder.encode_query_tokens(["城乡"])[0]
    with Library.open(place, hashing_embedder) as other, other.one_state():
        whole = seen(other)
        for name in "ab":
            library.remove(document(name).id)
        assert library.documents() == []
        assert seen(other) == whole
        hits = other.search("城乡", question.vector)
        assert len(other.compare(question, [hit.passage for hit in hits])) == 2
    sweep(library, monkeypatch)
    assert rows(library) == (0, 0)
    assert library.engine._follow("Strong").doubtful == {}


@pytest.mark.cluster
def test_who_loses_a_race_plans_again(library, place, folder, hashing_embedder, monkeypatch):
    library.add_documents([document("a"), document("b")])
    see, races = writing._see, iter([1])

    def meanwhile(*arguments):
        see(*arguments)
        if next(races, None):
            with Library.open(place, hashing_embedder) as other:
                other.add_documents([document("a", "农业"), document("c", "渔村")])

    monkeypatch.setattr(writing, "_see", meanwhile)
    changes = library.add_documents([document("a", "渔村整治"), document("c", "渔村")])
    assert [change.status for change in changes] == ["replaced", "unchanged"]
    folder.add_documents([document("a", "渔村整治"), document("b"), document("c", "渔村")])
    assert seen(library) == seen(folder)
    assert not any(law.broken for law in library.check())


@pytest.mark.cluster
def test_what_is_not_as_it_was_written_is_found_by_a_check(library):
    library.add_documents([document("a"), document("b")])
    held = library.engine._tables
    first, second = held.scan("passages", "", ["edition", "speaker", "sections", "vector", "words"])
    held.delete("passages", [first["key"]])
    held.upsert("passages", [{**second, "vector": np.ones(64).tolist()}])
    held.upsert("passages", [{**second, "key": "f" * 22, "edition": 7}])
    broken = {law.name: law.broken for law in library.check() if law.broken}
    assert broken == {
        "the cluster searches the passages": 2,
        "every passage there belongs to a document": 1,
    }


@pytest.mark.cluster
def test_what_only_a_folder_can_do_is_told(library, tmp_path):
    with pytest.raises(FolderOnly, match="yuanwen copy"):
        library.backup(tmp_path / "backup")


@pytest.mark.cluster
def test_more_metadata_than_a_record_takes_is_refused_before_anything_shows(library):
    chance = np.random.default_rng(0)
    noise = "".join(chr(0x4E00 + n) for n in chance.integers(0, 20_000, 40_000))
    text = f"---\nnote: {noise}\n---\n# 题\n\n城乡融合。\n"
    with pytest.raises(LibraryUnwritable, match=r"file:///long\.md.*metadata"):
        library.add_document(corpus.from_text(text, uri="file:///long.md", markup="markdown"))
    assert library.documents() == []


@pytest.mark.cluster
def test_frequencies_follow_the_documents(library, folder, monkeypatch):
    monkeypatch.setattr(bm25, "_RECENT", 10)
    for i in range(6):
        for each in (library, folder):
            each.add_document(document("x", "城乡渔村"[: i + 1]))
            each.add_document(document(f"{i}"))
        assert seen(library) == seen(folder)
    monkeypatch.setattr(writing, "_GRACE", -1)
    with library.one_state():
        now = library.engine._now
    for each in (library, folder):
        each.remove(document("2").id)
    with library.one_state():
        writing.sweep(library.engine._tables, now)  # before the frequencies are asked for
    assert seen(library) == seen(folder)


# Without a cluster.


def test_addresses(monkeypatch):
    monkeypatch.delenv("MILVUS_TOKEN", raising=False)
    plain = read_address("http://host")
    assert (plain.uri, plain.prefix, plain.token) == ("http://host:19530", "yuanwen", "")
    full = read_address("https://root:se%40cret@[::1]:7/news?prefix=a_1")
    assert (full.uri, full.database, full.prefix) == ("https://[::1]:7", "news", "a_1")
    assert full.token == "root:se@cret"
    assert "cret" not in full.shown + repr(full)
    monkeypatch.setenv("MILVUS_TOKEN", "root:other")
    assert read_address("http://host").token == "root:other"
    assert read_address("milvus-lite:a/b.db").uri.endswith("/a/b.db")


@pytest.mark.parametrize(
    "address",
    [
        *("ftp://host", "redis://h:1", "http://", "http://h:x", "http://h:99999999"),
        *("http://h?prefix=9", "http://h?prefix=", "http://h?colour=red", "http://h/a-b"),
        *("http://h/a/b", "http://h#x", "milvus-lite:folder", 'http://h?prefix=a"b'),
    ],
)
def test_what_is_no_address_is_told_in_a_line(address, hashing_embedder):
    with pytest.raises(BadAddress, match="write http://HOST") as error:
        Library.open(address, hashing_embedder, create=True)
    assert "\n" not in str(error.value)


@pytest.mark.cluster
def test_where_nothing_answers_it_is_told_in_a_line(hashing_embedder, monkeypatch):
    monkeypatch.setattr(tables, "_PATIENCE", 1.5)
    with pytest.raises(ClusterUnavailable, match=r"http://127\.0\.0\.1:9 .*reached") as error:
        Library.open("http://user:secret@127.0.0.1:9", hashing_embedder)
    assert "secret" not in str(error.value)
    assert "\n" not in str(error.value)


words = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(
    texts=st.lists(words, min_size=1, max_size=8),
    question=st.sets(st.sampled_from("abcdxyz"), min_size=1),
)
def test_bm25_is_what_fts5_counts(texts, question):
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE lexicon USING fts5 (terms)")
    for text in texts:
        database.execute("INSERT INTO lexicon VALUES (?)", (" ".join(text),))
    match = " OR ".join(f'"{term}"' for term in sorted(question))
    right = dict(
        database.execute("SELECT rowid, -rank FROM lexicon WHERE lexicon MATCH ?", (match,))
    )
    tallies = [Tally.of(map(bm25.number, text)) for text in texts]
    every = Frequencies(Tally.of([]), Tally.of([])).plus([t.presence() for t in tallies])
    numbers = [bm25.number(term) for term in sorted(question)]
    counts = dict(zip(numbers, every.get(numbers), strict=True))
    weights = Weights.of(counts, len(texts), sum(tally.length for tally in tallies))
    mine = {i: score for i, t in enumerate(tallies, 1) if (score := weights.score(t)) > 0}
    assert mine == pytest.approx(right)


@given(st.lists(st.text(max_size=3), max_size=40), st.lists(st.text(max_size=3), max_size=40))
def test_tallies_are_packed_added_and_taken_away(some, others):
    first, second = (Tally.of(map(bm25.number, names)) for names in (some, others))
    packed = Tally.unpack(first.pack())
    assert packed.numbers.tolist() == first.numbers.tolist()
    assert packed.counts.tolist() == first.counts.tolist()
    both = Tally.sum([first, second])
    assert both.length == len(some) + len(others)
    left = Tally.sum([both, second.negative()])
    assert left.numbers.tolist() == first.numbers.tolist()
    assert left.counts.tolist() == first.counts.tolist()


def test_numbers_of_editions_are_unlike():
    from index.cluster.catalogue import new_edition

    made = set()
    for _ in range(50):
        made.add(new_edition())
        time.sleep(0.00001)
    assert len(made) == 50
    assert max(made) < 1 << 63
