"""The reader in a browser: the words that a link names, and nothing else, are marked."""

import random

import pytest

import corpus
from index import Library

pytestmark = pytest.mark.browser

MARKS = """() => [...document.querySelectorAll('article mark')].map((mark) => {
  const box = mark.getBoundingClientRect();
  return {
    text: mark.textContent,
    inView: box.top >= 0 && box.bottom <= innerHeight && box.height > 0,
    focused: document.activeElement === mark,
  };
})"""

MARK_EACH = """async (ranges) => {
  const found = [];
  for (const [start, end] of ranges) {
    const heard = new Promise((done) => addEventListener('hashchange', done, { once: true }));
    location.hash = `#c=${start}-${end}`;
    await heard;
    found.push([...document.querySelectorAll('article mark')].map((m) => m.textContent).join(''));
  }
  return found;
}"""


def bare(text):
    return "".join(text.split())


def address(site, document, fragment=""):
    return f"{site}/doc/{document.id}{fragment}"


def place(document, words, nth=0):
    start = -1
    for _ in range(nth + 1):
        start = document.text.index(words, start + 1)
    return f"#c={start}-{start + len(words)}"


def until(page, expression):
    """Waits; the page's policy forbids Playwright's own way, which compiles the expression in it."""
    for _ in range(100):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never: {expression}")


def marks(page):
    page.locator("article mark").first.wait_for(state="attached")
    return page.evaluate(MARKS)


@pytest.mark.parametrize("which", ["mixed", "shipped"])
def test_exactly_the_words_of_a_range_are_marked(site, browse, request, which):
    document = request.getfixturevalue(which)
    chance = random.Random(11)
    ranges = []
    while len(ranges) < 150:
        start = chance.randrange(len(document.text))
        end = min(len(document.text), start + 1 + chance.randrange(chance.choice((3, 40, 400))))
        words = document.text[start:end]
        if words.strip() and (not ranges or [start, end] != ranges[-1]):
            ranges.append([start, end])
    page = browse(site).page
    page.goto(address(site, document))
    before = page.locator("article").text_content()
    found = page.evaluate(MARK_EACH, ranges)
    for (start, end), marked in zip(ranges, found, strict=True):
        assert bare(marked) == bare(document.text[start:end])
    # Marking changes no word of the document.
    assert page.locator("article").text_content() == before


@pytest.mark.parametrize("width", [1280, 380])
def test_a_stranger_with_only_the_link_sees_the_words(site, browse, shipped, width):
    words = "城乡居民收入倍差缩小至1.51"
    page = browse(site, width).page
    page.goto(address(site, shipped, place(shipped, words)))
    (mark,) = marks(page)
    assert mark == {"text": words, "inView": True, "focused": True}
    assert page.locator(".notice").is_hidden()


def test_words_in_cells_and_items_are_marked(site, browse, mixed):
    page = browse(site).page
    for words in (
        "三类😀",
        "年份：2025；水质：二类",
        "- 细项 𠮷",
        "in",
        "e\u0301te\u0301",
        "👩‍👩‍👧",
    ):
        page.goto(address(site, mixed, place(mixed, words)))
        assert "".join(mark["text"] for mark in marks(page)) == words


def test_several_ranges_are_marked_at_once(site, browse, mixed):
    one, other = place(mixed, "😀𠮷"), place(mixed, "𠮷𠮷𠮷")
    page = browse(site).page
    page.goto(address(site, mixed, f"{one},{other.removeprefix('#c=')}"))
    assert [mark["text"] for mark in marks(page)] == ["😀𠮷", "𠮷𠮷𠮷"]
    # Some programs encode the comma.
    page.goto(address(site, mixed, f"{one}%2C{other.removeprefix('#c=')}"))
    assert [mark["text"] for mark in marks(page)] == ["😀𠮷", "𠮷𠮷𠮷"]


@pytest.mark.parametrize(
    "fragment",
    ["#c=5-5", "#c=9-3", "#c=0-999999", "#c=x-y", "#c=1-2,", "#c=-1-4", "#c=1-2,8-999999", "#c="],
)
def test_nothing_is_marked_where_the_words_are_not(site, browse, mixed, fragment):
    page = browse(site).page
    page.goto(address(site, mixed, fragment))
    page.locator(".notice").wait_for()
    assert "什么也没有标出" in page.locator(".notice").inner_text()
    assert page.locator("mark").count() == 0
    assert page.locator(".tools").is_hidden()


