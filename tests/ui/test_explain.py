"""Why an answer is as it is: for programs and at the terminal."""

import json
from dataclasses import fields

import pytest

from corpus import from_text
from index import Library
from qa import Answer, ask, weights
from qa.retrieve import Evidence, SentenceScore
from ui.explain_words import WORDS
from ui.render import to_terminal, to_wire
from ui.terminal import cells

NOTE = """# 城乡融合

## 加快融合

嘉兴市委、市政府

嘉兴城乡居民收入倍差缩小到1.51。农村公路全部通车。

## 海岛特色

舟山市委、市政府

舟山培育海岛产业。渔民收入增长很快。

## 财政改革

省财政厅

省财政今年投入资金三百亿元。中心镇建设得到支持。
"""
ASKED = (
    "嘉兴城乡居民收入倍差是多少?",
    "量子计算机的价格是多少?",
    "谁提到了中心镇建设?",
    "谁提到了养蜂?",
    "省财政厅对资金怎么说?",
    "What is the ratio in Jiaxing?",
    "你好",
)


@pytest.fixture
def library(tmp_path, hashing_embedder):
    with Library.open(tmp_path / "library", hashing_embedder, create=True) as library:
        library.add_document(from_text(NOTE, uri="note.md", markup="markdown"))
        yield library


def explained(library, question, history=()):
    reply = ask(library, question, history)
    (why,) = to_wire(reply, explain=True)["explanation"]
    return reply, why


@pytest.mark.parametrize("question", ASKED)
def test_an_answer_is_the_same_with_its_explanation(library, question):
    reply = ask(library, question)
    wire = to_wire(reply, explain=True)
    json.dumps(wire, allow_nan=False)
    del wire["explanation"]
    assert wire == to_wire(reply)
    assert to_terminal(reply, explain=True).startswith(to_terminal(reply))


def test_nothing_is_looked_up_for_an_explanation(tmp_path, hashing_embedder):
    with Library.open(tmp_path / "library", hashing_embedder, create=True) as library:
        library.add_document(from_text(NOTE, uri="note.md", markup="markdown"))
        reply = ask(library, ASKED[0])
    assert to_wire(reply, explain=True)["explanation"][0]["searches"]
    assert to_terminal(reply, explain=True)


@pytest.mark.parametrize("question", [ASKED[0], ASKED[1]])
def test_what_the_refusal_weighed_adds_up_to_its_verdict(library, question):
    _, why = explained(library, question)
    verdict = why["searches"][0]["passages"][0]["verdict"]
    weighed = verdict["weighed"]
    assert verdict["bias"] + sum(w["contribution"] for w in weighed) == pytest.approx(
        verdict["logit"], abs=0.01
    )
    for w in weighed:
        assert w["contribution"] == pytest.approx(w["value"] * w["weight"], abs=0.001)
    counted = [abs(w["contribution"]) for w in weighed]
    assert counted == sorted(counted, reverse=True)


def test_the_marked_sentences_are_those_of_the_answer(library):
    reply, why = explained(library, ASKED[0])
    assert isinstance(reply, Answer)
    text = library.document(reply.citations[0].document.id).text
    (first,) = (p for p in why["searches"][0]["passages"] if 1 in p["citations"])
    marked = {text[s["start"] : s["end"]] for s in first["sentences"] if s["marked"]}
    assert marked == {s.text for s in reply.sentences if s.citation == 1}


def test_a_refusal_marks_nothing(library):
    _, why = explained(library, ASKED[1])
    passages = [p for search in why["searches"] for p in search["passages"]]
    assert passages
    assert not any(p["citations"] for p in passages)
    assert not any(s["marked"] for p in passages for s in p["sentences"])


def test_how_the_question_was_read(library):
    _, why = explained(library, "谁提到了“中心镇建设”?")
    assert why["reading"]["asks_who"]
    assert why["reading"]["exact"] == ["中心镇建设"]
    assert why["literal"]
    _, why = explained(library, "省财政厅对资金怎么说?")
    assert why["reading"]["speakers"] == ["省财政厅"]
    assert why["reading"]["topic"] == "资金"
    _, why = explained(library, "What is the ratio in Jiaxing?")
    assert why["names"] == ["Jiaxing"]


def test_what_the_history_changed(library):
    _, why = explained(library, "那省财政厅呢?", ["嘉兴投入资金多少?"])
    assert why["completed_from_history"]
    reply = ask(library, "那省财政厅呢?", ["嘉兴投入资金多少?"])
    assert reply.asked_as in to_terminal(reply, 200, explain=True).split("──")[1]


@pytest.mark.parametrize("question", ASKED)
def test_the_tables_fit_eighty_columns(library, question):
    shown = to_terminal(ask(library, question), 80, explain=True)
    assert max(map(cells, shown.splitlines())) <= 80


def test_every_figure_has_words_in_each_language():
    figures = {f.name for f in fields(Evidence)}
    figures |= {f.name for f in fields(SentenceScore)} - {"span", "text"}
    weighed = (weights.SAME_SCRIPT_READ.keys() | weights.OTHER_SCRIPT_READ.keys()) - {"bias"}
    for words in WORDS.values():
        assert words.keys() == WORDS["en"].keys()
        assert figures <= words.keys()
        assert {f"weighs {name}" for name in weighed} <= words.keys()


def test_text_of_a_document_cannot_steer_the_terminal(tmp_path, hashing_embedder):
    with Library.open(tmp_path / "library", hashing_embedder, create=True) as library:
        library.add_document(from_text("嘉兴\x1b[2J收入倍差缩小到1.51。", uri="bad.txt"))
        shown = to_terminal(ask(library, "嘉兴收入倍差是多少?"), explain=True)
    assert "\x1b" not in shown
