"""A cell beside the heads of its row and column."""

import pytest

from corpus import from_text
from corpus.readers.tables import as_lines


def markdown(text):
    return from_text(text, uri="memory:x", markup="markdown")


def test_a_row_of_markdown_stands_with_the_heads_of_its_columns():
    text = (
        "前言。\n\n| 地区 | 收入（元） | 增速 |\n|---|---:|---|\n"
        "| 嘉兴 | 46,276 | **7.1%** |\n| 舟山|  | 6\\|2 |\n甲 | 1\n\n后面。\n"
    )
    document = markdown(text)
    assert document.text.split("\n") == [
        "前言。",
        "",
        "地区：嘉兴；收入（元）：46,276；增速：7.1%",
        "地区：舟山；增速：6|2",
        "地区：甲；收入（元）：1",
        "",
        "后面。",
        "",
    ]
    row = document.sentences[1]
    assert row.of(document.text).startswith("地区：嘉兴")
    start, end = document.offsets().to_source(row.start, row.end)
    assert text[start:end] == "| 嘉兴 | 46,276 | **7.1%"


@pytest.mark.parametrize(
    "text",
    [
        "| 只有头 | 乙 |\n|---|---|",
        "> | 甲 | 乙 |\n> |---|---|\n> | 1 | 2 |",
        "```\n| 甲 | 乙 |\n|---|---|\n| 1 | 2 |\n```",
    ],
)
def test_tables_without_rows_or_in_quotes_and_code_stay(text):
    assert markdown(text).text == text.replace("> ", "")


def test_heads_are_known_by_their_looks():
    assert as_lines([["City", "Income"], ["Ulm", "12"], ["Bonn", "9"]]) == [
        "City: Ulm; Income: 12",
        "City: Bonn; Income: 9",
    ]
    assert as_lines([["姓名", "张三"], ["年龄", "三十五"]]) == ["姓名：张三", "年龄：三十五"]
    assert as_lines([["甲", "乙", "丙"], ["丁", "", "戊"]]) == ["甲；乙；丙", "丁；戊"]


def test_heads_of_several_rows_and_cells_that_span():
    rows = [
        ["地区", "2023年", "2023年"],
        ["地区", "收入", "增速"],
        ["嘉兴", "46276", "7.1%"],
        ["合计", "合计", "合计"],
    ]
    assert as_lines(rows, 2) == ["地区：嘉兴；2023年 收入：46276；2023年 增速：7.1%", "合计"]


def test_a_long_row_says_its_head_again():
    heads = ["单位", *(f"第{i}个月的完成数额" for i in range(30))]
    lines = as_lines([heads, ["省财政厅", *(str(i * 1000) for i in range(30))]], 1)
    assert len(lines) > 2
    assert lines[0].startswith("单位：省财政厅；第0个月的完成数额：0；")
    assert all(line.startswith("省财政厅；第") for line in lines[1:])
    assert "第29个月的完成数额：29000" in lines[-1]
    assert max(map(len, lines)) < 200


def test_words_too_long_are_no_heads():
    assert as_lines([["长" * 61, "乙"], ["1", "2"]], 1) == ["长" * 61 + "：乙", "1：2"]


def test_ragged_and_empty_tables():
    assert as_lines([]) == []
    assert as_lines([["", " "], []]) == []
    assert as_lines([["a"], ["b", "c", "d"]]) == ["a", "b; c; d"]
