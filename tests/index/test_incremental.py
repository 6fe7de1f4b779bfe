"""Incremental equals rebuilt: any order of changes gives the library that a rebuild gives."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import corpus
from index import Filters, Library

URIS = [f"file:///{name}.md" for name in "abcd"]
TEXTS = [
    "# 嘉兴\n\n城乡居民收入倍差缩小到1.51。农村居民收入增长。\n",
    "# 嘉兴\n\n城乡居民收入倍差缩小到1.49。农村居民收入增长。\n",
    "城乡居民收入倍差缩小到1.51。\n\n舟山\n\n渔村整治 2,000 处。\n",
    # The words of the first, set otherwise: one document with other sections.
    "嘉兴\n\n城乡居民收入倍差缩小到1.51。农村居民收入增长。\n",
    "# Harbour\n\nShips came in. The harbour of Zhoushan grew.\n",
]
QUESTIONS = ["嘉兴收入倍差是多少", "harbour 2000", "zzz"]

changes = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from(URIS), st.sampled_from(TEXTS)),
        st.tuples(st.just("remove"), st.sampled_from(URIS), st.none()),
        st.tuples(st.just("reopen"), st.none(), st.none()),
    ),
    max_size=12,
)


def state(library):
    """All that a user can see of a library."""
    vectors = library.embedder.encode_query(QUESTIONS)
    documents = library.documents()
    filters = Filters(sections=frozenset({"嘉兴"}))
    return {
        "documents": documents,
        "texts": [library.document(info.id) for info in documents],
        "passages": [library.passages(info.id) for info in documents],
        "speakers": library.speakers(),
        "count": library.passage_count(),
        "frequencies": library.document_frequencies(["嘉兴", "1.51", "2000", "harbour"]),
        "hits": [
            library.search(question, vector, filters=limits, depth=depth)
            for question, vector in zip(QUESTIONS, vectors, strict=True)
            for limits in (None, filters)
            for depth in (2, 100)
        ],
        "sentences": [
            [
                (compared.sentences.tolist(), compared.tokens.tolist())
                for compared in library.compare(question, library.passages(info.id))
            ]
            for info in documents
            for question in library.embedder.encode_query_tokens(QUESTIONS)
        ],
    }


@given(changes=changes)
@settings(max_examples=40, deadline=None)
def test_any_order_of_changes_equals_a_rebuild(changes, hashing_embedder):
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "library"
        library = Library.open(folder, hashing_embedder, create=True)
        standing: dict[str, corpus.Document] = {}
        for kind, uri, text in changes:
            if kind == "add":
                standing[uri] = corpus.from_text(text, uri=uri, markup="markdown")
                library.add_document(standing[uri])
            elif kind == "reopen":
                library.close()
                library = Library.open(folder, hashing_embedder)
            elif uri in standing:
                removed = standing[uri].id
                library.remove(removed)
                standing = {u: d for u, d in standing.items() if d.id != removed}
        with Library.open(Path(home) / "rebuilt", hashing_embedder, create=True) as rebuilt:
            for uri in sorted(standing):
                rebuilt.add_document(standing[uri])
            assert state(library) == state(rebuilt)
        library.close()
