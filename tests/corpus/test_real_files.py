"""Files that real programs wrote: LibreOffice Writer, pandoc, Chromium (see make_files.py)."""

from pathlib import Path

import pytest

import corpus
from corpus import passages, read
from corpus.edits import apply, undo

FILES = Path(__file__).parent / "files"
SHIPPED = Path(corpus.__file__).parent / "documents" / "城乡融合双向奔富.md"


@pytest.fixture(scope="module")
def shipped():
    return read(SHIPPED)


def folded(text):
    return "".join(text.split())


def rows_of(document):
    held = passages(document, lambda texts: [len(text) for text in texts])
    return [sentence.of(document.text) for passage in held for sentence in passage.sentences]


def said(document):
    return [(turn.speaker, turn.span.of(document.text)) for turn in document.turns]


@pytest.mark.parametrize("kind", ["docx", "pdf", "html"])
def test_the_shipped_document_is_the_same_in_every_form(shipped, kind):
    document = read(FILES / f"conference.{kind}")
    assert document.text.strip() == shipped.text.strip()
    assert [section.path for section in document.sections] == [
        section.path for section in shipped.sections
    ]
    assert said(document) == said(shipped)
    assert document.title == shipped.title
    assert document.language == "zh-Hans"


def test_plain_text_with_a_paragraph_a_line_keeps_words_headings_and_speakers(shipped):
    document = read(FILES / "conference.txt")
    assert [turn.speaker for turn in document.turns] == [turn.speaker for turn in shipped.turns]
    headings = [section.path for section in shipped.sections if section.level <= 2]
    assert [section.path for section in document.sections if section.level <= 2] == headings
    # Without bold words, a sentence that says what is then counted leads a section in.
    assert any(section.path[-1] == "打通城乡融合发展脉络" for section in document.sections)
    # The passage that was copied twice ends where the copies do.
    assert folded(document.text[:3000]) in folded(shipped.text)


def test_pages_of_a_pdf(shipped):
    document = read(FILES / "conference.pdf")
    assert len(document.pages) == 7
    assert document.pages[0].start == 0
    assert document.pages[-1].end == len(document.text)
    for before, after in zip(document.pages, document.pages[1:], strict=False):
        assert before.end == after.start
    assert document.page_at(document.text.index("现场会在嘉兴召开")) == 1
    assert document.page_at(document.text.index("温溪组团")) == 7
    # The page number goes, as an edit; the sentence that went on over the page is whole.
    assert [edit.before for edit in document.edits if edit.reason == "page"][:2] == [
        "1\n\n",
        "2\n\n",
    ]
    assert "开展城乡融合空间规划评估" in document.text


def test_two_columns_with_running_heads():
    document = read(FILES / "columns.pdf")
    assert document.title == "The Winter Meeting of the Harbour Board"
    assert "Volume 12" not in document.text
    assert [edit.before.strip() for edit in document.edits if edit.reason == "page"] == [
        words
        for number in (1, 2, 3)
        for words in ("Minutes of the Harbour Board, Volume 12", f"– {number} –")
    ]
    first = [span.of(document.text) for span in document.sentences[1:16]]
    assert first[0] == (
        "The harbour board met on Tuesday to hear how the new breakwater had stood the winter "
        "storms."
    )
    assert first[-1] == (
        "The board thanked the pupils and gave them a barometer that had belonged to a pilot."
    )
    # Every sentence of the four times that the text runs through is whole.
    assert len(document.sentences) == 1 + 60
    assert {span.of(document.text) for span in document.sentences[1:]} == set(first)


@pytest.mark.parametrize("kind", ["docx", "pdf", "html"])
def test_tables_lists_and_notes(kind):
    document = read(FILES / f"report.{kind}")
    rows = rows_of(document)
    assert "地区：西河县；粮食产量（万吨）：6.9；人均收入（元）：35,604；增速：6.8%" in rows
    assert any("共办三十六期" in row and row.lstrip().startswith("2.") for row in rows)
    assert any("全年粮食产量为21.5万吨[1]，比上年增长2.3%" in row for row in rows)
    assert any("误差在百分之一以内" in row and "1" in row[:4] for row in rows)
    assert document.section_at(document.text.index("节水灌溉")).path[-1] == "二、主要做法"
    assert document.metadata["author"] == "调查一科"
    assert "date" in document.metadata


def test_a_footnote_stands_below_the_paragraph_that_cites_it():
    text = read(FILES / "report.docx").text
    assert "继续缩小。\n\n[1] 产量由抽样调查得出，误差在百分之一以内。\n\n地区：" in text
    assert text.rstrip().endswith("[2] 旧渠道建于1958年。")


def test_a_web_page_is_read_without_what_stands_around_the_text():
    document = read(FILES / "news.html")
    assert document.title == "东山县新建水库今日蓄水"
    assert document.metadata["author"] == "王小明"
    assert document.metadata["date"] == "2024-05-06"
    for left_out in ("首页", "Cookie", "西河县修路", "版权所有", "getElementById", "color"):
        assert left_out not in document.text
    assert "指标：灌溉面积（亩）；一期：23,500；二期：14,200" in rows_of(document)
    assert [section.path[-1] for section in document.sections] == [
        "东山县新建水库今日蓄水",
        "后续安排",
    ]


def test_a_printed_web_page_has_letters_in_the_place_of_radicals():
    document = read(FILES / "news.pdf")
    assert "水库建成后，可保障下游三个乡镇的饮水安全。" in document.text
    assert {edit.reason for edit in document.edits} >= {"letter"}
    assert any(edit.before == "⽔" and edit.after == "水" for edit in document.edits)
    assert "指标：库容（万立方米）；一期：1,280；二期：760" in rows_of(document)


@pytest.mark.parametrize(
    "file",
    [file for file in sorted(FILES.iterdir()) if file.stem != "encrypted"],
    ids=lambda file: file.name,
)
def test_offsets_map_both_ways(file):
    document = read(file)
    assert apply(undo(document.text, document.edits), document.edits) == document.text
    offsets = document.offsets()
    for span in document.sentences:
        start, end = offsets.to_source(span.start, span.end)
        assert offsets.to_clean(start, end) == (span.start, span.end)


def test_an_outline_below_a_title_has_headings_in_every_form(tmp_path):
    file = tmp_path / "a.html"
    file.write_text(
        "<h1>办法</h1><p>第一章 总则</p><p>一、目的</p><p>为了规范，制定本办法。</p><p>第二章 附则</p><p>自公布之日施行。</p>"
    )
    assert [section.path for section in read(file).sections] == [
        ("办法",),
        ("办法", "第一章 总则"),
        ("办法", "第一章 总则", "一、目的"),
        ("办法", "第二章 附则"),
    ]
