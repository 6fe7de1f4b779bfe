"""The wire format and the terminal's text."""

import json
from dataclasses import replace

import pytest

from corpus.document import Span
from qa.answer import Answer, Citation, Reason, Refusal, Sentence, Source
from ui.render import to_terminal, to_wire
from ui.terminal import COLOUR, cells

TEXT = "前文。城乡居民收入倍差1.51。后文。"
LENGTH = len("城乡居民收入倍差1.51。")


def citation(n=1, speaker="嘉兴市委、市政府", title="城乡融合", passage=TEXT, **more):
    at = passage.index("城") if "城" in passage else 0
    return Citation(
        n=n,
        document=Source("d1", title, "file.md"),
        section=("第一", "第二"),
        speaker=speaker,
        span=Span(100 + at, 100 + at + LENGTH),
        quote=passage[at : at + LENGTH],
        source_span=Span(110, 123),
        passage=passage,
        passage_span=Span(100, 100 + len(passage)),
        also_at=(Span(900, 913),),
        score=0.83,
        **more,
    )


def answer(*citations, **more):
    citations = citations or (citation(),)
    return Answer(
        question=more.pop("question", "倍差是多少?"),
        asked_as=more.pop("asked_as", "倍差是多少?"),
        sentences=tuple(Sentence(c.quote, c.n) for c in citations),
        citations=citations,
        confidence=0.91,
        timings_ms={"search": 1.0},
        **more,
    )


def refusal(reason=Reason.NOT_FOUND, question="杭州的GDP?", nearest=None):
    near = (citation(),) if nearest is None else nearest
    return Refusal(question, question, reason, near, 0.2)


def test_the_wire_format_of_an_answer():
    assert to_wire(answer()) == {
        "question": "倍差是多少?",
        "asked_as": "倍差是多少?",
        "status": "answered",
        "sentences": [{"text": "城乡居民收入倍差1.51。", "citation": 1}],
        "citations": [
            {
                "n": 1,
                "document": {"id": "d1", "title": "城乡融合", "uri": "file.md"},
                "section": ["第一", "第二"],
                "speaker": "嘉兴市委、市政府",
                "quote": "城乡居民收入倍差1.51。",
                "start": 103,
                "end": 116,
                "source_start": 110,
                "source_end": 123,
                "passage": TEXT,
                "passage_start": 100,
                "passage_end": 100 + len(TEXT),
                "page": None,
                "also_at": [{"start": 900, "end": 913}],
                "link": "/doc/d1#c=103-116",
                "score": 0.83,
            }
        ],
        "nearest": [],
        "confidence": 0.91,
        "reason": None,
        "by_speaker": False,
        "silent": [],
        "parts": [],
        "timings_ms": {"search": 1.0},
    }


def test_the_wire_format_of_a_refusal_has_the_same_keys():
    wire = to_wire(refusal())
    assert wire.keys() == to_wire(answer()).keys()
    assert (wire["status"], wire["reason"]) == ("not_found", "not_in_documents")
    assert wire["sentences"] == wire["citations"] == []
    assert [near["quote"] for near in wire["nearest"]] == ["城乡居民收入倍差1.51。"]
    assert json.loads(json.dumps(wire)) == wire


def test_an_answer_in_a_terminal():
    shown = to_terminal(answer())
    assert shown.splitlines()[0] == "城乡居民收入倍差1.51。 [1]"
    assert "[1] 嘉兴市委、市政府 · 第一 › 第二 · 城乡融合" in shown
    assert "前文。«城乡居民收入倍差1.51。»后文。" in shown
    assert "900–913" in shown
    assert "\x1b" not in shown


def test_colour_takes_the_place_of_the_marks():
    shown = to_terminal(answer(), style=COLOUR)
    assert f"{COLOUR.mark}城乡居民收入倍差1.51。{COLOUR.unmark}" in shown
    assert "«" not in shown


def test_a_near_miss_does_not_look_like_a_citation():
    shown = to_terminal(refusal())
    assert "[1]" not in shown
    assert shown.startswith("文档里没有写到")
    assert "- 嘉兴市委、市政府" in shown


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("question", ["杭州的GDP?", "What is the GDP?"])
def test_every_refusal_says_why(reason, question):
    assert to_terminal(refusal(reason, question, ())).strip()


def test_labels_are_in_the_language_of_the_question():
    assert "The documents do not tell." in to_terminal(refusal(question="GDP of Hangzhou?"))


def test_a_rewritten_question_is_shown():
    shown = to_terminal(answer(question="那舟山呢?", asked_as="舟山的倍差是多少?"))
    assert "舟山的倍差是多少?" in shown.splitlines()[0]
    assert "那舟山呢" not in to_terminal(answer(question="那舟山呢?", asked_as="那舟山呢?"))


def test_who_questions_name_the_speakers_and_the_silent():
    shown = to_terminal(
        answer(citation(1, "甲厅"), citation(2, "乙市"), by_speaker=True, silent=("丙县",))
    )
    assert "甲厅: 城乡" in shown
    assert "乙市: 城乡" in shown
    assert "丙县" in shown


def test_a_refusal_names_the_silent_too():
    reply = replace(refusal(Reason.SPEAKER_SILENT), silent=("丙县", "丁市"))
    assert "丙县, 丁市" in to_terminal(reply)
    assert to_wire(reply)["silent"] == ["丙县", "丁市"]


def test_a_passage_that_names_nobody_says_so():
    assert "[1] 未署名 ·" in to_terminal(answer(citation(speaker=None)))


def test_hostile_text_cannot_reach_the_terminal():
    bad = citation(
        speaker="a\x1b[2J", title="t\nx\x1b]0;y\x07", passage="城\x1b[31m\r红" + "字" * 20
    )
    shown = to_terminal(answer(bad, asked_as="q\x1b[1A"))
    assert not set(shown) & {"\x1b", "\r", "\x07"}
    assert "\\x1b[2J" in shown


@pytest.mark.parametrize("width", [20, 40, 80])
def test_lines_keep_to_the_width(width):
    for reply in (answer(citation(passage=TEXT * 9)), refusal()):
        assert max(map(cells, to_terminal(reply, width).splitlines())) <= width
