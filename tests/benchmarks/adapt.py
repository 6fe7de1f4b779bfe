"""Teaches the packaged model and writes `index/adapter.safetensors` (`make adapter`).

Every matrix of the model gets LoRA. It learns what the search does with its vectors: the question's
vector beside those of passages and of single sentences, and each of its tokens beside theirs (late
interaction, as `index.late` compares). Of the passages of a dozen or so neighbouring contexts the
right one must stand first (InfoNCE, van den Oord et al. 2018), the sentence that answers first in its
passage, and the right ones above one line and those of other documents below it, which is what a
refusal goes by. What a written text does not tell must stay below the line. A question beside itself in
the passage's language must stand first among others.

Five minutes on a GPU that three others shared; some hours on two cores. One article in four is held
out: `make bench-quality` asks those. After it: `make fit`.
"""

import argparse
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from lessons import Context, Question, Text, lessons
from question_sets import SHARED
from student import DEVICE, HALF, Student, learn, pad

from index import adapter, eight_bit
from index.late import _FEW, _OWN_SHARE
from index.packed import Packed, packed_file
from index.unigram import Unigram

_STEPS, _RATE = 400, 7e-4
_TURNS = {"cmrc2018-trial": 1, "drcd-dev": 1, "xquad": 2, "written": 3, "articles": 3}
"""How often the contexts of a set are taken for once of the others."""
_CONTEXTS = {"cmrc2018-trial": 24, "drcd-dev": 24, "xquad": 16, "written": 10, "articles": 24}
_MOST_QUESTIONS = 200
_DROPPED = 0.1
_MEANING = 0.3  # what a question beside itself in another language counts
_ROUNDING = 0.35  # how much two bits a component disturb a vector
_NEVER = -9.0


@dataclass
class Scales:
    """What cosines are multiplied with, as logarithms, and the lines between right and wrong: their
    steepness and place, for questions in the passage's language and in others.
    """

    vector: torch.Tensor
    tokens: torch.Tensor
    sentence: torch.Tensor
    tokens_line: tuple[torch.Tensor, torch.Tensor]
    vector_line: tuple[torch.Tensor, torch.Tensor]

    @classmethod
    def begin(cls) -> "Scales":
        def free(*values: float) -> torch.Tensor:
            return (
                torch.tensor(values, dtype=torch.float32, device=DEVICE).squeeze().requires_grad_()
            )

        scales = (free(math.log(x)) for x in (43, 28, 20))
        return cls(*scales, (free(10, 10), free(0.52, 0.4)), (free(30, 30), free(0.84, 0.82)))

    def learned(self) -> list[torch.Tensor]:
        return [self.vector, self.tokens, self.sentence, *self.tokens_line, *self.vector_line]


@dataclass
class Row:
    """A question in one form, and the number of its context in the batch."""

    context: int
    question: Question
    form: str

    @property
    def text(self) -> Text:
        return self.question.forms[self.form]


