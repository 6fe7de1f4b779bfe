"""What every library does, wherever it stands; a library in a folder tells what is right."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

import corpus
from index import Filters, Library, LibraryMissing, ModelMismatch, UnknownDocument
from index.cluster import tables
from index.errors import BadFeedback
from index.part import Part

WORDS = [
    "城乡融合",
    "渔村整治",
    "居民收入",
    "港口吞吐",
    "农业现代化",
    "数字经济",
    "嘉兴",
    "舟山",
    "the",
    "harbour",
    "2,000",
    "ships",
    "1.51",
]


def document(name, seed=0, *, day=1, again=""):
    """A few sections under headings, each with a speaker."""
    some = [WORDS[(seed * 7 + i * 5) % len(WORDS)] for i in range(24)]
    parts = [
        f"## 节{i % 3}\n\n单位{(seed + i) % 4}\n\n第{seed}号文件讲{''.join(some[i : i + 6])}。{again}{some[i]}怎么样？\n"
        for i in range(0, 18, 6)
    ]
    head = f"---\ndate: 2025-01-{day:02}\nauthor: 张三, 李{seed % 3}\n---\n# 题{seed}\n\n"
    return corpus.from_text(head + "\n".join(parts), uri=f"file:///{name}.md", markup="markdown")


def forget_all(library):
    for info in library.documents():
        library.remove(info.id)
    for identity, _ in versions(library):
        library.remove(identity)
    library.calibrate(0)


def versions(library):
    with library.one_state():
        return sorted(library.engine.versions())


def seen(library, questions=("城乡融合", "第3号文件讲什么?", "harbour 2,000", "")):
    """Everything that a user can see of the documents."""
    infos = library.documents()
    return [
        infos,
        library.uris(),
        library.speakers(),
        library.passage_count(),
        versions(library),
        [library.document(info.id) for info in infos],
        [library.passages(info.id) for info in infos],
        library.document_frequencies(["城乡", "融合", "harbour", "2000", "无"]),
        [found(library, question) for question in questions],
    ]


def found(library, question, **options):
    hits = library.search(question, library.embedder.encode_query([question]), **options)
    return [(hit.passage, round(hit.dense, 5), round(hit.lexical, 5)) for hit in hits]


@pytest.fixture(scope="module")
def opened(new_place, hashing_embedder):
    with Library.open(new_place(), hashing_embedder, create=True) as library:
        yield library


@pytest.fixture
def library(opened):
    forget_all(opened)
    return opened


@pytest.fixture
def folder(tmp_path, hashing_embedder):
    with Library.open(tmp_path / "right", hashing_embedder, create=True) as library:
        yield library


def test_all_that_is_seen_is_as_in_a_folder(library, folder):
    documents = [document(f"a{i}", i, day=i + 1) for i in range(6)]
    for each in (library, folder):
        changes = each.add_documents(documents)
        assert [change.status for change in changes] == ["added"] * 6
    assert seen(library) == seen(folder)
    assert not any(law.broken for law in library.check())

    question = library.embedder.encode_query_tokens(["城乡融合"])[0]
    some = [hit[0] for hit in found(folder, "城乡融合")[:5]]
    for mine, right in zip(
        library.compare(question, some), folder.compare(question, some), strict=True
    ):
        assert mine.sentences.tolist() == right.sentences.tolist()
        assert mine.tokens.tolist() == right.tokens.tolist()


@pytest.mark.parametrize(
    "filters",
    [
        Filters(sections=frozenset({"节1", "nowhere"})),
        Filters(speakers=frozenset({"单位1", "单位2"})),
        Filters(since="2025-01-02", until="2025-01-04"),
        Filters(metadata=frozenset({("author", "李1")})),
        Filters(metadata=frozenset({("author", "李1"), ("author", "李2"), ("date", "2025-01-03")})),
        Filters(metadata=frozenset({("author", "李")})),
        Filters(documents=frozenset({document("a2", 2).id, "none"})),
        Filters(documents=frozenset({"none"})),
        Filters(sections=frozenset({"题3"}), speakers=frozenset({"单位3"}), until="2025-12-31"),
    ],
)
def test_filters_let_through_the_same(filters, opened, folder):
    documents = [document(f"a{i}", i, day=i + 1) for i in range(6)]
    for each in (opened, folder):
        each.add_documents(documents)
    for depth in (100, 3):
        mine = found(opened, "城乡融合", filters=filters, depth=depth)
        assert mine == found(folder, "城乡融合", filters=filters, depth=depth)


def test_a_document_is_added_changed_and_removed(library, folder):
    for each in (library, folder):
        (first,) = each.add_documents([document("a", 1)])
        assert first.status == "added"
        assert first.passages == each.passage_count() == len(each.passages(first.document_id)) > 0
        again = each.add_document(document("a", 1))
        assert (again.status, again.passages) == ("unchanged", first.passages)
        digest = document("a", 1).digest
        assert each.unchanged("file:///a.md", digest) == again
        assert each.unchanged("file:///a.md", "other") is None
        changed = each.add_document(document("a", 2))
        assert changed.status == "replaced"
        assert [info.id for info in each.documents()] == [changed.document_id]
        with pytest.raises(UnknownDocument):
            each.document(first.document_id)
    assert seen(library) == seen(folder)
    library.remove(changed.document_id)
    assert (library.documents(), library.passage_count(), found(library, "城乡")) == ([], 0, [])
    for ask in (library.remove, library.document, library.passages, library.newer):
        with pytest.raises(UnknownDocument, match=changed.document_id):
            ask(changed.document_id)


def test_the_same_words_under_two_names_are_kept_once(library, folder):
    text = "海港 2,000\n\n第一段讲海港。\n"
    plain = corpus.from_text(text, uri="file:///b.txt")
    marked = corpus.from_text(f"# {text}", uri="file:///a.md", markup="markdown")
    assert plain.id == marked.id
    for each in (library, folder):
        assert [c.status for c in each.add_documents([plain, marked])] == ["added", "duplicate"]
        assert each.remove_sources([marked.uri, "file:///nothing"]) == 1
        assert each.add_document(marked).status == "duplicate"
    assert seen(library) == seen(folder)
    for each in (library, folder):
        assert each.remove_sources([marked.uri]) == 1
    assert seen(library) == seen(folder)
    assert library.uris() == [plain.uri]
    library.remove(plain.id)
    assert library.uris() == []


def test_a_version_of_before_is_read_and_not_found(library, folder):
    old, new = document("a", 1), document("a", 2)
    for each in (library, folder):
        each.add_document(old)
        each.add_documents([new], keep_versions=True)
        assert each.document(old.id) == old
        assert each.newer(old.id).id == new.id
        assert each.newer(new.id) is None
        assert each.passages(old.id) == []
    assert seen(library) == seen(folder)
    for each in (library, folder):
        each.add_document(old)  # the words come back
    assert versions(library) == versions(folder) == []
    assert library.newer(old.id) is None


def test_another_who_has_it_open_sees_what_is_written(
    library, hashing_embedder, request, new_place
):
    place = library.folder or library.engine.shown
    with Library.open(place, hashing_embedder) as other:
        assert other.documents() == []
        library.add_documents([document("a", 1), document("b", 2)])
        assert seen(other) == seen(library)
        other.remove(document("a", 1).id)
        other.add_document(document("c", 3))
        other.calibrate(0.25)
        assert library.calibration() == 0.25
        assert seen(other) == seen(library)
        assert library.uris() == ["file:///b.md", "file:///c.md"]


def test_what_readers_say_is_kept_in_order(library):
    before = library.feedback()
    said = [
        library.add_feedback("何时?", "answered", "up", citations=[("id", corpus.Span(3, 5))]),
        library.add_feedback("q", "refused", "down", reason="因为" * 100, channel="demo"),
    ]
    assert library.feedback() == [*before, *said]
    with pytest.raises(BadFeedback):
        library.add_feedback("q", "answered", "sideways")


def test_only_what_is_new_is_embedded(library, hashing_embedder, monkeypatch):
    embedded = []
    encode = type(hashing_embedder).encode_document

    def counting(self, texts):
        embedded.extend(texts)
        return encode(self, texts)

    monkeypatch.setattr(type(hashing_embedder), "encode_document", counting)
    library.add_document(document("a", 1))
    assert embedded
    embedded.clear()
    library.add_document(document("a", 1))
    assert embedded == []
    library.add_document(document("a", 1, again="新的一句。"))
    assert "新的一句。" in embedded
    assert not any(text.startswith("城乡融合怎么样") for text in embedded)


@pytest.mark.parametrize("question", ['"', "a OR b", "-*^:()", "\x00", "n0000000001", "x" * 5000])
def test_a_question_is_words_and_never_syntax(question, library):
    library.add_document(document("a", 1))
    assert len(found(library, question)) == library.passage_count()


def test_long_texts_come_back_whole(library):
    lines = "\n\n".join(f"第{i}段,城乡融合发展的第{i * 7919}种办法。" for i in range(4000))
    long = corpus.from_text(f"# 长\n\n{lines}\n", uri="file:///long.md", markup="markdown")
    change = library.add_document(long)
    assert change.passages > 100
    assert library.document(long.id) == long
    assert len(library.passages(long.id)) == change.passages
    assert library.document_frequencies(["3999"])["3999"] == 1
    best = max(found(library, "第3999段"), key=lambda hit: hit[2])
    assert "第3999段" in best[0].text


def test_many_documents_are_read_page_by_page(library, folder, monkeypatch):
    monkeypatch.setattr(tables, "_PAGE", 5)
    monkeypatch.setattr(tables, "_KEYS", 4)
    for each in (library, folder):
        each.add_documents([document(f"a{i}", i) for i in range(13)])
    place = library.folder or library.engine.shown
    with Library.open(place, library.embedder) as anew:
        assert seen(anew) == seen(library) == seen(folder)
        assert not any(law.broken for law in anew.check())


def test_a_part_shows_its_documents_only(library):
    library.add_documents([document("a", 1), document("b", 2)])
    part = Part(library, lambda info: info.uri.endswith("a.md"))
    assert {hit[0].document_id for hit in found(part, "城乡融合")} == {document("a", 1).id}
    with pytest.raises(UnknownDocument):
        part.document(document("b", 2).id)


def test_what_is_not_there_and_what_does_not_fit_is_told(new_place, library, hashing_embedder):
    with pytest.raises(LibraryMissing, match="yuanwen index"):
        Library.open(new_place(), hashing_embedder)

    class Other(type(hashing_embedder)):
        name, digest = "other", "other-64"

    place = library.folder or library.engine.shown
    for create in (False, True):
        with pytest.raises(ModelMismatch, match=r"'hashing'.*'other'.*documents again"):
            Library.open(place, Other(), create=create)


class Changes(RuleBasedStateMachine):
    """Any changes of a library, beside one in a folder that is made anew from what must stand."""

    library: Library

    def __init__(self):
        super().__init__()
        forget_all(self.library)
        self.home = Path(tempfile.mkdtemp())
        self.standing = {}

    names = st.sampled_from("abc")
    seeds = st.integers(0, 2)

    @rule(some=st.lists(st.tuples(names, seeds), max_size=4))
    def add(self, some):
        documents = [document(name, seed) for name, seed in some]
        self.library.add_documents(documents)
        self.standing |= {each.uri: each for each in documents}

    @rule(seed=seeds)
    def remove(self, seed):
        identity = document("a", seed).id
        if any(each.id == identity for each in self.standing.values()):
            self.library.remove(identity)
        self.standing = {u: d for u, d in self.standing.items() if d.id != identity}

    @rule(name=names)
    def remove_source(self, name):
        uri = f"file:///{name}.md"
        assert self.library.remove_sources([uri]) == (self.standing.pop(uri, None) is not None)

    @invariant()
    def equals_rebuilt(self):
        folder = self.home / "rebuilt"
        shutil.rmtree(folder, ignore_errors=True)
        with Library.open(folder, self.library.embedder, create=True) as rebuilt:
            rebuilt.add_documents([self.standing[uri] for uri in sorted(self.standing)])
            assert seen(self.library) == seen(rebuilt)

    def teardown(self):
        shutil.rmtree(self.home)


def test_any_order_of_changes_equals_a_rebuild(opened):
    class Here(Changes):
        library = opened

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=5,
            stateful_step_count=6,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
    assert not any(law.broken for law in opened.check())
