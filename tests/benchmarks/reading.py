"""Teaches the packaged model to read question and text together (`make reader`).

It begins with what `adapt.py` taught and ends in `index/reader.safetensors`. Of each question of the
lessons the first passages are found as the search finds them, by vectors, sentences and tokens: among
all contexts of its set, and among all but its own. What is read is the best sentence with its
neighbours (`qa.reading`): it answers where it is the question's own context and holds the answer. One
logistic output learns that; where it answers, two more learn at which token the answer begins and
ends, which is only a help and not kept.

There are three rounds. The second goes on with fewer questions of each set and with the speeches, which
are in the language of offices while people ask in their own, the third with the entries.

The first takes four minutes on a GPU that another process shares and a day on two cores, each of the
others half an hour on these. After it: `make fit`.
"""

import argparse
import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F
from adapt import Row, Teacher, settle
from lessons import Context, Text, lessons
from question_sets import SHARED
from student import DEVICE, HALF, Student, learn

from index import adapter, eight_bit
from index.packed import Packed, packed_file
from index.reader import LONGEST, LONGEST_QUESTION
from index.unigram import Unigram
from qa.reading import whole_sentences

_HEAD_RATE = 1e-3
_DROPPED = 0.1
_LOOKED_AT, _TAKEN, _TOGETHER = 8, 3, 64


@dataclass(frozen=True)
class Round:
    """`tokens` of one step; `places`: what the places of answers count; `asked`: of each set at most
    so many questions and forms, in each language of passages, on at most so many `contexts`;
    `others`: whether a second text is taken where nothing answers.
    """

    epochs: float
    rate: float
    tokens: int
    places: float
    asked: dict[str, int]
    contexts: int
    others: bool


_ALL = 100_000
_FIRST = Round(
    epochs=4.6,
    rate=5e-4,
    tokens=30_000,
    places=0.5,
    asked={
        "cmrc2018-trial": 2_000,
        "drcd-dev": 6_000,
        "xquad": _ALL,
        "written": 16_000,
        "articles": 30_000,
    },
    contexts=_ALL,
    others=True,
)
_SECOND = Round(
    epochs=0.72,
    rate=2e-4,
    tokens=8_000,
    places=0.0,
    asked={
        "cmrc2018-trial": 300,
        "drcd-dev": 500,
        "xquad": 400,
        "written": 1_000,
        "articles": 2_000,
        "speeches": 6_500,
    },
    contexts=200,
    others=False,
)
_THIRD = replace(
    _SECOND,
    epochs=0.7,
    asked={
        "cmrc2018-trial": 200,
        "drcd-dev": 400,
        "xquad": 250,
        "articles": 800,
        "speeches": 1_200,
        "entries": _ALL,
    },
)
ROUNDS = (_FIRST, _SECOND, _THIRD)


@dataclass
class Pair:
    """A question and a text as the model reads them: token `numbers`, the question's first.

    `answer`: the first and the last token of the answer in them, where the text answers; `right` is
    None where it may.
    """

    numbers: list[int]
    asked: int
    right: bool | None
    answer: tuple[int, int] | None = None


@dataclass
class Look:
    """The first passages found for a question, with its own context there or not."""

    answerable: bool
    pairs: list[Pair]