def test_an_address_without_a_range_marks_nothing_and_says_nothing(site, browse, mixed):
    page = browse(site).page
    for fragment in ("", "#s2", "#elsewhere"):
        page.goto(address(site, mixed, fragment))
        until(page, "document.querySelector('.contents').open")
        assert page.locator("mark").count() == 0
        assert page.locator(".notice").is_hidden()


def test_an_unknown_document_is_told_with_a_way_on(site, browse):
    page = browse(site, quiet=False).page
    answer = page.goto(f"{site}/doc/0123456789abcdef#c=1-2")
    assert answer.status == 404
    assert "可能改动过" in page.locator("main").inner_text()
    page.get_by_role("link", name="看看有哪些文档").click()
    assert page.locator("tbody tr").count() == 2


def test_repeated_text_is_folded_and_leads_to_its_first_place(site, browse, shipped):
    page = browse(site).page
    page.goto(address(site, shipped))
    folds = page.locator(".repeat")
    assert folds.count() == len(shipped.repeats)
    repeat = shipped.repeats[0]
    fold = folds.first
    assert f"{len(repeat.span)} 字" in fold.locator("summary").inner_text()
    assert not fold.locator("p").first.is_visible()
    fold.locator("summary").click()
    assert fold.locator("p").first.is_visible()
    fold.get_by_role("link").click()
    found = marks(page)
    assert bare("".join(mark["text"] for mark in found)) == bare(repeat.first.of(shipped.text))
    # A link to words inside a fold opens it.
    page.goto(address(site, shipped))
    page.reload()
    page.goto(address(site, shipped, f"#c={repeat.span.start}-{repeat.span.start + 5}"))
    assert marks(page)[0]["inView"]
    assert fold.locator("details").get_attribute("open") is not None


def test_the_contents_lead_to_their_headings(site, browse, shipped):
    page = browse(site).page
    page.goto(address(site, shipped))
    entry = page.locator(".contents a", has_text="深化产业协同集成改革")
    entry.click()
    heading = page.locator("article strong", has_text="深化产业协同集成改革")
    until(page, "scrollY > 1000")
    box = heading.bounding_box()
    assert 0 < box["y"] < 400
    assert "嘉兴市委、市政府" in page.locator(".contents").inner_text()


def test_on_a_phone_the_contents_are_a_drawer(site, browse, shipped, fits):
    page = browse(site, 380).page
    page.goto(address(site, shipped))
    fits(page)
    contents = page.locator(".contents nav")
    assert not contents.is_visible()
    page.locator(".contents summary").click()
    assert contents.is_visible()
    page.keyboard.press("Escape")
    assert not contents.is_visible()
    assert page.evaluate("document.activeElement.matches('.contents summary')")
    page.keyboard.press("Enter")
    page.locator(".contents a").nth(3).click()
    assert not contents.is_visible()
    until(page, "scrollY > 100")


SELECT = """([start, end]) => {
  const at = (offset) => {
    const block = [...document.querySelectorAll('[data-at]')].findLast((b) => Number(b.dataset.at) <= offset);
    let left = offset - Number(block.dataset.at);
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const points = [...walker.currentNode.data];
      if (left <= points.length) return [walker.currentNode, points.slice(0, left).join('').length];
      left -= points.length;
    }
  };
  getSelection().setBaseAndExtent(...at(start), ...at(end));
}"""


def chosen(page, document, start, end):
    page.evaluate("getSelection().removeAllRanges()")
    page.evaluate(SELECT, [start, end])
    page.locator(".tools").wait_for()
    page.wait_for_timeout(250)
    page.get_by_role("button", name="复制链接").click()
    until(page, "document.querySelector('[data-said]').textContent")
    return page.evaluate("navigator.clipboard.readText()")


@pytest.mark.parametrize("which", ["mixed", "shipped"])
def test_selected_words_become_a_link_to_just_them(site, browse, request, which):
    document = request.getfixturevalue(which)
    reader = browse(site)
    page = reader.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(address(site, document))
    for words in {
        "mixed": ["😀𠮷", "类😀", "细项 𠮷", "👩‍👩‍👧 其余", "𠮷𠮷"],
        "shipped": ["农村居民人均可支配收入", "联动。立足平原水乡", "省财政厅"],
    }[which]:
        start = document.text.index(words)
        link = chosen(page, document, start, start + len(words))
        assert link == address(site, document, f"#c={start}-{start + len(words)}")
    # Over several paragraphs.
    start = document.text.index("治理")
    end = start + 200
    assert chosen(page, document, start, end).endswith(f"#c={start}-{end}")


