"""Asks every question of a set and counts what came back."""

import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.library import Library
from qa.answer import Answer, Refusal
from qa.ask import ask
from qa.evaluation.questions import Question, load_questions


@dataclass(frozen=True, slots=True)
class Judged:
    """One question, what came back, and whether it was right.

    `cited`: evidence stands in the first cited passage. `marked`: in the first quote, or the quote
    in it. `speaker`: the first citation is by one who says it. `speakers`: exactly the expected
    speakers are cited. All but `refused` count only where the question can be answered.
    """

    question: Question
    reply: Answer | Refusal
    milliseconds: float

    @property
    def refused(self) -> bool:
        return isinstance(self.reply, Refusal)

    @property
    def cited(self) -> bool:
        return isinstance(self.reply, Answer) and any(
            _bare(words) in _bare(self.reply.citations[0].passage)
            for words in self.question.evidence
        )

    @property
    def marked(self) -> bool:
        if not isinstance(self.reply, Answer):
            return False
        first = self.reply.citations[0]
        quote = _bare(" ".join(s.text for s in self.reply.sentences if s.citation == first.n))
        return any(
            _bare(words) in quote or quote in _bare(words) for words in self.question.evidence
        )

    @property
    def speaker(self) -> bool:
        if not isinstance(self.reply, Answer):
            return False
        first = self.reply.citations[0].speaker
        return first in self.question.speakers if self.question.speakers else first is None

    @property
    def speakers(self) -> bool:
        cited = [c.speaker for c in self.reply.citations] if isinstance(self.reply, Answer) else []
        return set(cited) == set(self.question.speakers)


@dataclass(frozen=True, slots=True)
class Report:
    """What came back on a whole set."""

    judged: Sequence[Judged]

    def as_dict(self) -> dict[str, Any]:
        """Rates in 0..1, None where no question counts; times in milliseconds."""
        answerable = [j for j in self.judged if j.question.answerable]
        unanswerable = [j for j in self.judged if not j.question.answerable]
        told = [j for j in answerable if j.question.evidence]
        cited = [j for j in told if j.cited]
        who = [j for j in answerable if j.question.type == "who"]
        times = [j.milliseconds for j in self.judged]
        return {
            "questions": len(self.judged),
            "answerable": len(answerable),
            "cited@1": _rate(told, lambda j: j.cited),
            "marked@1 of cited": _rate(cited, lambda j: j.marked),
            "speaker right of cited": _rate(cited, lambda j: j.speaker),
            "who: exactly the speakers": _rate(who, lambda j: j.speakers),
            "answerable refused": _rate(answerable, lambda j: j.refused),
            "unanswerable refused": _rate(unanswerable, lambda j: j.refused),
            "median ms": round(statistics.median(times), 1),
            "failures": [_failure(j) for j in self.judged if not _right(j)],
        }

    def table(self) -> str:
        """The same for a terminal."""
        figures = self.as_dict()
        failures = figures.pop("failures")
        rows = [f"{name:<28}{_shown(value):>8}" for name, value in figures.items()]
        if failures:
            rows += [
                "",
                "Not right:",
                *(f"  {f['id']}  {f['what']}  {f['question']}" for f in failures),
            ]
        return "\n".join(rows)


def evaluate(library: Library, path: Path) -> Report:
    """Asks each question of the set at `path`.

    Raises:
        UnreadableFile: the set cannot be read.
    """
    judged = []
    for question in load_questions(path):
        began = time.perf_counter()
        reply = ask(library, question.text, question.history)
        judged.append(Judged(question, reply, (time.perf_counter() - began) * 1000))
    return Report(judged)


def _bare(text: str) -> str:
    return "".join(text.split())


def _rate(judged: Sequence[Judged], right: Callable[[Judged], bool]) -> float | None:
    return round(sum(map(right, judged)) / len(judged), 4) if judged else None


def _right(j: Judged) -> bool:
    if not j.question.answerable:
        return j.refused
    if not j.question.evidence:
        return not j.refused
    return j.cited and j.speaker and (j.question.type != "who" or j.speakers)


def _failure(j: Judged) -> dict[str, str]:
    checks: Iterable[tuple[bool, str]] = (
        (not j.question.answerable, "should have been refused"),
        (j.refused, "refused"),
        (not j.cited, "another passage cited"),
        (True, "speakers"),
    )
    what = next(what for applies, what in checks if applies)
    return {"id": j.question.id, "what": what, "question": j.question.text}


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)
