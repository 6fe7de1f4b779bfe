"""Right answers, measured: one table, one run (`make bench-quality`).

Every context of a set is a document of one library. A passage is right when it belongs to the
question's document and holds a gold answer. Rows use the same passages and the same model:

  yuanwen   the whole of `qa.retrieve`
  dense     the passages' vectors alone
  BM25      the words alone
  RRF       both, by reciprocal rank (k = 60), which most products ship

Columns: passage@1, passage@5, MRR@10; marked@1, of the questions whose first passage is right, and
how many sentences are marked; refusal, with the question's own document taken away: AUROC of the
confidence, and at the shipped threshold the share refused of the questions without and with an
answer. Embedding the sets takes minutes; the libraries are kept in the folder of --keep.
"""

import argparse
import json
import os
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score
from tqdm import tqdm

import corpus
from index import Filters, Hit, Library, load_embedder
from qa.refuse import by_verdict
from qa.retrieve import read_query, retrieve
from qa.select import mark

SHARED = Path(os.environ.get("YUANWEN_SHARED", "../shared"))
# Name, file of the questions, file of the contexts and answers (in the same order).
SETS = (
    ("CMRC 2018 trial", "cmrc2018-trial.json", "cmrc2018-trial.json"),
    ("DRCD dev", "drcd-dev.json", "drcd-dev.json"),
    ("XQuAD zh→zh", "xquad.zh.json", "xquad.zh.json"),
    ("XQuAD en→zh", "xquad.en.json", "xquad.zh.json"),
    ("XQuAD ru→zh", "xquad.ru.json", "xquad.zh.json"),
    ("XQuAD en→en", "xquad.en.json", "xquad.en.json"),
    ("XQuAD zh→en", "xquad.zh.json", "xquad.en.json"),
)
DEPTH = 10


@dataclass(frozen=True)
class Asked:
    """A question, its answers, and the number of the context that holds them."""

    text: str
    answers: tuple[str, ...]
    context: int


def read_set(questions: Path, contexts: Path) -> tuple[list[str], list[Asked]]:
    """The contexts, and the questions with the answers as the contexts' language has them."""
    texts: list[str] = []
    asked: list[Asked] = []
    for ours, theirs in zip(_paragraphs(questions), _paragraphs(contexts), strict=True):
        texts.append(theirs["context"])
        for question, answered in zip(ours["qas"], theirs["qas"], strict=True):
            answers = tuple({answer["text"] for answer in answered["answers"]})
            asked.append(Asked(question["question"], answers, len(texts) - 1))
    return texts, asked


def _paragraphs(path: Path) -> list[dict[str, Any]]:
    articles = json.loads(path.read_text("utf-8"))["data"]
    return [paragraph for article in articles for paragraph in article["paragraphs"]]


def open_library(folder: Path, texts: Sequence[str]) -> tuple[Library, list[str]]:
    """The library of these contexts, and the document id of each."""
    library = Library.open(folder, load_embedder(), create=True)
    ids = []
    for n, text in enumerate(tqdm(texts, desc=folder.name, file=sys.stderr)):
        document = corpus.from_text(text, uri=f"context:{n:05}", title=" ")
        ids.append(library.add_document(document).document_id)
    return library, ids


class Row:
    """What one way of ranking gets right."""

    def __init__(self) -> None:
        self.ranks: list[int | None] = []

    def figures(self) -> list[str]:
        first = np.array([DEPTH + 1 if r is None else r for r in self.ranks])
        gain = np.where(first < DEPTH, 1 / (1 + first), 0)
        return [f"{(first < 1).mean():.3f}", f"{(first < 5).mean():.3f}", f"{gain.mean():.3f}"]


