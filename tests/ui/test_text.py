"""The page's texts: whole in every language, and the right one for each browser."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ui
from qa.answer import Reason
from ui.pages.admin import TEXTS as ADMIN
from ui.pages.text import TEXTS as PAGES
from ui.text import LANGUAGES, TEXTS, choose

STATIC = Path(ui.__file__).parent / "static"


@pytest.mark.parametrize("texts", [TEXTS, PAGES, ADMIN])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything(language, texts):
    english = texts["en"]
    assert texts[language].keys() == english.keys()
    for key, text in texts[language].items():
        assert text.strip(), key
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", english[key])), key


def test_the_page_asks_only_for_texts_that_exist():
    names, script = ["gradio"], ""
    for name in names:
        text = (STATIC / f"{name}.js").read_text(encoding="utf-8")
        imported = re.findall(r'from "\./(\w+)\.js"', text)
        names += [each for each in imported if each not in names]
        script += text
    assert len(names) > 15
    used = set(re.findall(r"texts\.(\w+)", script))
    assert len(used) > 20
    assert used <= TEXTS["en"].keys() | ADMIN["en"].keys()


def test_the_templates_ask_only_for_texts_that_exist():
    templates = Path(ui.__file__).parent / "pages" / "templates"
    html = "".join(path.read_text(encoding="utf-8") for path in templates.glob("*.html"))
    used = set(re.findall(r"\bt\([\"'](\w+?)[\"'][,)]", html))
    assert len(used) > 30
    assert used <= PAGES["en"].keys() | ADMIN["en"].keys()


def test_every_reason_is_explained():
    for reason in Reason:
        assert f"refused_{reason}" in TEXTS["en"]
        assert f"refused_{reason}_more" in TEXTS["en"]


@pytest.mark.parametrize(
    ("wanted", "accepted", "language"),
    [
        (None, "zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        (None, "zh", "zh-CN"),
        (None, "zh-Hans-CN", "zh-CN"),
        (None, "zh-Hans-HK", "zh-CN"),
        (None, "zh-SG", "zh-CN"),
        (None, "zh-TW,zh;q=0.9", "zh-TW"),
        (None, "zh-HK", "zh-TW"),
        (None, "zh-Hant", "zh-TW"),
        (None, "en-GB,en;q=0.9", "en"),
        (None, "fr-FR,de;q=0.9,zh;q=0.5,en;q=0.4", "zh-CN"),
        (None, "en;q=0.1,zh-TW;q=0.9", "zh-TW"),
        (None, "fr", "en"),
        (None, "", "en"),
        ("zh-TW", "en", "zh-TW"),
        ("zh_CN", "en", "zh-CN"),
        ("EN", "zh-CN", "en"),
        ("klingon", "zh-CN", "zh-CN"),
        (None, "zh;q=high,en", "en"),
    ],
)
def test_the_reader_gets_his_language(wanted, accepted, language):
    assert choose(wanted, accepted) == language


@given(st.none() | st.text(max_size=40), st.text(max_size=200))
def test_no_header_breaks_it(wanted, accepted):
    assert choose(wanted, accepted) in LANGUAGES
