"""Terms of a question in the words of texts in another script."""

from contextlib import contextmanager

import pytest

import corpus
from index import Filters, Library
from qa.retrieve import read_query, retrieve
from qa.translate import spaced, translate

TEXT = "枫桥经验在全市推广。去年居民收入增长了百分之五,人均GDP达到9万元。游客在杭州上车。"
ENGLISH = "The hospital was built in Hangzhou, like one in Warsaw. Nurses prepared the rooms."


@pytest.fixture
def library_of(tmp_path, hashing_embedder):
    @contextmanager
    def made(text):
        with Library.open(tmp_path / "library", hashing_embedder, create=True) as library:
            library.add_document(corpus.from_text(text, uri="text:one", title=" "))
            yield library

    return made


@pytest.fixture
def chinese(library_of):
    with library_of(TEXT) as library:
        yield library


@pytest.fixture
def english(library_of):
    with library_of(ENGLISH) as library:
        yield library


def shares(library, question, text=TEXT):
    return {term.term: term.share(spaced(text)) for term in translate(library, question).terms}


def test_words_meet_their_translation(chinese):
    assert shares(chinese, "How much did income grow last year?") == {
        "income": 1.0,
        "grow": 1.0,
        "last year": 1.0,
    }


def test_a_name_in_latin_letters_meets_the_name_that_sounds_so(chinese):
    assert shares(chinese, "What is the Fengqiao experience?")["fengqiao"] == 1.0


def test_a_foreign_name_stands_nowhere_and_is_known_for_a_name(chinese):
    (ningbo,) = (t for t in translate(chinese, "Who lives in Ningbo?").terms if t.term == "ningbo")
    assert ningbo.name
    assert not ningbo.forms


def test_letters_and_figures_are_the_same_everywhere(chinese):
    assert shares(chinese, "GDP per head?")["gdp"] == 1.0


def test_a_chinese_question_meets_english_words(english):
    found = shares(english, "杭州的医院什么时候准备好?", ENGLISH)
    assert found["杭州"] == found["医院"] == found["准备"] == 1.0


def test_nothing_is_translated_where_no_text_needs_it(chinese):
    assert translate(chinese, "居民收入增长了多少?").terms == ()
    assert translate(chinese, "관광객은 몇 명입니까?").terms == ()


def test_a_russian_question_meets_chinese_words(chinese):
    assert shares(chinese, "На сколько выросли доходы жителей?") == {
        "выросли": 1.0,
        "доходы": 1.0,
        "жителей": 1.0,
    }


def test_a_name_in_cyrillic_letters_meets_the_name_that_sounds_so(chinese):
    assert shares(chinese, "Что такое опыт Фэнцяо?")["фэнцяо"] == 1.0
    assert shares(chinese, "Кто сел в Ханчжоу?")["ханчжоу"] == 1.0


def test_a_russian_question_meets_english_words(english):
    found = shares(english, "Когда готовили больницу в Варшаве?", ENGLISH)
    assert found == {"готовили": 1.0, "больницу": 1.0, "варшаве": 1.0}


def test_a_hostile_name_takes_no_time(chinese):
    assert not shares(chinese, "Who is N" + "anana" * 300 + "?").get("n" + "anana" * 300)


@pytest.mark.parametrize(
    ("question", "abroad"),
    [
        ("How many of the members were in the mill?", True),
        ("¿Cuántos socios tiene la cooperativa?", False),
        ("olive oil", False),
        ("谁管理合作社?", True),
    ],
)
def test_one_alphabet_may_hold_two_languages(library_of, question, abroad):
    text = "La cooperativa tiene doscientos socios. El molino es del año 1920 y está en el pueblo."
    with library_of(text) as library:
        (found,) = retrieve(library, read_query(library, question), Filters())
    assert found.abroad == abroad
