"""The glossary gives English and Chinese words for each other."""

from index import glossary


def test_english_phrases_are_read_longest_first():
    found = {
        phrase: exact for phrase, exact, _ in glossary.from_english(["last", "year", "income"])
    }
    assert list(found) == ["last year", "income"]
    assert ("去年",) in found["last year"]
    assert ("收入",) in found["income"]


def test_inflected_words_are_found():
    (_, exact, _), *_ = glossary.from_english(["hospitals"])
    assert ("医院",) in exact


def test_a_word_that_is_part_of_a_phrase_is_near():
    (_, exact, near), *_ = glossary.from_english(["pumped"])
    assert ("抽水",) not in exact
    assert ("抽水",) in near


def senses(*runs):
    return {word: found for word, found, _ in glossary.from_chinese(runs)}


def names(*runs):
    return [word for word, _, is_name in glossary.from_chinese(runs) if is_name]


def test_chinese_is_read_by_its_longest_words():
    found = senses("抽水角色")
    assert list(found) == ["抽水", "角色"]
    assert ("role",) in found["角色"]


def test_names_of_places_are_senses():
    assert ("hangzhou",) in senses("杭州")["杭州"]


def test_what_it_does_not_know_has_no_sense():
    ((phrase, exact, near),) = glossary.from_english(["qwrtzx"])
    assert (phrase, exact, near) == ("qwrtzx", [], [])
    assert senses("㐂") == {"㐂": []}


def test_names_are_told_from_words_that_are_also_names():
    assert names("宁波的农民", "杭州") == ["宁波", "杭州"]
    assert names("小岛上的居民") == []


def russian(*words):
    return {phrase: exact for phrase, exact, _ in glossary.from_russian(words)}


def test_russian_has_senses_in_both_languages():
    found = russian("больницы", "выросло")
    assert {("hospital",), ("医院",)} <= {*found["больницы"]}
    assert {("grow",), ("增长",)} <= {*found["выросло"]}


def test_russian_words_that_belong_together_are_read_together():
    ((phrase, senses, _),) = glossary.from_russian(["земельной", "реформы"])
    assert phrase == "земельной реформы"
    assert ("土地改革",) in senses


def test_english_leads_from_russian_to_more_chinese():
    ((_, exact, near),) = glossary.from_russian(["пчела"])
    assert ("bee",) in exact
    assert ("蜂",) in near


def test_a_russian_word_that_it_does_not_know_stays():
    assert russian("абырвалг", "ibm") == {"абырвалг": [], "ibm": []}
