"""Follow-ups become whole questions; other questions stay as they are."""

import pytest

from qa.converse import complete

SPEAKERS = (
    "省财政厅",
    "嘉兴市委、市政府",
    "舟山市委、市政府",
    "新昌县委、县政府",
    "青田县委、县政府",
)


@pytest.mark.parametrize(
    ("history", "question", "whole"),
    [
        (["嘉兴城乡居民收入倍差是多少?"], "那舟山呢?", "舟山城乡居民收入倍差是多少?"),
        (["嘉兴城乡居民收入倍差是多少?"], "那杭州市呢?", "杭州市城乡居民收入倍差是多少?"),
        (["新昌的帮困群体有多少人?"], "那帮创群体呢?", "新昌的帮创群体有多少人?"),
        (["新昌的帮困群体有多少人?", "那帮创群体呢?"], "帮带群体呢?", "新昌的帮带群体有多少人?"),
        (["青田优化调整了多少所小规模学校?"], "县城入学比例呢?", "青田县城入学比例是多少?"),
        (["舟山一次性减少财政投入多少?"], "每年呢?", "舟山每年减少财政投入多少?"),
        (["嘉兴城乡居民收入倍差是多少?"], "它的人口呢?", "嘉兴人口是多少?"),
        (["舟山市有多少教师?"], "他们撤并了多少所学校?", "舟山撤并了多少所学校?"),
        (
            ["How many schools did Jiaxing merge?"],
            "What about Zhoushan?",
            "How many schools did Zhoushan merge?",
        ),
        (
            ["What did Zhoushan do about schools?"],
            "How many teachers does it have?",
            "How many teachers does Zhoushan have?",
        ),
        (["嘉兴城乡居民收入倍差是多少?"], "那杭州呢?", "杭州城乡居民收入倍差是多少?"),
        (["“钱随人走”是什么?"], "谁说的?", "谁提到了“钱随人走”?"),
        (["嘉兴对“千万工程”怎么说?"], "还有谁提到?", "谁提到了“千万工程”?"),
        (["谁提到了杨梅?"], "那镍合金呢?", "谁提到了镍合金?"),
        (["青田的抽水蓄能项目是哪个乡的?"], "投资多少?", "青田的抽水蓄能项目投资多少?"),
        (["舟山撤并了多少所学校?"], "为什么?", "为什么舟山撤并了学校?"),
        (["新昌的帮创群体是什么?"], "它有多少人?", "新昌的帮创群体有多少人?"),
        (["嘉兴获得了哪些荣誉?"], "还有呢?", "嘉兴获得了哪些荣誉?"),
        (["What is said about seagulls?"], "Who said that?", "Who mentioned seagulls?"),
        (["Who mentioned bayberries?"], "and solar panels?", "Who mentioned solar panels?"),
        (
            ["How many schools did Zhoushan close?"],
            "and nursing homes?",
            "How many nursing homes did Zhoushan close?",
        ),
        (
            ["How many visitors came this year?"],
            "what about last year?",
            "How many visitors came last year?",
        ),
        (
            ["How much will the Ports Fund pay?"],
            "And the Education Department?",
            "How much will the Education Department pay?",
        ),
        (
            ["What do the shopkeepers fear?"],
            "How many of them signed?",
            "How many of them signed (What do the shopkeepers fear)?",
        ),
        (["Is the old ferry repaired?"], "Why?", "Why (Is the old ferry repaired)?"),
        (["What is Jiaxing's income ratio?"], "And its area?", "Jiaxing area?"),
        (["舟山撤并了多少所学校?"], "养老院呢?", "舟山撤并了多少所养老院?"),
        (["舟山统筹了多少名教师?"], "那医务人员呢?", "舟山统筹了多少名医务人员?"),
        (["杉木要晾多久?"], "那樟木呢?", "樟木要晾多久?"),
        (["嘉兴粮食连续几年第一?"], "那产量呢?", "嘉兴产量是多少?"),
        (["嘉兴的“水空”枢纽是怎么回事?"], "它的投资是多少?", "嘉兴的“水空”枢纽的投资是多少?"),
        (["嘉兴的水质比例是多少?"], "哪一年达到的?", "嘉兴的水质比例哪一年达到的?"),
        (["舟山怎样引导人口集聚?"], "具体怎么做?", "舟山引导人口集聚具体怎么做?"),
        (
            ["What did Jiaxing say about the library?"],
            "And on the water rates?",
            "What did Jiaxing say about the water rates?",
        ),
        (
            ["How much did the fund lose last year?"],
            "and the year before?",
            "How much did the fund lose the year before?",
        ),
        (
            ["What is the wage of a sales assistant?"],
            "And for a manager?",
            "What is the wage for a manager?",
        ),
        (["Wie viel kostete die Kohle 2024?"], "Und 2023?", "Wie viel kostete die Kohle 2023?"),
        (["Wie viel Kohle kam?"], "und die Spenden?", "die Spenden (Wie viel Kohle kam)?"),
        (["Combien coûte le bois en 2024 ?"], "Et en 2023 ?", "Combien coûte le bois en 2023 ?"),
        (["¿Cuánto costaba en 2024?"], "¿Y en 2023?", "¿Cuánto costaba en 2023?"),
    ],
)
def test_a_follow_up_is_completed(history, question, whole):
    assert complete(question, history, SPEAKERS) == whole


@pytest.mark.parametrize(
    "question",
    [
        "杭州的GDP是多少?",
        "怎么做红烧肉?",
        "青田有多少所学校?",
        "谁提到了“枫桥经验”?",
        "Who won the 2022 World Cup?",
        "你好",
        "好的",
        "今天天气怎么样?",
        "现在几点了?",
        "建设多少个乡村组团片区?",
        "What time is it?",
        "Is it raining?",
        "How many schools are there?",
    ],
)
def test_a_new_question_is_not_bent(question):
    assert complete(question, ["嘉兴城乡居民收入倍差是多少?"], SPEAKERS) == question


def test_without_history_nothing_changes():
    assert complete("那舟山呢?", [], SPEAKERS) == "那舟山呢?"


@pytest.mark.parametrize("short", ["专班", "工作专班"])
def test_a_short_name_takes_the_place_of_a_speaker_and_gives_it(short):
    speakers = (*SPEAKERS, "省缩小“三大差距”工作专班", "省财政厅")
    asked = f"{short}对专项债怎么说?"
    assert complete("那省财政厅呢?", [asked], speakers) == "省财政厅对专项债怎么说?"
    assert complete(f"那{short}呢?", ["省财政厅对专项债怎么说?"], speakers) == asked
    assert complete("那工作呢?", ["省财政厅对专项债怎么说?"], speakers) == "省财政厅对工作怎么说?"
