"""The admin's page in a real browser: files in, documents out, what readers think."""

import pytest

from index import Library

pytestmark = [pytest.mark.browser, pytest.mark.model]

TOKEN = "the-admin-s-own-token"
HARBOUR = "# 港口说明\n\n## 开放\n\n港口每天上午六点开放，晚上十点关闭。\n"
QUESTION = "港口几点开放？"


@pytest.fixture(scope="module")
def library(tmp_path_factory, packaged_embedder):
    folder = tmp_path_factory.mktemp("admin") / "library"
    with Library.open(folder, packaged_embedder, create=True) as library:
        yield library


@pytest.fixture
def url(serve_here, library):
    for info in library.documents():
        library.remove(info.id)
    return serve_here(library, admin_token=TOKEN)


@pytest.fixture
def desk(url, chromium):
    """`desk(width=…)` opens the page; afterwards nothing may have gone elsewhere or been amiss."""
    contexts, amiss = [], []

    def open_page(width=1280, language="zh-CN", scheme="light", token=TOKEN):
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, locale=language, color_scheme=scheme
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda r: r.url.startswith(url) or amiss.append(r.url))
        page.on("pageerror", lambda error: amiss.append(str(error)))
        page.on("console", lambda said: "Content Security" in said.text and amiss.append(said.text))
        page.goto(f"{url}/admin")
        if token:
            page.locator("#token").fill(token)
            page.locator("#token").press("Enter")
            page.locator("[data-desk]").wait_for()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert amiss == []


def drop(page, *files):
    page.locator("[data-drop] input").set_input_files(
        [
            {
                "name": name,
                "mimeType": "text/markdown",
                "buffer": text if isinstance(text, bytes) else text.encode(),
            }
            for name, text in files
        ]
    )


def rows(page):
    return page.locator("[data-documents] tbody th").all_inner_texts()


def ask(page, url, question=QUESTION):
    body = {"question": question}
    return page.request.post(f"{url}/api/v1/ask", data=body).json()


def test_a_file_is_added_and_answers_at_once(desk, url):
    page = desk()
    assert ask(page, url)["reason"] == "no_documents"
    assert "还没有收录文档" in page.locator("[data-documents]").inner_text()
    drop(page, ("港口.md", HARBOUR))
    done = page.locator("[data-queue] .done")
    done.wait_for()
    assert done.inner_text() == "已加入，1 段"
    page.locator("[data-documents] tbody th").wait_for()
    assert rows(page) == ["港口说明"]
    assert page.locator("[data-said]").inner_text() == "已处理 1 / 1 个文件"
    reply = ask(page, url)
    assert reply["status"] == "answered"
    assert "六点" in reply["sentences"][0]["text"]


def test_each_file_tells_how_it_went(desk):
    page = desk()
    drop(
        page,
        ("a.md", HARBOUR),
        ("<img src=x onerror=alert(1)>.md", HARBOUR),
        ("broken.pdf", b"%PDF-1.7 and no more"),
        ("empty.md", b""),
        ("b.md", "# 第二篇\n\n另有一段不同的话，写在这里。\n"),
    )
    page.locator("[data-queue] li").nth(4).locator(".done").wait_for()
    told = page.locator("[data-queue] li").all_inner_texts()
    assert "已加入" in told[0]
    assert "内容已在库中" in told[1]
    assert "<img src=x" in told[1]
    assert "未加入" in told[2]
    assert "broken.pdf" in told[2]
    assert "未加入" in told[3]
    assert "已加入" in told[4]
    assert page.locator("[data-said]").inner_text() == "已处理 5 / 5 个文件"


def test_a_document_goes_after_a_second_look(desk, url):
    page = desk()
    drop(page, ("a.md", HARBOUR))
    remove = page.get_by_role("button", name="移除“港口说明”")
    remove.click()
    assert "港口说明" in page.get_by_role("dialog").inner_text()
    page.keyboard.press("Escape")
    assert rows(page) == ["港口说明"]
    remove.click()
    page.get_by_role("dialog").get_by_role("button", name="保留").click()
    assert rows(page) == ["港口说明"]
    remove.click()
    page.get_by_role("dialog").get_by_role("button", name="移除").click()
    page.get_by_text("还没有收录文档").wait_for()
    assert ask(page, url)["reason"] == "no_documents"
    assert page.evaluate("document.activeElement.id") == "held"


