"""The library through its facade, with a small deterministic embedder."""

from pathlib import Path

import numpy as np
import pytest

import corpus
from corpus.errors import UnreadableFile
from index import Filters, Library, LibraryMissing, ModelMismatch, UnknownDocument
from index.errors import LibraryUnwritable
from index.indexing import indexed_text

SPEECHES = """# 大会发言

## 嘉兴

嘉兴市委

嘉兴城乡居民收入倍差缩小到1.51。农村居民人均收入连续21年居全省首位。

## 舟山

舟山市委

舟山渔村推进环境整治。海岛居民收入稳步增长。
"""
OTHER = "# Harbour\n\nThe harbour of Rotterdam handled 2,000 ships. Cranes moved at night.\n"


@pytest.fixture
def library(tmp_path, hashing_embedder):
    with Library.open(tmp_path / "library", hashing_embedder, create=True) as library:
        yield library


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def ask(library, question, **options):
    vector = library.embedder.encode_query([question])
    return library.search(question, vector, **options)


def test_adding_changing_and_removing_a_file(library, tmp_path):
    path = write(tmp_path, "a.md", SPEECHES)
    first = library.add(path)
    assert (first.status, first.uri) == ("added", path.resolve().as_uri())
    assert first.passages == library.passage_count() == len(library.passages(first.document_id))
    assert library.document(first.document_id) == corpus.read(path)

    again = library.add(path)
    assert again == with_status(first, "unchanged")

    write(tmp_path, "a.md", SPEECHES.replace("1.51", "1.49"))
    changed = library.add(path)
    assert changed.status == "replaced"
    assert [info.id for info in library.documents()] == [changed.document_id]
    assert library.document_frequencies(["1.51", "1.49"]) == {"1.51": 0, "1.49": 1}

    library.remove(changed.document_id)
    assert library.documents() == []
    assert library.passage_count() == 0
    assert ask(library, "嘉兴") == []
    with pytest.raises(UnknownDocument, match=changed.document_id):
        library.remove(changed.document_id)
    with pytest.raises(UnknownDocument):
        library.document(changed.document_id)
    with pytest.raises(UnknownDocument):
        library.passages(changed.document_id)


def with_status(change, status):
    return type(change)(change.uri, change.document_id, status, change.passages)


def test_nothing_is_embedded_again_that_is_known(tmp_path, hashing_embedder):
    embedded: list[str] = []

    class Counting(type(hashing_embedder)):
        def encode_document(self, texts):
            embedded.extend(texts)
            return super().encode_document(texts)

    path = write(tmp_path, "a.md", SPEECHES)
    with Library.open(tmp_path / "library", Counting(), create=True) as library:
        library.add(path)
        assert len(embedded) == len(set(embedded)) > 0
        embedded.clear()
        library.add(path)
        assert embedded == []
        write(tmp_path, "a.md", SPEECHES.replace("稳步增长", "下降"))
        library.add(path)
        assert embedded
        assert not any("嘉兴" in text for text in embedded)


def test_progress_counts_up_to_all_texts(library, tmp_path):
    seen: list[tuple[int, int]] = []
    library.add(write(tmp_path, "a.md", SPEECHES), lambda done, total: seen.append((done, total)))
    assert seen
    assert seen[-1][0] == seen[-1][1]


def test_the_same_words_under_two_names_are_kept_once(library, tmp_path):
    first = library.add(write(tmp_path, "b.md", SPEECHES))
    count = library.passage_count()
    second = library.add(write(tmp_path, "a.md", SPEECHES))
    assert second.status == "duplicate"
    assert second.document_id == first.document_id
    assert library.passage_count() == count
    assert [info.uri for info in library.documents()] == [second.uri]
    assert library.add(tmp_path / "a.md").status == "unchanged"
    assert library.add(tmp_path / "b.md").status == "unchanged"

    write(tmp_path, "a.md", OTHER)
    assert library.add(tmp_path / "a.md").status == "replaced"
    assert {info.uri for info in library.documents()} == {first.uri, second.uri}
    library.remove(first.document_id)
    assert [info.uri for info in library.documents()] == [second.uri]


def test_every_hit_has_both_scores(library, tmp_path):
    document_id = library.add(write(tmp_path, "a.md", SPEECHES)).document_id
    library.add(write(tmp_path, "b.md", OTHER))
    hits = ask(library, "嘉兴收入倍差", depth=1)
    everything = ask(library, "嘉兴收入倍差")
    assert len(everything) == library.passage_count() > len(hits) >= 1
    scores = {hit.passage.id: hit for hit in everything}
    assert all(scores[hit.passage.id] == hit for hit in hits)
    best = max(everything, key=lambda hit: hit.lexical)
    assert "1.51" in best.passage.text
    assert best in hits
    assert max(everything, key=lambda hit: hit.dense) in hits
    harbour = next(hit for hit in everything if hit.passage.document_id != document_id)
    assert harbour.lexical == 0

    question = library.embedder.encode_query(["嘉兴收入倍差"])[0]
    for hit in everything:
        vector = library.embedder.encode_document([indexed_text(hit.passage)])[0]
        assert hit.dense == pytest.approx(float(question @ vector), abs=1e-3)
    assert [hit.dense for hit in everything] == sorted((h.dense for h in everything), reverse=True)


