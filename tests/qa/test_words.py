"""What a question is made of."""

import re

import pytest

from qa.refuse import _counted, _office
from qa.words import arabic, carrying, missing_unit, script, whole


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("第三十条", "第30条"),
        ("第一百零五条和第十二章", "第105条和第12章"),
        ("第二十一款", "第21款"),
        ("第一产业", "第一产业"),
        ("十条意见", "十条意见"),
    ],
)
def test_articles_have_one_spelling(text, figures):
    assert arabic(text) == figures


def test_a_word_in_latin_letters_stands_whole_beside_chinese():
    pattern = re.compile(whole("gdp"))
    assert pattern.search("人均gdp达到")
    assert not pattern.search("gdpr")


@pytest.mark.parametrize(
    ("question", "carried"),
    [
        ("Who was in the war?", "war"),
        ("war in Russia", "war russia"),
        ("Wer war der König?", "konig"),
        ("Quel est le prix d'entrée?", "prix entree"),
        ("¿Cuándo murió el maestro?", "murio maestro"),
        ("Сколько можно хранить книгу?", "хранить книгу"),
        ("想问下那家公司一共有啥设备", "公司 设备"),
    ],
)
def test_words_that_only_ask_are_those_of_the_question_s_language(question, carried):
    assert re.findall(r"\w+", carrying(question)) == carried.split()


@pytest.mark.parametrize(
    ("question", "office"),
    [
        ("嘉兴市长是谁?", ["市长"]),
        ("谁是青田县县长?", ["县长"]),
        ("who is the head of the finance department?", ["head"]),
        ("市长说了什么?", []),
        ("《红楼梦》的作者是谁?", []),
        ("who heads the list?", []),
    ],
)
def test_an_office_whose_holder_is_asked_for(question, office):
    assert _office(question) == office


@pytest.mark.parametrize(
    ("question", "counted"),
    [
        ("青田县有多少华侨?", ["华侨"]),
        ("舟山有几座桥?", []),
        ("嘉兴有多少名医生?", ["医生"]),
        ("撤并了多少所学校?", ["学校"]),
        ("帮困群体有多少人?", []),
        ("图书的借期是多少天?", []),
        ("how many fishing boats are in the harbour?", ["boats"]),
        ("how many times has it been repaired?", []),
    ],
)
def test_what_is_counted(question, counted):
    assert _counted(question) == counted


@pytest.mark.parametrize(
    ("question", "told", "not_told"),
    [
        ("有多少所学校?", "38所学校", "学校很多"),
        ("撤并了几所学校?", "小规模学校15个", "15名教师"),
        ("他今年多大?", "那年他十六岁", "他学了六年"),
        ("How old is the chief?", "He was born in 1970.", "We answered 612 calls."),
        ("Wie alt ist der Turm?", "erbaut 1880", "Er ist hoch."),
        ("午饭多少钱?", "每餐12元", "午饭在食堂吃"),
        ("How much does a ticket cost?", "£16 for adults", "Tickets are sold at the gate."),
        ("图书馆几点开门?", "上午九点开门", "全年开放"),
        ("What time does it close?", "It closes at 5 p.m.", "It closes on Sundays."),
    ],
)
def test_what_a_question_wants_a_number_of(question, told, not_told):
    assert not missing_unit(question, told)
    assert missing_unit(question, not_told)


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("2025年GDP增长5%", "CJK"),  # the first met, of as many
        ("人均GDP达到十万元", "CJK"),
        ("Доход на душу населения, ВВП", "CYRILLIC"),
        ("東京の人口は?", "HIRAGANA"),
        ("\U00017000\U00017001\U00017002嘉", "CJK"),  # Tangut has no names
        ("GDP, CPI, PMI: " + "人均可支配收入" * 100, "CJK"),
        ("海" * 100 + " the islands" * 100, "LATIN"),
        ("1.51 %", ""),
    ],
)
def test_the_script_is_that_of_most_letters(text, most):
    assert script(text) == most
