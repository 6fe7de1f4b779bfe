"""The threshold of refusal, fitted on questions of the user's own.

Every question is asked, and the verdict that decided is taken. One number is fitted: what to add to
each verdict so that the share answered of the questions with an answer and the share refused of
those without, together, are largest (the index of Youden 1950). Shares have the interval of Wilson
(1927) at 95 %.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.errors import YuanwenError
from index.library import Library
from qa.ask import ask
from qa.evaluation.questions import load_questions

BOUND = 4.0
"""The shift at most: beyond, the questions are unlike anything the verdict was made for."""

_STEPS = np.arange(-BOUND, BOUND + 0.25, 0.5)
_FOLDS = 10
_UNSURE = 0.1  # half of an interval; wider, the questions are too few
_BAR = 20

Floats = npt.NDArray[np.float64]


class TooFewQuestions(YuanwenError):
    """Questions of one kind only, or too few of one, so that nothing can be fitted."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share of `count` questions, and the interval in which the true one lies."""

    share: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class At:
    """What happens at a shift: of the questions with an answer, those answered; of those without,
    those refused.
    """

    shift: float
    answered: Share
    refused: Share


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was fitted, what stands now, and what holds on questions left out of the fit."""

    questions: int
    by_rules: int
    now: At
    best: At
    left_out: At
    curve: tuple[At, ...]

    @property
    def helps(self) -> bool:
        """Whether the fit is better than what stands now, on questions that it has not seen."""
        return _both(self.left_out) > _both(self.now)

    @property
    def needed(self) -> int:
        """Questions of each kind for an interval of ± 0.1, if the shares stay as they are; 0 where
        these are enough.
        """
        shares = (self.best.answered, self.best.refused)
        if all(s.high - s.low <= 2 * _UNSURE for s in shares):
            return 0
        return max(_needed(s.share) for s in shares)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self) | {"helps": self.helps, "needed": self.needed}

    def table(self) -> str:
        """The curve and the figures for a terminal of 80 columns."""
        lines = [f"{'shift':>6}  {'answered, of those with':<28}{'refused, of those without'}"]
        for at in self.curve:
            note = "  now" if at.shift == _nearest(self.now.shift) else ""
            note = "  best" if at.shift == _nearest(self.best.shift) else note
            lines.append(f"{at.shift:+6.1f}  {_bar(at.answered)}  {_bar(at.refused)}{note}")
        lines += ["", f"{'':<24}{'shift':>6}  {'answered':<20}{'refused':<20}"]
        for name, at in (
            ("now", self.now),
            ("best", self.best),
            ("left out of the fit", self.left_out),
        ):
            shift = f"{at.shift:+.2f}" if at is not self.left_out else ""
            lines.append(f"{name:<24}{shift:>6}  {_shown(at.answered):<20}{_shown(at.refused):<20}")
        lines += [
            "",
            f"{self.questions} questions; {self.by_rules} more are decided by rules alone.",
        ]
        if self.needed:
            lines.append(
                f"These are too few to be sure: about {self.needed} of each kind would tell each "
                "share to ± 0.1."
            )
        if not self.helps:
            lines.append("On questions it has not seen, the fit is no better than what stands now.")
        return "\n".join(line.rstrip() for line in lines)


def calibrate(library: Library, path: Path) -> Calibration:
    """Asks every question of the set at `path`.

    Raises:
        UnreadableFile: the set cannot be read.
        TooFewQuestions: it has no question of one kind.
    """
    standing = library.calibration()
    logits: list[float] = []
    sides: list[bool] = []
    by_rules = 0
    for question in load_questions(path):
        reply = ask(library, question.text, question.history)
        logit = reply.explanation.logit if reply.explanation else None
        if logit is None:
            by_rules += 1
        else:
            logits.append(logit - standing)
            sides.append(question.answerable)
    with_answer = np.array([x for x, side in zip(logits, sides, strict=True) if side])
    without = np.array([x for x, side in zip(logits, sides, strict=True) if not side])
    for values, kind in ((with_answer, "with"), (without, "without")):
        if len(values) < 2:
            raise TooFewQuestions(
                f"{path}: {len(values)} questions {kind} an answer that a verdict decides. Give "
                'some of each kind: those with an answer have "evidence", or "answerable": true.'
            )
    return fit(with_answer, without, standing, by_rules)


def fit(
    with_answer: Floats, without: Floats, standing: float = 0.0, by_rules: int = 0
) -> Calibration:
    """From the logits of both kinds of questions, as the shipped weights give them."""
    return Calibration(
        questions=len(with_answer) + len(without),
        by_rules=by_rules,
        now=_at(standing, with_answer, without),
        best=_at(_best(with_answer, without), with_answer, without),
        left_out=_left_out(with_answer, without),
        curve=tuple(_at(float(shift), with_answer, without) for shift in _STEPS),
    )


def _best(with_answer: Floats, without: Floats) -> float:
    """In the middle of the widest range of shifts that are best; the nearest to 0 of several."""
    edges = np.unique(np.concatenate([-with_answer, -without, [-BOUND, BOUND]]).clip(-BOUND, BOUND))
    middles = (edges[:-1] + edges[1:]) / 2
    gain = [np.mean(with_answer + m >= 0) + np.mean(without + m < 0) for m in middles]
    best = np.flatnonzero(np.isclose(gain, max(gain)))
    widths = np.round(np.diff(edges)[best], 6)
    widest = best[widths == widths.max()]
    return round(float(min(middles[widest], key=abs)), 2)


def _left_out(with_answer: Floats, without: Floats) -> At:
    """Each question judged by a fit that has not seen it: cross-validation, both kinds spread
    evenly over the folds.
    """
    folds = min(_FOLDS, len(with_answer), len(without))
    parts = [np.arange(len(side)) % folds for side in (with_answer, without)]
    answered = refused = 0
    for fold in range(folds):
        seen = [
            side[part != fold] for side, part in zip((with_answer, without), parts, strict=True)
        ]
        shift = _best(*seen)
        answered += int(np.sum(with_answer[parts[0] == fold] + shift >= 0))
        refused += int(np.sum(without[parts[1] == fold] + shift < 0))
    return At(0.0, _share(answered, len(with_answer)), _share(refused, len(without)))


def _at(shift: float, with_answer: Floats, without: Floats) -> At:
    return At(
        shift,
        _share(int(np.sum(with_answer + shift >= 0)), len(with_answer)),
        _share(int(np.sum(without + shift < 0)), len(without)),
    )


def _both(at: At) -> float:
    return at.answered.share + at.refused.share


def _share(hits: int, count: int) -> Share:
    from scipy.stats import binomtest  # a second to import, and only this command needs it

    low, high = binomtest(hits, count).proportion_ci(method="wilson")
    return Share(round(hits / count, 4), round(float(low), 4), round(float(high), 4), count)


def _needed(share: float) -> int:
    """So many that Wilson's interval is no wider than ± 0.1."""
    return next(
        n
        for n in range(10, 200, 10)
        if (s := _share(round(share * n), n)).high - s.low <= 2 * _UNSURE
    )


def _nearest(shift: float) -> float:
    return float(_STEPS[np.argmin(np.abs(_STEPS - shift))])


def _bar(share: Share) -> str:
    return f"{share.share:.2f} {'█' * round(share.share * _BAR):<{_BAR}}"


def _shown(share: Share) -> str:
    return f"{share.share:.2f} ({share.low:.2f}–{share.high:.2f})"
