"""Days that documents bear, and filters by what documents say of themselves."""

import pytest

import corpus
from index import Filters, Library
from index.dates import iso_date


@pytest.mark.parametrize(
    ("metadata", "day"),
    [
        ({"date": "2025-03-01"}, "2025-03-01"),
        ({"date": "2025-03-01T10:00:00Z"}, "2025-03-01"),
        ({"日期": "2025年3月1日"}, "2025-03-01"),
        ({"published": "2025/3/1 10:00"}, "2025-03-01"),
        ({"date": "20250301"}, "2025-03-01"),
        ({"date": "2025-13-01"}, None),
        ({"date": "spring", "created": "2025.3.1"}, "2025-03-01"),
        ({"date": "1 March 2025"}, None),
        ({"author": "2025-03-01"}, None),
        ({}, None),
    ],
)
def test_a_day_is_read_as_iso(metadata, day):
    assert iso_date(metadata) == day


@pytest.fixture
def library(tmp_path, hashing_embedder):
    with Library.open(tmp_path / "library", hashing_embedder, create=True) as library:
        for name, head in (
            ("old", "date: 2024-05-01\nauthor: 张三, 李四"),
            ("new", "date: 2025-05-01\nauthor: 李四\ntype: 报告"),
            ("bare", "title: 无"),
        ):
            text = f"---\n{head}\n---\n# {name}\n\n城乡融合的{name}一句话。\n"
            library.add_document(
                corpus.from_text(text, uri=f"file:///{name}.md", markup="markdown")
            )
        yield library


@pytest.mark.parametrize(
    ("limits", "names"),
    [
        ({}, {"old", "new", "bare"}),
        ({"since": "2024-05-01"}, {"old", "new"}),
        ({"since": "2024-05-02"}, {"new"}),
        ({"until": "2024-05-01"}, {"old"}),
        ({"since": "2024-05-02", "until": "2025-04-30"}, set()),
        ({"metadata": {("author", "李四")}}, {"old", "new"}),
        ({"metadata": {("author", "张三")}}, {"old"}),
        ({"metadata": {("author", "张三"), ("author", "王五")}}, {"old"}),
        ({"metadata": {("author", "李四"), ("type", "报告")}}, {"new"}),
        ({"metadata": {("author", "李")}}, set()),
        ({"metadata": {("author", "李四")}, "until": "2024-12-31"}, {"old"}),
    ],
)
def test_filters_by_day_and_metadata(library, limits, names):
    if "metadata" in limits:
        limits = limits | {"metadata": frozenset(limits["metadata"])}
    vector = library.embedder.encode_query(["城乡融合"])
    hits = library.search("城乡融合", vector, filters=Filters(**limits))
    titles = {info.id: info.uri for info in library.documents()}
    assert {titles[hit.passage.document_id] for hit in hits} == {
        f"file:///{name}.md" for name in names
    }
    assert bool(Filters(**limits)) == bool(limits)


def test_the_list_tells_days_and_metadata(library):
    bare, new, old = library.documents()
    assert (bare.date, new.date, old.date) == (None, "2025-05-01", "2024-05-01")
    assert new.metadata["type"] == "报告"
