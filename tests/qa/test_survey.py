"""Who says what: the page and the chat name the same speakers, and every passage is found."""

import pytest

import corpus
from index import Library
from index.nouns import Filters
from qa import Answer, BadQuestion, ask
from qa.names import bare
from qa.search import who_said
from qa.survey import passages, speech, survey
from qa.topics import topics

TOPICS = (
    "钱随人走",
    "“钱随人走”",
    "小岛迁",
    "基本公共服务",
    "土地综合整治",
    "养老",
    "低收入家庭",
    "千万工程",
    "组团",
    "人工智能",
    "足球",
    "老百姓看病",
    "rural roads",
)


@pytest.mark.model
@pytest.mark.parametrize("topic", TOPICS)
def test_page_and_chat_name_the_same_speakers(conference, topic):
    found = survey(conference, topic)
    reply = ask(conference, f"谁提到了{topic}？")
    told = {c.speaker for c in reply.citations} if isinstance(reply, Answer) else set()
    assert {voice.speaker for voice in found.voices} - {None} == told
    speakers = conference.speakers()
    assert [who for who in speakers if who not in told] == list(found.silent)


@pytest.mark.model
def test_a_topic_may_be_asked_as_a_question(conference):
    asked = survey(conference, "哪些单位谈到了“钱随人走”？")
    assert asked.voices == survey(conference, "“钱随人走”").voices


@pytest.mark.model
def test_every_passage_with_the_words_is_there(conference):
    found = survey(conference, "基本公共服务")
    assert found.literal
    everything = passages(conference)
    for voice in found.voices:
        own = [
            p for p in everything if p.speaker == voice.speaker and "基本公共服务" in bare(p.text)
        ]
        assert voice.passages == len(own) > 0
        for citation in voice.citations:
            document = conference.document(citation.document.id)
            assert citation.quote == document.text[citation.span.start : citation.span.end]
            assert "基本公共服务" in bare(citation.quote)
            assert citation.speaker == voice.speaker


SPEECH = """# 会

## 甲的话

甲局

修路要花钱，今年修了三条路。明年还要修路。

## 乙的话

乙局

种树是好事，今年种了一万棵树。
"""
OTHER = "# 另一个会\n\n## 丙的话\n\n丙局\n\n修路的事由我们负责到底。\n\n## 丁的话\n\n丁局\n\n没有别的事要讲了。\n"


@pytest.fixture(scope="module")
def library(tmp_path_factory, hashing_embedder):
    with Library.open(tmp_path_factory.mktemp("who"), hashing_embedder, create=True) as opened:
        opened.add_document(corpus.from_text(SPEECH, uri="a", markup="markdown"))
        opened.add_document(corpus.from_text(OTHER, uri="b", markup="markdown"))
        yield opened


def test_who_speaks_and_who_is_silent(library):
    found = survey(library, "修路")
    assert [voice.speaker for voice in found.voices] == ["甲局", "丙局"]
    assert found.silent == ("乙局", "丁局")
    only = Filters(documents=frozenset({library.documents()[1].id}))
    found = survey(library, "修路", only)
    assert [voice.speaker for voice in found.voices] == ["丙局"]
    assert found.silent == ("丁局",)
    nobody = survey(library, "“没有人说过的话”")
    assert (nobody.voices, len(nobody.silent), nobody.literal) == ((), 4, False)


@pytest.mark.parametrize("topic", ["修路", "“种树”", "哪些单位谈到了修路？", "没有人说过的话"])
def test_every_door_names_the_same_speakers(library, topic):
    voices = [voice.speaker for voice in survey(library, topic).voices]
    assert [citation.speaker for citation in who_said(library, topic)] == voices


def test_what_a_speaker_says_is_whole_and_in_order(library):
    (said,) = speech(library, "甲局")
    assert said.section[-1] == "甲的话"
    assert "".join(c.quote for c in said.citations) == "修路要花钱，今年修了三条路。明年还要修路。"
    assert speech(library, "无此人") == []


@pytest.mark.parametrize("topic", ["", "？！", "字" * 3000])
def test_no_topic_is_an_error(library, topic):
    with pytest.raises(BadQuestion, match="The topic"):
        survey(library, topic)


def test_topics_tell_speakers_apart():
    chance = "大家都同意，下一步继续做好工作。"
    roads = [
        "修公路要花钱",
        "公路通到村里",
        "养护好公路",
        "今年公路多了",
        "老公路要翻新",
        "山里公路难",
        "看公路边种花",
    ]
    trees = [
        "春天植树最好",
        "学生植树多",
        "冬季植树少",
        "全县植树忙",
        "多植树防风沙",
        "先植树再修渠",
        "村民植树护林",
    ]
    roads, trees = ([f"{words}。{chance}" for words in said] for said in (roads, trees))
    text = "# 会\n\n## 一\n\n交通局\n\n{}\n\n## 二\n\n林业局\n\n{}\n"
    document = corpus.from_text(
        text.format("\n\n".join(roads), "\n\n".join(trees)), uri="u", markup="markdown"
    )
    cut = list(corpus.passages(document, lambda texts: [len(t) for t in texts], 12))
    found = topics(cut, 6)
    first = {max(topic.counts, key=topic.counts.get): topic.term for topic in reversed(found)}
    assert first == {"交通局": "公路", "林业局": "植树"}
    assert not any("大家" in topic.term for topic in found)
    for topic in found:
        for speaker, count in topic.counts.items():
            held = [p for p in cut if p.speaker == speaker and bare(topic.term) in bare(p.text)]
            assert len(held) == count
    assert topics([p for p in cut if p.speaker == "交通局"], 6) == []
