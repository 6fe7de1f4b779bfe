"""The web pages where reading needs a token: in a browser, without a cookie."""

import pytest

TOKEN = "a-token-of-sixteen-or-more"


@pytest.fixture
def closed(serve_here, small_library):
    return serve_here(small_library, tokens=[TOKEN])


@pytest.mark.browser
@pytest.mark.parametrize(("language", "width"), [("zh-CN", 1280), ("en", 380)])
def test_a_page_asks_once_for_the_token_and_then_works(browse, closed, language, width):
    # The browser itself reports the answer 401 of the page's address.
    reader = browse(closed, language=language, width=width, quiet=False)
    page = reader.page
    page.goto(closed)
    box = page.locator("input[type=password]")
    box.wait_for()
    assert page.evaluate("document.activeElement.type") == "password"
    box.fill("not-the-token-that-is-asked")
    box.press("Enter")
    page.locator("[role=alert]:visible").wait_for()
    assert "大会发言" not in page.content()

    box.fill(TOKEN)
    box.press("Enter")
    page.wait_for_selector(".yw-form textarea")
    turn = reader.ask("谁提到了收入？")
    assert "嘉兴" in turn.inner_text()

    # A reload, the reader and its source: the tab still knows the token.
    page.reload()
    page.wait_for_selector(".yw-form textarea")
    assert page.locator(".yw-turn").count() == 1
    document = page.evaluate("fetch('/api/v1/documents').then((r) => r.json())")["documents"][0]
    page.goto(f"{closed}/doc/{document['id']}#c=16-34")
    page.locator("mark").first.wait_for()
    assert page.url.endswith("#c=16-34")

    assert page.context.cookies() == []
    assert not any(TOKEN in url for url in reader.requests)
    assert reader.outside() == []
    serious = [c for c in reader.complaints if "401" not in c]
    assert serious == []


@pytest.mark.browser
def test_a_stranger_reads_nothing(browse, closed, small_library):
    (info,) = small_library.documents()
    page = browse(closed, quiet=False).page
    for path in ("/", f"/doc/{info.id}", "/docs", "/who"):
        page.goto(closed + path)
        page.locator("input[type=password]").wait_for()
        assert "嘉兴" not in page.content()
