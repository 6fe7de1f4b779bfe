"""Sections, speakers, sentences, repeats and languages, in small texts."""

import time

import pytest

from corpus import from_text, passages


def read(text, markup="markdown"):
    return from_text(text, uri="memory:text", markup=markup)


def sentences(text, markup="text"):
    return [span.of(text) for span in read(text, markup).sentences]


def speakers(text, markup="markdown"):
    document = read(text, markup)
    return [(turn.speaker, turn.span.of(document.text)) for turn in document.turns]


@pytest.mark.parametrize(
    "expected",
    [
        ["他说：“好！”", "然后走了。"],
        ["他问：“什么？”，没人答。"],
        ["《你好！》节目很好看；大家喜欢。", "（完。）", "下一句！！"],
        ["完成率59.1%、投资1696.8亿元。", "新建项目87.1%,增长。"],
        ["他……他说：“等等……”", "然后呢？"],
        ['他说:"好。"', '"不好。"', "走了。"],
        ["Mr. Smith paid $3.5 million.", "He left at 5 p.m. on Jan. 5."],
        ["See http://a.b/c?d=e.html now.", "J. K. Rowling wrote it!", "Really?"],
        ['"It is late," he said.', '"But why?" she asked.', "The U.S. Army left."],
        ["He said no.", "See no. 5 first."],
        ["Jones et al. 1998 agree.", "The T.T. Tsui gallery is new."],
        ["Wir feiern am 24. Mai.", "Er war am 3.", "Das 19. Jahrhundert endet."],
        ["Это г. Москва.", "Он жил в 1950 г. там.", "Да?"],
        ["هل هذا سؤال؟", "نعم.", "هذا جواب."],
        ["यह एक वाक्य है।", "यह दूसरा है।"],
        ["これは文です。", "「はい。」", "と言った。"],
        ["한국어 문장입니다.", "두 번째입니다."],
    ],
)
def test_sentence_ends(expected):
    joint = "" if any("\u3040" <= c <= "\u9fff" for c in "".join(expected)) else " "
    assert sentences(joint.join(expected)) == expected


def test_a_paragraph_ends_a_sentence_and_a_verse_goes_on_behind_a_comma():
    assert sentences("没有完\n\n下一段") == ["没有完", "下一段"]
    assert sentences("床前明月光，\n疑是地上霜。\n举头") == ["床前明月光，\n疑是地上霜。", "举头"]


def test_headings_of_every_kind_nest():
    document = read(
        "前言。\n\n# 甲\n\n文。\n\n乙\n---\n\n**丙。** 文。**丁。**文。\n\n### 戊\n\n# 己\n"
    )
    assert [(section.level, section.path) for section in document.sections] == [
        (0, ()),
        (1, ("甲",)),
        (2, ("甲", "乙")),
        (3, ("甲", "乙", "丙")),
        (3, ("甲", "乙", "丁")),
        (3, ("甲", "乙", "戊")),
        (1, ("己",)),
    ]


def test_bold_words_inside_a_sentence_are_no_section():
    assert len(read("# 甲\n\n这是**重点。**吗？还有**要点**和。\n\n**注意：**小心。").sections) == 1


def test_headings_in_code_and_quotes_are_none():
    assert len(read("```\n# 甲\n```\n\n> # 乙\n").sections) == 1


def test_outline_of_plain_text():
    text = "第一章 总则\n\n第一条 为了规范，制定本法。\n第二条 本法适用。\n\n第二章 登记\n\n一、申请\n\n应当申请。\n\n二、审查\n\n应当审查。\n"
    document = read(text, "text")
    assert [section.path for section in document.sections] == [
        ("第一章 总则",),
        ("第二章 登记",),
        ("第二章 登记", "一、申请"),
        ("第二章 登记", "二、审查"),
    ]
    assert document.title == "第一章 总则"
    assert len(read("一、苹果\n二、香蕉\n三、梨", "text").sections) == 1
    assert len(read("第三条道路是走不通的，大家都知道。", "text").sections) == 1