def test_what_readers_think_is_listed_newest_first(desk, library, url):
    library.add_feedback("<b>第一问</b>", "answered", "up", channel="harbour")
    library.add_feedback("第二问", "not_found", "down", reason="应当有\n答案")
    page = desk()
    opinions = page.locator("[data-feedback] tbody tr")
    opinions.nth(1).wait_for()
    newest, oldest = opinions.all_inner_texts()
    assert "第二问" in newest
    assert "应当有\n答案" in newest
    assert "没用" in newest
    assert "<b>第一问</b>" in oldest
    assert "harbour" in oldest


def test_a_wrong_token_opens_nothing(desk):
    page = desk(token=None)
    asked = []
    page.on("request", lambda request: asked.append(request))
    page.locator("#token").fill("not-the-right-token")
    page.locator("#token").press("Enter")
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert alert.inner_text() == "口令不对，请再试一次。"
    assert page.locator("[data-desk]").is_hidden()
    # It went out as a header and nowhere else.
    sent = [r.all_headers().get("authorization") for r in asked if "/api/" in r.url]
    assert sent == ["Bearer not-the-right-token"]
    assert not any("not-the-right" in r.url for r in asked)


def test_without_an_admin_the_page_says_how_to_name_one(serve_here, library, chromium):
    url = serve_here(library)
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(f"{url}/admin")
        page.locator("#token").fill("any-token-at-all")
        page.locator("#token").press("Enter")
        page.get_by_role("alert").wait_for()
        assert "YUANWEN_ADMIN_TOKEN" in page.get_by_role("alert").inner_text()


def test_the_token_stays_in_the_tab_until_one_leaves(desk):
    page = desk()
    page.reload()
    page.locator("[data-desk]").wait_for()
    assert page.evaluate("[localStorage.length, document.cookie]") == [0, ""]
    page.get_by_role("button", name="退出").click()
    assert page.locator("#token").is_visible()
    page.reload()
    assert page.locator("#token").is_visible()
    assert page.evaluate("sessionStorage.length") == 0


def test_a_file_dropped_beside_does_not_take_the_page_away(desk):
    page = desk()
    data = page.evaluate_handle(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(["# 拖来的\\n\\n拖进来的一句话写在这里。"], "drag.md"));
          return data;
        }"""
    )
    page.dispatch_event("h1", "drop", {"dataTransfer": data})
    assert page.locator("[data-queue] li").count() == 0
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": data})
    page.locator("[data-queue] .done").wait_for()
    assert page.url.endswith("/admin")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 380])
def test_nobody_is_shut_out(desk, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    def faults():
        return {
            fault["id"]: [node["html"][:200] for node in fault["nodes"]]
            for fault in Axe().run(page).response["violations"]
            if fault["impact"] in ("serious", "critical")
        }

    page = desk(width=width, scheme=scheme, token=None)
    assert faults() == {}
    page.locator("#token").fill(TOKEN)
    page.locator("#token").press("Enter")
    page.locator("[data-desk]").wait_for()
    drop(page, ("a.md", HARBOUR), ("broken.pdf", b"%PDF"))
    page.locator("[data-queue] .failed").wait_for()
    page.locator("[data-documents] tbody").wait_for()
    assert faults() == {}
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("[data-documents] button").first.click()
    assert faults() == {}


@pytest.mark.parametrize(
    ("language", "title"),
    [("zh-CN", "管理文档"), ("zh-TW", "管理文件"), ("en", "Manage documents")],
)
def test_it_speaks_the_admins_language(desk, language, title):
    page = desk(language=language)
    assert page.get_by_role("heading", level=1).inner_text() == title
