"""Cost as a library grows: one library, measured at each size (`make bench-growth`).

    python tests/benchmarks/growth.py [--sizes 1000 10000 …] [--keep .bench] [--picture FILE]

To 10,000 passages it holds news articles of the shared corpus, embedded by the model. From there on
articles are made: sentences of the real ones, shuffled, with two characters and all figures of each
drawn anew, so that rare terms stay rare. The vector of a made passage is that of a real one, moved
half of the way between two others, which keeps the corpus's own clusters; its sentences have their
real vectors. Beyond 100,000 only one made passage in eight has token vectors, which are three
quarters of the disk: what the others would take is counted in, and marked ~.

  passages/s   indexing 40 further articles with the model, all that is kept with it included
  kB, disk     a passage, of the whole library
  open         seconds, of a library that was open before, model not counted
  memory       MB of a process that only searches, all that is mapped counted
  search       milliseconds of `Library.search`, questions embedded before; each is asked once
  answer       milliseconds of `qa.ask`, and how many of them embed the question
  recall@10    of the nearest passages, against comparing with every vector
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from grown import ARTICLES, Grown, passage_bytes, questions

SIZES = (1_000, 10_000, 100_000, 1_000_000)
_FURTHER = 40  # articles
_RECALL = 100  # questions
HEADS = (
    *("passages", "passages/s", "kB, disk", "open, s", "memory, MB", "search p50", "search p95"),
    *("answer p50", "answer p95", "embedding", "recall@10"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--keep", type=Path, default=Path(".bench"))
    parser.add_argument("--picture", type=Path, help="an SVG file")
    options = parser.parse_args()
    folder = options.keep / "growth"
    rows = []
    print(f"| {' | '.join(HEADS)} |\n|{'---|' * len(HEADS)}", flush=True)
    for size in sorted(options.sizes):
        row = _measured(folder, size)
        rows.append(row)
        print(f"| {' | '.join(_cell(head, row) for head in HEADS)} |", flush=True)
    if options.picture:
        from growth_picture import draw  # what it needs would count in the memory measured

        draw(rows, options.picture)


def _measured(folder: Path, size: int) -> dict[str, float]:
    """Grows the library to `size`, then measures it in processes of their own."""
    with Grown(folder) as grown:
        grown.to(size)
        kept = grown.library.passage_count()
    _child("answer", folder)  # brings what is read for it into the system's cache
    figures = {"passages": float(kept), **_child("search", folder), **_child("answer", folder)}
    with Grown(folder) as grown:
        figures["passages/s"] = grown.rate(ARTICLES[-_FURTHER:])
    # Left out token vectors are counted in.
    figures["kB, disk"] = passage_bytes(folder, kept) / 1e3
    return figures


def _cell(head: str, row: dict[str, float]) -> str:
    value = row[head]
    if head == "passages":
        return f"{value:,.0f}"
    if head == "kB, disk":
        return f"{'~' if row['passages'] > 200_000 else ''}{value:.1f}"
    return (
        f"{value:.3f}" if head == "recall@10" else f"{value:.1f}" if value < 100 else f"{value:.0f}"
    )


def _child(step: str, folder: Path) -> dict[str, float]:
    run = subprocess.run(
        [sys.executable, "-W", "ignore", __file__, step, str(folder)],
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},  # as `ui.cli` has it
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    figures: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return figures


def _search(folder: Path) -> dict[str, float]:
    """What one process measures that has no model."""
    from grown import Silent

    from index import Library
    from qa.retrieve import DEPTH

    asked = questions()
    vectors = np.load(folder / "questions.npy")
    began = time.perf_counter()
    library = Library.open(folder / "library", Silent())
    library.passage_count()
    opened = time.perf_counter() - began
    pairs = list(zip(asked, vectors, strict=True))
    for text, vector in pairs[:10]:
        library.search(text, vector, depth=DEPTH)
    taken, found = [], []
    for text, vector in pairs[10:]:
        began = time.perf_counter()
        hits = library.search(text, vector, depth=DEPTH)
        taken.append((time.perf_counter() - began) * 1e3)
        found.append([hit.passage.id for hit in hits[:10]])
    memory = _resident()
    return {
        "open, s": opened,
        "search p50": float(np.percentile(taken, 50)),
        "search p95": float(np.percentile(taken, 95)),
        "memory, MB": memory,
        "recall@10": _recall(library, vectors[10 : 10 + _RECALL], found),
    }


def _recall(library, asked, found) -> float:
    """Against the ten best cosines of all passages, by what the database keeps."""
    from index import records

    store = library.engine.store
    best = [np.empty(0, np.float32)] * len(asked)
    rows = [np.empty(0, np.int64)] * len(asked)
    with library.one_state():
        at = 0
        while some := store.vectors_after(at, 20_000):
            at = some[-1][0]
            numbers = np.array([row for row, _ in some])
            cosines = asked @ records.unpack_vectors((v for _, v in some), asked.shape[1]).T
            for i, own in enumerate(cosines):
                every, of = np.concatenate([best[i], own]), np.concatenate([rows[i], numbers])
                top = np.argsort(-every)[:10]
                best[i], rows[i] = every[top], of[top]
        named = [{p.id for p in store.passages(of.tolist()).values()} for of in rows]
    return float(np.mean([len(set(f) & n) / len(n) for f, n in zip(found, named, strict=False)]))


def _answer(folder: Path) -> dict[str, float]:
    """What one process measures that answers."""
    from index import Library, load_embedder
    from qa import ask

    embedder = load_embedder()
    library = Library.open(folder / "library", embedder)
    asked = questions()
    for text in asked[:10]:
        ask(library, text)
    taken, embedding = [], []
    for text in asked[10:]:
        began = time.perf_counter()
        embedder.encode_query_tokens([text])
        embedding.append((time.perf_counter() - began) * 1e3)
        began = time.perf_counter()
        ask(library, text)
        taken.append((time.perf_counter() - began) * 1e3)
    return {
        "answer p50": float(np.percentile(taken, 50)),
        "answer p95": float(np.percentile(taken, 95)),
        "embedding": float(np.percentile(embedding, 50)),
    }


def _resident() -> float:
    """MB of this process."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1e3
    return float("nan")


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] in ("search", "answer"):
        step = {"search": _search, "answer": _answer}[sys.argv[1]]
        print(json.dumps(step(Path(sys.argv[2]))))
    else:
        main()