def test_numbered_headings_of_plain_text_are_no_list():
    minutes = (
        "Minutes of the Council\n\nTuesday\n\n1. Opening\n\nWe begin.\n\n2. The Library\n\n"
        "It is warm.\n\n3. Water Rates\n\nThey rise."
    )
    document = read(minutes, "text")
    assert [section.path for section in document.sections] == [
        (),
        ("1. Opening",),
        ("2. The Library",),
        ("3. Water Rates",),
    ]
    assert document.title == "Minutes of the Council"
    assert len(read("To do\n\n1. Milk\n\n2. Eggs\n\n3. Tea\n\nThat is all.", "text").sections) == 1
    assert len(read("1. Milk\n\nfresh.\n\n2. Eggs\n\nsix.", "text").sections) == 1


def test_the_name_of_an_article_stays_apart_from_its_words():
    text = "# 办法\n\n第一条 为了规范办法,制定本办法。\n\n第十一条 为了规范,依照第一条 的规定。"
    assert (
        "\n第一条 为了规范办法,制定本办法。\n\n第十一条 为了规范,依照第一条的规定。"
        in read(text).text
    )


def test_underlined_headings_of_plain_text():
    document = read("The Plan\n========\n\nText here.\n\nCosts\n-----\n\nMore.", "text")
    assert [section.path for section in document.sections] == [("The Plan",), ("The Plan", "Costs")]


def test_unmarked_bylines_need_company():
    one = "# 总\n\n## 甲\n\n省财政厅\n\n文一。\n\n## 乙\n\n文二。文三。"
    assert speakers(one) == []
    two = one.replace("文二。文三。", "嘉兴市\n\n文二。")
    assert speakers(two) == [("省财政厅", "文一。"), ("嘉兴市", "文二。")]
    few = two + "".join(f"\n\n## 节{i}\n\n没有署名。" for i in range(4))
    assert speakers(few) == []


@pytest.mark.parametrize(
    ("line", "speaker"),
    [
        ("作者：王五", "王五"),
        ("发言人:王五", "王五"),
        ("文/王五", "王五"),
        ("By Ann Lee", "Ann Lee"),
        ("Speaker: Ann Lee", "Ann Lee"),
        ("**作者：王五**", "王五"),
    ],
)
def test_marked_bylines_stand_alone(line, speaker):
    found = speakers(f"# 甲\n\n{line}\n\n内容。\n\n## 乙\n\n更多。\n\n# 丙\n\n别的。")
    assert [name for name, _ in found] == [speaker, speaker]
    assert "别的" not in "".join(words for _, words in found)


@pytest.mark.parametrize(
    "line", ["编者按:", "2024年6月", "今天天气很好。", "- 省财政厅", "By Monday it is done."]
)
def test_what_is_no_byline(line):
    assert speakers("".join(f"## 节{i}\n\n{line}\n\n内容。\n\n" for i in range(3))) == []


def test_a_byline_is_in_no_passage_but_the_lead_words_are():
    document = read("## 甲\n\n省财政厅\n\n省财政厅认真落实。\n\n## 乙\n\n嘉兴市\n\n嘉兴市推进。")
    assert [(p.text, p.speaker) for p in passages(document, lambda ts: [len(t) for t in ts])] == [
        ("省财政厅认真落实。", "省财政厅"),
        ("嘉兴市推进。", "嘉兴市"),
    ]


def test_names_before_colons():
    text = "时间：6月\n\n张三：我们要推进。\n\n大家同意。\n\n李四（省长）：好。还有一个问题，\n就是资金。\n\n问：谁？"
    found = speakers(text)
    assert [name for name, _ in found] == ["张三", "李四（省长）"]
    assert found[0][1] == "张三：我们要推进。\n\n大家同意。"
    assert "谁" not in found[1][1]
    court = "MR. SMITH: I object.\n\nMS. JONES: Go on,\nMr. Smith.\n\nMR. SMITH: Thank you."
    assert [name for name, _ in speakers(court, "text")] == ["MR. SMITH", "MS. JONES", "MR. SMITH"]


