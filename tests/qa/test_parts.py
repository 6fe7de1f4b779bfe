"""A question that asks several things is taken apart, and one that asks one thing is left whole."""

import pytest

from corpus.document import Span
from qa.answer import Answer, Citation, Reason, Refusal, Sentence, Source
from qa.parts import combined, split

SPEAKERS = ("嘉兴市委、市政府", "舟山市委、市政府", "省财政厅")


@pytest.mark.parametrize(
    "question",
    [
        "嘉兴的收入倍差是多少?",
        "在2024年,嘉兴的收入倍差是多少?",
        "在第几届奥运会上,谁拿了金牌?",
        "你好,嘉兴的收入倍差是多少?",
        "谁提到了教育、医疗和住房?",
        "嘉兴和舟山分别怎么做?",
        "When did it open, in spring or in autumn?",
        "What are the bread and butter of the trade?",
        "《卡拉OK.LIVE!‧台北‧我》创造了什么记录?",
        "知识就是力量。这句话是谁说的?",
        "“谁来了?什么时候来?”这句话出自哪里?",
        "how long is the holiday??",
        "年假有几天？？！",
    ],
)
def test_one_question_stays_whole(question):
    assert split(question, SPEAKERS) == [(question, question)]


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("嘉兴的收入倍差是多少?舟山呢?", ["嘉兴的收入倍差是多少?", "舟山的收入倍差是多少?"]),
        ("嘉兴的收入倍差是多少,每年补助多少?", ["嘉兴的收入倍差是多少", "嘉兴每年补助多少?"]),
        ("北京和上海分别有多少人口?", ["北京有多少人口?", "上海有多少人口?"]),
        (
            "苹果、梨和桃子的价格分别是多少?",
            ["苹果的价格是多少?", "梨的价格是多少?", "桃子的价格是多少?"],
        ),
        ("哪些单位提到了教育,哪些单位提到了医疗?", ["哪些单位提到了教育", "哪些单位提到了医疗?"]),
        (
            "How much does a new bridge cost and when could it open?",
            ["How much does a new bridge cost", "when could a new bridge open?"],
        ),
        (
            "How many members joined and how many left?",
            ["How many members joined", "how many members left?"],
        ),
        (
            "Was kostet die Karte und wie lange dauert die Fahrt?",
            ["Was kostet die Karte", "wie lange dauert die Fahrt?"],
        ),
        (
            "Combien coûte le billet et quand part le train ?",
            ["Combien coûte le billet", "quand part le train ?"],
        ),
        (
            "Who founded the company and when did the office move to Paris?",
            ["Who founded the company", "when did the office move to Paris?"],
        ),
        (
            "《红楼梦》是谁写的,《水浒传》是谁写的?",
            ["《红楼梦》是谁写的", "《水浒传》是谁写的?"],
        ),
        (
            "2019年产量是多少吨,2020年产量是多少吨?",
            ["2019年产量是多少吨", "2020年产量是多少吨?"],
        ),
        (
            "Кто основал компанию, и когда контора переехала в Париж?",
            ["Кто основал компанию", "когда контора переехала в Париж?"],
        ),
    ],
)
def test_each_part_is_asked_whole(question, asked):
    assert [whole for _, whole in split(question, SPEAKERS)] == asked


@pytest.mark.parametrize(
    "question",
    [
        "Какой суд утверждал, что договор не мешает стройке?",
        "Какой прибор лечит болезни, такие как отравление газом?",
        "Когда потеплело, что помогло расти лесам?",
        "Who owns the mill, which burned down when the river froze?",
        "How did the coach enable Ali, who lacks three fingers, to hold a racket?",
    ],
)
def test_a_clause_behind_a_comma_is_no_question_of_its_own(question):
    assert split(question, SPEAKERS) == [(question, question)]


def citation(n, start):
    span = Span(start, start + 2)
    source = Source("d", "t", "file:///t")
    return Citation(n, source, (), None, span, "甲乙", span, "甲乙", span, (), 0.9)


def answer(question, *citations):
    sentences = tuple(Sentence("甲乙", c.n) for c in citations)
    return Answer(question, question, sentences, citations, 0.9, timings_ms={"embed": 1.0})


def test_parts_share_a_citation_of_the_same_words():
    first, second = answer("一", citation(1, 0)), answer("二", citation(1, 4), citation(2, 0))
    together = combined("一?二?", "一?二?", [first, second])
    assert [c.n for c in together.citations] == [1, 2]
    assert [part.citations for part in together.parts] == [(1,), (2, 1)]
    assert {s.citation for s in together.sentences} == {1, 2}
    assert together.timings_ms == {"embed": 2.0}


def test_a_part_without_an_answer_is_told():
    refusal = Refusal("二", "二", Reason.NOT_FOUND, (), 0.9)
    together = combined("一?二?", "一?二?", [answer("一", citation(1, 0)), refusal])
    assert [(part.question, part.citations) for part in together.parts] == [
        ("一", (1,)),
        ("二", ()),
    ]
    assert combined("二?", "二?", [refusal]) is None
