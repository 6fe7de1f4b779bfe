"""Fits the weights of refusal that stand in `qa/weights.py` (`make fit`).

Each question of a set, on an article that the model was not taught with, is asked twice: of the
library of the set's contexts, and of the same library without the question's own document.
Neighbours of that document (other paragraphs of one article) stay, so that near misses count most.
Of the written texts eight make a library, and what a text leaves out is asked with it there. The
questions of tests/qa/conference*.jsonl and conference-dev.jsonl on the shipped document are asked as
they are.

What is found gives the features of its first passages (`qa.refuse.measure`). A logistic regression
tells the two sides apart; there is one for questions in the passage's script and one for the
others. Each set weighs the same, the shipped document thrice. A passage is shown by score and verdict together, so fitting and
choosing take turns. Each of the two is fitted twice: without what reading question and passage
together tells, and with it. The bias is moved last, so that of the questions with an answer, on the mean
over the sets, a share is refused: a larger one across scripts, where the two sides lie closer together.
Those of the written texts do not count there, since half of them are in words that are far from the
text's. The speeches and entries among these are asked only: no weight is fitted on them.

The table leaves one set out at a time: fitted and moved on the others, what happens on it. Features
are kept beside the libraries and measured again only when the code that measures them has changed.
"""

import argparse
import hashlib
import inspect
import json
import math
import pickle
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from pathlib import Path

import numpy as np
import numpy.typing as npt
from question_sets import (
    SETS,
    SHARED,
    Asked,
    open_library,
    open_shipped,
    read_set,
    read_written,
)
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from tqdm import tqdm
from written import KINDS

import index
import qa
from index import Embedder, Filters, Library, load_embedder
from qa import weights
from qa.attribute import read_attribution
from qa.evaluation.questions import load_questions
from qa.names import Names
from qa.reading import read
from qa.refuse import READING, measure
from qa.retrieve import Query, read_query, retrieve

Floats = npt.NDArray[np.float64]
Model = Mapping[str, float]

BY_HAND = ("missing_anchor",)
"""Weights that are not fitted but taken from `qa.weights`."""
SHIPPED = "shipped document"
WRITTEN = {
    f"{kind}, {scripts}": (kind, same)
    for kind in KINDS
    for scripts, same in (("one script", True), ("two scripts", False))
}
ASKED_ONLY = frozenset(
    name for name, (kind, _) in WRITTEN.items() if kind in ("speeches", "entries")
)
"""Sets that no weight is fitted on: with the speeches English was refused too often."""
ON_SHIPPED = (
    SHARED / "conference-dev.jsonl",
    Path("tests/qa/conference.jsonl"),
    Path("tests/qa/conference-hard.jsonl"),
)
REFUSED = {True: 0.035, False: 0.044}
"""Of the questions with an answer, on the mean over the sets, in the passage's script and in another."""
TOGETHER = 8
_LOOKED_AT = 5  # passages, as `qa.refuse.by_verdict` does
_ROUNDS = 4
_RIDGE = 1.0


@dataclass(frozen=True)
class Look:
    """The first passages found for one question.

    `features`, one row a passage; `scores`, of the same length; `same`: whether question and
    passage share a language; `answerable`: whether the library holds the answer.
    """

    features: Floats
    scores: Floats
    same: npt.NDArray[np.bool_]
    answerable: bool


@dataclass(frozen=True)
class Measured:
    """A set: the names of the features, and a look for each question and side."""

    name: str
    names: tuple[str, ...]
    looks: tuple[Look, ...]

    def unread(self) -> "Measured":
        """The same without what reading tells."""
        kept = [n for n, name in enumerate(self.names) if name != READING]
        looks = [replace(look, features=look.features[:, kept]) for look in self.looks]
        return Measured(self.name, tuple(self.names[n] for n in kept), tuple(looks))


def measured(keep: Path, most: int, embedder: Embedder) -> Iterator[Measured]:
    """Every set, out of the kept file where its libraries and the code are the same."""
    for contexts, group in groupby(SETS, key=lambda s: s.contexts):
        texts, _ = read_set(next(s for s in SETS if s.contexts == contexts))
        with open_library(keep, contexts, texts, embedder) as (library, ids):
            for one in group:
                place = keep / f"features-{one.questions}-{contexts}.pickle"
                key = f"{_code()} {library.folder.name} {most}"
                _, asked = read_set(one, most, held_out=True)
                yield _kept(place, key, partial(_two_sides, one.name, library, ids, asked))
    for name, (kind, same) in WRITTEN.items():
        yield _of_written(name, keep, kind, same, most, embedder)
    with open_shipped(keep, embedder) as library:
        passages = [p.text for info in library.documents() for p in library.passages(info.id)]
        questions = [path.read_text("utf-8") for path in ON_SHIPPED]
        key = _digest([_code(), embedder.digest, *questions, *passages])
        yield _kept(keep / "features-shipped.pickle", key, partial(_shipped, library))


