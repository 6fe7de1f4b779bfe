"""A document, a file name and a question that try to run as code, and signs that shift offsets."""

import random

import pytest

import corpus
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
    page.locator(".yw-source-body mark").first.wait_for()
    shown = "".join(page.locator(".yw-source-body mark").all_text_contents())
    assert shown == quote.replace("\n", "")
    reader.ask(f"{ALL} 是什么？")
    reader.ask("再问一次 " + ALL * 3)
    for locator in ("script", "img", "svg[onload]", "iframe", "a[href^=javascript]"):
        assert page.locator(f".yw {locator}").count() == 0, locator
    assert page.evaluate("window.hit") is None
    assert dialogs == []


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
