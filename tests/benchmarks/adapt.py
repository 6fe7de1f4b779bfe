"""Teaches the packaged model and writes `index/adapter.safetensors` (`make adapter`).

The lower half of the model stays as it is; the upper half gets LoRA. It learns what the search does
with its vectors: the question's vector beside those of passages and of single sentences, and each
of its tokens beside theirs (late interaction, as `index.late` compares). Of the passages of a dozen
or so neighbouring contexts the right one must stand first (InfoNCE, van den Oord et al. 2018), the
sentence that answers first in its passage, and the right ones above one line and those of other
documents below it, which is what a refusal goes by.

Three rounds: the first with questions in Chinese and English, the second with Russian and glossed
ones too, the third with those of `written`, in many languages and in people's own words; what a text
there does not tell must stay below the line. On two cores it takes about an hour. One article in four
is held out: `make bench-quality` asks those. After it: `make fit`.
"""

import argparse
import math
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from lessons import Context, Question, Text, lessons
from question_sets import SHARED
from student import FROZEN, HALF, Student, pad
from tqdm import tqdm

from index import eight_bit
from index.late import _FEW, _OWN_SHARE
from index.packed import Packed, packed_file
from index.unigram import Unigram


@dataclass(frozen=True)
class Round:
    """One round of teaching: `times` through the contexts of `sets`, a set named twice taken twice;
    the `rate` of learning; `forms` of questions, `glossed` ones too.
    """

    sets: tuple[str, ...]
    times: float
    rate: float
    forms: tuple[str, ...]
    glossed: bool


_SETS = ("cmrc2018-trial", "drcd-dev", "xquad", "xquad")  # XQuAD's passages have two languages
_FIRST = (
    Round(_SETS, 2.0, 1e-3, ("zh", "zh-Hans", "en"), glossed=False),
    Round(_SETS, 1.5, 7e-4, ("zh", "zh-Hans", "en", "ru"), glossed=True),
)
_WITH_WRITTEN = (*_SETS, "written", "written", "written")
_LAST = Round(_WITH_WRITTEN, 2.0, 7e-4, ("zh", "zh-Hans", "en", "ru"), glossed=True)
_LAST_COUNTS = 0.5
"""What the last round counts in the mean with what stood before it, which forgets less (Wortsman et
al. 2022, Robust fine-tuning of zero-shot models)."""
_CONTEXTS = {"cmrc2018-trial": 12, "drcd-dev": 14, "xquad": 10, "written": 6}
_MOST_QUESTIONS = {"cmrc2018-trial": 64, "drcd-dev": 64, "xquad": 96, "written": 160}
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
            return torch.tensor(values, dtype=torch.float32).squeeze().requires_grad_()

        scales = (free(math.log(x)) for x in (43, 28, 20))
        return cls(*scales, (free(10, 10), free(0.52, 0.4)), (free(30, 30), free(0.84, 0.82)))

    def learned(self) -> list[torch.Tensor]:
        return [self.vector, self.tokens, self.sentence, *self.tokens_line, *self.vector_line]


