"""What people would take instead, by its ordinary interface and with its defaults as they come.

Each is given the same passages and, so that nothing is embedded twice, their vectors and those of
the questions, which the same model has made with its own prompts.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from haystack.document_stores.in_memory import InMemoryDocumentStore

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"

Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Given:
    """Passages by id, questions, and the vector of each text of either."""

    passages: Mapping[str, str]
    questions: Sequence[str]
    vectors: Mapping[str, Vectors]


Ranked = list[list[str]]
"""The ids of the first passages for each question."""


def langchain_faiss(given: Given, depth: int) -> Ranked:
    """LangChain's FAISS retriever: vectors alone."""
    from langchain_community.vectorstores import FAISS
    from langchain_core.embeddings import Embeddings

    class Made(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [given.vectors[text].tolist() for text in texts]

        def embed_query(self, text: str) -> list[float]:
            return given.vectors[text].tolist()

    pairs = [(text, given.vectors[text].tolist()) for text in given.passages.values()]
    ids = [{"id": identity} for identity in given.passages]
    store = FAISS.from_embeddings(pairs, Made(), metadatas=ids)
    retriever = store.as_retriever(search_kwargs={"k": depth})
    return [[d.metadata["id"] for d in retriever.invoke(q)] for q in given.questions]


def txtai_hybrid(given: Given, depth: int) -> Ranked:
    """Txtai's hybrid index: its BM25 and the vectors, half and half."""
    from txtai import Embeddings

    def made(texts: Sequence[str]) -> Vectors:
        return np.array([given.vectors[text] for text in texts])

    index = Embeddings(method="external", transform=made, hybrid=True)
    index.index(given.passages.items())
    return [[identity for identity, _ in index.search(q, depth)] for q in given.questions]


def haystack_rrf(given: Given, depth: int) -> Ranked:
    """Haystack's BM25 and its embedding retriever, joined by reciprocal rank fusion."""
    from haystack import Document
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    store = InMemoryDocumentStore()
    store.write_documents(
        [
            Document(id=identity, content=text, embedding=given.vectors[text].tolist())
            for identity, text in given.passages.items()
        ]
    )
    find = haystack_pipeline(store, depth)
    return [find(question, given.vectors[question].tolist()) for question in given.questions]


def haystack_pipeline(
    store: "InMemoryDocumentStore", depth: int
) -> Callable[[str, list[float]], list[str]]:
    """Finds the ids of the first passages of the store by a question and its vector."""
    from haystack import Pipeline
    from haystack.components.joiners import DocumentJoiner
    from haystack.components.retrievers.in_memory import (
        InMemoryBM25Retriever,
        InMemoryEmbeddingRetriever,
    )

    pipeline = Pipeline()
    pipeline.add_component("words", InMemoryBM25Retriever(store))
    pipeline.add_component("meaning", InMemoryEmbeddingRetriever(store))
    pipeline.add_component("join", DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=depth))
    pipeline.connect("words", "join")
    pipeline.connect("meaning", "join")

    def find(question: str, vector: list[float]) -> list[str]:
        asked = {"words": {"query": question}, "meaning": {"query_embedding": vector}}
        return [document.id for document in pipeline.run(asked)["join"]["documents"]]

    return find


PEERS: Mapping[str, Callable[[Given, int], Ranked]] = {
    "LangChain FAISS": langchain_faiss,
    "txtai hybrid": txtai_hybrid,
    "Haystack RRF": haystack_rrf,
}
