"""The threshold of refusal, fitted on a user's own questions."""

import json

import numpy as np
import pytest

from corpus import UnreadableFile, from_text
from index import Library
from index.part import Part
from qa import Answer, Refusal, ask
from qa.evaluation import calibrate
from qa.evaluation.calibrate import BOUND, TooFewQuestions, fit
from ui.terminal import cells

NOTE = "嘉兴城乡居民收入倍差缩小到1.51。农村公路全部通车。省财政今年投入资金三百亿元。"
TOLD = ("嘉兴城乡居民收入倍差是多少?", "省财政今年投入多少资金?", "农村公路通车了吗?")
NOT_TOLD = ("量子计算机多少钱?", "火星上有几座城市?", "谁写了红楼梦?")


def drawn(middle, count=60, seed=0):
    return np.random.default_rng(seed).normal(middle, 1.0, count)


@pytest.fixture
def library(tmp_path, hashing_embedder):
    with Library.open(tmp_path / "library", hashing_embedder, create=True) as library:
        library.add_document(from_text(NOTE, uri="note.txt"))
        yield library


@pytest.fixture
def questions(tmp_path):
    path = tmp_path / "own.jsonl"
    told = [{"question": q, "answerable": True} for q in TOLD]
    not_told = [{"question": q} for q in NOT_TOLD]
    path.write_text("\n".join(map(json.dumps, told + not_told)), "utf-8")
    return path


@pytest.mark.parametrize("moved", [-3.0, -1.0, 0.0, 2.0])
def test_the_threshold_is_put_between_both_kinds(moved):
    found = fit(drawn(3) + moved, drawn(-3, seed=1) + moved)
    assert found.best.shift == pytest.approx(-moved, abs=0.8)
    assert found.best.answered.share > 0.97
    assert found.best.refused.share > 0.97


def test_the_shift_is_bounded():
    assert abs(fit(drawn(30), drawn(20, seed=1)).best.shift) <= BOUND
    assert abs(fit(drawn(-20), drawn(-30, seed=1)).best.shift) <= BOUND


def test_an_overfit_shows_on_questions_left_out():
    # Both kinds alike: whatever is fitted is chance.
    found = fit(drawn(0, 20), drawn(0, 20, seed=1))
    on_seen = found.best.answered.share + found.best.refused.share
    assert found.left_out.answered.share + found.left_out.refused.share < on_seen - 0.05


def test_a_fit_that_gains_nothing_says_so():
    found = fit(np.linspace(0.5, 3, 20), np.linspace(-3, -0.5, 20))
    assert not found.helps
    assert "no better" in found.table()
    assert fit(drawn(5), drawn(1, seed=1)).helps


def test_shares_have_the_interval_of_wilson():
    # 9 of 10, by Wilson 1927: 0.596 to 0.982.
    found = fit(np.array([1.0] * 9 + [-1.0]), np.full(10, -3.0))
    assert (found.now.answered.low, found.now.answered.high) == pytest.approx(
        (0.596, 0.982), abs=0.001
    )


def test_few_questions_are_called_too_few():
    few = fit(drawn(2, 8), drawn(-2, 8, seed=1))
    assert few.needed > 8
    assert "too few" in few.table()
    assert fit(drawn(2, 300), drawn(-2, 300, seed=1)).needed == 0


def test_the_curve_is_monotone_and_fits_a_terminal():
    found = fit(drawn(1), drawn(-1, seed=1))
    answered = [at.answered.share for at in found.curve]
    refused = [at.refused.share for at in found.curve]
    assert answered == sorted(answered)
    assert refused == sorted(refused, reverse=True)
    assert max(map(cells, found.table().splitlines())) <= 80


def test_questions_are_asked_and_their_verdicts_fitted(library, questions):
    found = calibrate(library, questions)
    assert found.questions + found.by_rules == len(TOLD + NOT_TOLD)
    assert found.best.answered.share + found.best.refused.share >= (
        found.now.answered.share + found.now.refused.share
    )


def test_what_stands_already_does_not_change_the_fit(library, questions):
    fitted = calibrate(library, questions)
    library.calibrate(1.5)
    again = calibrate(library, questions)
    assert again.best.shift == pytest.approx(fitted.best.shift, abs=0.011)
    assert again.now.shift == 1.5


def test_the_shift_decides_for_every_door_and_is_kept(tmp_path, library, hashing_embedder):
    question = TOLD[0]
    logit = ask(library, question).explanation.logit
    library.calibrate(-logit - 0.1)
    assert isinstance(ask(library, question), Refusal)
    assert isinstance(ask(Part(library, lambda _: True), question), Refusal)
    with Library.open(library.folder, hashing_embedder) as other:
        assert isinstance(ask(other, question), Refusal)
        library.calibrate(-logit + 0.1)
        assert isinstance(ask(other, question), Answer)
        assert ask(other, question).confidence == pytest.approx(0.525, abs=0.001)
    library.calibrate(0)
    assert ask(library, question).explanation.logit == pytest.approx(logit)


def test_one_kind_of_question_alone_is_too_few(library, tmp_path):
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps({"question": TOLD[0], "answerable": True}), "utf-8")
    with pytest.raises(TooFewQuestions, match="an answer"):
        calibrate(library, path)


@pytest.mark.parametrize("fields", [{"answerable": "no"}, {"answerable": False, "evidence": ["x"]}])
def test_answerable_must_be_true_or_false(library, tmp_path, fields):
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps({"question": "问?", **fields}), "utf-8")
    with pytest.raises(UnreadableFile, match="line 1"):
        calibrate(library, path)
