"""Incremental equals rebuilt: any order of changes gives the library that a rebuild gives.

A machine adds, changes and takes away documents, one or many at once, with versions kept or not, by
two connections, and dies between and within changes; a model of two dictionaries says what must
stand.
"""

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

import corpus
from index import Filters, Library
from index.rescue import repair, restore

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


class Died(BaseException):
    """As a process does."""


class Libraries(RuleBasedStateMachine):
    """One library in a folder, and what must stand in it."""

    embedder = None

    @initialize()
    def begin(self):
        self.home = Path(tempfile.mkdtemp())
        self.library = Library.open(self.home / "library", self.embedder, create=True)
        self.standing = {}
        self.versions = {}

    def _learn(self, documents, keep):
        for document in documents:
            old = self.standing.get(document.uri)
            if old and keep and old.id != document.id:
                self.versions[old.id, document.uri] = old
            self.standing[document.uri] = document
        for uri, document in self.standing.items():
            self.versions.pop((document.id, uri), None)

    def _forget(self, uris):
        for uri in uris:
            self.standing.pop(uri, None)
        self.versions = {k: v for k, v in self.versions.items() if k[1] not in uris}

    @rule(
        pairs=st.lists(st.tuples(st.sampled_from(URIS), st.sampled_from(TEXTS)), min_size=1),
        keep=st.booleans(),
        by_another=st.booleans(),
    )
    def add(self, pairs, keep, by_another):
        documents = [corpus.from_text(text, uri=uri, markup="markdown") for uri, text in pairs]
        if by_another:
            with Library.open(self.library.folder, self.embedder) as other:
                other.add_documents(documents, keep_versions=keep)
        else:
            self.library.add_documents(documents, keep_versions=keep)
        self._learn(documents, keep)

    @rule(uri=st.sampled_from(URIS))
    def remove(self, uri):
        if document := self.standing.get(uri):
            self.library.remove(document.id)
            self._forget([u for u, d in self.standing.items() if d.id == document.id])
            self.versions = {k: v for k, v in self.versions.items() if k[0] != document.id}

    @rule(uris=st.sets(st.sampled_from(URIS)))
    def remove_sources(self, uris):
        assert self.library.remove_sources(uris) == len(uris & self.standing.keys())
        self._forget(uris & self.standing.keys())

    @rule()
    def reopen(self):
        self.library.close()
        self.library = Library.open(self.library.folder, self.embedder)

    @rule(
        pairs=st.lists(
            st.tuples(st.sampled_from(URIS), st.sampled_from(TEXTS)), min_size=1, max_size=3
        ),
        step=st.integers(0, 12),
    )
    def die_while_adding(self, pairs, step):
        """Without a farewell: what was not committed is as if it had never been."""
        documents = [corpus.from_text(text, uri=uri, markup="markdown") for uri, text in pairs]
        steps = iter(range(step))

        class Mortal:
            def __init__(self, connection):
                self._connection = connection

            def __getattr__(self, name):
                if next(steps, None) is None:
                    raise Died
                return getattr(self._connection, name)

        store = self.library.engine.store
        store._connection = Mortal(store._connection)
        try:
            self.library.add_documents(documents)
        except Died:
            self.library.engine.database.close()
            self.library = Library.open(self.library.folder, self.embedder)
        else:
            store._connection = store._connection._connection
            self._learn(documents, False)

    @rule()
    def rebuild(self):
        self.library.close()
        repair(self.library.folder, self.embedder)
        self.library = Library.open(self.library.folder, self.embedder)

    @rule()
    def back_up_and_restore(self):
        file = self.home / "backup"
        file.unlink(missing_ok=True)
        self.library.backup(file)
        restore(self.library.folder, file, self.embedder)

    @invariant()
    def equals_rebuilt(self):
        folder = self.home / "rebuilt"
        shutil.rmtree(folder, ignore_errors=True)
        with Library.open(folder, self.embedder, create=True) as rebuilt:
            for uri in sorted(self.standing):
                rebuilt.add_document(self.standing[uri])
            assert state(self.library) == state(rebuilt)
        assert set(self.library.engine.store.versions()) == self.versions.keys()
        for (document_id, _), version in self.versions.items():
            assert self.library.document(document_id).text == version.text
        assert not any(law.broken for law in self.library.check())

    def teardown(self):
        self.library.close()
        shutil.rmtree(self.home)


def test_any_order_of_changes_equals_a_rebuild(hashing_embedder):
    Libraries.embedder = hashing_embedder
    run_state_machine_as_test(
        Libraries, settings=settings(max_examples=15, stateful_step_count=10, deadline=None)
    )
