"""Lessons of the model, and the model that learns them."""

import json

import lessons
import numpy as np
import pytest
import question_sets
import reading
import torch
from adapt import _apart
from student import Student
from written import KINDS, Written, WrittenQuestion, written

from index import adapter, eight_bit
from index.packed import PROMPTS, Packed, packed_file
from index.reader import LONGEST
from index.unigram import Unigram


@pytest.fixture(scope="module")
def tokenizer():
    return Unigram(eight_bit.folder())


def test_a_chinese_question_is_glossed_word_by_word():
    assert lessons.glossed("国际象棋比赛在哪里举行？") == "which chess competition hold ?"


def test_articles_that_are_held_out_teach_nothing(tokenizer, tmp_path, monkeypatch):
    def article(n):
        asked = {"question": f"第{n}座图书馆在哪里?", "answers": [{"text": "老城"}]}
        context = f"第{n}座图书馆建在老城。它收藏了三千多件文物。"
        return {"paragraphs": [{"context": context, "qas": [asked]}]}

    text = json.dumps({"data": [article(n) for n in range(12)]})
    for file in ("cmrc2018-trial", "drcd-dev", "xquad.zh", "xquad.en", "xquad.ru"):
        (tmp_path / f"{file}.json").write_text(text, "utf-8")
    monkeypatch.setattr(question_sets, "SHARED", tmp_path)
    kept = [n for n in range(12) if not question_sets.is_held_out("drcd-dev", n)]
    assert 0 < len(kept) < 12
    taught = lessons.lessons(tokenizer)["drcd-dev"]
    (passages,) = zip(*(context.passages["zh"] for context in taught), strict=True)
    assert [p.text for p in passages] == [
        f"第{n}座图书馆建在老城。它收藏了三千多件文物。" for n in kept
    ]
    passage = passages[0]
    assert "".join(s.text for s in passage.sentences) == passage.text
    assert passage.groups.tolist() == sorted(passage.groups.tolist())
    assert len(passage.groups) == passage.own.sum()


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_has_each_answer_once_and_asks_for_more_than_it_tells(kind):
    texts = written(kind)
    for one in texts:
        answers = [q.answer for q in one.questions]
        assert len(answers) > answers.count(None) > 0
        assert [one.text.count(a) for a in answers if a] == [1] * (
            len(answers) - answers.count(None)
        )
        for question in one.questions:
            assert {"zh", "en", "ru"} < question.forms.keys()
            assert all(question.forms.values())
    kept = [one for one in texts if not question_sets.is_held_out("written", one.name)]
    assert 0.6 * len(texts) < len(kept) < 0.9 * len(texts)


def test_a_written_text_teaches_what_it_tells_and_what_it_leaves_out(tokenizer):
    asked = (
        WrittenQuestion("老城", {"zh": "图书馆在哪里?", "en+": "where's the library"}),
        WrittenQuestion(None, {"zh": "图书馆是谁建的?"}),
    )
    one = Written("library", "zh", "图书馆建在老城。它收藏了三千多件文物。", asked)
    context = lessons._Reader(tokenizer).written(one)
    assert context.language("en") == "zh"
    assert [q.answers["zh"] for q in context.questions] == [["老城"], []]
    assert [sorted(q.forms) for q in context.questions] == [["en+", "zh"], ["zh"]]


def test_what_no_passage_answers_is_a_lesson_below_the_line_alone():
    line = (torch.tensor([10.0, 10.0]), torch.tensor([0.5, 0.5]))
    abroad = torch.tensor([0])
    nothing, all_wrong = torch.tensor([[False, False]]), torch.tensor([[True, True]])
    low, high = (
        float(_apart(torch.tensor([[score, 0.1]]), nothing, all_wrong, abroad, line))
        for score in (0.2, 0.8)
    )
    assert 0 < low < 0.1 < 2 < high


def test_a_pair_is_the_question_and_whole_sentences_around_the_best(tokenizer):
    text = "".join(f"第{n}座图书馆建在老城的第{n}条街上,收藏了三千多件文物。" for n in range(1, 9))
    asked = (WrittenQuestion("第5条街", {"zh": "第5座图书馆在哪条街上?"}),)
    context = lessons._Reader(tokenizer).written(Written("library", "zh", text, asked))
    (passage,), (question,) = context.passages["zh"], context.questions
    put = question.forms["zh"]
    made = reading.pair(put, passage, 4, question.answers["zh"])
    assert made.numbers[: made.asked] == put.numbers
    assert LONGEST - 30 < len(made.numbers) - made.asked - 1 <= LONGEST
    assert made.right
    begin, end = made.answer
    at = text.index("第5条街")
    over = (passage.starts < at + 4) & (np.append(passage.starts[1:], len(text)) > at)
    told = np.array(passage.numbers)[passage.own][over]
    assert made.numbers[begin : end + 1] == told.tolist()
    assert reading.pair(put, passage, 4, []).right is False
    assert reading.pair(put, passage, 0, question.answers["zh"]).right in (None, True)


@pytest.mark.model
def test_the_student_that_has_learned_is_the_model_that_ships(tokenizer, packaged_embedder):
    student = Student(Packed.read(packed_file()))
    student.load(adapter.VECTORS)
    texts = ["省财政厅说,三年里投入五十亿元给了山区县。", "Early settlers built mills."]
    with torch.no_grad():
        numbers = [tokenizer.encode(PROMPTS["document"] + text)[0] for text in texts]
        states, there = student.states(numbers)
    means = (states * there[..., None]).sum(1)
    vectors = torch.nn.functional.normalize(means, dim=-1).numpy()
    cosines = np.sum(vectors * packaged_embedder.encode_document(texts), axis=1)
    assert cosines.min() > 0.995
