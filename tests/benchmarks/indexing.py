"""How long thousands of files take: all of them, again, and again after a hundredth has changed.

    python tests/benchmarks/indexing.py [--files N] [--small]

The news articles of the shared corpus, one a file. `--small` takes the tests' stand-in for the
model, so that only reading, cutting and writing are measured.
"""

import argparse
import importlib.util
import os
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from corpus import UnreadableFile, find_files
from index import Embedder, Library, add_all, load_embedder
from index.check import broken
from qa import Answer, ask

NEWS = Path(os.environ.get("SHARED", "../shared")) / "corpus" / "news"
_QUESTIONS = 40


def small_embedder() -> Embedder:
    """The tests' stand-in for a model."""
    path = Path(__file__).parents[1] / "conftest.py"
    spec = importlib.util.spec_from_file_location("shared", path)
    shared = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(shared)
    return shared.HashingEmbedder()


def write_files(folder: Path, most: int | None) -> list[Path]:
    """Every article as a file of its own."""
    lines = [
        line
        for source in sorted(NEWS.glob("*.txt"))
        for line in source.read_text("utf-8").splitlines()
        if line.strip()
    ][:most]
    for number, line in enumerate(lines):
        (folder / f"{number:05}.txt").write_text(line.replace("，正文：", "\n\n") + "\n", "utf-8")
    return find_files(folder)


def index(library: Library, files: list[Path]) -> tuple[float, Counter[str]]:
    """Seconds, and what became of the files."""
    started = time.perf_counter()
    counts: Counter[str] = Counter()
    for _, outcome in add_all(library, files):
        counts["failed" if isinstance(outcome, UnreadableFile) else outcome.status] += 1
        if sum(counts.values()) % 500 == 0:
            print(f"{counts.total()} files, {time.perf_counter() - started:.0f} s", file=sys.stderr)
    return time.perf_counter() - started, counts


def change(files: list[Path], chance: random.Random) -> None:
    """Some words in the middle of a hundredth of the files."""
    for path in chance.sample(files, max(1, len(files) // 100)):
        text = path.read_text("utf-8")
        middle = len(text) // 2
        path.write_text(f"{text[:middle]}（有更正）{text[middle:]}", "utf-8")


def answered(library: Library, chance: random.Random) -> tuple[float, int]:
    """Median seconds of an answer, and how many questions cite the article they come from."""
    times, right = [], 0
    for info in chance.sample(library.documents(), _QUESTIONS):
        document = library.document(info.id)
        sentence = max(document.sentences[:4], key=len).of(document.text)[:60]
        started = time.perf_counter()
        reply = ask(library, sentence)
        times.append(time.perf_counter() - started)
        right += isinstance(reply, Answer) and reply.citations[0].document.id == info.id
    return statistics.median(times), right


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, help="so many files and not all")
    parser.add_argument("--small", action="store_true", help="without the model")
    options = parser.parse_args()
    chance = random.Random(0)
    embedder = small_embedder() if options.small else load_embedder()
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "files"
        folder.mkdir()
        files = write_files(folder, options.files)
        with Library.open(Path(home) / "library", embedder, create=True) as library:
            first, counts = index(library, files)
            rows = [("index", first, counts)]
            rows.append(("again", *index(library, files)))
            change(files, chance)
            rows.append(("again, 1 % changed", *index(library, files)))
            median, right = answered(library, chance)
            passages = library.passage_count()
        started = time.perf_counter()
        with Library.open(Path(home) / "library", embedder) as library:
            library.documents()
            opening = time.perf_counter() - started
            laws = library.check()
            checking = time.perf_counter() - started - opening
        size = sum(path.stat().st_size for path in (Path(home) / "library").iterdir())
    print(f"{len(files)} files, {passages} passages, {size / 1e6:.0f} MB on disk\n")
    print("| | s | files/s | of the first | what became of them |\n|---|---|---|---|---|")
    for name, seconds, became in rows:
        told = ", ".join(f"{count} {what}" for what, count in sorted(became.items()))
        print(
            f"| {name} | {seconds:.1f} | {len(files) / seconds:.0f} | {seconds / first:.1%} | {told} |"
        )
    print(
        f"\nopen {opening:.2f} s, check {checking:.1f} s ({sum(1 for _ in broken(laws))} laws broken), "
        f"an answer {median * 1000:.0f} ms (median), right article first {right} of {_QUESTIONS}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
