"""Time and memory beside others: one table, one run (`make bench-speed`).

The contexts of CMRC 2018 are indexed from files by each, then a second process, started cold on a
warm disk, answers questions on what the first one kept. Every row runs the same model on the same
passages; the others by sentence-transformers on its unpacked folder, as they come.

  first answer   seconds from the start of the process
  passages/s     indexing, embedding included
  p50, p95       milliseconds a question: the whole answer here, the search alone with the others
  memory, disk   MB, of the process that answers and of what is kept

This project keeps more for each passage than the others (a vector for each sentence and token, the
text with its offsets), and embeds each passage twice for it. Below the table stands what embedding
alone takes here and by sentence-transformers, one after the other in one process.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

ROWS = ("yuanwen", "LangChain FAISS", "txtai", "Haystack RRF")
EMBEDDERS = ("here", "float32, torch")
_BATCHES = (8, 32, 128)  # of which the quickest counts
_ALONE = 200  # passages
_ROUNDS = 2
Search = Callable[[str], object]
T = TypeVar("T")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--contexts", type=int, default=256, help="how many contexts are indexed")
    parser.add_argument("--questions", type=int, default=100)
    options = parser.parse_args()
    heads = ("first answer", "passages/s", "p50", "p95", "memory", "disk")
    print(f"{'':<16}", *(f"{head:>12}" for head in heads))
    with tempfile.TemporaryDirectory() as work:
        given = Path(work) / "given.json"
        given.write_text(json.dumps(_given(options.contexts, options.questions)), "utf-8")
        for row in ROWS:
            folder = Path(work) / row.replace(" ", "-")
            folder.mkdir()
            rate = _child("index", row, folder, given)["rate"]
            began = time.time()
            seen = _child("answer", row, folder, given)
            disk = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) / 1e6
            cells = (seen["first"] - began, rate, seen["p50"], seen["p95"], seen["memory"], disk)
            print(f"{row:<16}", *(f"{cell:>12.1f}" for cell in cells), flush=True)
        alone = _child("embed", "", Path(work), given)
    print("\nembedding alone    passages/s    question, ms")
    for way in EMBEDDERS:
        print(f"{way:<16} {alone[f'{way} rate']:>12.1f} {alone[f'{way} ms']:>15.1f}")


def _given(contexts: int, questions: int) -> dict[str, list[str]]:
    from question_sets import SETS, read_set

    import corpus
    from index import load_embedder

    count = load_embedder().token_counts
    texts, asked = read_set(SETS[0])
    texts = texts[:contexts]
    documents = [corpus.from_text(t, uri=f"context:{n:05}", title=" ") for n, t in enumerate(texts)]
    passages = [p.text for document in documents for p in corpus.passages(document, count)]
    return {
        "contexts": texts,
        "passages": passages,
        "questions": [a.text for a in asked if a.context < contexts][:questions],
    }


def _child(step: str, row: str, folder: Path, given: Path) -> dict[str, float]:
    command = [sys.executable, "-W", "ignore", __file__, step, row, str(folder), str(given)]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return figures


def child(step: str, row: str, folder: Path, given: dict[str, list[str]]) -> dict[str, float]:
    """What one process measures of one row."""
    index, open_search = _WAYS[row]
    if step == "index":
        index(
            folder, {**given, "contexts": given["contexts"][:2], "passages": given["passages"][:2]}
        )
        for path in folder.iterdir():
            path.unlink()
        began = time.perf_counter()
        index(folder, given)
        return {"rate": len(given["passages"]) / (time.perf_counter() - began)}
    search = open_search(folder)
    search(given["questions"][0])
    first = time.time()
    taken = sorted(_taken(search, question) for question in given["questions"])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    p95 = taken[int(0.95 * len(taken))]
    return {"first": first, "p50": taken[len(taken) // 2], "p95": p95, "memory": memory}


def embedding(passages: Sequence[str], questions: Sequence[str]) -> dict[str, float]:
    """Passages a second, at the best, and the median of milliseconds a question, of each way."""
    from index import load_embedder

    ours, theirs = load_embedder(), _as_it_comes()
    by_batch = [partial(theirs.encode_document, batch_size=size) for size in _BATCHES]
    many = {"here": [ours.encode_document], "float32, torch": by_batch}
    one = {"here": ours.encode_query, "float32, torch": theirs.encode_query}
    quickest: dict[str, float] = {}
    taken: dict[str, list[float]] = {way: [] for way in EMBEDDERS}
    for way in EMBEDDERS:
        one[way](questions[:1])
    for _ in range(_ROUNDS):
        for way in EMBEDDERS:
            best = min(_taken(encode, passages) for encode in many[way])
            quickest[way] = min(quickest.get(way, best), best)
        for question in questions:
            for way in EMBEDDERS:
                taken[way].append(_taken(one[way], [question]))
    rates = {f"{way} rate": 1e3 * len(passages) / quickest[way] for way in EMBEDDERS}
    return rates | {f"{way} ms": median(taken[way]) for way in EMBEDDERS}


def _taken(work: Callable[[T], object], given: T) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    work(given)
    return (time.perf_counter() - began) * 1e3


def _yuanwen_index(folder: Path, given: dict[str, list[str]]) -> None:
    import corpus
    from index import Library, load_embedder

    documents = [
        corpus.from_text(text, uri=f"context:{n:05}", title=" ")
        for n, text in enumerate(given["contexts"])
    ]
    with Library.open(folder, load_embedder(), create=True) as library:
        library.add_documents(documents)


def _yuanwen(folder: Path) -> Search:
    from index import Library, load_embedder
    from qa import ask

    library = Library.open(folder, load_embedder())
    return lambda question: ask(library, question)


def _model() -> str:
    from index import packaged

    return str(packaged.folder())


def _as_it_comes() -> "SentenceTransformer":
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(_model(), local_files_only=True)


def _langchain_embeddings() -> object:
    from langchain_core.embeddings import Embeddings

    class Local(Embeddings):
        """As HuggingFaceEmbeddings, whose package pins another transformers."""

        def __init__(self) -> None:
            self.model = _as_it_comes()

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return self.model.encode_document(texts).tolist()

        def embed_query(self, text: str) -> list[float]:
            return self.model.encode_query([text])[0].tolist()

    return Local()


def _langchain_index(folder: Path, given: dict[str, list[str]]) -> None:
    from langchain_community.vectorstores import FAISS

    FAISS.from_texts(given["passages"], _langchain_embeddings()).save_local(str(folder))


def _langchain(folder: Path) -> Search:
    from langchain_community.vectorstores import FAISS

    store = FAISS.load_local(
        str(folder), _langchain_embeddings(), allow_dangerous_deserialization=True
    )
    return lambda question: store.similarity_search(question, 10)


def _txtai_index(folder: Path, given: dict[str, list[str]]) -> None:
    from txtai import Embeddings

    index = Embeddings(path=_model(), method="sentence-transformers", hybrid=True, content=True)
    index.index(given["passages"])
    index.save(str(folder / "index.tar.gz"))


def _txtai(folder: Path) -> Search:
    from txtai import Embeddings

    index = Embeddings()
    index.load(str(folder / "index.tar.gz"))
    return lambda question: index.search(question, 10)


def _haystack_index(folder: Path, given: dict[str, list[str]]) -> None:
    from haystack import Document
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    vectors = _as_it_comes().encode_document(given["passages"])
    documents = [
        Document(content=text, embedding=vector.tolist())
        for text, vector in zip(given["passages"], vectors, strict=True)
    ]
    store = InMemoryDocumentStore()
    store.write_documents(documents)
    store.save_to_disk(str(folder / "store.json"))


def _haystack(folder: Path) -> Search:
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from peers import haystack_pipeline

    model = _as_it_comes()
    find = haystack_pipeline(InMemoryDocumentStore.load_from_disk(str(folder / "store.json")), 10)
    return lambda question: find(question, model.encode_query(question).tolist())


_WAYS: dict[str, tuple[Callable[[Path, dict[str, list[str]]], None], Callable[[Path], Search]]] = {
    "yuanwen": (_yuanwen_index, _yuanwen),
    "LangChain FAISS": (_langchain_index, _langchain),
    "txtai": (_txtai_index, _txtai),
    "Haystack RRF": (_haystack_index, _haystack),
}


def _run(arguments: Sequence[str]) -> None:
    step, row, folder, path = arguments
    given = json.loads(Path(path).read_text("utf-8"))
    if step == "embed":
        figures = embedding(given["passages"][:_ALONE], given["questions"])
    else:
        figures = child(step, row, Path(folder), given)
    print(json.dumps(figures))


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] in ("index", "answer", "embed"):
        _run(sys.argv[1:])
    else:
        main()