def _of_written(
    name: str, keep: Path, kind: str, same: bool, most: int, embedder: Embedder
) -> Measured:
    """Of small libraries, of a few texts each."""
    texts, asked = read_written(kind, most, same=same)
    looks: list[Look] = []
    names: tuple[str, ...] = ()
    for start in range(0, len(texts), TOGETHER):
        some = texts[start : start + TOGETHER]
        ours = [
            replace(q, context=q.context - start)
            for q in asked
            if start <= q.context < start + len(some)
        ]
        with open_library(keep, f"{kind}{start}", some, embedder) as (library, ids):
            place = keep / f"features-{kind}{start}-{'one' if same else 'two'}.pickle"
            key = f"{_code()} {library.folder.name} {_digest(ours)}"
            one = _kept(place, key, partial(_two_sides, name, library, ids, ours))
        names, looks = one.names, [*looks, *one.looks]
    return Measured(name, names, tuple(looks))


def _kept(place: Path, key: str, make: Callable[[], Measured]) -> Measured:
    if place.exists():
        found, kept = pickle.loads(place.read_bytes())
        if found == key:
            return kept
    made = make()
    place.write_bytes(pickle.dumps((key, made)))
    return made


def _code() -> str:
    """Tells features that must be measured again. Weights of refusal change none."""
    files = [p for p in Path(qa.__file__).parent.glob("*.py") if p.name != "weights.py"]
    files += [Path(index.__file__).parent / f"{name}.py" for name in ("late", "lexical", "library")]
    ranking = (weights.first_score, weights.passage_score, weights.sentence_score)
    sources = [p.read_text("utf-8") for p in sorted(files)] + list(map(inspect.getsource, ranking))
    return hashlib.sha256("\0".join(sources).encode()).hexdigest()


def _digest(made_of: Sequence[object]) -> str:
    return hashlib.sha256("\0".join(map(str, made_of)).encode()).hexdigest()


def _two_sides(name: str, library: Library, ids: Sequence[str], asked: Sequence[Asked]) -> Measured:
    looks = []
    names: tuple[str, ...] = ()
    everything = frozenset(ids)
    for question in tqdm(asked, desc=name, file=sys.stderr, mininterval=5):
        query = read_query(library, question.text)
        others = Filters(documents=everything - {ids[question.context]})
        sides = [(False, others), (True, Filters())] if question.answers else [(False, Filters())]
        for answerable, where in sides:
            names, look = _look(library, query, where, answerable)
            looks.append(look)
    return Measured(name, names, tuple(looks))


def _shipped(library: Library) -> Measured:
    """Questions on the shipped document that stand by themselves and ask for no list of speakers."""
    looks = []
    names: tuple[str, ...] = ()
    speakers = library.speakers()
    for question in (q for file in ON_SHIPPED for q in load_questions(file) if not q.history):
        wanted = read_attribution(question.text, speakers)
        if wanted.asks_who:
            continue
        text = (wanted.speakers and wanted.topic) or question.text
        query = read_query(library, text, Names(speakers).romanised_in(text))
        if query.words.content:
            where = Filters(speakers=frozenset(wanted.speakers))
            names, look = _look(library, query, where, question.answerable)
            looks.append(look)
    return Measured(SHIPPED, names, tuple(looks))


def _look(
    library: Library, query: Query, where: Filters, answerable: bool
) -> tuple[tuple[str, ...], Look]:
    candidates = retrieve(library, query, where)
    first = candidates[:_LOOKED_AT]
    reader = library.embedder.reader
    assert reader
    readings = read(reader, query.text, first)
    features = [
        {**measure(query, c, candidates), READING: told}
        for c, told in zip(first, readings, strict=True)
    ]
    return tuple(features[0]), Look(
        features=np.array([list(f.values()) for f in features]),
        scores=np.array([c.score for c in first]),
        same=np.array([not c.abroad for c in first]),
        answerable=answerable,
    )


# Fitting.


@dataclass(frozen=True)
class Chosen:
    """What is shown for each question of one set, in one kind of script.

    `shares`: of a whole set each side sums to 1, however many questions it has.
    """

    features: Floats
    logits: Floats
    answerable: npt.NDArray[np.bool_]
    shares: Floats


def choose(one: Measured, models: Mapping[bool, Model], same: bool) -> Chosen:
    """The passage with the best score and verdict together, where its script is `same`."""
    vectors = {
        kind: np.array([model.get(name, 0.0) for name in one.names])
        for kind, model in models.items()
    }
    features, logits, answerable = [], [], []
    for look in one.looks:
        by_kind = [vectors[bool(s)] @ f for s, f in zip(look.same, look.features, strict=True)]
        biases = [models[bool(s)]["bias"] for s in look.same]
        logit = np.array(by_kind) + np.array(biases)
        best = int(np.argmax(look.scores + logit))
        if look.same[best] == same:
            features.append(look.features[best])
            logits.append(logit[best])
            answerable.append(look.answerable)
    sides = Counter(look.answerable for look in one.looks)
    return Chosen(
        np.array(features).reshape(-1, len(one.names)),
        np.array(logits),
        np.array(answerable, bool),
        np.array([1 / sides[side] for side in answerable]),
    )