def test_marked_words_are_copied_with_their_source(site, browse, shipped):
    words = "城乡居民收入倍差缩小至1.51"
    page = browse(site).page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(address(site, shipped, place(shipped, words)))
    start = shipped.text.index(words)
    forms = page.request.get(
        f"{address(site, shipped)}/cite.json?start={start}&end={start + len(words)}&lang=zh-CN"
    ).json()
    for button, form in (
        ("复制引文", "plain"),
        ("参考文献（GB/T 7714）", "gbt7714"),
        ("Markdown", "markdown"),
        ("文本片段链接", "text_fragment"),
    ):
        page.get_by_role("button", name=button).click()
        until(page, "document.querySelector('[data-said]').textContent === '已复制'")
        page.wait_for_timeout(100)
        assert page.evaluate("navigator.clipboard.readText()") == forms[form]
    assert words in forms["plain"]
    assert "嘉兴市委、市政府" in forms["gbt7714"]


def test_where_there_is_no_clipboard_the_text_is_selected_to_be_copied(site, browse, shipped):
    page = browse(site).page
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.goto(address(site, shipped, "#c=20-40"))
    page.get_by_role("button", name="复制链接").click()
    box = page.locator(".tools textarea")
    assert box.input_value().endswith("#c=20-40")
    selected = (
        "(() => { const b = document.activeElement; return b.selectionEnd - b.selectionStart })()"
    )
    assert page.evaluate(selected) == len(box.input_value())


@pytest.mark.parametrize(
    "words",
    [
        "人口集聚是实现更高水平基本公共服务一体化",
        "深化产业协同集成改革",
        "乡产业高水平融合互",
        "县(市、区)全覆盖。畅通",
        "舟山市正按照均衡、可及、共享的要求",
    ],
)
def test_a_text_fragment_scrolls_to_its_words(site, browse, shipped, words):
    page = browse(site).page
    start = shipped.text.index(words)
    cite = f"{address(site, shipped)}/cite.json?start={start}&end={start + len(words)}"
    link = page.request.get(cite).json()["text_fragment"]
    page.goto(link)
    until(page, "scrollY > 1000")
    assert page.locator(".notice").is_hidden()


def test_the_keyboard_alone_reaches_everything(site, browse, shipped):
    page = browse(site).page
    page.goto(address(site, shipped, place(shipped, "城乡居民收入倍差缩小至1.51")))
    marks(page)
    page.reload()
    page.evaluate("document.activeElement.blur(); getSelection().removeAllRanges()")
    seen = []
    for _ in range(45):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.textContent.trim().slice(0, 12)"))
        if "文本片段链接" in seen:
            break
    for wanted in ("跳到正文", "问答", "谁说过什么", "文档", "目录", "清理处 72", "复制链接"):
        assert wanted in seen, (wanted, seen)


def test_a_page_for_paper_has_the_text_only(site, browse, shipped):
    page = browse(site).page
    page.goto(address(site, shipped, "#c=20-40"))
    page.emulate_media(media="print")
    for hidden in (".top", ".side", ".tools"):
        assert page.locator(hidden).is_hidden()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".repeat p").first.is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert not page.locator(".repeat p").first.is_visible()


def test_edits_show_what_stood_in_the_file(site, browse, shipped, fits):
    page = browse(site).page
    page.goto(address(site, shipped))
    page.get_by_role("link", name="清理处").click()
    assert page.locator("del").count() == sum(bool(edit.before) for edit in shipped.edits)
    page.get_by_role("link", name="多余空格").click()
    before = page.locator("del").all_text_contents()
    assert before == ["␣" for edit in shipped.edits if edit.reason == "blank"]
    row = page.locator("tbody tr", has_text="污水系").first
    assert "污水系␣统治理" in row.locator("td").first.inner_text()
    assert "污水系统治理" in row.locator("td").last.inner_text()
    row.get_by_role("link").click()
    assert "污水系统治理" in "".join(mark["text"] for mark in marks(page))
    page.set_viewport_size({"width": 380, "height": 800})
    page.go_back()
    fits(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 380])