@pytest.mark.parametrize(
    "text",
    [
        "注意：小心。\n\n注意：再小心。",
        "优点：快。\n\n缺点：贵。",
        "张三：只说一次。",
        "地点：嘉兴\n时间：六月",
        "他说：好。\n\n她说：好。",
    ],
)
def test_colons_without_speakers(text):
    assert speakers(text) == []


def test_repeats_fold_blanks_and_quotes_and_keep_speakers_apart():
    document = read(
        "他们打造“共富工坊”，建设家园。短句。\n\n中间的话。\n\n他们打造「共富工坊」，建设家园。短句。"
    )
    (repeat,) = document.repeats
    assert repeat.first.start == 0
    assert repeat.span.of(document.text) == "他们打造「共富工坊」，建设家园。"
    (passage, rest) = passages(document, lambda ts: [len(t) for t in ts])
    assert passage.also_at == (repeat.span,)
    assert rest.text == "短句。"
    same_words = "## 甲\n\n省财政厅\n\n我们要加快推进城乡融合。\n\n## 乙\n\n嘉兴市\n\n我们要加快推进城乡融合。"
    assert read(same_words).repeats == ()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("我们的国家发展很快。", "zh-Hans"),
        ("我們的國家發展很快。", "zh-Hant"),
        ("山水人大小", "zh"),
        ("これは日本語の文章です。", "ja"),
        ("한국어 문장입니다.", "ko"),
        ("The house of the man is in the city.", "en"),
        ("Это был обычный русский день, и мы жили хорошо.", "ru"),
        ("Das Haus ist nicht groß und der Mann ist alt.", "de"),
        ("12345", "und"),
        ("zxcv qwer", "und"),
    ],
)
def test_language(text, language):
    assert read(text).language == language


def test_passages_are_even_and_tokens_are_counted_once():
    text = "".join(f"这是第{i:02d}句话，它有二十个字左右那么长。" for i in range(20))
    document = read(text)
    calls = []

    def counts(texts):
        calls.append(len(texts))
        return [len(text) for text in texts]

    cut = passages(document, counts, 130)
    assert calls == [20]
    lengths = [len(passage.text) for passage in cut]
    assert max(lengths) <= 130
    assert min(lengths) > 60


def test_a_sentence_too_long_is_cut_at_commas_then_anywhere():
    document = read("第一部分很长很长，第二部分也很长很长，第三部分还是很长。")
    cut = passages(document, lambda ts: [len(t) for t in ts], 10)
    assert [p.text for p in cut][:1] == ["第一部分很长很长，"]
    solid = read("长" * 100)
    cut = passages(solid, lambda ts: [len(t) for t in ts], 30)
    assert "".join(p.text for p in cut) == "长" * 100
    assert max(len(p.text) for p in cut) <= 30


def test_a_passage_needs_room():
    with pytest.raises(ValueError, match="max_tokens"):
        passages(read("文。"), lambda ts: [1 for _ in ts], 0)


@pytest.mark.parametrize(
    "unit",
    [
        " ",
        "*",
        "。",
        "a",
        "\n",
        ".",
        "[",
        "]",
        "`",
        "\\",
        "#",
        "> ",
        "“",
        '"',
        "中 ",
        "a ",
        "a,\n",
        "中中,\n\n",
        "张三：好。\n\n",
        "**a。**",
    ],
)
@pytest.mark.parametrize("markup", ["markdown", "text"])
def test_no_text_takes_quadratic_time(unit, markup):
    def seconds(size):
        text = "x" + unit * (size // len(unit)) + "y"
        begin = time.process_time()
        document = read(text, markup)
        passages(document, lambda ts: [len(t) for t in ts])
        return time.process_time() - begin

    # Four times the text may take eight times as long on a busy machine; sixteen is quadratic.
    # The quickest of a few: other work on the machine only ever adds.
    small, large = (min(seconds(size) for _ in range(3)) for size in (10_000, 40_000))
    assert large < 8 * small + 0.3
