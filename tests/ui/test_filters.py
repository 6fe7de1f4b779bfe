"""Where to look: chosen from lists, shown as chips, and what comes of it."""

import pytest

import corpus
from index import Library

pytestmark = [pytest.mark.browser, pytest.mark.model]

RATIO = "嘉兴城乡居民收入倍差是多少？"
MANY = 300


def open_filters(page):
    page.get_by_role("button", name="筛选：在哪里找").click()
    page.locator(".yw-filters label").first.wait_for()
    return page.locator(".yw-filters")


def test_a_question_is_asked_of_one_speaker_and_then_of_all(server, browse):
    reader = browse(server.url)
    page = reader.open()
    panel = open_filters(page)
    assert page.evaluate("document.activeElement.type") == "search"
    page.keyboard.type("舟山")
    panel.get_by_role("checkbox", name="舟山市委、市政府").check()
    page.keyboard.press("Escape")
    assert not panel.is_visible()
    page.wait_for_function("document.activeElement.matches('.yw-filter')")
    chips = page.locator(".yw-chosen li")
    assert chips.all_inner_texts() == ["舟山市委、市政府"]

    turn = reader.ask(RATIO)
    assert turn.locator(".yw-refusal").is_visible()
    assert "只在这里找：舟山市委、市政府" in turn.locator(".yw-question").inner_text()
    assert set(turn.locator(".yw-name").all_inner_texts()) == {"舟山市委、市政府"}
    turn.get_by_role("button", name="在全部文档里再问一次").click()
    page.locator(".yw-said").wait_for()
    again = page.locator(".yw-turn").last
    assert "1.51" in again.locator(".yw-said").inner_text()
    assert again.locator(".yw-where").count() == 0

    chips.get_by_role("button").press("Enter")
    assert chips.count() == 0
    assert "1.51" in reader.ask(RATIO).locator(".yw-said").inner_text()


def test_a_section_limits_too(server, browse):
    reader = browse(server.url)
    page = reader.open()
    panel = open_filters(page)
    headings = panel.locator("fieldset").nth(1).locator("label")
    heading = headings.filter(has_text="六改六融").first.inner_text()
    headings.filter(has_text="六改六融").first.click()
    turn = reader.ask(RATIO)
    assert not panel.is_visible()
    assert heading in turn.locator(".yw-where").inner_text()
    assert "1.51" in turn.locator(".yw-said").inner_text()
    turn = reader.ask("舟山两年内要搬迁多少个海岛？")
    assert all(heading in path for path in turn.locator(".yw-path").all_inner_texts())


@pytest.fixture(scope="module")
def many(tmp_path_factory, hashing_embedder):
    with Library.open(tmp_path_factory.mktemp("many"), hashing_embedder, create=True) as library:
        for n in range(MANY):
            text = f"# 第{n}号文件\n\n## 总则{n}\n\n甲{n}局\n\n本文件规定第{n}件事。\n"
            library.add_document(
                corpus.from_text(text, uri=f"file:///{n:03}.md", markup="markdown")
            )
        yield library


@pytest.mark.parametrize("width", [1280, 380])
def test_hundreds_of_documents_stay_usable(many, serve_here, browse, width):
    reader = browse(serve_here(many), width)
    page = reader.open()
    panel = open_filters(page)
    documents, sections, _ = panel.locator("fieldset").all()
    assert documents.locator("label").count() == 40
    assert f"还有 {MANY - 40} 项" in documents.inner_text()
    assert "请先选文档" in sections.inner_text()
    page.keyboard.type("第２５７号")
    assert documents.locator("label").all_inner_texts() == ["第257号文件"]
    documents.get_by_role("checkbox").check()
    panel.get_by_role("searchbox").fill("")
    sections.locator("label").first.wait_for()
    assert "总则257" in sections.inner_text()
    # What is on stands first.
    assert documents.locator("label").first.inner_text() == "第257号文件"
    box = panel.bounding_box()
    assert box["y"] >= 0
    assert box["x"] + box["width"] <= width
    panel.get_by_role("button", name="清除").click()
    assert page.locator(".yw-chosen li").count() == 0
    assert panel.locator("input:checked").count() == 0


def test_lists_that_do_not_come_are_told(server, browse):
    reader = browse(server.url, quiet=False)
    page = reader.open()
    page.route("**/filters.json", lambda route: route.abort())
    page.get_by_role("button", name="筛选：在哪里找").click()
    page.locator(".yw-filters [role=alert]").first.wait_for()
    page.unroute("**/filters.json")
    page.locator(".yw-filters input[type=search]").fill("城乡")
    page.locator(".yw-filters label").first.wait_for()
