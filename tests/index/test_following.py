"""What is derived follows the database without reading all of it, in every form it takes."""

import random
import shutil

import numpy as np
import pytest

import corpus
from index import Filters, Library, lexicon, rarest, vectors
from index.check import broken
from index.store import Store

WORDS = ["预算", "渔村", "收入", "环境", "harbour", "ships", "数字", "乡村", "节水", "学校"]
EXOTIC = [
    "ZX-81",
    "2,047.35",
    "夔门",
    "Ångström",
    "GB/T 7714",
    "浙A·3K729",
    "Щука",
    "naïveté",
    "0007",
]


def document(i, words=""):
    lot = random.Random(i)
    text = "，".join(lot.choices(WORDS, k=8)) + f"，第{i}号。{words}"
    date = f"---\ndate: 2025-01-{1 + i % 28:02}\n---\n"
    return corpus.from_text(f"{date}# 题{i % 7}\n\n{text}\n", uri=f"u:{i:04}", markup="markdown")


@pytest.fixture
def folder(tmp_path, hashing_embedder):
    with Library.open(tmp_path / "library", hashing_embedder, create=True) as library:
        library.add_documents([document(i) for i in range(300)])
    return tmp_path / "library"


@pytest.fixture(params=["exact", "sieved"])
def form(request, monkeypatch):
    """A large library's forms, at the size of these."""
    if request.param == "sieved":
        monkeypatch.setattr(vectors, "_MOST_EXACT", 100)
    monkeypatch.setattr(vectors, "_MOST_BESIDE", 40)
    monkeypatch.setattr(vectors, "_SHARE_BESIDE", 0)


def nearest(library, question, filters=None):
    """Ids of the ten best by comparing with every vector, and what is found."""
    vector = library.embedder.encode_query([question])[0]
    hits = library.search(question, vector, filters=filters, depth=10)
    dense = {
        hit.passage.id: round(hit.dense, 5)
        for hit in library.search(question, vector, filters=filters, depth=10**6)
    }
    best = sorted(dense.values(), reverse=True)[:10]
    return best, [round(hit.dense, 5) for hit in hits[:10]]


def assert_exact(library, filters=None):
    for question in ("渔村的收入", "harbour and ships", "第17号"):
        best, found = nearest(library, question, filters)
        assert found == best
    assert not list(broken(library.check()))


def test_a_mapped_index_and_what_came_since(form, folder, hashing_embedder):
    for step in (3, 60):
        with Library.open(folder, hashing_embedder) as library:
            assert library.engine._view.vectors._mapped is None  # nothing is asked yet
            count = library.passage_count()
            library.add_documents([document(1000 * step + i) for i in range(step)])
            library.remove_sources([f"u:{i:04}" for i in range(step, 2 * step)])
            assert (library.engine._view.vectors._mapped is None) == (step == 60)
            assert library.passage_count() == count
            assert_exact(library)


def test_only_what_came_since_is_read(folder, hashing_embedder, monkeypatch):
    read = []

    def counted(store, row, most, plain=Store.vectors_after):
        found = plain(store, row, most)
        read.extend(found)
        return found

    monkeypatch.setattr(Store, "vectors_after", counted)
    monkeypatch.setattr(Store, "rows", None)
    monkeypatch.setattr(Store, "infos", None)
    with Library.open(folder, hashing_embedder) as library:
        assert library.passage_count() == 300
        assert read == []
        library.add_document(document(400))
        assert library.passage_count() == 301
        assert len(read) == 1
        assert library.languages() == {"und", "zh-Hans"}
        assert library.speakers() == []