class Teacher:
    def __init__(self, student: Student) -> None:
        self.student = student
        self.scales = Scales.begin()
        self.mean = torch.zeros(student.width)

    @torch.no_grad()
    def prepare(self, contexts: Sequence[Context]) -> None:
        """The state of each text behind the frozen layers, which never changes."""
        texts = [
            t for c in contexts for ps in c.passages.values() for p in ps for t in (p, *p.sentences)
        ]
        texts += [form for c in contexts for q in c.questions for form in q.forms.values()]
        texts.sort(key=lambda text: len(text.numbers))
        for start in tqdm(range(0, len(texts), 32), file=sys.stderr, desc="frozen layers"):
            some = texts[start : start + 32]
            states, there = self.student.embed([text.numbers for text in some])
            states = self.student.run(states, there, 0, FROZEN)
            for text, state, own in zip(some, states, there, strict=True):
                text.state = state[own].clone()
        passages = [
            p
            for c in contexts[:: len(contexts) // 100 or 1]
            for ps in c.passages.values()
            for p in ps
        ]
        for start in range(0, len(passages), 32):
            some = passages[start : start + 32]
            self._follow(*self._encoded(some)[::2], share=1 / (1 + start / 32))

    def loss(
        self, contexts: Sequence[Context], asked: Sequence[tuple[int, Question, str]], language: str
    ) -> torch.Tensor:
        """Of questions (their context, themselves, their form) among the passages of a language."""
        questions = [question.forms[form] for _, question, form in asked]
        languages = [c.language(language) for c in contexts]
        passages = [(n, p) for n, c in enumerate(contexts) for p in c.passages[languages[n]]]
        q_states, q_vectors, q_own = self._encoded(questions)
        p_states, p_vectors, p_own = self._encoded([p for _, p in passages])
        self._follow(p_states.detach(), p_own, share=0.05)
        turned, weights = self._question_tokens(q_states, q_own, questions)
        centred = F.normalize(p_states - self.mean, dim=-1)
        noise = torch.randn_like(centred) * (_ROUNDING / math.sqrt(self.student.width))
        centred = F.normalize(centred + noise, dim=-1) * p_own[..., None]
        cosines = q_vectors @ p_vectors.T
        tokens = _max_sim(turned, weights, centred, p_own)

        holds = torch.tensor(
            [[_holds(q, p, languages[n]) for _, p in passages] for n, q, _ in asked]
        )
        own = torch.tensor([[n == m for m, _ in passages] for n, _, _ in asked])
        untold = torch.tensor([not q.answers[languages[n]] for n, q, _ in asked])
        right = holds & own
        # The same words elsewhere are no lesson.
        unclear = holds & ~own
        wrong = (~own | untold[:, None]) & ~unclear
        scales = self.scales
        abroad = torch.tensor([form[:2] != languages[n] for n, _, form in asked]).long()
        loss = _first(cosines * scales.vector.exp(), right, unclear)
        loss = loss + 1.5 * _first(tokens * scales.tokens.exp(), right, unclear)
        loss = loss + 0.5 * _apart(tokens, right, wrong, abroad, scales.tokens_line)
        loss = loss + 0.3 * _apart(cosines, right, wrong, abroad, scales.vector_line)
        return loss + 0.5 * (
            self._sentence_in_passage(asked, passages, right, turned, weights, centred, languages)
            + self._sentence_alone(contexts, asked, q_vectors, languages)
        )

    def _sentence_in_passage(self, asked, passages, right, turned, weights, centred, languages):
        losses = []
        for row, (n, question, _) in enumerate(asked):
            if not right[row].any():
                continue
            place = int(right[row].int().argmax())
            passage = passages[place][1]
            answers = torch.tensor([_holds(question, s, languages[n]) for s in passage.sentences])
            if len(answers) < 2 or not answers.any():
                continue
            own, groups = torch.from_numpy(passage.own), torch.from_numpy(passage.groups)
            cosines = turned[row] @ centred[place, : len(own)][own].T
            least = torch.full((len(cosines),), -1.0)
            best = [
                cosines[:, groups == n].max(dim=1).values if (groups == n).any() else least
                for n in range(len(answers))
            ]
            logits = (torch.stack(best) @ weights[row]) * self.scales.sentence.exp()
            losses.append(torch.logsumexp(logits, 0) - torch.logsumexp(logits[answers], 0))
        return torch.stack(losses).mean() if losses else torch.zeros(())

    def _sentence_alone(self, contexts, asked, vectors, languages):
        some = random.sample(range(len(contexts)), min(4, len(contexts)))
        rows = [row for row, (n, _, _) in enumerate(asked) if n in some]
        sentences = [
            (n, s) for n in some for p in contexts[n].passages[languages[n]] for s in p.sentences
        ]
        if not rows:
            return torch.zeros(())
        right = torch.tensor(
            [
                [
                    asked[row][0] == n and _holds(asked[row][1], s, languages[n])
                    for n, s in sentences
                ]
                for row in rows
            ]
        )
        cosines = vectors[rows] @ self._encoded([s for _, s in sentences])[1].T
        return _first(cosines * self.scales.vector.exp(), right, torch.zeros_like(right))

    def _encoded(self, texts: Sequence[Text]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """States, shape (texts, tokens, width); vectors of length 1; which tokens are their own."""
        states, there = pad([text.state for text in texts])
        states = self.student.run(states, there, FROZEN, self.student.layers).float()
        vectors = F.normalize((states * there[..., None]).sum(1), dim=-1)
        own, _ = pad([torch.from_numpy(text.own) for text in texts])
        return states, vectors, own

    def _follow(self, states: torch.Tensor, own: torch.Tensor, share: float) -> None:
        """The mean of the passages' tokens goes along with the model."""
        self.mean = (1 - share) * self.mean + share * states[own].mean(dim=0)

    def _question_tokens(self, states, own, questions):
        """As `index.late.turn` has them, and the weight of each."""
        count = own.sum(1, keepdim=True)
        share = (_OWN_SHARE * count / (count + _FEW))[..., None]
        common = (states * own[..., None]).sum(1, keepdim=True) / count[..., None].clamp(min=1)
        centred = F.normalize(states - share * common - (1 - share) * self.mean, dim=-1)
        weights = torch.zeros(own.shape)
        weights[own] = torch.cat([torch.from_numpy(q.weights) for q in questions]).float()
        return centred * own[..., None], weights


def _max_sim(
    questions: torch.Tensor, weights: torch.Tensor, passages: torch.Tensor, own: torch.Tensor
) -> torch.Tensor:
    """The weighted mean of each token's best cosine, shape (questions, passages)."""
    flat = questions.flatten(0, 1).to(HALF)
    best = [
        (flat @ passage.to(HALF).T).float().masked_fill(~there, -1.0).max(dim=1).values
        for passage, there in zip(passages, own, strict=True)
    ]
    return (torch.stack(best, 1).view(*weights.shape, -1) * weights[..., None]).sum(1)


def _holds(question: Question, text: Text, language: str) -> bool:
    bare = "".join(text.text.split())
    return any(answer in bare for answer in question.answers[language])


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
    misses = torch.zeros(())
    for side, sign in ((right, 1), (wrong, -1)):
        best = scores.masked_fill(~side, _NEVER).max(dim=1).values
        asked = side.any(dim=1)
        if asked.any():
            misses = misses + F.softplus(sign * steepness * (place - best))[asked].mean()
    return misses


def batches(name: str, contexts: Sequence[Context]) -> Iterator[tuple[str, list[Context]]]:
    """Each context once, a few neighbours together: what is near is hard to tell apart."""
    rows = [
        torch.stack([p.state.float().mean(0) for p in c.passages[c.language("zh")]]).mean(0)
        for c in contexts
    ]
    middles = torch.stack(rows)
    middles = F.normalize(middles - middles.mean(0), dim=-1)
    left = set(range(len(contexts)))
    while left:
        batch: list[int] = []
        while left and len(batch) < _CONTEXTS[name]:
            seed = random.choice(sorted(left))
            left.discard(seed)
            order = (middles @ middles[seed]).argsort(descending=True).tolist()
            near = [n for n in order if n in left][: _CONTEXTS[name] // 2 - 1]
            batch += [seed, *near[: _CONTEXTS[name] - len(batch) - 1]]
            left.difference_update(batch)
        yield name, [contexts[n] for n in batch]


def teach(teacher: Teacher, sets: dict[str, list[Context]], one: Round) -> None:
    plan: list[tuple[str, list[Context]]] = []
    for _ in range(math.ceil(one.times)):
        once = [b for name in one.sets for b in batches(name, sets[name])]
        random.shuffle(once)
        plan += once
    plan = plan[: int(len(plan) * one.times / math.ceil(one.times))]
    changed = [
        {"params": teacher.student.learned(), "lr": one.rate, "weight_decay": 0.01},
        {"params": teacher.scales.learned(), "lr": 5e-3, "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(changed, betas=(0.9, 0.98))

    def pace(step: int) -> float:
        return min(1, (step + 1) / 15) * max(0.05, (1 + math.cos(math.pi * step / len(plan))) / 2)

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, pace)
    for name, contexts in (bar := tqdm(plan, file=sys.stderr)):
        language = random.choice(sorted(contexts[0].passages))
        loss = teacher.loss(contexts, _asked(name, contexts, one.forms, one.glossed), language)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(teacher.student.learned(), 1.0)
        optimizer.step()
        schedule.step()
        bar.set_postfix(loss=f"{float(loss.detach()):.2f}")


def _asked(
    name: str, contexts: Sequence[Context], forms: Sequence[str], glossed: bool
) -> list[tuple[int, Question, str]]:
    """Of XQuAD every form of a question, of the others one by lot; of `written` any form."""
    asked = [(n, q) for n, c in enumerate(contexts) for q in c.questions]
    if name == "xquad":
        rows = [(n, q, form) for n, q in asked for form in forms if form in q.forms]
    elif name == "written":
        rows = [(n, q, random.choice(sorted(q.forms))) for n, q in asked]
    else:
        shares = {"zh": 0.4, "zh-Hans": 0.3, "en": 0.3 * glossed}
        rows = [(n, q, *random.choices([*shares], [*shares.values()])) for n, q in asked]
    return random.sample(rows, min(len(rows), _MOST_QUESTIONS[name]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.parse_args()
    if not SHARED.is_dir():
        parser.exit(0, f"{SHARED} is not here; SHARED names the folder that holds it\n")
    random.seed(0)
    torch.manual_seed(0)
    source = Packed.read(packed_file(), adapted=False)
    teacher = Teacher(Student(source))
    sets = lessons(Unigram(eight_bit.folder()))
    teacher.prepare([context for contexts in sets.values() for context in contexts])
    for one in _FIRST:
        teach(teacher, sets, one)
    before = [part.detach().clone() for part in teacher.student.learned()]
    teach(teacher, sets, _LAST)
    for part, old in zip(teacher.student.learned(), before, strict=True):
        part.data.lerp_(old, 1 - _LAST_COUNTS)
    teacher.student.save()


if __name__ == "__main__":
    main()
