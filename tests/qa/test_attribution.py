"""Who is asked, and what about."""

import pytest

from qa.attribute import read_attribution
from qa.names import Names

CONFERENCE = (
    "省缩小“三大差距”工作专班",
    "省财政厅",
    "嘉兴市委、市政府",
    "舟山市委、市政府",
    "新昌县委、县政府",
    "青田县委、县政府",
)
COUNCIL = ("THE CHAIR", "MR. SMITH", "MS. OKAFOR", "DR. LINDQVIST", "MR. HALE")
BOARD = ("Minister Jane Smith", "Minister Bob Jones", "Ministry of Health")


@pytest.mark.parametrize(
    ("name", "speaker"),
    [
        ("财政厅", "省财政厅"),
        ("浙江省财政厅", "省财政厅"),
        ("嘉兴", "嘉兴市委、市政府"),
        ("嘉兴市", "嘉兴市委、市政府"),
        ("嘉興市委", "嘉兴市委、市政府"),
        ("专班", "省缩小“三大差距”工作专班"),
        ("省专班", "省缩小“三大差距”工作专班"),
        ("Zhoushan", "舟山市委、市政府"),
    ],
)
def test_short_forms_name_the_speaker(name, speaker):
    assert Names(CONFERENCE).called(name) == (speaker,)


@pytest.mark.parametrize(
    ("name", "speaker"),
    [
        ("Lindqvist", "DR. LINDQVIST"),
        ("Ms. Okafor", "MS. OKAFOR"),
        ("the chair", "THE CHAIR"),
    ],
)
def test_people_go_by_their_names_without_an_address(name, speaker):
    assert Names(COUNCIL).called(name) == (speaker,)


def test_a_name_is_no_piece_of_a_longer_word():
    names = Names(COUNCIL)
    assert names.mentioned("What do whales and blacksmiths eat, with a leaking boat?") == ()
    assert names.mentioned("What do Hale and Smith eat?") == ("MR. HALE", "MR. SMITH")
    assert names.called("Jones") == ()


def test_two_of_one_name_are_told_apart_by_their_address():
    names = Names(("MR. SMITH", "MS. SMITH", "MR. HALE"))
    assert names.called("Smith") == ("MR. SMITH", "MS. SMITH")
    assert names.called("Ms. Smith") == ("MS. SMITH",)


@pytest.mark.parametrize("name", ["the finance department", "Department of Finance"])
def test_a_chinese_body_goes_by_what_tells_it_apart_in_english(name):
    assert Names((*CONFERENCE, "省教育厅")).called(name) == ("省财政厅",)


@pytest.mark.parametrize("name", ["the health department", "the mayor", "the department"])
def test_an_english_name_that_says_nothing_of_a_body_names_nobody(name):
    assert Names(CONFERENCE).called(name) == ()


@pytest.mark.parametrize("name", ["温州市委", "省教育厅", "省", "大家"])
def test_no_speaker_is_guessed(name):
    assert Names(CONFERENCE).called(name) == ()


def test_a_name_that_several_share_means_each_of_them():
    assert Names(CONFERENCE).called("县委") == ("新昌县委、县政府", "青田县委、县政府")


def test_names_of_another_language_are_learned_the_same_way():
    names = Names(BOARD)
    assert names.called("Jane Smith") == ("Minister Jane Smith",)
    assert names.mentioned("what about bob jones?") == ("Minister Bob Jones",)


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("谁提到了“枫桥经验”?", "“枫桥经验”"),
        ("哪些单位谈到了“钱随人走”?", "“钱随人走”"),
        ("提到“千万工程”的有哪些单位?", "“千万工程”"),
        ("“千万工程”是谁提的?", "“千万工程”"),
        ("谁的发言提到了抽水蓄能?", "抽水蓄能"),
        ("誰提到了抽水蓄能?", "抽水蓄能"),
        ("Who talked about the pumped-storage project?", "pumped-storage project"),
        ("Which speakers mention rural roads?", "rural roads"),
    ],
)
def test_a_question_that_asks_who(question, topic):
    found = read_attribution(question, CONFERENCE)
    assert found.asks_who
    assert found.topic == topic
    assert found.speakers == CONFERENCE


def test_a_kind_of_body_narrows_who_is_meant():
    found = read_attribution("哪个县讲了“共富工坊”?", CONFERENCE)
    assert found.speakers == ("新昌县委、县政府", "青田县委、县政府")
    assert found.exact == ("共富工坊",)


