"""Right answers, measured: one table, one run (`make bench-quality`).

Each context of a set is a document of one library. Every question on an article that the model was
not taught with is asked as a user would ask it, by `qa.ask` with all as shipped, and once more
without its own document, which leaves its neighbours: then it has no answer. The peers get the same
passages and the same model.

  passage@1, passage@5, MRR@10   the passage belongs to the question's document and holds a gold
                                 answer; a question whose answer no passage holds whole is missed
  marked@1                       of those right at first: the marked sentences hold the answer
  AUROC                          the verdict tells questions with an answer from those without
  refused                        of the questions without an answer; of those among them whose answer
                                 stands in no other document either, since a neighbour may tell it
                                 too; and of the questions with one

Embedding the sets takes minutes; the libraries are kept in the folder of --keep.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path

import numpy as np
from ir_measures import RR, Success, calc_aggregate
from peers import PEERS, Given
from question_sets import SETS, SHARED, Asked, open_library, open_shipped, read_set
from sklearn.metrics import roc_auc_score
from tqdm import tqdm

from corpus import Passage
from index import Embedder, Filters, Library, load_embedder
from index.database import Database
from index.records import unpack_vectors
from index.store import Store
from qa import Answer, Refusal, ask
from qa.evaluation import evaluate
from qa.select import mark

OURS = "yuanwen"
HEADS = (
    "passage@1",
    "passage@5",
    "MRR@10",
    "marked@1",
    "AUROC",
    "refused: no answer",
    "told nowhere",
    "refused: answer",
)
_DEPTH = 10
_MEASURES = (Success @ 1, Success @ 5, RR @ _DEPTH)
_NEVER_FOUND = ""
_CERTAIN = 20.0  # a verdict as sure as any, where nothing was looked for
_CONFERENCE = "conference-dev.jsonl"


@dataclass(frozen=True)
class Row:
    """A line of the table: figures in the order of HEADS, as many as there are."""

    set: str
    way: str
    figures: tuple[float, ...]


@dataclass(frozen=True)
class Seen:
    """What came back on one question: ids of passages in order, whether the marked sentences of the
    first hold the answer, how sure it answers, and whether it refused.
    """

    order: list[str]
    marked: bool
    sure: float
    refused: bool


def measure(
    name: str,
    library: Library,
    ids: Sequence[str],
    asked: Sequence[Asked],
    given: Given,
    passages: Sequence[Passage],
) -> Iterator[Row]:
    """The rows of one set."""
    relevant = [_relevant(question, ids[question.context], passages) for question in asked]
    within: list[Seen] = []
    without: list[Seen] = []
    others: dict[str, Filters] = {}
    for question in tqdm(asked, desc=name, file=sys.stderr, mininterval=5):
        own = ids[question.context]
        if own not in others:
            others[own] = Filters(documents=frozenset(ids) - {own})
        within.append(_seen(ask(library, question.text), question))
        without.append(_seen(ask(library, question.text, filters=others[own]), question))
    right = [s for s, ids_ in zip(within, relevant, strict=True) if set(s.order[:1]) & ids_]
    nowhere = [
        seen
        for seen, question in zip(without, asked, strict=True)
        if not told_elsewhere(question, ids[question.context], passages)
    ]
    labels = [True] * len(within) + [False] * len(without)
    yield Row(
        name,
        OURS,
        (
            *ranking([s.order for s in within], relevant),
            _share([s.marked for s in right]),
            float(roc_auc_score(labels, [s.sure for s in within + without])),
            _share([s.refused for s in without]),
            _share([s.refused for s in nowhere]),
            _share([s.refused for s in within]),
        ),
    )
    for peer, ranks in PEERS.items():
        yield Row(name, peer, ranking(ranks(given, _DEPTH), relevant))


def ranking(orders: Sequence[Sequence[str]], relevant: Sequence[set[str]]) -> tuple[float, ...]:
    """passage@1 (Success@1), passage@5 and MRR@10 (RR@10) of ranked ids."""
    qrels = {str(n): dict.fromkeys(ids or {_NEVER_FOUND}, 1) for n, ids in enumerate(relevant)}
    run = {
        str(n): {identity: 1 / rank for rank, identity in enumerate(order[:_DEPTH], 1)}
        for n, order in enumerate(orders)
    }
    found = calc_aggregate(_MEASURES, qrels, run)
    return tuple(float(found[measure]) for measure in _MEASURES)


def _relevant(question: Asked, own: str, passages: Sequence[Passage]) -> set[str]:
    return {p.id for p in passages if p.document_id == own and question.answered_by(p.text)}


def told_elsewhere(question: Asked, own: str, passages: Sequence[Passage]) -> bool:
    """Whether the words of the answer stand in another document."""
    return any(question.answered_by(p.text) for p in passages if p.document_id != own)


def _seen(reply: Answer | Refusal, question: Asked) -> Seen:
    """What was shown goes first; then what was found, in its order."""
    searches = reply.explanation.searches if reply.explanation else ()
    found = [candidate for search in searches for candidate in search.in_order]
    shown = [(c.document.id, c.passage_span) for c in getattr(reply, "citations", ())]

    def place(passage: Passage) -> int:
        where = (passage.document_id, passage.span)
        return shown.index(where) if where in shown else len(shown)

    found.sort(key=lambda candidate: place(candidate.hit.passage))
    verdicts = [verdict.logit for search in searches for _, verdict in search.ranked[:1]]
    marked = ""
    if found and reply.explanation:
        spans = mark(found[0], reply.explanation.query)
        marked = " ".join(s.text for s in found[0].sentences if s.span in spans)
    return Seen(
        order=list(dict.fromkeys(candidate.hit.passage.id for candidate in found)),
        marked=question.answered_by(marked),
        sure=max(verdicts, default=-_CERTAIN if isinstance(reply, Refusal) else _CERTAIN),
        refused=isinstance(reply, Refusal),
    )


def _share(flags: Sequence[bool]) -> float:
    return float(np.mean(flags)) if flags else float("nan")


def give(library: Library, asked: Sequence[Asked]) -> tuple[Given, list[Passage]]:
    """The passages of the library with the vectors that it keeps, and the questions with theirs."""
    dimension = library.embedder.dimension
    with closing(Database.open(library.folder)) as database, database.reading():
        store = Store(database.connection)
        rows = store.rows()
        found, vectors_of = store.passages(rows), dict(store.vectors(rows))
    passages = [found[row] for row in rows]
    texts = [p.text for p in passages]
    questions = [question.text for question in asked]
    vectors = dict(
        zip(texts, unpack_vectors((vectors_of[row] for row in rows), dimension), strict=True)
    )
    vectors |= zip(questions, library.embedder.encode_query(questions), strict=True)
    return Given({p.id: p.text for p in passages}, questions, vectors), passages


def conference(keep: Path, embedder: Embedder) -> Mapping[str, float | None]:
    """Who said what, on the shipped document."""
    with open_shipped(keep, embedder) as library:
        return evaluate(library, SHARED / _CONFERENCE).as_dict()


def plain(row: Row | None = None) -> str:
    """A line of the table for a terminal; without a row, its head."""
    if row is None:
        return f"{'set':<16}{'':<16}" + "".join(f"{head:>{len(head) + 2}}" for head in HEADS)
    figures = zip(HEADS, row.figures, strict=False)
    named = row.set if row.way == OURS else ""
    return f"{named:<16}{row.way:<16}" + "".join(f"{x:>{len(h) + 2}.3f}" for h, x in figures)


def markdown(rows: Sequence[Row]) -> str:
    """The table for a README."""
    lines = [f"| set | | {' | '.join(HEADS)} |", f"|---|---|{'---|' * len(HEADS)}"]
    for row in rows:
        cells = [f"{x:.3f}" for x in row.figures] + [""] * (len(HEADS) - len(row.figures))
        lines.append(f"| {row.set if row.way == OURS else ''} | {row.way} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keep", type=Path, required=True, help="folder of the libraries")
    parser.add_argument("--questions", type=int, help="at most so many of each set, drawn by lot")
    options = parser.parse_args()
    if not SHARED.is_dir():
        parser.exit(0, f"{SHARED} is not here; SHARED names the folder that holds it\n")
    if not find_spec("haystack"):
        parser.exit(2, "The peers are not installed: run `make bench-quality`.\n")
    embedder = load_embedder()
    rows: list[Row] = []
    print(plain(), flush=True)
    for contexts, group in groupby(SETS, key=lambda s: s.contexts):
        for one in group:
            texts, asked = read_set(one, options.questions, held_out=True)
            with open_library(options.keep, contexts, texts, embedder) as (library, ids):
                given, passages = give(library, asked)
                for row in measure(one.name, library, ids, asked, given, passages):
                    print(plain(row), flush=True)
                    rows.append(row)
    print(f"\n{markdown(rows)}")
    print(f"\n{_CONFERENCE} on the shipped document:")
    figures = conference(options.keep, embedder)
    for name, value in figures.items():
        if name != "failures":
            print(f"  {name:<28}{value}")


if __name__ == "__main__":
    main()
