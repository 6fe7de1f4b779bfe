"""Speakers set by hand, in front matter, and in signatures; nobody is guessed."""

import pytest

from corpus import UnreadableFile, from_text, read


def said(document):
    return [(turn.speaker, turn.span.of(document.text)) for turn in document.turns]


def markdown(text):
    return said(from_text(text, uri="memory:x", markup="markdown"))


def plain(text):
    return said(from_text(text, uri="memory:x"))


def test_front_matter_names_who_speaks():
    assert markdown("---\nspeaker: 张三\n---\n# 甲\n\n文一。\n\n# 乙\n\n文二。") == [
        ("张三", "文一。\n\n乙\n\n文二。")
    ]
    assert markdown("---\nauthor: Ann Lee\n---\nText one.") == [("Ann Lee", "Text one.")]


def test_an_author_does_not_speak_between_the_turns_of_others_but_a_speaker_does():
    body = "开场白。\n\n张三：我们要推进。\n\n李四：好的，同意。"
    assert [name for name, _ in markdown("---\nauthor: 王五\n---\n" + body)] == ["张三", "李四"]
    assert [name for name, _ in markdown("---\nspeaker: 王五\n---\n" + body)] == [
        "王五",
        "张三",
        "李四",
    ]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        (
            "各市县：\n\n现将办法印发给你们，请认真执行。\n\n浙江省财政厅\n2024年6月20日\n",
            "浙江省财政厅",
        ),
        (
            "现将办法印发给你们，请认真执行。\n\n省发展改革委\n\n二〇二四年六月二十日\n",
            "省发展改革委",
        ),
        ("我同意上述安排，会按时完成。\n\n此致敬礼\n\n张小明\n", "张小明"),
        ("The work will be done in May.\n\nSincerely,\n\nAnn Lee\n", "Ann Lee"),
        ("会议决定，下月开工，年底完成。\n\n签发人：李四\n", "李四"),
    ],
)
def test_signatures(text, speaker):
    ((name, words),) = plain(text)
    assert name == speaker
    assert words.endswith(("。", "."))
    assert speaker not in words


@pytest.mark.parametrize(
    "text",
    [
        "今天天气很好，我们去爬山。\n\n2024年6月20日\n",
        "今天天气很好，我们去爬山。\n\n完\n",
        "会议在北京召开，大家都来了。\n\n西湖边\n2024年6月20日\n",
        "The work will be done in May.\n\nAnn Lee\n",
        "浙江省财政厅\n2024年6月20日\n",
    ],
)
def test_what_is_no_signature(text):
    assert plain(text) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "记者：请您介绍一下情况。\n\n张三（省财政厅厅长）：好的，我来介绍。\n\n记者：谢谢您的介绍。",
            ["记者", "张三（省财政厅厅长）", "记者"],
        ),
        ("问：什么时候开工？\n\n答：明年三月开工。\n\n问：多少钱？\n\n答：四亿元。", []),
        (
            "MR. SMITH: I object to this.\n\nTHE CHAIR: Noted.\n\nMR. SMITH: Thank you.",
            ["MR. SMITH", "THE CHAIR", "MR. SMITH"],
        ),
        (
            "Present: Smith, Hale.\n\nAbsent: Jones.\n\nMR. SMITH: I object.\n\nMR. HALE: Why?",
            ["MR. SMITH", "MR. HALE"],
        ),
    ],
)
def test_interviews_and_minutes(text, names):
    assert [name for name, _ in plain(text)] == names


def test_a_turn_is_never_split_between_two_speakers():
    text = "张三：第一句话，很长。\n第二句话。\n\n李四：第三句话，也长。\n\n没有名字的话。"
    assert plain(text) == [
        ("张三", "张三：第一句话，很长。\n第二句话。"),
        ("李四", "李四：第三句话，也长。\n\n没有名字的话。"),
    ]


def test_speakers_set_by_hand_beside_the_file(tmp_path):
    file = tmp_path / "会.txt"
    file.write_text("开场。\n\n阿宝：只说一次。\n\n小贝\n\n她的话在下面一行。\n")
    assert said(read(file)) == []
    before = read(file).digest
    (tmp_path / "会.txt.yuanwen.toml").write_text(
        'title = "茶话会"\nspeakers = ["阿宝", "小贝"]\nspeaker = "主持"\n[metadata]\ndate = 2024-05-06\n'
    )
    document = read(file)
    assert document.title == "茶话会"
    assert document.metadata == {"date": "2024-05-06"}
    assert said(document) == [
        ("主持", "开场。"),
        ("阿宝", "阿宝：只说一次。"),
        ("小贝", "她的话在下面一行。"),
    ]
    assert document.digest != before


def test_a_note_for_a_folder_yields_to_that_of_a_file(tmp_path):
    (tmp_path / "yuanwen.toml").write_text('speaker = "省财政厅"\n')
    (tmp_path / "a.md").write_text("甲。")
    (tmp_path / "b.md").write_text("乙。")
    (tmp_path / "b.md.yuanwen.toml").write_text('speaker = "嘉兴市"\n')
    assert said(read(tmp_path / "a.md")) == [("省财政厅", "甲。")]
    assert said(read(tmp_path / "b.md")) == [("嘉兴市", "乙。")]


@pytest.mark.parametrize(
    ("note", "says"),
    [
        ("speaker = ", "is not TOML"),
        ("speakr = 'x'", "sets 'speakr'"),
        ("speaker = 3", "speaker must be words in quotes"),
        ("speakers = 'x'", "speakers must be a list of names in quotes"),
        ("speakers = [1]", "speakers must be a list of names in quotes"),
        ("metadata = 'x'", "metadata must be a table"),
    ],
)
def test_a_wrong_note_is_named(tmp_path, note, says):
    (tmp_path / "a.md").write_text("甲。")
    (tmp_path / "a.md.yuanwen.toml").write_text(note)
    with pytest.raises(UnreadableFile, match="a.md.yuanwen.toml.*" + says):
        read(tmp_path / "a.md")
