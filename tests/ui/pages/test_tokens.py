"""The pages where reading needs a token: asked for once, sent along, never in an address."""

import pytest

import corpus
from index import Library

pytestmark = pytest.mark.browser

TOKEN = "reader-0123456789abcdef"
TEXT = """# 会

## 一

甲局

修路的事<img src=x onerror="window.hit=1"><script>window.hit=2</script>要紧。

## 二

乙局

别的事也要紧。
"""


@pytest.fixture
def library(tmp_path, hashing_embedder):
    with Library.open(tmp_path, hashing_embedder, create=True) as opened:
        yield opened


# The library is asked for first: it closes when the server has ended.
def test_a_reader_with_a_token_reads_cites_and_takes_the_table(library, serve_here, browse):
    document = corpus.from_text(TEXT, uri="u", markup="text")
    library.add_document(document)
    site = serve_here(library, tokens=[TOKEN])
    page = browse(site, quiet=False).page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{site}/doc/{document.id}#c=0-1")
    assert document.text[:4] not in page.content()
    page.locator("input").fill(TOKEN)
    page.keyboard.press("Enter")
    page.locator("article mark").wait_for()
    page.get_by_role("button", name="复制引文").click()
    page.get_by_text("已复制").wait_for()
    # The other pages know the token, and a file is kept as a file.
    page.get_by_role("link", name="谁说过什么", exact=True).click()
    page.locator("#topic").fill("修路的事")
    page.keyboard.press("Enter")
    page.locator(".voices").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename == "who.csv"
    assert "修路的事" in download.value.path().read_text("utf-8-sig")
    # The page comes back, where the token page stood meanwhile.
    page.locator(".voices").wait_for()
    for path in (
        f"documents/{document.id}.json",
        f"doc/{document.id}/cite.json?start=0&end=40",
    ):
        with page.expect_download():
            page.evaluate(
                "address => { setTimeout(() => (location.href = address)) }", f"{site}/{path}"
            )
        page.locator(".voices").wait_for()
        assert page.evaluate("window.hit") is None