def test_nobody_is_shut_out(site, browse, shipped, mixed, faults, fits, width, scheme):
    page = browse(site, width, scheme=scheme, quiet=False).page
    for path in (
        f"/doc/{shipped.id}",
        f"/doc/{shipped.id}{place(shipped, '城乡居民收入倍差缩小至1.51')}",
        f"/doc/{mixed.id}#c=0-999999",
        f"/doc/{shipped.id}/edits",
        "/doc/none",
        "/docs",
        "/docs?title=nothing",
    ):
        page.goto("about:blank")
        page.goto(site + path)
        assert faults(page) == {}, path
        fits(page)


@pytest.mark.parametrize(
    ("language", "says", "lang"),
    [("zh-CN", "目录", "zh-CN"), ("zh-HK", "目錄", "zh-TW"), ("fr", "Contents", "en")],
)
def test_the_page_speaks_the_readers_language(site, browse, mixed, language, says, lang):
    page = browse(site, language=language).page
    page.goto(address(site, mixed))
    assert page.locator(".contents summary").inner_text() == says
    assert page.evaluate("document.documentElement.lang") == lang
    assert page.evaluate("document.querySelector('article').lang").startswith("zh")
    page.goto(address(site, mixed) + "?lang=en")
    page.get_by_role("link", name="Documents").click()
    assert page.locator("h1").inner_text() == "Documents"


def test_a_megabyte_opens_and_marks_its_end(tmp_path, hashing_embedder, long, serve_here, browse):
    with Library.open(tmp_path, hashing_embedder, create=True) as library:
        library.add_document(long)
        site = serve_here(library)
        page = browse(site).page
        end = len(long.text) - 5
        page.goto(address(site, long, f"#c={end - 20}-{end}"))
        (mark,) = marks(page)
        assert mark == {"text": long.text[end - 20 : end], "inView": True, "focused": True}
        took = page.evaluate(
            "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
        )
        # About a second on two cores; what is not scrolled to is not laid out.
        assert took < 8000


TRAPS = (
    "<script>window.hit = 1</script>",
    '<img src="https://outside.example/x.png" onerror="window.hit = 2">',
    "${window.hit = 3}",
    "{{constructor.constructor('window.hit = 4')()}}",
    "{% include '/etc/passwd' %}",
    '"><svg onload="window.hit = 5">',
    "</article></main><iframe srcdoc='<script>parent.hit = 6</script>'></iframe>",
    "![图](https://outside.example/y.png) [点这里](javascript:window.hit=8)",
    "\u202eesrever\u202c \u2067שלום\u2069",
    "</style><style>body{display:none}</style>",
    '<p style="position:fixed;inset:0;background:red">',
    "e" + "\u0301" * 10_000 + "f",
)


def test_hostile_text_shows_as_text_and_fires_nothing(
    tmp_path, hashing_embedder, serve_here, browse, fits
):
    lines = "\n\n".join(TRAPS)
    text = f"# 题 {TRAPS[0]} {TRAPS[5]}\n\n## {TRAPS[1]}\n\n{lines}\n\n甲：{TRAPS[2]}。\n\n甲：{TRAPS[0]}。"
    document = corpus.from_text(
        text, uri=f"file:///{TRAPS[5]}", title=f"题 {TRAPS[1]}", markup="text"
    )
    with Library.open(tmp_path, hashing_embedder, create=True) as library:
        library.add_document(document)
        reader = browse(serve_here(library))
        page = reader.page
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        for path in (
            f"/doc/{document.id}",
            f"/doc/{document.id}/edits",
            "/docs",
            f"/docs?title={TRAPS[0]}",
        ):
            page.goto(reader.url + path)
            assert page.evaluate("window.hit") is None
            assert page.locator("main :is(script, img, svg, iframe, style, [style])").count() == 0
            assert page.locator("a[href^='javascript' i], a[href*='outside.example']").count() == 0
            fits(page)
        page.goto(f"{reader.url}/doc/{document.id}")
        drawn = bare(page.locator("article").text_content())
        for trap in TRAPS:
            assert bare(corpus.from_text(trap, uri="u").text) in drawn
        # Piled up marks stay in their line.
        boxes = page.locator("article p").evaluate_all("all => all.map((p) => p.offsetHeight)")
        assert max(boxes) < 400
        page.goto(f"{reader.url}/doc/{document.id}#c=0-{len(document.text)}")
        assert bare("".join(mark["text"] for mark in marks(page))) == bare(document.text)


def test_the_policy_allows_nothing_inline(site, browse, shipped):
    page = browse(site).page
    answer = page.goto(address(site, shipped))
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    # The chat keeps its own.
    chat = page.request.get(site + "/").headers["content-security-policy"]
    assert "unsafe-inline" in chat
