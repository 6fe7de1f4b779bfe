"""Lessons of the model, and the model that learns them."""

import json

import lessons
import numpy as np
import pytest
import question_sets
import torch
from safetensors.torch import load_file
from student import Student, pad

from index import adapter, eight_bit
from index.packed import PROMPTS, Packed, packed_file
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


@pytest.mark.model
def test_the_student_that_has_learned_is_the_model_that_ships(tokenizer, packaged_embedder):
    student = Student(Packed.read(packed_file(), adapted=False))
    learned = load_file(adapter.FILE)
    for name, (down, up) in student.changes.items():
        down.data.copy_(learned[f"{name}.w.a"])
        up.data.copy_(learned[f"{name}.w.b"])
    texts = ["省财政厅说,三年里投入五十亿元给了山区县。", "Early settlers built mills."]
    with torch.no_grad():
        numbers = [tokenizer.encode(PROMPTS["document"] + text)[0] for text in texts]
        states = student.run(*student.embed(numbers), 0, student.layers).float()
    _, there = pad([torch.tensor(row) for row in numbers])
    means = (states * there[..., None]).sum(1)
    vectors = torch.nn.functional.normalize(means, dim=-1).numpy()
    cosines = np.sum(vectors * packaged_embedder.encode_document(texts), axis=1)
    assert cosines.min() > 0.995
