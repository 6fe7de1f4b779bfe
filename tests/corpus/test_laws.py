"""Laws 1 and 7: quotations are exact, nothing is lost in cleaning, offsets map both ways."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import UnreadableFile, from_text, passages
from corpus.edits import Edit, apply, compose, undo

# Words, signs and breaks that the readers and the joins look at, in any order.
_BITS = st.sampled_from(
    [
        "# ",
        "## ",
        "**",
        "*",
        "。",
        "，",
        ".",
        ",",
        "!",
        "?",
        "…",
        "“",
        "”",
        '"',
        "（",
        "）",
        "(",
        ")",
        "[",
        "](u)",
        "`",
        "```\n",
        "> ",
        "- ",
        "1. ",
        "一、",
        "（一）",
        "第一章 ",
        "一是",
        "编者按:",
        "张三：",
        "MR. SMITH: ",
        "By Ann",
        "作者：王五\n",
        "---",
        "===",
        "\n\n| 甲 | 乙 |\n|---|---|\n| 1 | **2** |\nﬁ | 3\n\n",
        " | ",
        "---\nspeaker: 张三\n---\n",
        "ﬁ",
        "⽔",
        "\\",
        "",
        "",
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        "\x0c",
        "\x00",
        "\u200b",
        "\ufeff",
        "\x1f",
        "\xad",
        " ",
        "  ",
        "\u3000",
        "\t",
        "\n\n\n",
        "城乡融合发展",
        "双引",
        "擎",
        "农民进城和青年入乡要统筹推进",
        "city",
        "indus-",
        "try and growth",
        "A",
        "3.14",
        "人",
        "😀",
        "é",
        "नमस्ते।",
        "سؤال؟",
    ]
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(_BITS, max_size=60).map("".join))
MARKUPS = st.sampled_from(["markdown", "text"])


def tokens(texts):
    """Counts like a model: about two characters a token, never none."""
    return [len(text) // 2 + 1 for text in texts]


def made(text, markup):
    try:
        return from_text(text, uri="memory:text", markup=markup)
    except UnreadableFile:
        return None


@settings(max_examples=150, deadline=None)
@given(TEXTS, MARKUPS)
def test_the_edits_give_the_clean_text_and_take_it_back(text, markup):
    document = made(text, markup)
    if document is not None:
        assert apply(text, document.edits) == document.text
        assert undo(document.text, document.edits) == text


@settings(max_examples=150, deadline=None)
@given(TEXTS, MARKUPS)
def test_a_text_is_refused_only_when_nothing_is_left_of_it(text, markup):
    if made(text, markup) is None and markup == "text":
        visible = [letter for letter in text if letter.isprintable() and not letter.isspace()]
        assert not visible


@settings(max_examples=150, deadline=None)
@given(TEXTS, MARKUPS, st.integers(1, 60))
def test_every_passage_is_the_documents_own_words(text, markup, max_tokens):
    document = made(text, markup)
    if document is None:
        return
    found = passages(document, tokens, max_tokens)
    for passage in found:
        assert passage.text == document.text[passage.span.start : passage.span.end]
        assert passage.id == f"{document.id}:{passage.span.start}-{passage.span.end}"
        assert passage.text == passage.text.strip() or len(passage.sentences) == 1
        for sentence in passage.sentences:
            assert passage.span.covers(sentence)
        assert passage.sentences[0].start == passage.span.start
        assert passage.sentences[-1].end == passage.span.end
        for place in passage.also_at:
            assert place.of(document.text).strip()
        section = document.section_at(passage.span.start)
        assert section.span.covers(passage.span)
        assert passage.section == section.path
        assert passage.speaker == document.speaker_at(passage.span.end - 1)
    for before, after in pairwise(found):
        assert before.span.end <= after.span.start


@settings(max_examples=150, deadline=None)
@given(TEXTS, MARKUPS)
def test_every_span_maps_to_the_source_and_back(text, markup):
    document = made(text, markup)
    if document is None:
        return
    offsets = document.offsets()
    for span in document.sentences:
        start, end = offsets.to_source(span.start, span.end)
        assert 0 <= start < end <= len(text)
        inside = [
            Edit(edit.source_start - start, edit.before, edit.after, edit.reason)
            for edit in document.edits
            if start <= edit.source_start and edit.source_end <= end
        ]
        assert apply(text[start:end], inside) == span.of(document.text)
        assert offsets.to_clean(start, end) == (span.start, span.end)


@settings(max_examples=150, deadline=None)
@given(TEXTS, MARKUPS)
def test_sentences_hold_every_word_once_and_sections_the_whole_text(text, markup):
    document = made(text, markup)
    if document is None:
        return
    at = 0
    for span in document.sentences:
        assert not document.text[at : span.start].strip()
        words = span.of(document.text)
        assert words
        assert words == words.strip()
        at = span.end
    assert not document.text[at:].strip()
    at = 0
    for section in document.sections:
        assert section.span.start == at
        assert len(section.span) > 0
        at = section.span.end
    assert at == len(document.text)
    for before, after in pairwise(document.turns):
        assert before.span.end <= after.span.start
    for repeat in document.repeats:
        assert repeat.first.end <= repeat.span.start
        folded = "".join(repeat.first.of(document.text).split())
        assert len(folded) == len("".join(repeat.span.of(document.text).split()))


@settings(max_examples=150, deadline=None)
@given(TEXTS, MARKUPS)
def test_every_word_outside_the_edits_survives(text, markup):
    document = made(text, markup)
    if document is None:
        return
    kept, at = [], 0
    for edit in document.edits:
        kept += (text[at : edit.source_start], edit.after)
        at = edit.source_end
        if edit.reason in ("line", "blank"):
            # A join takes blanks and a hyphen, and what earlier passes took between them.
            assert not any("\u4e00" <= letter <= "\u9fff" for letter in edit.before)
    kept.append(text[at:])
    assert "".join("".join(kept).split()) == "".join(document.text.split())


@settings(max_examples=300, deadline=None)
@given(TEXTS, MARKUPS, st.integers(1, 60))
def test_passages_leave_out_only_headings_bylines_and_repeats(text, markup, max_tokens):
    document = made(text, markup)
    if document is None:
        return
    held = [
        sentence
        for passage in passages(document, tokens, max_tokens)
        for sentence in passage.sentences
    ]
    for sentence in document.sentences:
        words = "".join(sentence.of(document.text).split())
        if any(sentence.overlaps(other) for other in held):
            continue
        repeated = any(repeat.span.covers(sentence) for repeat in document.repeats)
        heading = any(
            words == "".join(section.path[-1].split())
            for section in document.sections
            if section.path
        )
        byline = any("".join(turn.speaker.split()) in words for turn in document.turns)
        assert repeated or heading or byline


@given(st.text(max_size=30), st.data())
def test_two_lists_of_edits_compose_to_one(text, data):
    def some_edits(words):
        edits, at = [], 0
        for width in data.draw(st.lists(st.integers(1, 4), max_size=5)):
            start = at + data.draw(st.integers(0, 3))
            if start + width > len(words):
                break
            after = data.draw(st.sampled_from(["", " "]))
            edits.append(Edit(start, words[start : start + width], after, "line"))
            at = start + width
        return edits

    first = some_edits(text)
    middle = apply(text, first)
    second = some_edits(middle)
    both = compose(first, second)
    assert apply(text, both) == apply(middle, second)
    assert undo(apply(text, both), both) == text


def test_an_edit_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="does not stand"):
        apply("abc", [Edit(1, "x", "", "line")])
    with pytest.raises(ValueError, match="overlap"):
        apply("abc", [Edit(1, "bc", "", "line"), Edit(2, "c", "", "line")])
