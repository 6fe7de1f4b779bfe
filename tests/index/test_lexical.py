import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.lexical import fold, terms


@given(st.text())
def test_folding_keeps_every_offset_and_is_done_once(text):
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("嘉興城鄉居民", "嘉兴城乡居民"),
        ("ＧＤＰ１．５１％", "gdp1.51%"),
        ("Café ÀÉ Ünïcode", "cafe ae unicode"),
        ("ЁЖ Йод", "ёж йод"),
        ("㈱½ß", "㈱½ß"),
    ],
)
def test_folding(written, folded):
    assert fold(written) == folded


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("城乡融合", ["城", "乡", "融", "合", "城乡", "乡融", "融合"]),
        ("倍差1.51,增", ["倍", "差", "倍差", "1.51", "增"]),
        ("2,000亿元", ["2000", "亿", "元", "亿元"]),
        ("1,696.8 and 1696.8", ["1696.8", "and", "1696.8"]),
        ("1,2,3", ["1", "2", "3"]),
        ("1,2345", ["1", "2345"]),
        ("GDP2024 e5-small _x_", ["gdp2024", "e5", "small", "x"]),
        ("3.5GHz 2.1.3", ["3.5", "ghz", "2.1.3"]),
        ("カタカナ", ["カタ", "タカ", "カナ"]),
        ("は", ["は"]),
        ("한국어는", ["한국", "국어", "어는"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("доходы Села", ["доходы", "села"]),
        ("cafe\u0301", ["cafe"]),
        ("…!?,。", []),
        ("", []),
    ],
)
def test_terms(text, expected):
    assert terms(text) == expected


def test_two_spellings_have_the_same_terms():
    assert terms("嘉興的ＧＤＰ是２，０００億") == terms("嘉兴的gdp是2,000亿")


@given(st.text())
def test_a_term_holds_nothing_that_the_index_would_cut_at(text):
    for term in terms(text):
        assert 0 < len(term) <= 64
        assert all(not c.isascii() or c.isalnum() or c == "." for c in term), term
        assert not any(c.isspace() or unicodedata.category(c) == "Cc" for c in term)


def test_a_long_word_takes_no_time_and_little_room():
    assert [len(term) for term in terms("a" * 1_000_000)] == [64]
