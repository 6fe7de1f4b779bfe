"""A document, a file name and a question that try to run as code, and signs that shift offsets."""

import random
import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

import corpus
from corpus.document import Section, Span, Turn
from index import Library

pytestmark = pytest.mark.browser

TRAPS = (
    "<script>window.hit = 1</script>",
    '<img src="https://outside.example/x.png" onerror="window.hit = 2">',
    "${window.hit = 3}",
    "{{constructor.constructor('window.hit = 4')()}}",
    '"><svg onload="window.hit = 5">',
    "</textarea><iframe srcdoc='<script>parent.hit = 6</script>'></iframe>",
    "javascript:window.hit=7",
    "[点这里](javascript:window.hit=8)",
    "\u202eesrever\u202c \u2067שלום\u2069",
    "`window.hit = 9`",
    "😀𠮷👩‍👩‍👧",
)
ALL = " ".join(TRAPS)
TEXT = f"""# {ALL}

## 蓝湖水库 {ALL}

水务局 {ALL[:40]}

😀𠮷 今年的工作已经展开。{ALL} 蓝湖水库的总库容是三亿立方米 {ALL} 。其余工作照常进行。

{ALL}
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory, packaged_embedder):
    folder = tmp_path_factory.mktemp("hostile")
    with Library.open(folder, packaged_embedder, create=True) as opened:
        title = f"标题 {ALL}"
        uri = f"file:///tmp/{ALL}.md"
        opened.add_document(corpus.from_text(TEXT, uri=uri, title=title, markup="text"))
        yield opened


@pytest.mark.model
def test_everything_shows_as_text_and_nothing_runs(library, serve_here, browse):
    reader = browse(serve_here(library))
    page = reader.open()
    dialogs = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message) or dialog.dismiss())
    assert TRAPS[0] in page.locator(".yw-knows").inner_text()
    turn = reader.ask("蓝湖水库的总库容是多少？")
    said = turn.locator(".yw-said").inner_text()
    assert "三亿立方米" in said
    assert TRAPS[0] in page.locator(".yw-turn").inner_text()
    quote = turn.locator(".yw-card mark").first.text_content()
    turn.locator(".yw-open").first.click()
    page.locator(".yw-source .yw-panel-body mark").first.wait_for()
    shown = "".join(page.locator(".yw-source .yw-panel-body mark").all_text_contents())
    assert shown == quote.replace("\n", "")
    reader.ask(f"{ALL} 是什么？")
    reader.ask("再问一次 " + ALL * 3)
    for locator in ("script", "img", "svg[onload]", "iframe", "a[href^=javascript]"):
        assert page.locator(f".yw {locator}").count() == 0, locator
    assert page.evaluate("window.hit") is None
    assert dialogs == []


NAMED = f"""# 蓝湖 {TRAPS[0]}

## 库容

蓝湖水库的总库容是三亿立方米。其余工作照常进行。
"""
SPEAKER = "".join(TRAPS[:3])
HEADING = "".join(TRAPS[3:6])


@pytest.fixture(scope="module")
def named(tmp_path_factory, packaged_embedder):
    """Traps where names stand: of speakers, headings, the document."""
    document = corpus.from_text(NAMED, uri="file:///named.md", markup="markdown")
    whole = Span(0, len(document.text))
    hostile = replace(
        document,
        title=ALL,
        sections=(Section((ALL, HEADING), 1, whole),),
        turns=(Turn(SPEAKER, whole),),
    )
    with Library.open(tmp_path_factory.mktemp("named"), packaged_embedder, create=True) as opened:
        opened.add_document(hostile)
        yield opened


@pytest.mark.model
def test_names_are_text_in_filters_history_and_exports(named, serve_here, browse):
    url = serve_here(named)
    reader = browse(url, accept_downloads=True)
    page = reader.open()
    page.locator(".yw-filter").click()
    page.locator(".yw-filters label").first.wait_for()
    for box in page.locator(".yw-filters input[type=checkbox]").all():
        box.check()
    chips = page.locator(".yw-chosen li").all_text_contents()
    assert {ALL, SPEAKER, HEADING} <= set(chips)
    turn = reader.ask(f"蓝湖水库的总库容是多少？{TRAPS[0]}{TRAPS[7]}")
    shown = turn.text_content()
    assert SPEAKER in shown
    assert HEADING in shown
    turn.locator(".yw-open").first.click()
    page.locator(".yw-source mark").first.wait_for()
    assert page.locator(".yw-source h2").text_content() == ALL
    page.keyboard.press("Escape")
    page.get_by_role("button", name="历史").click()
    assert TRAPS[7] in page.locator(".yw-past bdi").inner_text()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="导出", exact=True).click()
    with page.expect_download() as begun:
        page.get_by_role("button", name="导出为 Markdown").click()
    exported = begun.value.path().read_text(encoding="utf-8")
    html = MarkdownIt("commonmark").enable("table").render(exported)
    assert re.findall(r"<(\w+)", html).count("h2") == 1
    assert set(re.findall(r"<(\w+)", html)) <= {
        "h1",
        "h2",
        "p",
        "blockquote",
        "ul",
        "li",
        "a",
        "strong",
    }
    assert all(href.startswith(url) for href in re.findall(r'href="([^"]*)"', html))
    assert page.evaluate("window.hit") is None
    for locator in ("script", "img", "svg[onload]", "iframe", "a[href^=javascript]"):
        assert page.locator(f".yw {locator}").count() == 0, locator


@pytest.mark.model
def test_offsets_are_code_points_in_the_browser_too(server, browse):
    page = browse(server.url).open()
    chance = random.Random(4)
    signs = "ab。\n水😀𠮷👩‍👧\u202e\u0301"
    for _ in range(200):
        text = "".join(chance.choices(signs, k=chance.randrange(40)))
        start = chance.randrange(len(text) + 1)
        end = chance.randrange(start, len(text) + 1)
        cut = page.evaluate(
            """async ([text, start, end]) => {
              const { units } = await import(new URL('page/dom.js', document.baseURI).href);
              const at = units(text, [start, end]);
              return text.slice(at.get(start), at.get(end));
            }""",
            [text, start, end],
        )
        assert cut == text[start:end]