class Teacher:
    def __init__(self, student: Student) -> None:
        self.student = student
        self.scales = Scales.begin()
        self.mean = torch.zeros(student.width, device=DEVICE)

    def loss(self, contexts: Sequence[Context], rows: Sequence[Row], wanted: str) -> torch.Tensor:
        """Of questions among the passages of their contexts, in the language `wanted`."""
        languages = [c.language(wanted) for c in contexts]
        passages = [(n, p) for n, c in enumerate(contexts) for p in c.passages[languages[n]]]
        answers = [row.question.answers[languages[row.context]] for row in rows]
        q_states, q_vectors, q_own = self.encoded([row.text for row in rows])
        p_states, p_vectors, p_own = self.encoded([p for _, p in passages])
        self.follow(p_states.detach(), p_own, share=0.05)
        turned, weights = self.question_tokens(q_states, q_own, [row.text for row in rows])
        centred = F.normalize(p_states - self.mean, dim=-1)
        noise = torch.randn_like(centred) * (_ROUNDING / math.sqrt(self.student.width))
        centred = F.normalize(centred + noise, dim=-1) * p_own[..., None]
        cosines = q_vectors @ p_vectors.T
        tokens = max_sim(turned, weights, centred, p_own)

        holds = _holding(answers, [p for _, p in passages])
        own = torch.tensor([[row.context == m for m, _ in passages] for row in rows], device=DEVICE)
        untold = torch.tensor([not one for one in answers], device=DEVICE)
        right = holds & own
        # The same words elsewhere are no lesson.
        unclear = holds & ~own
        wrong = (~own | untold[:, None]) & ~unclear
        scales = self.scales
        abroad = torch.tensor([row.form[:2] != languages[row.context] for row in rows]).long()
        loss = _first(cosines * scales.vector.exp(), right, unclear)
        loss = loss + 1.5 * _first(tokens * scales.tokens.exp(), right, unclear)
        loss = loss + 0.5 * _apart(tokens, right, wrong, abroad, scales.tokens_line)
        loss = loss + 0.3 * _apart(cosines, right, wrong, abroad, scales.vector_line)
        loss = loss + _MEANING * self._same_meaning(rows, q_vectors, languages)
        return loss + 0.5 * (
            self._sentence_in_passage(
                answers, [p for _, p in passages], right, turned, weights, centred
            )
            + self._sentence_alone(contexts, rows, answers, q_vectors, languages)
        )

    def _same_meaning(self, rows, vectors, languages):
        """A question beside itself in the passage's language, among all others."""
        near = [languages[row.context] for row in rows]
        some = [
            n for n, row in enumerate(rows) if row.form != near[n] and near[n] in row.question.forms
        ]
        if not some:
            return torch.zeros((), device=DEVICE)
        with torch.no_grad():
            _, natives, _ = self.encoded([rows[n].question.forms[near[n]] for n in some])
        same = torch.tensor(
            [[rows[n].question is rows[m].question for m in some] for n in some], device=DEVICE
        )
        logits = vectors[some] @ natives.T * self.scales.vector.exp()
        return _first(logits, same, torch.zeros_like(same))

    def _sentence_in_passage(self, answers, passages, right, turned, weights, centred):
        asked = right.any(dim=1).nonzero()[:, 0].tolist()
        if not asked:
            return torch.zeros((), device=DEVICE)
        places = right[asked].int().argmax(dim=1).tolist()
        most = max(len(passages[place].sentences) for place in places)
        groups = torch.full((len(asked), centred.shape[1]), most)
        answering = torch.zeros((len(asked), most), dtype=torch.bool)
        there = torch.zeros((len(asked), most), dtype=torch.bool)
        for n, (row, place) in enumerate(zip(asked, places, strict=True)):
            passage = passages[place]
            own = torch.from_numpy(passage.own).nonzero()[:, 0]
            groups[n, own] = torch.from_numpy(passage.groups).long()
            there[n, : len(passage.sentences)] = True
            answering[n, : len(passage.sentences)] = torch.tensor(
                [_holds(answers[row], s) for s in passage.sentences]
            )
        groups, answering, there = (x.to(DEVICE) for x in (groups, answering, there))
        cosines = turned[asked] @ centred[places].transpose(1, 2)
        best = torch.full((*cosines.shape[:2], most + 1), -1.0, device=DEVICE)
        best = best.scatter_reduce(2, groups[:, None].expand_as(cosines), cosines, "amax")
        logits = (best[..., :most] * weights[asked][..., None]).sum(1)
        told = answering.any(dim=1) & (there.sum(dim=1) > 1)
        return _first(logits * self.scales.sentence.exp(), answering & told[:, None], ~there)

    def _sentence_alone(self, contexts, rows, answers, vectors, languages):
        some = random.sample(range(len(contexts)), min(6, len(contexts)))
        asked = [n for n, row in enumerate(rows) if row.context in some]
        sentences = [
            (n, s) for n in some for p in contexts[n].passages[languages[n]] for s in p.sentences
        ]
        if not asked:
            return torch.zeros((), device=DEVICE)
        holds = _holding([answers[n] for n in asked], [s for _, s in sentences])
        own = torch.tensor(
            [[rows[n].context == m for m, _ in sentences] for n in asked], device=DEVICE
        )
        cosines = vectors[asked] @ self.encoded([s for _, s in sentences])[1].T
        return _first(cosines * self.scales.vector.exp(), holds & own, torch.zeros_like(own))

    def encoded(self, texts: Sequence[Text]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """States, shape (texts, tokens, width); vectors of length 1; which tokens are their own."""
        states, there = self.student.states([text.numbers for text in texts])
        vectors = F.normalize((states * there[..., None]).sum(1), dim=-1)
        own, _ = pad([torch.from_numpy(text.own) for text in texts])
        return states, vectors, own.to(DEVICE)

    def follow(self, states: torch.Tensor, own: torch.Tensor, share: float) -> None:
        """The mean of the passages' tokens goes along with the model."""
        self.mean = (1 - share) * self.mean + share * states[own].mean(dim=0)

    def question_tokens(
        self, states: torch.Tensor, own: torch.Tensor, questions: Sequence[Text]
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """As `index.late.turn` has them, and the weight of each."""
        count = own.sum(1, keepdim=True)
        share = (_OWN_SHARE * count / (count + _FEW))[..., None]
        common = (states * own[..., None]).sum(1, keepdim=True) / count[..., None].clamp(min=1)
        centred = F.normalize(states - share * common - (1 - share) * self.mean, dim=-1)
        weights = torch.zeros(own.shape)
        for row, question in enumerate(questions):
            weights[row, : len(question.own)][torch.from_numpy(question.own)] = torch.from_numpy(
                question.weights
            ).float()
        return centred * own[..., None], weights.to(DEVICE)


def max_sim(
    questions: torch.Tensor, weights: torch.Tensor, passages: torch.Tensor, own: torch.Tensor
) -> torch.Tensor:
    """The weighted mean of each token's best cosine, shape (questions, passages)."""
    flat = questions.flatten(0, 1).to(HALF)
    best = [
        (flat @ passage.to(HALF).T).float().masked_fill(~there, -1.0).amax(dim=1)
        for passage, there in zip(passages, own, strict=True)
    ]
    return (torch.stack(best, 1).view(*weights.shape, -1) * weights[..., None]).sum(1)


def _holds(answers: Sequence[str], text: Text) -> bool:
    return any(answer in text.bare for answer in answers)


def _holding(answers: Sequence[Sequence[str]], texts: Sequence[Text]) -> torch.Tensor:
    """Which text holds one of the answers of which question, shape (questions, texts)."""
    return torch.tensor([[_holds(some, text) for text in texts] for some in answers], device=DEVICE)


def _first(logits: torch.Tensor, right: torch.Tensor, unclear: torch.Tensor) -> torch.Tensor:
    """The right ones of each row above the others."""
    asked = right.any(dim=1)
    if not asked.any():
        return logits.sum() * 0
    logits = logits.masked_fill(unclear, -1e9)[asked]
    chosen = logits.masked_fill(~right[asked], -1e9)
    return (torch.logsumexp(logits, 1) - torch.logsumexp(chosen, 1)).mean()


def _apart(scores, right, wrong, abroad, line):
    """The best right one above the line of the question's kind, the best wrong one below."""
    steepness, place = (part[abroad] for part in line)
    misses = torch.zeros((), device=DEVICE)
    for side, sign in ((right, 1), (wrong, -1)):
        best = scores.masked_fill(~side, _NEVER).max(dim=1).values
        asked = side.any(dim=1)
        if asked.any():
            misses = misses + F.softplus(sign * steepness * (place - best))[asked].mean()
    return misses


def batches(contexts: Sequence[Context], middles: torch.Tensor, most: int) -> list[list[Context]]:
    """Each context once, `most` together, many of them near: what is near is hard to tell apart."""
    left = set(range(len(contexts)))
    made = []
    while left:
        batch: list[int] = []
        while left and len(batch) < most:
            seed = random.choice(sorted(left))
            left.discard(seed)
            order = (middles @ middles[seed]).argsort(descending=True).tolist()
            near = [n for n in order if n in left][: most // 2 - 1]
            batch += [seed, *near[: most - len(batch) - 1]]
            left.difference_update(batch)
        made.append([contexts[n] for n in batch])
    return made


@torch.no_grad()
def middles(teacher: Teacher, contexts: Sequence[Context]) -> torch.Tensor:
    """Where the passages of each context lie, shape (contexts, width)."""
    means = torch.stack(
        [teacher.encoded(c.passages[c.language("zh")])[1].mean(0) for c in contexts]
    )
    return F.normalize(means - means.mean(0), dim=-1).cpu()


@torch.no_grad()
def settle(teacher: Teacher, sets: dict[str, list[Context]]) -> None:
    """The mean of the passages' tokens, over some contexts of each set, before teaching."""
    some = [c for cs in sets.values() for c in random.sample(cs, min(len(cs), 20))]
    passages = [p for c in some for ps in c.passages.values() for p in ps]
    for n, start in enumerate(range(0, len(passages), 32)):
        states, _, own = teacher.encoded(passages[start : start + 32])
        teacher.follow(states, own, share=1 / (1 + n))


def plan(teacher: Teacher, sets: dict[str, list[Context]]) -> Iterator[tuple[str, list[Context]]]:
    """Batches without end; a set's contexts all come before one comes again."""
    places = {name: middles(teacher, sets[name]) for name in _TURNS}
    while True:
        once = [
            (name, batch)
            for name, times in _TURNS.items()
            for _ in range(times)
            for batch in batches(sets[name], places[name], _CONTEXTS[name])
        ]
        random.shuffle(once)
        yield from once


def teach(teacher: Teacher, sets: dict[str, list[Context]]) -> None:
    settle(teacher, sets)
    changed = [
        {"params": teacher.student.learned(), "lr": _RATE, "weight_decay": 0.01},
        {"params": teacher.scales.learned(), "lr": 5e-3, "weight_decay": 0.0},
    ]

    def losses() -> Iterator[torch.Tensor]:
        for name, contexts in plan(teacher, sets):
            language = random.choice(sorted(contexts[0].passages))
            yield teacher.loss(contexts, asked(name, contexts), language)

    learn(changed, teacher.student.learned(), _STEPS, 50, losses())


def asked(name: str, contexts: Sequence[Context]) -> list[Row]:
    """Any form of a question; where most are glossed, one by lot."""
    rows = [(n, q) for n, c in enumerate(contexts) for q in c.questions]
    if name in ("cmrc2018-trial", "drcd-dev"):
        shares = {"zh": 0.4, "zh-Hans": 0.3, "en": 0.3}
        every = [Row(n, q, *random.choices([*shares], [*shares.values()])) for n, q in rows]
    else:
        every = [Row(n, q, form) for n, q in rows for form in q.forms]
    return random.sample(every, min(len(every), _MOST_QUESTIONS))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.parse_args()
    if not SHARED.is_dir():
        parser.exit(0, f"{SHARED} is not here; SHARED names the folder that holds it\n")
    random.seed(0)
    torch.manual_seed(0)
    teacher = Teacher(Student(Packed.read(packed_file()), into=_DROPPED))
    teach(teacher, lessons(Unigram(eight_bit.folder())))
    teacher.student.save(adapter.VECTORS)


if __name__ == "__main__":
    main()