def measure(name: str, library: Library, ids: list[str], asked: Sequence[Asked]) -> None:
    """Prints the rows of one set."""
    rows = {way: Row() for way in ("yuanwen", "dense", "BM25", "RRF")}
    marked: list[tuple[bool, int]] = []
    confident: list[float] = []
    unsure: list[float] = []
    for question in tqdm(asked, desc=name, file=sys.stderr):
        own = ids[question.context]
        query = read_query(library, question.text)
        hits = library.search(query.text, query.encoded.vector)
        candidates = retrieve(library, query, Filters())
        for way, ranked in _plain(hits).items():
            rows[way].ranks.append(_rank(ranked, own, question))
        judged = [c for c, _ in by_verdict(query, candidates, candidates)]
        ranked = [*judged, *(c for c in candidates if c not in judged)]
        rank = _rank([c.hit for c in ranked], own, question)
        rows["yuanwen"].ranks.append(rank)
        if rank == 0:
            spans = mark(ranked[0])
            quotes = [s.text for s in ranked[0].sentences if s.span in spans]
            marked.append((_holds(" ".join(quotes), question), len(spans)))
        confident.append(by_verdict(query, candidates, candidates)[0][1].logit)
        others = Filters(documents=frozenset(ids) - {own})
        elsewhere = retrieve(library, query, others)
        unsure.append(by_verdict(query, elsewhere, elsewhere)[0][1].logit)
    right, count = (np.mean(column) for column in zip(*marked, strict=True))
    labels = [1] * len(confident) + [0] * len(unsure)
    refused = [np.mean(np.array(side) < 0) for side in (unsure, confident)]
    extra = [f"{right:.3f} ({count:.2f})", f"{roc_auc_score(labels, confident + unsure):.3f}"]
    extra += [f"{share:.3f}" for share in refused]
    for way, row in rows.items():
        _print(
            name if way == "yuanwen" else "", way, row.figures(), extra if way == "yuanwen" else []
        )


def _plain(hits: Sequence[Hit]) -> dict[str, list[Hit]]:
    dense = sorted(hits, key=lambda hit: -hit.dense)
    words = sorted((hit for hit in hits if hit.lexical > 0), key=lambda hit: -hit.lexical)
    fused = {hit.passage.id: 0.0 for hit in hits}
    for ranked in (dense, words):
        for rank, hit in enumerate(ranked, 1):
            fused[hit.passage.id] += 1 / (60 + rank)
    both = sorted(hits, key=lambda hit: -fused[hit.passage.id])
    return {"dense": dense, "BM25": words, "RRF": both}


def _rank(hits: Sequence[Hit], own: str, question: Asked) -> int | None:
    return next(
        (
            rank
            for rank, hit in enumerate(hits[:DEPTH])
            if hit.passage.document_id == own and _holds(hit.passage.text, question)
        ),
        None,
    )


def _holds(text: str, question: Asked) -> bool:
    bare = "".join(text.split())
    return any("".join(answer.split()) in bare for answer in question.answers)


def _print(name: str, way: str, figures: Sequence[str], extra: Sequence[str]) -> None:
    cells = [f"{figure:>9}" for figure in figures] + [f"{figure:>13}" for figure in extra]
    print(f"{name:<16} {way:<8}", *cells, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keep", type=Path, required=True, help="folder of the libraries")
    parser.add_argument("--questions", type=int, help="at most so many of each set, drawn by lot")
    options = parser.parse_args()
    if not (SHARED / "eval").is_dir():
        parser.exit(
            0, f"{SHARED}/eval is not here; YUANWEN_SHARED names the folder that holds it\n"
        )
    heads = ["passage@1", "passage@5", "MRR@10"]
    _print("set", "row", heads, ["marked@1 (n)", "AUROC", "no answer", "answer"])
    for name, questions, contexts in SETS:
        texts, asked = read_set(SHARED / "eval" / questions, SHARED / "eval" / contexts)
        if options.questions and options.questions < len(asked):
            asked = random.Random(0).sample(asked, options.questions)
        library, ids = open_library(options.keep / contexts, texts)
        with library:
            measure(name, library, ids, asked)


if __name__ == "__main__":
    main()
