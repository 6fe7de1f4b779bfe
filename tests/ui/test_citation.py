"""The forms of a citation: the words survive each of them."""

import re
from datetime import date
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient
from hypothesis import assume, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import corpus
from corpus.document import Span
from index import Library
from ui.app import create_app
from ui.citation import Cited, annotation, csl, forms, gbt7714, markdown, plain, text_fragment
from ui.errors import NoSuchPlace
from ui.settings import Settings
from ui.text import LANGUAGES

SITE = "http://127.0.0.1:7860/"
DAY = date(2026, 11, 24)
TEXT = """# 蓝湖治理 交流会

## 水务局谈水质

水务局

1988. 年起，蓝湖水质*逐年*变好，总库容三亿立方米。😀𠮷 湖边种树，万亩。

## 林业局谈种树

林业局

湖边种树，万亩。其余照常。
"""


@pytest.fixture(scope="module")
def document():
    return corpus.from_text(TEXT, uri="file:///blue.md", markup="markdown")


def cited(document, words, nth=0):
    start = -1
    for _ in range(nth + 1):
        start = document.text.index(words, start + 1)
    return Cited(document, Span(start, start + len(words)), SITE, DAY)


def test_a_reference_names_speaker_heading_document_day_and_place(document):
    place = cited(document, "总库容三亿立方米")
    assert gbt7714(place) == (
        f"水务局. 水务局谈水质[Z/OL]//蓝湖治理 交流会. [2026-11-24]. {place.link}"
    )
    assert plain(place, "zh-CN") == (
        f"“总库容三亿立方米”——水务局，《蓝湖治理 交流会》，“水务局谈水质”\n{place.link}"
    )
    assert plain(place, "en").startswith("“总库容三亿立方米” — 水务局, 蓝湖治理 交流会, “")
    assert place.link == f"{SITE}doc/{document.id}#c={place.span.start}-{place.span.end}"


def test_words_of_two_speakers_name_both(document):
    start = document.text.index("湖边种树")
    both = Cited(document, Span(start, len(document.text)), SITE, DAY)
    assert [author["literal"] for author in csl(both)["author"]] == ["水务局", "林业局"]
    assert gbt7714(both).startswith("水务局, 林业局. ")


def test_words_outside_the_document_are_refused(document):
    end = len(document.text)
    for start, stop in ((5, 5), (6, 5), (end, end + 1), (-1, 2)):
        with pytest.raises(NoSuchPlace, match=str(end)):
            Cited(document, Span(start, stop), SITE, DAY)


def test_words_that_stand_once_need_no_context_and_others_get_it(document):
    once = text_fragment(cited(document, "总库容三亿立方米"))
    assert unquote(once).endswith("#:~:text=总库容三亿立方米")
    again = text_fragment(cited(document, "湖边种树，万亩", nth=1))
    assert unquote(again).endswith("#:~:text=林业局-,湖边种树，万亩,-。其余照常。")


@given(st.text(min_size=1, max_size=120), st.data())
def test_a_text_fragment_keeps_to_the_syntax(text, data):
    assume(text.strip())
    document = corpus.from_text("甲 " + text, uri="u", markup="text")
    end = data.draw(st.integers(1, len(document.text)))
    start = data.draw(st.integers(0, end - 1))
    place = Cited(document, Span(start, end), SITE, DAY)
    assume(place.quote.strip())
    address, directive = text_fragment(place).split("#:~:text=")
    assert address == place.address
    # Every sign of the syntax that stands here is one of ours.
    parts = re.fullmatch(r"(?:([^,&-]+)-,)?([^,&-]+)(?:,([^,&-]+))?(?:,-([^,&-]+))?", directive)
    assert parts
    assert re.fullmatch(r"[A-Za-z0-9._~%]+", parts[2])
    first = " ".join(place.quote.strip().split("\n")[0].split())
    assert first.encode("utf-8", "replace").decode().startswith(unquote(parts[2]))


@given(
    st.text(
        st.one_of(
            st.sampled_from("\\`*_[]<>&~|$#+-=. \t\n1)(!:/ab中"),
            st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]),
        ),
        min_size=1,
        max_size=60,
    )
)
def test_markdown_shows_the_words_as_they_stand(text):
    assume(text.strip())
    document = corpus.from_text("甲\n\n" + text, uri="u", title="t", markup="text")
    place = Cited(document, Span(0, len(document.text)), SITE, DAY)
    tokens = MarkdownIt("commonmark").parse(markdown(place, "en"))
    inlines = [token.children for token in tokens if token.type == "inline"]
    assert {token.type for token in tokens} <= {
        *("blockquote_open", "blockquote_close", "paragraph_open", "paragraph_close", "inline")
    }
    quoted = [child for children in inlines[:-1] for child in children]
    assert {child.type for child in quoted} <= {"text", "softbreak", "text_special", "hardbreak"}
    shown = "".join(child.content or "\n" for child in quoted)
    assert "".join(shown.split()) == "".join(place.quote.split())


def test_an_annotation_finds_its_words_by_quote_and_by_position(document):
    place = cited(document, "😀𠮷")
    quoted, position = annotation(place)["target"]["selector"]
    assert document.text[position["start"] : position["end"]] == "😀𠮷" == quoted["exact"]
    found = quoted["prefix"] + quoted["exact"] + quoted["suffix"]
    assert document.text.index(found) == position["start"] - len(quoted["prefix"])


@pytest.fixture(scope="module")
def client(tmp_path_factory, hashing_embedder, document):
    folder = tmp_path_factory.mktemp("cite")
    with Library.open(folder, hashing_embedder, create=True) as library:
        library.add_document(document)
        yield TestClient(create_app(library, Settings()), base_url=SITE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_route_gives_every_form(client, document, language):
    place = cited(document, "三亿立方米")
    where = {"start": place.span.start, "end": place.span.end, "lang": language}
    found = client.get(f"/doc/{document.id}/cite.json", params=where)
    on = date.fromisoformat(re.search(r"\[(\d{4}-\d\d-\d\d)]", found.json()["gbt7714"])[1])
    assert found.json() == forms(Cited(document, place.span, SITE, on), language)
    note = client.get(f"/doc/{document.id}/annotation.json", params=where)
    assert note.json() == annotation(place)
    assert note.headers["content-type"].startswith("application/ld+json")


@pytest.mark.parametrize("route", ["cite", "annotation"])
def test_what_cannot_be_cited_is_not_found(client, document, route):
    assert client.get(f"/doc/none/{route}.json?start=0&end=1").status_code == 404
    gone = client.get(f"/doc/{document.id}/{route}.json?start=0&end=9999")
    assert gone.status_code == 404
    assert "9999" in gone.json()["error"]
    assert client.get(f"/doc/{document.id}/{route}.json?start=x&end=2").status_code == 422
