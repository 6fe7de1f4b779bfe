"""Russian words have basic forms, and the shipped glossary is whole."""

import re

import pytest

from index import russian
from index.lexical import fold


@pytest.mark.parametrize(
    ("word", "lemma"),
    [
        ("людей", "человек"),
        ("варшаве", "варшава"),
        ("ёлки", "елка"),
        ("елки", "елка"),
        ("цзясина", "цзясин"),
        ("ibm", "ibm"),
    ],
)
def test_words_have_a_basic_form(word, lemma):
    assert russian.lemmas(word)[0] == lemma


def test_a_word_of_two_readings_has_two_forms_and_none_that_is_unlikely():
    assert {*russian.lemmas("принятых")} == {"принять", "принятый"}
    assert russian.lemmas("стали") == ("стать",)


def test_each_line_has_a_headword_and_both_languages():
    lines = russian.FILE.read_text("utf-8").splitlines()
    assert len(lines) > 10_000
    form = re.compile(
        r"[а-яё]+(?:[ -][а-яё]+)*\t[\w'. -]+(?:; [\w'. -]+)*\t[\u3400-\u9fff]+(?: [\u3400-\u9fff]+)*"
    )
    assert [line for line in lines if not form.fullmatch(line)] == []
    heads = [line.split("\t")[0] for line in lines]
    assert heads == sorted(heads)
    assert len(heads) == len({*heads})
    assert max(len(head.split()) for head in heads) <= russian.LONGEST


def test_chinese_is_kept_as_texts_are_folded():
    senses = {words for _, words in russian.entries(())}
    assert all(fold(words) == words for words in senses)


def test_one_character_is_no_sense_beside_a_longer_word():
    found = [words for phrase, words in russian.entries(()) if phrase == "город"]
    assert "城市" in found
    assert "市" not in found