@pytest.mark.parametrize(
    ("question", "speakers", "topic"),
    [
        ("省财政厅对农村综合性改革试点怎么说?", ("省财政厅",), "农村综合性改革试点"),
        ("财政厅在发言中怎么看转移支付?", ("省财政厅",), "转移支付"),
        ("舟山有没有提到养老?", ("舟山市委、市政府",), "养老"),
        ("嘉兴的发言讲了什么?", ("嘉兴市委、市政府",), ""),
        ("What did Zhoushan say about schools?", ("舟山市委、市政府",), "schools"),
        (
            "嘉兴和舟山分别怎么说基本公共服务?",
            ("嘉兴市委、市政府", "舟山市委、市政府"),
            "基本公共服务",
        ),
        (
            "嘉兴和舟山分别有多少教师?",
            ("嘉兴市委、市政府", "舟山市委、市政府"),
            "嘉兴和舟山分别有多少教师?",
        ),
    ],
)
def test_a_question_to_named_speakers(question, speakers, topic):
    found = read_attribution(question, CONFERENCE)
    assert not found.asks_who
    assert found.speakers == speakers
    assert found.topic == topic


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("嘉兴与青田对“千万工程”的提法有什么不同?", "“千万工程”"),
        ("比较一下嘉兴和青田对增收的说法", "增收"),
        ("嘉兴和青田在治理上有哪些区别?", "治理"),
        ("嘉兴和青田的养老做法有什么不同?", "养老"),
        ("How do Jiaxing and Qingtian differ on rural industry?", "rural industry"),
        ("Compare what Jiaxing and Qingtian say about schools.", "schools"),
        ("嘉兴和青田有什么不同?", ""),
    ],
)
def test_bodies_that_are_compared_are_asked_on_the_topic(question, topic):
    found = read_attribution(question, CONFERENCE)
    assert found.speakers == ("嘉兴市委、市政府", "青田县委、县政府")
    assert found.topic == topic


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("有没有人提到户籍?", "户籍"),
        ("户籍有谁提过?", "户籍"),
        ("有哪个单位谈到户籍?", "户籍"),
        ("Did anyone mention bayberries?", "bayberries"),
        ("Кто-нибудь упомянул дороги?", "дороги"),
    ],
)
def test_whether_anybody_says_it_asks_who(question, topic):
    found = read_attribution(question, CONFERENCE)
    assert (found.asks_who, found.topic, found.limited) == (True, topic, False)


@pytest.mark.parametrize("question", ["嘉兴和青田谁提到了GDP?", "嘉兴、青田县委中哪个说到GDP?"])
def test_who_of_those_that_are_named(question):
    found = read_attribution(question, CONFERENCE)
    assert found.asks_who
    assert found.limited
    assert found.speakers == ("嘉兴市委、市政府", "青田县委、县政府")
    assert found.topic == "GDP"


@pytest.mark.parametrize(
    ("question", "speaker", "topic"),
    [
        ("专班对农业转移人口说了什么?", "省缩小“三大差距”工作专班", "农业转移人口"),
        ("省财政厅关于舟山讲了些什么?", "省财政厅", "舟山"),
        ("新昌县说了什么?", "新昌县委、县政府", ""),
    ],
)
def test_what_one_said_on_a_topic(question, speaker, topic):
    found = read_attribution(question, CONFERENCE)
    assert (found.speakers, found.topic) == ((speaker,), topic)


def test_an_interview_is_not_what_somebody_says():
    found = read_attribution("嘉兴被焦点访谈报道过吗?", CONFERENCE)
    assert (found.speakers, found.unknown) == ((), None)


@pytest.mark.parametrize("question", ["第七条说了什么?", "What does section 3.4 say?"])
def test_an_article_is_no_speaker(question):
    assert read_attribution(question, CONFERENCE).unknown is None


def test_quotation_marks_of_a_name_ask_for_no_words():
    found = read_attribution("省缩小“三大差距”工作专班对“专项债”怎么说?", CONFERENCE)
    assert found.exact == ("专项债",)
    assert read_attribution("谁提到了“三大差距”?", CONFERENCE).exact == ("三大差距",)
    assert read_attribution("Who said „gut“?", COUNCIL).exact == ("gut",)


@pytest.mark.parametrize(
    ("question", "unknown"),
    [("温州市委在会上说了什么?", "温州市委"), ("省教育厅的发言要点是什么?", "省教育厅")],
)
def test_a_speaker_nobody_knows(question, unknown):
    found = read_attribution(question, CONFERENCE)
    assert found.unknown == unknown
    assert not found.speakers


@pytest.mark.parametrize(
    "question",
    [
        "嘉兴城乡居民收入倍差是多少?",
        "Who won the 2022 World Cup?",
        "新昌县县长叫什么名字?",
        "怎么做红烧肉?",
        "省财政厅出台了哪些政策?",
    ],
)
def test_a_question_of_fact_asks_no_speaker(question):
    found = read_attribution(question, CONFERENCE)
    assert not found.asks_who
    assert not found.speakers
    assert found.unknown is None


def test_names_in_latin_letters_are_found_where_they_stand():
    names = Names(CONFERENCE)
    text = "How many schools did Zhoushan close, and Qingtian?"
    places = names.romanised_in(text)
    assert sorted(text[start:end] for start, end in places) == ["Qingtian", "Zhoushan"]
    assert names.romanised_in("舟山有多少所学校?") == []


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Что делают в Синьчане для бедных семей?", "新昌县委、县政府"),
        ("Сколько школ закрыли на Чжоушани?", "舟山市委、市政府"),
        ("Как Цинтянь помогает школам?", "青田县委、县政府"),
    ],
)
def test_names_in_cyrillic_letters_are_found_in_every_case(text, speaker):
    names = Names(CONFERENCE)
    assert names.mentioned(text) == (speaker,)
    ((start, end),) = names.romanised_in(text)
    assert names.mentioned(text[start:end]) == (speaker,)


@pytest.mark.parametrize("name", ["Lin Shufen", "Lin Shu-fen", "Shufen Lin", "Shu-Fen Lin"])
def test_a_chinese_person_in_latin_letters(name):
    assert Names(("記者", "林淑芬", "陳志明")).called(name) == ("林淑芬",)
