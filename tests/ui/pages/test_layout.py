"""What the reader draws is the document: every piece is a range of its text."""

from hypothesis import given
from hypothesis import strategies as st

import corpus
from ui.pages.edits import rows
from ui.pages.layout import layout


def drawn(document):
    for part in layout(document).parts:
        for block in part:
            for group in block.groups:
                for piece in group.pieces:
                    yield piece, block.repeat


def words(piece):
    return "".join(run.text for run in piece.runs)


def check(document):
    covered = 0
    for piece, repeat in drawn(document):
        cells = [cell for cell in piece.cells if cell]
        assert not cells or "".join(map(words, cells)) == words(piece)
        for part in (piece, *cells):
            text = words(part)
            assert document.text[part.start : part.start + len(text)] == text
        # Nothing but blanks is left out, and nothing is drawn twice.
        assert document.text[covered : piece.start].strip() == ""
        covered = piece.start + piece.length
        assert repeat is None or repeat.span.start <= piece.start < repeat.span.end
    assert document.text[covered:].strip() == ""


def test_the_shipped_document_is_drawn_whole(shipped):
    check(shipped)
    folded = {repeat for _, repeat in drawn(shipped) if repeat}
    assert folded == set(shipped.repeats)
    kinds = [piece.kind for piece, _ in drawn(shipped)]
    assert kinds.count("byline") == 6
    assert not any(piece.label for piece, _ in drawn(shipped) if piece.kind != "byline")
    assert [entry.speaker for entry in layout(shipped).contents if entry.level == 2] == list(
        dict.fromkeys(turn.speaker for turn in shipped.turns)
    )


def test_lists_tables_and_code_are_drawn_as_such(mixed):
    check(mixed)
    groups = [g for p in layout(mixed).parts for b in p for g in b.groups]
    (items,) = [g for g in groups if g.kind == "item"]
    assert [(words(p), p.level) for p in items.pieces] == [
        ("- 第一项：清淤", 0),
        ("- 第二项：截污", 0),
        ("- 细项 𠮷", 1),
    ]
    (table,) = [g for g in groups if g.kind == "row"]
    cells = [[words(cell) for cell in row.cells if cell] for row in table.pieces]
    assert cells == [["年份：2024；", "水质：三类😀；", "说明：好"], ["年份：2025；", "水质：二类"]]
    assert table.pieces[1].cells[2] is None
    (code,) = [g.pieces[0] for g in groups if g.kind == "fixed"]
    assert words(code) == "```\ncode  𠮷\n  in\n```"


def test_who_speaks_is_told_where_the_words_do_not():
    text = "甲：今天天气很好。\n\n我想去湖边。\n\n乙：是的，很好。\n\n甲：再见了。\n"
    document = corpus.from_text(text, uri="u")
    assert len(document.turns) == 3
    assert [piece.label for piece, _ in drawn(document)] == [None] * 4
    assert [run.strong for piece, _ in drawn(document) for run in piece.runs][:3] == [
        True,
        False,
        False,
    ]


@given(
    st.lists(
        st.sampled_from(
            (
                *(
                    "# 一",
                    "## 二 三",
                    "张三",
                    "甲：好的。",
                    "- 项",
                    "  - 细项",
                    "1. 数",
                    "| a | b |",
                    "a: 1; b: 2",
                ),
                *("|---|---|", "```", "**要点。**说了很多话，很长很长。", "同样的话说了两遍还多。"),
                *("", "", "  ", "😀𠮷", "\u202e反", "> 引文", "line", "e\u0301\u0301"),
            )
        ),
        max_size=25,
    ),
    st.sampled_from(["markdown", "text"]),
)
def test_any_document_is_drawn_whole(lines, markup):
    document = corpus.from_text("开头\n" + "\n".join(lines), uri="u", markup=markup)
    check(document)
    shown = [part.edit for row in rows(document) for part in row.parts if part.edit]
    assert shown == list(document.edits)
