"""The same library in a folder and in Milvus: how fast it is written and asked, and whether the
answers are the same.

    python tests/benchmarks/cluster.py [--library FOLDER] [--questions FILE.jsonl] [--most N]

Without a library it makes one of the shipped document. It is brought to Milvus Lite, to the real
server that the tests run, and to the one that MILVUS_URI names, if any; each is asked the same
questions twice: what a server of few minutes has in its memory counts.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import corpus
from index import Library, load_embedder
from index.transfer import transfer
from qa import ask
from ui.render import to_wire

_SERVER = Path(__file__).parents[1] / "milvus_server.py"
_SHARED = Path(os.environ.get("SHARED", "../shared")) / "eval"


@contextmanager
def real_server(folder: Path) -> Iterator[str]:
    """Its address."""
    with subprocess.Popen(
        [sys.executable, _SERVER, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin
        assert server.stdout
        yield server.stdout.readline().strip()
        server.stdin.close()


def read_questions(path: Path, most: int | None) -> list[str]:
    """Of a question set, or of articles with theirs in SQuAD's form."""
    text = path.read_text("utf-8")
    if path.suffix == ".jsonl":
        return [json.loads(line)["question"] for line in text.splitlines() if line.strip()][:most]
    articles = json.loads(text)["data"]
    paragraphs = [paragraph for article in articles for paragraph in article["paragraphs"]]
    return [asked["question"] for p in paragraphs for asked in p["qas"]][:most]


def answers(library: Library, questions: Sequence[str]) -> tuple[list[str], list[float]]:
    """What is said, as on the wire, and in how many milliseconds."""
    said, times = [], []
    for question in questions:
        started = time.perf_counter()
        reply = ask(library, question)
        times.append(1000 * (time.perf_counter() - started))
        wire = {key: value for key, value in to_wire(reply).items() if key != "timings_ms"}
        said.append(json.dumps(wire, sort_keys=True, default=str))
    return said, times


def shown(times: Sequence[float]) -> str:
    ranked = sorted(times)
    return f"{statistics.median(ranked):.0f} / {ranked[int(0.95 * (len(ranked) - 1))]:.0f}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", type=Path, help="one that stands in a folder")
    parser.add_argument("--questions", type=Path, default=_SHARED / "conference-dev.jsonl")
    parser.add_argument("--most", type=int, help="so many questions and not all")
    options = parser.parse_args()
    embedder = load_embedder()
    questions = read_questions(options.questions, options.most)
    with tempfile.TemporaryDirectory() as home, real_server(Path(home) / "server") as address:
        folder = options.library or Path(home) / "library"
        places = {"Milvus Lite": f"milvus-lite:{home}/lite.db", "Milvus 2.3.5": address}
        if uri := os.environ.get("MILVUS_URI"):
            places["MILVUS_URI"] = uri
        with closing(Library.open(folder, embedder, create=True)) as library:
            if not library.documents():
                for path in sorted((Path(corpus.__file__).parent / "documents").glob("*.md")):
                    library.add(path)
            ask(library, questions[0])
            right, _ = answers(library, questions)
            again, times = answers(library, questions)
            count = library.passage_count()
            print(f"{count} passages, {len(questions)} questions; folder: {shown(times)} ms")
            print(
                "| where | passages/s written | opens in s | first time ms | again ms | same answers |"
            )
            print("|---|---|---|---|---|---|")
            for name, place in places.items():
                Library.open(place, embedder, create=True).close()
                started = time.perf_counter()
                transfer(library, place)
                rate = count / (time.perf_counter() - started)
                started = time.perf_counter()
                with Library.open(place, embedder) as other:
                    opened = time.perf_counter() - started
                    said, cold = answers(other, questions)
                    _, warm = answers(other, questions)
                same = sum(a == b for a, b in zip(said, again, strict=True))
                row = f"| {name} | {rate:.0f} | {opened:.1f} | {shown(cold)} | {shown(warm)} "
                print(f"{row}| {same} of {len(questions)} |", flush=True)
            assert right == again
    return 0


if __name__ == "__main__":
    sys.exit(main())