def test_an_index_that_was_saved_before_a_crash(form, folder, hashing_embedder, caplog):
    """The database went on, and the index file did not."""
    kept = (folder / "vectors.faiss").read_bytes()
    with Library.open(folder, hashing_embedder) as library:
        library.remove_sources([f"u:{i:04}" for i in range(0, 50, 2)])
        library.add_documents([document(i) for i in range(500, 530)])
        library.remove_sources(["u:0510"])
        before = nearest(library, "渔村的收入")
    (folder / "vectors.faiss").write_bytes(kept)
    with Library.open(folder, hashing_embedder) as library:
        assert nearest(library, "渔村的收入") == before
        assert_exact(library)
    assert "made again" not in caplog.text


def test_an_index_of_another_history_is_not_taken(folder, hashing_embedder, tmp_path):
    shutil.copytree(folder, tmp_path / "twin")
    with Library.open(tmp_path / "twin", hashing_embedder) as twin:
        twin.remove_sources([f"u:{i:04}" for i in range(20)])
        twin.add_documents([document(i) for i in range(600, 620)])
    with Library.open(folder, hashing_embedder) as library:
        library.add_documents([document(i) for i in range(700, 720)])
    shutil.copy(tmp_path / "twin" / "vectors.faiss", folder)
    with Library.open(folder, hashing_embedder) as library:
        assert library.passage_count() == 320
        assert_exact(library)


def test_one_follows_another_that_adds_and_removes(form, folder, hashing_embedder):
    with Library.open(folder, hashing_embedder) as reader:
        assert reader.passage_count() == 300
        with Library.open(folder, hashing_embedder) as writer:
            for start in range(1000, 1100, 20):
                writer.add_documents([document(i) for i in range(start, start + 20)])
                writer.remove_sources([f"u:{i % 1000:04}" for i in range(start, start + 20)])
                assert_exact(reader)
        assert_exact(reader)  # whose file was replaced
    with Library.open(folder, hashing_embedder) as library:
        assert_exact(library)


@pytest.mark.parametrize(
    "filters",
    [
        Filters(since="2025-01-03"),
        Filters(sections=frozenset({"题1", "题2", "题3", "题4", "题5"})),
        Filters(since="2025-01-03", sections=frozenset({"题6"})),
        Filters(documents=frozenset({"none"})),
    ],
)
def test_a_broad_filter_finds_what_a_narrow_one_does(
    form, folder, hashing_embedder, filters, monkeypatch
):
    with Library.open(folder, hashing_embedder) as library:
        vector = hashing_embedder.encode_query(["渔村的收入"])[0]
        narrow = library.search("渔村的收入", vector, filters=filters, depth=20)
        monkeypatch.setattr(lexicon, "_FEW", 0)
        assert library.search("渔村的收入", vector, filters=filters, depth=20) == narrow
        assert_exact(library, filters)


@pytest.mark.parametrize("found", [10**9, 400, 20])
@pytest.mark.parametrize("exotic", EXOTIC)
def test_exotic_terms_are_found_at_every_size(
    form, folder, hashing_embedder, monkeypatch, exotic, found
):
    """As if the library were larger and larger: terms are counted in fewer and fewer passages."""
    monkeypatch.setattr(rarest, "MOST_FOUND", found)
    monkeypatch.setattr(rarest, "MOST_WEIGHED", 4 * found)
    with Library.open(folder, hashing_embedder) as library:
        library.add_document(document(150, f"其中提到了{exotic}。"))
        for question in (exotic, f"会议的预算和渔村收入里，{exotic}是什么？"):
            vector = hashing_embedder.encode_query([question])[0]
            hits = library.search(question, vector, depth=5)
            assert exotic in max(hits, key=lambda hit: hit.lexical).passage.text


def test_a_vector_of_a_row_that_does_not_stand_is_passed_over(folder, hashing_embedder):
    """As a file may tell that was damaged between its ends."""
    with Library.open(folder, hashing_embedder) as library:
        vector = hashing_embedder.encode_query(["渔村"])[0]
        before = library.search("渔村", vector)
        library.engine._view.vectors._own.add(np.array([99_999]), vector[None, :])
        after = library.search("渔村", vector)
    assert {hit.passage.id for hit in after} >= {hit.passage.id for hit in before[:50]}
