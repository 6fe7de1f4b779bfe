"""What a file says of itself, and how much of it is kept."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import from_text
from corpus.edits import undo
from corpus.readers.metadata import front_matter, metadata

MATTER = """---
Title: 城乡融合：十问
author: [张三, 李四]
date: 2024-06-20
draft: no
nested: {a: {b: c}}
---
"""


def test_front_matter_is_metadata_and_an_edit():
    text = MATTER + "# 一\n\n正文。\n"
    document = from_text(text, uri="memory:x", markup="markdown")
    assert document.metadata == {
        "title": "城乡融合：十问",
        "author": "张三, 李四",
        "date": "2024-06-20",
        "draft": "no",
    }
    assert document.title == "城乡融合：十问"
    assert document.text == "一\n\n正文。\n"
    assert document.edits[0].before == MATTER
    assert undo(document.text, document.edits) == text


@pytest.mark.parametrize(
    "text",
    [
        "---\n\n标题\n---\n\n文。",
        "---\n- 甲\n- 乙\n---\n文。",
        "---\na: [\n---\n文。",
        "---\na: b\n没有完",
        "文。\n---\na: b\n---\n",
        "---\n" + "a: b\n" * 5000 + "---\n文。",
        "---\na: " + "[" * 4000 + "\n---\n文。",
    ],
)
def test_what_is_no_front_matter_stays_text(text):
    assert front_matter(text) == (0, {})


def test_anchors_do_not_multiply():
    lines = ["a: &a x"] + [f"k{i}: &k{i} [{', '.join([f'*k{i - 1}'] * 9)}]" for i in range(1, 30)]
    lines[1] = "k1: &k1 [*a, *a]"
    _, found = front_matter("---\n" + "\n".join(lines) + "\n---\n")
    assert found == {"a": "x", "k1": "x, x"}


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=80), st.text(max_size=400)), max_size=60))
def test_metadata_is_bounded_and_on_one_line(pairs):
    found = metadata(pairs)
    assert len(found) <= 40
    for key, value in found.items():
        assert 0 < len(key) <= 60
        assert 0 < len(value) <= 300
        assert "\n" not in key + value