def test_filters_limit_what_is_found(library, tmp_path):
    speeches = library.add(write(tmp_path, "a.md", SPEECHES)).document_id
    harbour = library.add(write(tmp_path, "b.md", OTHER)).document_id
    passages = library.passages(speeches)
    speakers = library.speakers()
    assert speakers == list(dict.fromkeys(p.speaker for p in passages if p.speaker))
    assert len(speakers) == 2

    def found(**limits):
        filters = Filters(**{key: frozenset(values) for key, values in limits.items()})
        return {hit.passage for hit in ask(library, "居民收入 harbour", filters=filters)}

    assert found(documents=[harbour]) == set(library.passages(harbour))
    assert found(speakers=[speakers[1]]) == {p for p in passages if p.speaker == speakers[1]}
    assert found(sections=["嘉兴"]) == {p for p in passages if "嘉兴" in p.section}
    assert found(sections=["大会发言"]) == set(passages)
    assert found(sections=["嘉兴"], speakers=[speakers[1]]) == set()
    assert found(speakers=["nobody"]) == set()
    assert len(found()) == library.passage_count()


def test_documents_tell_what_a_list_shows(library, tmp_path):
    library.add(write(tmp_path, "b.md", OTHER))
    library.add(write(tmp_path, "a.md", SPEECHES))
    speeches, harbour = library.documents()
    assert (speeches.title, harbour.title) == ("大会发言", "Harbour")
    assert speeches.characters == len(library.document(speeches.id).text)
    assert speeches.passages == len(library.passages(speeches.id))
    assert speeches.speakers == tuple(library.speakers())
    assert harbour.speakers == ()


def test_a_passage_is_compared_sentence_by_sentence(library, tmp_path):
    passages = library.passages(library.add(write(tmp_path, "a.md", SPEECHES)).document_id)
    text = library.document(passages[0].document_id).text
    (question,) = library.embedder.encode_query_tokens(["收入"])
    for passage, compared in zip(passages, library.compare(question, passages), strict=True):
        own = library.embedder.encode_document([s.of(text) for s in passage.sentences])
        np.testing.assert_allclose(compared.sentences, own @ question.vector, atol=1e-3)
        assert compared.tokens.shape == (2, 1 + len(passage.sentences))
        for column, sentence in enumerate(passage.sentences, 1):
            for row, character in enumerate("收入"):
                stands = any(ord(c) % 64 == ord(character) % 64 for c in sentence.of(text))
                assert (compared.tokens[row, column] > 0.5) == stands


@pytest.mark.parametrize(
    "question", ["", '"', "a OR b", "NEAR(x)", "-*^:()", "terms:x", "\x00", "'; DROP TABLE meta"]
)
def test_a_question_is_words_and_never_syntax(library, tmp_path, question):
    library.add(write(tmp_path, "a.md", SPEECHES))
    assert len(ask(library, question)) == library.passage_count()


def test_a_very_long_question_is_answered(library, tmp_path):
    library.add(write(tmp_path, "a.md", SPEECHES))
    question = "".join(chr(0x4E00 + i % 20_000) for i in range(100_000))
    assert ask(library, question)


def test_a_missing_library_says_how_to_make_one(tmp_path, hashing_embedder):
    with pytest.raises(LibraryMissing, match="yuanwen index"):
        Library.open(tmp_path / "none", hashing_embedder)
    assert not (tmp_path / "none").exists()


def test_a_library_cannot_be_made_in_a_file(tmp_path, hashing_embedder):
    write(tmp_path, "file", "x")
    with pytest.raises(LibraryUnwritable, match="file"):
        Library.open(tmp_path / "file", hashing_embedder, create=True)


def test_another_model_asks_for_a_rebuild(tmp_path, hashing_embedder):
    class Other(type(hashing_embedder)):
        name, digest = "other", "other-64"

    Library.open(tmp_path, hashing_embedder, create=True).close()
    for create in (False, True):
        with pytest.raises(ModelMismatch, match=r"'hashing'.*'other'.*check --repair"):
            Library.open(tmp_path, Other(), create=create)
    Library.open(tmp_path, hashing_embedder).close()


def test_an_unreadable_file_changes_nothing(library, tmp_path):
    library.add(write(tmp_path, "a.md", SPEECHES))
    before = library.documents()
    write(tmp_path, "a.md", "")
    with pytest.raises(UnreadableFile):
        library.add(tmp_path / "a.md")
    assert library.documents() == before


def test_frequencies_count_passages_and_not_words(library, tmp_path):
    for i in range(4):
        text = f"# 题{i}\n\n城乡融合,城乡发展,第{i}号文件。\n"
        library.add(write(tmp_path, f"{i}.md", text))
    counts = library.document_frequencies(["城乡", "3", "没有"])
    assert counts == {"城乡": 4, "3": 1, "没有": 0}


def test_a_filter_follows_what_is_added_and_removed(library, tmp_path):
    filters = Filters(sections=frozenset({"嘉兴"}))
    first = library.add(write(tmp_path, "a.md", SPEECHES)).document_id
    before = ask(library, "收入", filters=filters)
    second = library.add(write(tmp_path, "b.md", "# 嘉兴\n\n另一份文件也说收入。\n")).document_id
    found = {hit.passage.document_id for hit in ask(library, "收入", filters=filters)}
    assert found == {first, second}
    library.remove(second)
    assert ask(library, "收入", filters=filters) == before


def test_equal_scores_are_cut_the_same_way_in_any_order(tmp_path, hashing_embedder):
    """The text differs only in signs that neither retriever sees, so that every score is equal."""

    class Blind(type(hashing_embedder)):
        def encode_document(self, texts):
            return super().encode_document(["城乡"] * len(texts))

    documents = [
        corpus.from_text(f"城乡融合。{mark}", uri=f"file:///{i}/speech.txt")
        for i, mark in enumerate("!?…—~")
    ]
    found = []
    for i, order in enumerate((documents, documents[::-1])):
        with Library.open(tmp_path / str(i), Blind(), create=True) as library:
            for document in order:
                library.add_document(document)
            found.append([hit.passage.document_id for hit in ask(library, "城乡", depth=2)])
    assert found[0] == found[1]
    assert len(found[0]) == 2