class Found:
    """The passages of one set, encoded."""

    @torch.no_grad()
    def __init__(self, teacher: Teacher, contexts: Sequence[Context], language: str) -> None:
        self._teacher, self._contexts, self._wanted = teacher, contexts, language
        self._passages = [
            (n, p) for n, c in enumerate(contexts) for p in c.passages[c.language(language)]
        ]
        texts = [p for _, p in self._passages]
        self._owners = torch.tensor([n for n, _ in self._passages], device=DEVICE)
        self._most = max(len(p.sentences) for p in texts)
        longest = max(int(p.own.sum()) for p in texts)
        shape = len(texts), longest
        self._tokens = torch.zeros(*shape, teacher.student.width, device=DEVICE).to(HALF)
        self._groups = torch.full(shape, self._most, device=DEVICE)
        self._vectors = torch.empty(len(texts), teacher.student.width, device=DEVICE)
        self._sentences = torch.zeros(len(texts), self._most, teacher.student.width, device=DEVICE)
        for start in range(0, len(texts), 64):
            some = texts[start : start + 64]
            states, vectors, own = teacher.encoded(some)
            self._vectors[start : start + len(some)] = vectors
            centred = F.normalize(states - teacher.mean, dim=-1).to(HALF)
            for n, passage in enumerate(some, start):
                rows = centred[n - start][own[n - start]]
                self._tokens[n, : len(rows)] = rows
                self._groups[n, : len(rows)] = torch.from_numpy(passage.groups).to(DEVICE)
                _, alone, _ = teacher.encoded(passage.sentences)
                self._sentences[n, : len(alone)] = alone

    @torch.no_grad()
    def looks(self, rows: Sequence[Row]) -> Iterator[Look]:
        """Two for a question whose context tells the answer, one for another."""
        sides = [
            (row, answerable)
            for row in rows
            for answerable in ((True, False) if self._answers(row) else (False,))
        ]
        for start in range(0, len(sides), _TOGETHER):
            yield from self._looks(sides[start : start + _TOGETHER])

    def _answers(self, row: Row) -> list[str]:
        return row.question.answers[self._contexts[row.context].language(self._wanted)]

    def _looks(self, sides: Sequence[tuple[Row, bool]]) -> Iterator[Look]:
        texts = [row.text for row, _ in sides]
        states, vectors, own = self._teacher.encoded(texts)
        turned, weights = self._teacher.question_tokens(states, own, texts)
        cosines = vectors @ self._vectors.T
        asked = torch.tensor([row.context for row, _ in sides], device=DEVICE)
        absent = torch.tensor([not answerable for _, answerable in sides], device=DEVICE)
        told = torch.tensor([bool(self._answers(row)) for row, _ in sides], device=DEVICE)
        hidden = (absent & told)[:, None] & (asked[:, None] == self._owners)
        dense, first = cosines.masked_fill(hidden, -1).topk(min(_LOOKED_AT, len(self._passages)))
        met = torch.einsum("nqd,nptd->npqt", turned.to(HALF), self._tokens[first]).float()
        groups = self._groups[first]
        met = met.masked_fill((groups == self._most)[:, :, None], -1.0)
        tokens = (met.amax(3) * weights[:, None]).sum(2)
        shape = *met.shape[:3], self._most + 1
        best = torch.full(shape, -1.0, device=DEVICE).scatter_reduce(
            3, groups[:, :, None].expand_as(met), met, "amax"
        )
        parts = (best[..., : self._most] * weights[:, None, :, None]).sum(2)
        alone = torch.einsum("npsd,nd->nps", self._sentences[first], vectors)
        evidence = [dense, alone.amax(2), tokens, parts.amax(2)]
        weighed = (0.2, 3.5, 3.6, 2.2)  # as in `qa.weights.passage_score`
        scores = sum(w * _scaled(e) for w, e in zip(weighed, evidence, strict=True))
        sentences = (17.2 * alone + 15.9 * parts).argmax(2)  # as in `qa.weights.sentence_score`
        order = scores.argsort(dim=1, descending=True)[:, :_TAKEN].tolist()
        first, sentences = first.tolist(), sentences.tolist()
        for n, (row, answerable) in enumerate(sides):
            pairs = []
            for at in order[n]:
                owner, passage = self._passages[first[n][at]]
                answers = self._answers(row) if owner == row.context else []
                pairs.append(pair(row.text, passage, sentences[n][at], answers))
            yield Look(answerable, pairs)


def _scaled(scores: torch.Tensor) -> torch.Tensor:
    low, high = scores.amin(1, keepdim=True), scores.amax(1, keepdim=True)
    return (scores - low) / (high - low).clamp(min=1e-9)


def pair(question: Text, passage: Text, sentence: int, answers: Sequence[str]) -> Pair:
    """The sentence with whole ones before and after it, as `qa.reading` takes them; `answers` are
    those that the passage may hold.
    """
    lengths = np.bincount(passage.groups.clip(0), minlength=len(passage.sentences))
    first, last = whole_sentences(lengths.tolist(), sentence)
    read = np.nonzero((passage.groups >= first) & (passage.groups <= last))[0][:LONGEST]
    own = np.array(passage.numbers)[passage.own]
    asked = question.numbers[:LONGEST_QUESTION]
    made = Pair([*asked, *own[read].tolist(), passage.numbers[-1]], len(asked), False)
    if answers:
        places = [
            (begin, end)
            for begin, end in _places(passage, answers)
            if read[0] <= begin and end <= read[-1]
        ]
        made.right = True if places else None
        if places:
            begin, end = places[0]
            made.answer = len(asked) + begin - read[0], len(asked) + end - read[0]
    return made


