"""Files that can be read, files that cannot, and what the errors say."""

import contextlib
import os

import pytest

from corpus import UnreadableFile, find_files, from_text, read

CHINESE = "# 标题\n\n城乡融合发展是我们的目标，要加快推进各项工作。\n"
TRADITIONAL = "# 標題\n\n城鄉融合發展是我們的目標，要加快推進各項工作。\n"
RUSSIAN = "Это обычный русский текст о жизни в большом городе. " * 20


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (CHINESE, "utf-8"),
        (CHINESE, "utf-8-sig"),
        (CHINESE, "utf-16"),
        (CHINESE, "utf-32"),
        (CHINESE, "gb18030"),
        (CHINESE, "gbk"),
        (TRADITIONAL, "big5"),
        (TRADITIONAL, "utf-8"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
    ],
)
def test_encodings(tmp_path, text, encoding):
    file = tmp_path / "文.md"
    file.write_bytes(text.encode(encoding))
    document = read(file)
    assert document.text == from_text(text, uri="memory:x", markup="markdown").text
    assert "\ufeff" not in document.text


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_utf16_of_either_order(tmp_path, mark):
    order = "utf-16-le" if mark == b"\xff\xfe" else "utf-16-be"
    file = tmp_path / "a.txt"
    file.write_bytes(mark + "你好。世界。".encode(order))
    assert read(file).text == "你好。世界。"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        ("\u3000\n\u200b".encode(), "no words"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary"),
        (b"text with a \0 in it", "binary"),
        (bytes(range(1, 32)) * 40, "binary"),
        (b"\xff\xfe\x00", "binary"),
    ],
)
def test_bad_contents_are_named(tmp_path, data, says):
    file = tmp_path / "bad.md"
    file.write_bytes(data)
    with pytest.raises(UnreadableFile, match=says) as caught:
        read(file)
    assert str(file) in str(caught.value)


def test_bytes_without_sense_are_read_or_refused(tmp_path):
    file = tmp_path / "noise.md"
    for seed in range(20):
        file.write_bytes(bytes((i * i * 7 + seed * 31 + i // 3) % 255 + 1 for i in range(500)))
        with contextlib.suppress(UnreadableFile):
            assert read(file).text


def test_missing_folder_wrong_kind_too_large(tmp_path):
    with pytest.raises(UnreadableFile, match="does not exist"):
        read(tmp_path / "none.md")
    with pytest.raises(UnreadableFile, match="is a folder"):
        read(tmp_path)
    image = tmp_path / "a.jpg"
    image.write_bytes(b"x")
    with pytest.raises(UnreadableFile, match=r"\.md, \.markdown, \.txt, \.text"):
        read(image)
    large = tmp_path / "large.txt"
    with large.open("wb") as file:
        file.truncate(50_000_001)
    with pytest.raises(UnreadableFile, match="larger than 50 MB"):
        read(large)


def test_a_pipe_is_not_waited_for(tmp_path):
    pipe = tmp_path / "pipe.md"
    os.mkfifo(pipe)
    with pytest.raises(UnreadableFile, match="not a regular file"):
        read(pipe)


def test_title_uri_id_and_digest(tmp_path):
    file = tmp_path / "报告.txt"
    file.write_text("没有标题的文字。", "utf-8")
    document = read(file)
    assert document.title == "报告"
    assert document.uri == file.resolve().as_uri()
    same = from_text("没有标题的文字。", uri="memory:other")
    assert same.id == document.id
    assert same.digest == document.digest
    assert from_text("别的文字。", uri="memory:other").id != document.id
    assert from_text("# 标题\n\n文字。", uri="u", title="给定", markup="markdown").title == "给定"


def test_text_in_memory_without_words():
    with pytest.raises(UnreadableFile, match=r"memory:empty.*no words"):
        from_text(" \n\0\u200b", uri="memory:empty")


def test_find_files_in_a_stable_order_inside_the_folder(tmp_path):
    home = tmp_path / "home"
    (home / "b").mkdir(parents=True)
    (home / ".git").mkdir()
    outside = tmp_path / "secret.md"
    for file in (
        home / "b" / "2.txt",
        home / "a.MD",
        home / ".git" / "x.md",
        home / ".hidden.md",
        home / "picture.png",
        outside,
    ):
        file.write_text("文字。", "utf-8")
    (home / "link.md").symlink_to(outside)
    (home / "broken.md").symlink_to(tmp_path / "nothing.md")
    (home / "loop").symlink_to(home, target_is_directory=True)
    (home / "inside.md").symlink_to(home / "a.MD")
    (home / "folder.md").mkdir()
    assert [file.relative_to(home).as_posix() for file in find_files(home)] == [
        "a.MD",
        "b/2.txt",
        "inside.md",
    ]
    assert find_files(outside) == [outside]


def test_find_files_says_what_to_do(tmp_path):
    with pytest.raises(UnreadableFile, match="does not exist"):
        find_files(tmp_path / "none")
    with pytest.raises(UnreadableFile, match="no document"):
        find_files(tmp_path)
    (tmp_path / "a.pdx").write_bytes(b"%PDF")
    with pytest.raises(UnreadableFile, match="convert it"):
        find_files(tmp_path / "a.pdx")
