"""The document that ships with the project: scanned text with broken lines and repeats."""

from pathlib import Path

import pytest

import corpus
from corpus import passages, read
from corpus.chunk import MAX_TOKENS
from corpus.edits import undo
from corpus.script import count_han

PATH = Path(corpus.__file__).parent / "documents" / "城乡融合双向奔富.md"
SPEAKERS = [
    "省缩小“三大差距”工作专班",
    "省财政厅",
    "嘉兴市委、市政府",
    "舟山市委、市政府",
    "新昌县委、县政府",
    "青田县委、县政府",
]


@pytest.fixture(scope="module")
def document():
    return read(PATH)


@pytest.fixture(scope="module")
def cut(document):
    return passages(document, lambda texts: [len(text) * 2 // 3 for text in texts])


def test_the_source_comes_back(document):
    assert undo(document.text, document.edits) == PATH.read_text("utf-8")


def test_title_and_language(document):
    assert document.title == "城乡融合 双向奔富"
    assert document.language == "zh-Hans"


def test_the_six_bodies_speak_and_the_editor_does_not(document):
    assert [turn.speaker for turn in document.turns] == SPEAKERS
    assert document.speaker_at(document.text.index("6月20日")) is None
    assert (
        document.speaker_at(document.text.index("城乡居民收入倍差缩小至1.51")) == "嘉兴市委、市政府"
    )
    for turn in document.turns:
        byline = document.text[: turn.span.start].rstrip()
        assert byline.endswith("\n\n" + turn.speaker)


def test_sections_are_headings_and_the_bold_sentences_below(document):
    assert [section.level for section in document.sections].count(2) == 6
    inside = document.section_at(document.text.index("污水系统治理"))
    assert inside.level == 3
    assert inside.path == (
        "城乡融合 双向奔富",
        "统筹做好“强城”“兴村”“融合”三篇文章 加快推进城乡一体融合高质量发展",
        "优化城乡融合资源配置",
    )
    # A lead-in in the middle of a paragraph begins a section too.
    middle = document.section_at(document.text.index("坚持问题导向"))
    assert middle.path[-1] == "发挥财政改革破题作用,激发城乡一体融合高质量发展的机制活力"


@pytest.mark.parametrize(
    "words",
    [
        "双引擎,加快",
        "污水系统治理",
        "薄弱乡镇和相对",
        "乡村振兴用地。",
        "农村房地产",
        "海岛人口分布的特殊性",
        "项目入库数量和投资规模分配省级资金",
        "(县、市、区)人均GDP最高",
        "基本公共服务一体化的基础",
        "刚性支出约2300元",
        "划四地”,整合",
    ],
)
def test_broken_words_are_whole(document, words):
    words = words.replace("(县、市、区)", "县(市、区)")
    assert words in document.text


def test_only_broken_words_are_joined(document):
    reasons = [edit.reason for edit in document.edits]
    assert reasons.count("line") == 9
    assert reasons.count("blank") == 8
    assert "编者按:\n\n6月20日" in document.text
    # The copied text breaks off here; what follows is of another place.
    assert "投资规模\n\n疗车" in document.text
    # Blanks in headings set two phrases apart.
    assert "三篇文章 加快推进" in document.text


def test_text_that_stands_again_is_folded_into_its_first_passage(document, cut):
    places = [
        i for i in range(len(document.text)) if document.text.startswith("发挥财政改革破题作用", i)
    ]
    assert len(places) == 3
    starts = [repeat.span.start for repeat in document.repeats]
    assert starts == [*places[1:], document.text.rindex("多维画像")]
    holding = [passage for passage in cut if "发挥财政改革破题作用" in passage.text]
    assert len(holding) == 1
    assert [place.start for place in holding[0].also_at] == places[1:]
    for passage in cut:
        for place in passage.also_at:
            assert place.of(document.text)[:20] in passage.text
            assert place.of(document.text)[-12:] in passage.text.replace("\n", "")
    assert sum("锁定占比全县人口6.5%" in passage.text for passage in cut) == 1


def test_passages_begin_with_the_sentence_that_leads_them_in(cut):
    first = next(passage for passage in cut if passage.section[-1] == "打通城乡融合发展脉络")
    assert first.text.startswith("打通城乡融合发展脉络。一是激发“融合”引擎。")
    assert first.speaker == SPEAKERS[0]


def test_passages_hold_no_headings_or_bylines_and_are_not_too_long(document, cut):
    for passage in cut:
        assert "##" not in passage.text
        assert "**" not in passage.text
        assert not passage.text.startswith("深入推进“六改六融”")
        assert passage.text not in SPEAKERS
        assert count_han(passage.text) <= 320
        assert len(passage.text) * 2 // 3 <= MAX_TOKENS
        assert not passage.text.endswith(("二是打开“融合”通道。", "三是同城同标深化公共服务。"))


def test_repeated_announcement_of_a_passage_is_whole(document, cut):
    said = {passage.speaker for passage in cut}
    assert said == {None, *SPEAKERS}
