"""Which signs go, which broken lines join, and which must stay apart."""

import pytest

from corpus import from_text
from corpus.edits import Edit, OffsetMap


def clean(text, markup="markdown"):
    return from_text(text, uri="memory:text", markup=markup).text


HAN = "今年以来全省上下认真贯彻落实决策部署，扎实推进共同富裕。城乡融合发展的双引"


def test_han_sentences_join_across_blank_lines_without_a_blank():
    assert clean(HAN + "\n\n擎，加快推进城与乡双向奔赴。") == HAN + "擎，加快推进城与乡双向奔赴。"
    assert clean(HAN + "\r\n\r\n擎，加快推进。") == HAN + "擎，加快推进。"
    assert clean(HAN + "\n\f\n擎，加快推进。", "text") == HAN + "擎，加快推进。"


@pytest.mark.parametrize(
    "after",
    [
        "## 标题，下一节。",
        "一、第一项工作，要抓好。",
        "（一）第一项工作，要抓好。",
        "1. 第一项工作，要抓好。",
        "- 第一项工作，要抓好。",
        "* 第一项工作，要抓好。",
        "张三：我来说，好。",
        "```\n代码，不动。\n```",
        "2024年6月20日",
    ],
)
def test_nothing_joins_what_begins_anew(after):
    assert "\n\n" + after.removeprefix("## ") in clean(HAN + "\n\n" + after)


@pytest.mark.parametrize("end", ["。", "！", "？", "。”", "：", "；", "……"])
def test_nothing_joins_behind_an_end(end):
    assert clean(HAN + end + "\n\n擎，加快推进。") == HAN + end + "\n\n擎，加快推进。"


def test_bylines_and_labels_stay_apart():
    text = "## 甲\n\n省财政厅\n\n今年以来，全省推进。\n\n编者按:\n\n现将汇报摘编，以飨读者。"
    assert clean(text) == text.removeprefix("## ")


def test_titles_without_marks_do_not_swallow_the_text():
    text = "关于推进城乡融合发展的若干意见\n\n为了推进城乡融合，制定本意见。"
    assert clean(text) == text


def test_blanks_inside_han_words_close_and_others_stay():
    assert (
        clean("实施污水系 统治理，建成 5 个 GDP 百亿镇。")
        == "实施污水系统治理，建成 5 个 GDP 百亿镇。"
    )
    assert clean("出席会议的有：张三 李四 王五。") == "出席会议的有：张三 李四 王五。"
    assert clean("# 城乡融合 双向奔富\n\n文。") == "城乡融合 双向奔富\n\n文。"
    assert clean("姓名 年龄", "text") == "姓名 年龄"
    headline = "四川青川加强监督 守护大熊猫国家公园，人民日报记者报道。"
    assert clean(headline) == headline
    assert clean("城乡居民人均可支配收 入增速位居第一，收入增长。") == (
        "城乡居民人均可支配收入增速位居第一，收入增长。"
    )


def test_records_on_lines_of_their_own_stay_apart():
    lines = [
        "2023-08-10 15:10，正文：" + "今天的消息，很好。" * 5 * n + end
        for n, end in ((1, "(完)"), (7, "记者王曦"), (3, ""))
    ]
    text = "\n".join(lines)
    assert clean(text, "text") == text
    assert clean(text) == text


def test_hard_wrapped_han_lines_join():
    lines = [
        "今年以来，全省上下认真贯彻落实决策部署，扎实推",
        "进共同富裕示范区建设，取得了明显成效，城乡居民",
        "收入继续增长。",
    ]
    assert clean("\n".join(lines), "text") == "".join(lines)
    narrow = ["城乡融合发展是一项", "长期的任务，需要各", "方面共同努力，久久", "为功。"]
    assert clean("\n".join(narrow), "text") == "".join(narrow)


def test_hard_wrapped_english_lines_join_with_a_blank():
    text = (
        "The council agreed on Monday that the new rail line\n"
        "will open in 2027, two years later than Smith had prom-\n"
        "ised in his letter to the council and to its new Vice-\n"
        "President. The line was paid for by the city."
    )
    assert clean(text) == (
        "The council agreed on Monday that the new rail line will open in 2027, two years later "
        "than Smith had promised in his letter to the council and to its new Vice-President. "
        "The line was paid for by the city."
    )


def test_english_goes_on_over_a_page_break_only_in_lower_case():
    left = "The report that the council read on Monday was written by the new"
    assert clean(left + "\n\nmayor of the city.") == left + " mayor of the city."
    assert clean(left + "\n\nThe mayor left.") == left + "\n\nThe mayor left."


@pytest.mark.parametrize(
    "text",
    [
        "床前明月光，\n疑是地上霜。\n举头望明月，\n低头思故乡。",
        "我是天空里的一片云\n偶尔投影在你的波心\n你不必讶异",
        "Shall I compare thee to a summer's day?\nThou art more lovely and more temperate:\n"
        "Rough winds do shake the darling buds of May,\nAnd summer's lease hath all too short a date:",
        "Two roads diverged in a yellow wood,\nAnd sorry I could not travel both",
        "- 第一\n- 第二\n\n1. one\n2. two",
        "姓名    年龄\n丙 丁    十岁",
        "```\ndef f(): # **x**\n    return  1\n```",
        "浙江省杭州市\n西湖区文三路\n甲单位",
    ],
)
@pytest.mark.parametrize("markup", ["markdown", "text"])
def test_verses_lists_tables_code_and_addresses_stay(text, markup):
    assert clean(text, markup) == text


def test_markdown_signs_go():
    text = "# 标题 #\n\n副题\n---\n\n**要点。**一是*好*的[链接](http://a.b/c)。\n\n> 引用\n> 两行。\n\n***\n\n1\\. 完"
    assert clean(text) == "标题\n\n副题\n\n要点。一是好的链接。\n\n引用\n两行。\n\n\n\n1. 完"


def test_signs_that_are_none_stay():
    assert (
        clean("2*3*4 和 a * b，[甲]，`**x**`，**未完。")
        == "2*3*4 和 a * b，[甲]，`**x**`，**未完。"
    )
    assert clean("# 不是标题 **x**", "text") == "# 不是标题 **x**"


def test_control_characters_go_and_old_line_ends_become_new():
    document = from_text("甲\x00乙\u200b丙\r\n丁。\r戊。\u2028己", uri="memory:x")
    assert document.text == "甲乙丙\n丁。\n戊。\n己"
    assert {edit.reason for edit in document.edits} == {"control"}


def test_an_offset_map_keeps_whole_what_it_maps():
    offsets = OffsetMap([Edit(2, "**", "", "markup"), Edit(6, "\n\n", " ", "line")])
    # source `ab**cd\n\nef`, clean `abcd ef`
    assert offsets.to_source(0, 2) == (0, 2)
    assert offsets.to_source(2, 4) == (4, 6)
    assert offsets.to_source(0, 7) == (0, 10)
    assert offsets.to_source(5, 7) == (8, 10)
    assert offsets.to_clean(4, 6) == (2, 4)
    assert offsets.to_clean(3, 7) == (2, 5)