def _places(passage: Text, answers: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The first and the last token of each answer among the passage's own, blanks ignored."""
    kept = [n for n, sign in enumerate(passage.text) if not sign.isspace()]
    ends = np.append(passage.starts[1:], len(passage.text))
    for answer in filter(None, answers):
        at = passage.bare.find(answer)
        while at >= 0:
            start, stop = kept[at], kept[at + len(answer) - 1] + 1
            over = np.nonzero((passage.starts < stop) & (ends > start))[0]
            if len(over):
                yield int(over[0]), int(over[-1])
            at = passage.bare.find(answer, at + 1)


class Reading(Student):
    """The model with what it tells of a pair: whether it answers, and where."""

    def __init__(self, source: Packed) -> None:
        super().__init__(source, out_of=_DROPPED)
        self.load(adapter.VECTORS)
        self.answers = torch.nn.Linear(self.width, 1).to(DEVICE)
        self.places = torch.nn.Linear(self.width, 2).to(DEVICE)

    def loss(self, pairs: Sequence[Pair], places: float) -> torch.Tensor:
        """`places`: what the places of answers count."""
        states, there = self.states([one.numbers for one in pairs])
        first = F.dropout(states[:, 0], _DROPPED)
        right = torch.tensor([float(bool(one.right)) for one in pairs], device=DEVICE)
        loss = F.binary_cross_entropy_with_logits(self.answers(first)[:, 0], right)
        told = [n for n, one in enumerate(pairs) if one.answer]
        if not told or not places:
            return loss
        asked = torch.tensor([pairs[n].asked for n in told], device=DEVICE)[:, None]
        text = there[told] & (torch.arange(there.shape[1], device=DEVICE)[None] >= asked)
        logits = self.places(states[told]).masked_fill(~text[..., None], -1e4)
        ends = torch.tensor([pairs[n].answer for n in told], device=DEVICE)
        where = F.cross_entropy(logits.transpose(1, 2).flatten(0, 1), ends.flatten())
        return loss + places * len(told) / len(pairs) * where


def looks(teacher: Teacher, sets: dict[str, list[Context]], plan: Round) -> Iterator[Look]:
    """Of the sets of a round."""
    for name, most in plan.asked.items():
        contexts = random.sample(sets[name], min(len(sets[name]), plan.contexts))
        for language in sorted(contexts[0].passages):
            rows = [
                Row(n, q, form)
                for n, c in enumerate(contexts)
                for q in c.questions
                for form in q.forms
            ]
            some = random.sample(rows, min(len(rows), most))
            yield from Found(teacher, contexts, language).looks(some)


def batches(found: Sequence[Look], plan: Round) -> list[list[Pair]]:
    """One time through: of each look what answers and one that does not; where nothing can answer,
    the first, and another if the round takes `others`.
    """
    pairs: list[Pair] = []
    for look in found:
        wrong = [one for one in look.pairs if one.right is False]
        pairs += [one for one in look.pairs if one.right][:1]
        if not look.answerable:
            pairs += wrong[:1]
            wrong = wrong[1:] if plan.others else []
        if wrong:
            pairs.append(random.choice(wrong))
    random.shuffle(pairs)
    made: list[list[Pair]] = []
    for start in range(0, len(pairs), 4096):
        batch: list[Pair] = []
        for one in sorted(pairs[start : start + 4096], key=lambda one: len(one.numbers)):
            if batch and (len(batch) + 1) * len(one.numbers) > plan.tokens:
                made.append(batch)
                batch = []
            batch.append(one)
        made.append(batch)
    random.shuffle(made)
    return made


def teach(reading: Reading, found: Sequence[Look], plan: Round) -> None:
    steps = int(plan.epochs * len(batches(found, plan)))
    heads = [*reading.answers.parameters(), *reading.places.parameters()]
    changed = [
        {"params": reading.learned(), "lr": plan.rate, "weight_decay": 0.01},
        {"params": heads, "lr": _HEAD_RATE, "weight_decay": 0.01},
    ]
    losses = (
        reading.loss(batch, plan.places)
        for _ in itertools.count()
        for batch in batches(found, plan)
    )
    learn(changed, [*reading.learned(), *heads], steps, min(100, steps // 10), losses)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.parse_args()
    if not SHARED.is_dir():
        parser.exit(0, f"{SHARED} is not here; SHARED names the folder that holds it\n")
    random.seed(0)
    torch.manual_seed(0)
    source = Packed.read(packed_file())
    teacher = Teacher(Student(source))
    teacher.student.load(adapter.VECTORS)
    sets = lessons(Unigram(eight_bit.folder()))
    settle(teacher, sets)
    reading = Reading(source)
    for plan in ROUNDS:
        teach(reading, list(looks(teacher, sets, plan)), plan)
    answers = {"weight": reading.answers.weight[0], "bias": reading.answers.bias}
    reading.save(adapter.READING, {f"answers.{name}": part for name, part in answers.items()})


if __name__ == "__main__":
    main()