def fit(
    sets: Sequence[Measured], refused: Mapping[bool, float] = REFUSED
) -> dict[bool, dict[str, float]]:
    """The weights for questions in the passage's script (True) and in another (False).

    Each `bias` is moved so that its share of `refused` of the questions with an answer is.
    """
    sets = [one for one in sets if one.name not in ASKED_ONLY]
    models: dict[bool, dict[str, float]] = {True: {"bias": 0.0}, False: {"bias": 0.0}}
    for _ in range(_ROUNDS):
        models = {
            same: _fitted(
                [choose(one, models, same) for one in sets for _ in range(_counts(one))],
                sets[0].names,
            )
            for same in models
        }
    for same in models:
        models[same] |= {"bias": models[same]["bias"] + _shift(sets, models, same, refused[same])}
    return models


def _counts(one: Measured) -> int:
    """The only set of speeches and of questions as people put them counts as several."""
    return 3 if one.name == SHIPPED else 1


def _fitted(chosen: Sequence[Chosen], names: Sequence[str]) -> dict[str, float]:
    free = [i for i, name in enumerate(names) if name not in BY_HAND]
    sides = np.concatenate([c.answerable for c in chosen])
    shares = np.concatenate([c.shares for c in chosen])
    regression = LogisticRegression(C=_RIDGE, max_iter=5000)
    features = np.concatenate([c.features for c in chosen])[:, free]
    regression.fit(features, sides, shares * len(shares) / shares.sum())
    by_hand = {name: weights.SAME_SCRIPT[name] for name in BY_HAND if name in names}
    found = dict(zip([names[i] for i in free], regression.coef_[0].tolist(), strict=True))
    both = {name: {**by_hand, **found}[name] for name in names}
    return {"bias": float(regression.intercept_[0]), **both}


def _shift(
    sets: Sequence[Measured], models: Mapping[bool, Model], same: bool, refused: float
) -> float:
    """What to add to the bias."""
    chosen = [choose(one, models, same) for one in sets if one.name not in WRITTEN]
    logits = np.concatenate([c.logits[c.answerable] for c in chosen])
    shares = np.concatenate([c.shares[c.answerable] for c in chosen])
    order = np.argsort(logits)
    at = int(np.searchsorted(np.cumsum(shares[order]) / shares.sum(), refused))
    return -float(logits[order[at]])


def figures(one: Measured, models: Mapping[bool, Model]) -> tuple[int, float, float, float]:
    """Questions, AUROC, and what is refused of those without and with an answer."""
    both = [choose(one, models, same) for same in models]
    logits = np.concatenate([c.logits for c in both])
    answerable = np.concatenate([c.answerable for c in both])
    return (
        len(logits),
        float(roc_auc_score(answerable, logits)),
        float((logits[~answerable] < 0).mean()),
        float((logits[answerable] < 0).mean()),
    )


def _print_table(rows: Mapping[str, tuple[int, float, float, float]]) -> None:
    print(f"  {'set':<20}{'asked':>7}{'AUROC':>8}{'refused: no answer':>20}{'answer':>8}")
    for name, (count, auroc, right, wrong) in rows.items():
        print(f"  {name:<20}{count:>7}{auroc:>8.3f}{right:>20.3f}{wrong:>8.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keep", type=Path, required=True, help="folder of libraries and features")
    parser.add_argument("--questions", type=int, default=400, help="at most so many of each set")
    options = parser.parse_args()
    if not SHARED.is_dir():
        parser.exit(0, f"{SHARED} is not here; SHARED names the folder that holds it\n")
    options.keep.mkdir(exist_ok=True)
    sets = list(measured(options.keep, options.questions, load_embedder()))
    for told, some in (("", [one.unread() for one in sets]), ("_READ", sets)):
        shipped = {
            same: getattr(weights, f"{name}{told}")
            for name, same in (("SAME_SCRIPT", True), ("OTHER_SCRIPT", False))
        }
        _report(some, shipped, told)


def _report(sets: Sequence[Measured], shipped: Mapping[bool, Model], told: str) -> None:
    print(f"\n{'Read' if told else 'Not read'}. The weights in qa/weights.py:")
    _print_table({one.name: figures(one, shipped) for one in sets})
    print("\nFitted on all sets:")
    models = fit(sets)
    _print_table({one.name: figures(one, models) for one in sets})
    print("\nEach set left out of the fit:")
    _print_table({one.name: figures(one, fit([s for s in sets if s is not one])) for one in sets})
    for name, same in (("SAME_SCRIPT", True), ("OTHER_SCRIPT", False)):
        rounded = {key: round(weight, 2) for key, weight in models[same].items()}
        # Upwards, so that no more is refused than was said.
        rounded["bias"] = math.ceil(100 * models[same]["bias"]) / 100
        print(f"\n{name}{told} = {json.dumps(rounded, indent=4)}")


if __name__ == "__main__":
    main()
