"""Text for a terminal: harmless, whole, and no wider than the terminal."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from ui.terminal import COLOUR, PLAIN, cells, harmless, one_line, wrap

MIXED = st.text(st.sampled_from("城乡融合、。“”《》 a%bé1.\n\u0301\x1b\u202e😀()"), max_size=120)
ANY = st.text(st.characters(), max_size=60)


@given(ANY)
def test_no_character_that_steers_a_terminal_is_left(text):
    left = {unicodedata.category(c) for c in harmless(text) if c != "\n"}
    assert not left & {"Cc", "Cs", "Zl", "Zp"}
    assert not set(harmless(text)) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    harmless(text).encode("utf-8")


def test_escapes_are_written_out_not_dropped():
    assert harmless("a\x1b[31mb\x07\x9b\u202ec\ud800") == "a\\x1b[31mb\\x07\\x9b\\u202ec\\ud800"
    assert one_line("a\r\nb\tc  d") == "a b c d"


def test_wide_characters_fill_two_cells_and_combining_ones_none():
    assert cells("城乡ab") == 6
    assert cells("e\u0301") == 1
    assert cells("\uff21") == 2


@given(MIXED, st.integers(8, 40), st.sampled_from(["", "    "]))
def test_no_line_is_wider_than_asked(text, width, indent):
    assert all(cells(line) <= width for line in wrap(text, width, indent))


@given(MIXED, st.integers(8, 40), st.data())
def test_wrapping_loses_only_blanks(text, width, data):
    low = data.draw(st.integers(0, len(text)))
    high = data.draw(st.integers(low, len(text)))
    plain = "".join("".join(wrap(text, width, mark=(low, high))).split())
    marks = ("«", "»") if high > low else ("", "")
    expected = harmless(text[:low]) + marks[0] + harmless(text[low:high]) + marks[1]
    assert plain == "".join((expected + harmless(text[high:])).split())


@given(MIXED, st.integers(8, 40), st.data())
def test_colour_opens_and_closes_on_each_line(text, width, data):
    low = data.draw(st.integers(0, len(text)))
    high = data.draw(st.integers(low, len(text)))
    lines = wrap(text, width, mark=(low, high), style=COLOUR)
    for line in lines:
        assert line.count(COLOUR.mark) == line.count(COLOUR.unmark) <= 1
    bare = [line.replace(COLOUR.mark, "").replace(COLOUR.unmark, "") for line in lines]
    assert not any("\x1b" in line for line in bare)
    assert [line.rstrip() for line in bare] == wrap(text, width)


def test_a_line_does_not_begin_with_a_comma_or_end_with_an_opening_quote():
    lines = wrap("甲乙丙丁,“戊己庚辛。”壬癸子丑", 8)
    assert len(lines) > 2
    assert not any(line[0] in ",。”" or line[-1] == "“" for line in lines)


def test_words_of_other_scripts_stay_whole():
    assert wrap("the quick brown fox", 10) == ["the quick", "brown fox"]
    assert wrap("incomprehensibilities", 8) == ["incompre", "hensibil", "ities"]


def test_marks_stand_around_the_words():
    assert wrap("前文引语后文", 80, mark=(2, 4), style=PLAIN) == ["前文«引语»后文"]
